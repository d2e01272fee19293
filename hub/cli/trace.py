"""`hub trace CODE`: everything that happened to a dossier, or why the record does not have it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, app, configuration, opened_store, signed
from hub.cli.exits import Exit
from hub.cli.output import harmless, local, out, print_json, readable, stop
from hub.inspection.believing import sentence
from hub.inspection.trace import Trace, document, find, may_bring, trace_of, trace_of_unknown
from hub.inspection.traced import Entry, Happening, Sees
from hub.record.grant import EVERYTHING
from hub.store import connectors
from hub.store.database import Database
from hub.store.reads import Action, Read
from hub.store.scope import ALL
from hub.sync.reading_log import NotLogged
from hub.wiring import reading_log

_AT_THE_MACHINE = "hub trace"
KindOption = Annotated[Happening | None, typer.Option(help="Of this kind alone, and further back.")]


@app.command()
def trace(
    code: Annotated[str, typer.Argument(help="A code, a record's key, the owner's number, a notice's or push's id.")],
    kind: KindOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show everything that happened to a dossier: what came, who said what, who was told, who read it."""
    with opened_store(config) as database:
        sees = Sees(
            ALL, EVERYTHING, {row.id: row.name for row in connectors.listed(database, retired=True)}, audit=True
        )
        found = find(database, code, sees)
        if not found.is_known:
            stop(_never_came(database, code, sees), Exit.NOT_FOUND)
        traces = [trace_of(database, found.asked, one.row, sees, kind) for one in found.dossiers]
        traces = traces or [trace_of_unknown(database, found, sees)]
        ids = tuple(one.row.id for one in found.dossiers)
        told: dict[str, Any] = {"filter": {"q": code}}
        who = signed("", "").author
        try:
            log = reading_log(configuration(config), database)
            log.note(Read(datetime.now(UTC), _AT_THE_MACHINE, Action.SEVERAL, ids, len(ids), told, who))
        except NotLogged as error:
            stop(str(error), Exit.FAILED)
    if as_json:
        documents = [document(one) for one in traces]
        print_json(documents[0] if len(documents) == 1 else documents)
        return
    for one in traces:
        _print(one)


def _never_came(database: Database, code: str, sees: Sees) -> str:
    told = f"the hub never saw {code!r}: no dossier, no record in quarantine and no push has it"
    may = [one.name for one in may_bring(database, code, sees)]
    return f"{told}; `hub fetch {may[0]} KEY` asks its agency's system" if may else told


def _print(found: Trace) -> None:
    if found.dossier is None:
        _say(f"{found.asked}: it came, but the record does not have it")
    else:
        out.print(found.dossier.row.code, style="bold", markup=False, highlight=False)
    for conflict in found.conflicts:
        _say(f'{conflict.field}: {conflict.connector} {conflict.key} says "{_value(conflict.value)}"')
        for value, because in conflict.others:
            _say(f'    not "{_value(value)}" of {because.other} {because.key}: {sentence(because)}')
    for entry in found.entries:
        _say(f"{local(entry.at)}  {entry.kind:9} {_what(entry)}")
    if found.cut:
        _say(f"There is more of: {', '.join(sorted(found.cut))}; `--kind` goes further back.")


def _what(entry: Entry) -> str:
    where = " ".join(filter(None, [entry.connector, entry.key, f"run {entry.run_id}" if entry.run_id else ""]))
    who = " ".join(filter(None, [f"by {entry.who}" if entry.who else "", f"({entry.reason})" if entry.reason else ""]))
    return "; ".join(filter(None, [where, _said(entry), who]))


def _said(entry: Entry) -> str:
    if entry.kind in _SAYING:
        return _SAYING[entry.kind](entry)
    return ", ".join(_side(value) for name, value in entry.data.items() if name in _TELLING and value is not None)


def _received(entry: Entry) -> str:
    kept = "" if entry.data["received_at"] else ", not kept any more"
    return f"payload {entry.payload_id}{kept}, read by {entry.data['mapping'] or 'unknown'}"


def _changed(entry: Entry) -> str:
    return ", ".join(f"{name}: {_side(was)} → {_side(now)}" for name, (was, now) in entry.data["changes"].items())


def _aside(entry: Entry) -> str:
    return "; ".join(f"{one.get('field') or 'the record'}: {one.get('expected', '')}" for one in entry.data["reasons"])


def _told(entry: Entry) -> str:
    return "{title}: {kind}, {state} after {tries} tries".format(**entry.data)


def _joined(*names: str) -> Callable[[Entry], str]:
    return lambda entry: ", ".join(str(entry.data[name]) for name in names if entry.data[name])


_SAYING: Mapping[Happening, Callable[[Entry], str]] = {
    Happening.RECEIVED: _received,
    Happening.CHANGED: _changed,
    Happening.JOINED: _changed,
    Happening.ASIDE: _aside,
    Happening.TOLD: _told,
    Happening.STATUS: _joined("status", "name", "actor", "unit"),
    Happening.READ: _joined("action", "person"),
    Happening.EXPORTED: _joined("action", "person"),
    Happening.PUSHED: lambda entry: ", ".join(f"{key} {outcome}" for key, outcome in entry.data["outcomes"].items()),
}
_TELLING = ("outcome", "code", "overall", "act")


def _side(value: Any) -> str:
    if isinstance(value, list):
        rows = any(isinstance(one, dict) for one in value)
        return f"{len(value)} rows" if rows else ", ".join(map(str, value)) or "–"
    return "–" if value is None else readable(value)


def _value(value: Any) -> str:
    return "another list" if isinstance(value, list) else readable(value)


def _say(text: str) -> None:
    out.print(harmless(text), markup=False, highlight=False, soft_wrap=True)
