"""`hub runs`, `hub dossier`: what the store holds, to read."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, app, as_row, opened_store
from hub.cli.due import document, due_of, print_due
from hub.cli.exits import Exit
from hub.cli.output import local, out, print_json, print_table, stop
from hub.record.merge import Claim
from hub.record.moments import to_the_second
from hub.record.run_state import RunState
from hub.store import runs as store_runs
from hub.store.dossiers import with_code
from hub.store.runs import RunRow
from hub.store.whole import Provenance, WholeDossier, whole

_NOT_TO_ITS_END = (RunState.FAILED, RunState.INTERRUPTED, RunState.CANCELLED)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@app.command()
def runs(
    config: ConfigOption = DEFAULT_CONFIG,
    connector: Annotated[str | None, typer.Option(help="Of this connector only.")] = None,
    state: Annotated[RunState | None, typer.Option(help="In this state only.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    as_json: JsonOption = False,
) -> None:
    """List runs, newest first."""
    with opened_store(config) as database:
        found = store_runs.listed(database, connector=connector, state=state, limit=limit)
    if as_json:
        print_json([as_row(run) for run in found])
        return
    now = datetime.now(UTC)
    columns = ("run", "connector", "kind", "state", "started", "seconds", "fetched", "new", "updated", "same", "aside")
    print_table(columns, [_run_cells(run, now) for run in found])
    for run in found:
        if run.state in _NOT_TO_ITS_END:
            out.print(f"run {run.id}: {run.sentence}", markup=False, highlight=False, soft_wrap=True)
            if run.hint:
                out.print(f"    {run.hint}", markup=False, highlight=False, soft_wrap=True)
        for note in run.notes:
            out.print(f"run {run.id}: {note['sentence']}", markup=False, highlight=False, soft_wrap=True)


@app.command()
def dossier(code: str, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Show a dossier by any of its codes: values, who said them, and what happened."""
    with opened_store(config) as database:
        found = with_code(database, code)
        if not found:
            stop(f"no dossier has the code {code!r}", Exit.NOT_FOUND)
        dossiers = [whole(database, row) for row in found]
        dues = [due_of(database, one, config) for one in dossiers]
    if as_json:
        documents = [_document(one) | document(due) for one, due in zip(dossiers, dues, strict=True)]
        print_json(documents[0] if len(documents) == 1 else documents)
        return
    for one, due in zip(dossiers, dues, strict=True):
        _print(one)
        print_due(due)


def reason_of(reason: dict[str, Any]) -> str:
    """Why a value could not be read, as a sentence."""
    said = "" if reason["value"] in (None, "") else f' says "{reason["value"]}",'
    place = f"{reason['field']}: {reason['source']}".strip(": ")
    if not place:
        return str(reason["expected"]) + (f"; {reason['hint']}" if reason["hint"] else "")
    return f"{place}{said} expected {reason['expected']}" + (f"; {reason['hint']}" if reason["hint"] else "")


def _run_cells(run: RunRow, now: datetime) -> tuple[Any, ...]:
    times = (local(run.started_at), run.seconds(now))
    counts = (run.fetched, run.created, run.updated, run.unchanged, run.quarantined)
    return run.id, run.connector, run.kind, run.state, *times, *counts


def _document(found: WholeDossier) -> dict[str, Any]:
    return {
        "code": found.row.code,
        "codes": found.codes,
        "gone_at": found.row.gone_at,
        "values": found.row.values,
        "said_by": {name: _claim(one.believed) for name, one in found.provenance.items()},
        "conflicts": {
            name: [_claim(claim) | {"value": claim.value} for claim in one.conflicts]
            for name, one in found.provenance.items()
            if one.conflicts
        },
        "sources": [
            {
                "connector": one.source.connector,
                "key": one.source.key,
                "changed_at": to_the_second(one.source.changed_at),
                "stored_at": one.stored_at,
                "gone_at": one.gone_at,
                "problems": one.problems,
            }
            for one in found.sources
        ],
        "timeline": [as_row(event) for event in found.timeline],
        "history": [as_row(revision) for revision in found.history],
        "disowned": [as_row(code) for code in found.disowned],
    }


def _claim(claim: Claim) -> dict[str, str]:
    return {"connector": claim.source.connector, "key": claim.source.key}


def _print(found: WholeDossier) -> None:
    values = [(name, _shown(one.believed.value), _said_by(one)) for name, one in found.provenance.items()]
    print_table(("field", "value", "said by"), values, title=found.row.code)
    said = [
        (one.source.connector, one.source.key, local(one.source.changed_at), local(one.stored_at))
        for one in found.sources
    ]
    print_table(("source", "key", "changed there", "stored here"), said)
    if found.row.gone_at:
        since = local(found.row.gone_at)
        gone = f"Gone since {since}: none of its sources lists it any more. This is what they last said."
        out.print(gone, markup=False, highlight=False, soft_wrap=True)
    for one in found.sources:
        for problem in one.problems or []:
            said_of = f"{one.source.connector} {one.source.key}: could not be read: {reason_of(problem)}"
            out.print(said_of, markup=False, highlight=False, soft_wrap=True)
    happened = [
        (local(one.at), one.status or "", one.name or "", one.actor or "", one.connector) for one in found.timeline
    ]
    print_table(("when", "status", "what", "who", "told by"), happened)
    _print_history(found)
    out.print(f"Known as: {', '.join(found.codes)}", highlight=False)


def _print_history(found: WholeDossier) -> None:
    """What was unusual, what changed, and what persons found to be wrong."""
    for event in found.timeline:
        if event.unusual_after:
            unusual = f"{local(event.at)}: a dossier does not usually move from {event.unusual_after} to {event.status}"
            out.print(unusual, markup=False, highlight=False, soft_wrap=True)
    changed = [
        (local(one.at), one.connector or one.author or "", name, _shown(before), _shown(after), one.reason or "")
        for one in found.history
        for name, (before, after) in one.changes.items()
    ]
    if changed:
        print_table(("changed", "by", "field", "before", "after", "why"), changed)
    for code in found.disowned:
        said = f"{code.connector} {code.key} gives {code.code} wrongly, says {code.author}: {code.reason}"
        out.print(said, markup=False, highlight=False, soft_wrap=True)


def _shown(value: Any) -> Any:
    """A time as people read it, a list line by line; anything else as it is."""
    if isinstance(value, list):
        return "\n".join(str(_shown(each)) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(each)}" for name, each in value.items())
    return local(value) if isinstance(value, str) and _TIME.fullmatch(value) else value


def _said_by(provenance: Provenance) -> str:
    """Who is believed, and who says otherwise."""
    others = ", ".join(f"{claim.source.connector}: {_shown(claim.value)}" for claim in provenance.conflicts)
    return provenance.believed.source.connector + (f" (not {others})" if others else "")
