"""`hub connectors`, `hub runs`, `hub dossier`: what the store holds, to read."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, app, as_row, opened
from hub.cli.exits import Exit
from hub.cli.output import local, out, print_json, print_table, stop
from hub.record.merge import flatten
from hub.store import connectors as store_connectors
from hub.store import dossiers, quarantine
from hub.store import runs as store_runs
from hub.store.dossiers import DossierRow
from hub.wiring import Hub


@app.command()
def connectors(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List the connectors: how fresh each is, how its last run ended, when it runs next."""
    with opened(config) as hub:
        rows = store_connectors.listed(hub.database)
        latest = store_runs.latest_of_each(hub.database, [row.id for row in rows])
        aside = quarantine.counts(hub.database)
    now = datetime.now(UTC)
    if as_json:
        extra = [{"stale": row.stale(now), "quarantined": aside.get(row.name, 0)} for row in rows]
        print_json([as_row(row) | more for row, more in zip(rows, extra, strict=True)])
        return
    columns = ("connector", "title", "type", "last run", "read to its end", "late", "next run", "quarantined")
    table = []
    for row in rows:
        run = latest.get(row.name)
        late = "late" if row.stale(now) else ""
        times = (local(row.seen_at), late, local(row.next_fire_at))
        table.append((row.name, row.title, row.type, run.state if run else "never", *times, aside.get(row.name, 0)))
    print_table(columns, table)


@app.command()
def runs(
    config: ConfigOption = DEFAULT_CONFIG,
    connector: Annotated[str | None, typer.Option(help="Of this connector only.")] = None,
    state: Annotated[str | None, typer.Option(help="queued, running, succeeded, failed or interrupted.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    as_json: JsonOption = False,
) -> None:
    """List runs, newest first."""
    with opened(config) as hub:
        found = store_runs.listed(hub.database, connector=connector, state=state, limit=limit)
    if as_json:
        print_json([as_row(run) for run in found])
        return
    columns = ("run", "connector", "state", "started", "seconds", "fetched", "new", "updated", "same", "aside", "how")
    now = datetime.now(UTC)
    print_table(
        columns,
        [
            (
                run.id,
                run.connector,
                run.state,
                local(run.started_at),
                run.seconds(now),
                run.fetched,
                run.created,
                run.updated,
                run.unchanged,
                run.quarantined,
                run.sentence,
            )
            for run in found
        ],
    )


@app.command()
def dossier(code: str, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Show a dossier by any of its codes: values, who said them, and what happened."""
    with opened(config) as hub:
        found = dossiers.with_code(hub.database, code)
        if not found:
            stop(f"no dossier has the code {code!r}", Exit.NOT_FOUND)
        documents = [_document(hub, row) for row in found]
    if as_json:
        print_json(documents[0] if len(documents) == 1 else documents)
        return
    for document in documents:
        _print(document)


def _document(hub: Hub, row: DossierRow) -> dict[str, Any]:
    sources = dossiers.sources(hub.database, row.id)
    return {
        "code": row.code,
        "codes": dossiers.codes(hub.database, row.id),
        "values": row.values,
        "sources": [
            {
                "connector": one.source.connector,
                "key": one.source.key,
                "changed_at": one.source.changed_at,
                "stored_at": one.stored_at,
                "problems": one.problems,
            }
            for one in sources
        ],
        "timeline": [asdict(event) for event in dossiers.timeline(hub.database, row.id)],
    }


def _print(document: dict[str, Any]) -> None:
    print_table(("field", "value"), [*flatten(document["values"])], title=f"{document['code']}")
    said = [
        (one["connector"], one["key"], local(one["changed_at"]), local(one["stored_at"])) for one in document["sources"]
    ]
    print_table(("source", "key", "changed there", "stored here"), said)
    happened = [
        (local(one["at"]), one["status"] or "", one["name"] or "", one["actor"] or "", one["connector"])
        for one in document["timeline"]
    ]
    print_table(("when", "status", "what", "who", "told by"), happened)
    out.print(f"Known as: {', '.join(document['codes'])}", highlight=False)
