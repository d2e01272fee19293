"""`hub reads`: who read data of persons; whether that log is what was written; where it ends."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, configuration, told
from hub.cli.exits import Exit
from hub.cli.groups import ListsByItself
from hub.cli.output import harmless, local, out, print_json, print_table, stop
from hub.record.moments import end_of, start_of
from hub.store import cursor, dossiers, reads, reads_found
from hub.store.database import Database
from hub.store.reads import Action, Keys
from hub.store.reads_found import ReadRow, Sought
from hub.store.reads_verified import verify as walked
from hub.wiring import open_store, read_keys

commands = typer.Typer(cls=ListsByItself, help="Who read data of persons, when and why; `hub reads` lists the newest.")

_BY_ID = "id:"
_ANCHOR = re.compile(r"[0-9]{1,19}:[0-9A-Fa-f]{64}")
DossierOption = Annotated[
    str | None, typer.Option("--dossier", help="In which this dossier was shown: any of its codes, or id:NUMBER.")
]
LookedForOption = Annotated[
    str | None, typer.Option("--looked-for", help="That looked for exactly this number, name or word.")
]
ClientOption = Annotated[str | None, typer.Option("--client", help="Of this client.")]
PersonOption = Annotated[str | None, typer.Option("--person", help="On behalf of this person.")]
ActionOption = Annotated[Action | None, typer.Option("--action", help="That showed data in this way.")]
FromOption = Annotated[str | None, typer.Option("--from", help="From this day on (Vietnam's), as 2026-11-01.")]
ToOption = Annotated[str | None, typer.Option("--to", help="Up to and including this day.")]


@commands.command("list")
def list_(
    config: ConfigOption = DEFAULT_CONFIG,
    dossier: DossierOption = None,
    looked_for: LookedForOption = None,
    client: ClientOption = None,
    person: PersonOption = None,
    action: ActionOption = None,
    first: FromOption = None,
    last: ToOption = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="No more than this.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List reads, the newest first."""
    with _opened(config) as (database, keys):
        sought = _sought(
            database,
            keys,
            dossier=dossier,
            looked_for=looked_for,
            client=client,
            person=person,
            action=action,
            first=first,
            last=last,
        )
        found = reads_found.page(database, sought, None, limit)
    if as_json:
        print_json([_document(row) for row in found])
        return
    columns = ("read", "when", "client", "person", "from", "how", "records", "dossiers", "why")
    print_table(columns, [_cells(row) for row in found])


@commands.command()
def export(
    config: ConfigOption = DEFAULT_CONFIG,
    dossier: DossierOption = None,
    looked_for: LookedForOption = None,
    client: ClientOption = None,
    person: PersonOption = None,
    action: ActionOption = None,
    first: FromOption = None,
    last: ToOption = None,
) -> None:
    """Write reads as NDJSON on standard output, the oldest first, each with its seal."""
    with _opened(config) as (database, keys):
        sought = _sought(
            database,
            keys,
            dossier=dossier,
            looked_for=looked_for,
            client=client,
            person=person,
            action=action,
            first=first,
            last=last,
        )
        for row in reads_found.walk(database, sought):
            typer.echo(orjson.dumps(_document(row), option=orjson.OPT_UTC_Z))


@commands.command()
def verify(
    config: ConfigOption = DEFAULT_CONFIG,
    since: Annotated[str | None, typer.Option(help="From this day on only (Vietnam's), as 2026-11-01.")] = None,
    anchor: Annotated[
        list[str] | None,
        typer.Option(help="ID:SEAL as `hub reads head` printed it, or the hub's log under reads_head. Repeatable."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check that no row was changed, removed, inserted or moved. Exit code 1 names the first that was.

    Somebody who cuts the end off and writes the head anew is found out by an anchor that was kept elsewhere.
    """
    anchors = dict(map(_anchor, anchor or []))
    with _opened(config) as (database, keys):
        verdict = walked(database, keys(), None if since is None else _time(start_of(_day(since))), anchors)
    if as_json:
        print_json(asdict(verdict) | {"seal": verdict.seal.hex()})
    elif verdict.wrong is None:
        rows = f"{verdict.rows:,} reads, {verdict.first} to {verdict.last}" if verdict.rows else "No reads"
        out.print(f"{rows}: nothing was changed.", highlight=False)
        out.print(f"{verdict.last}:{verdict.seal.hex()}", highlight=False, soft_wrap=True)
    if verdict.wrong is not None:
        stop(f"{verdict.sentence[:1].upper()}{verdict.sentence[1:]}.", Exit.FAILED)


@commands.command()
def head(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Print the last read's number and seal, to be kept where nobody who has the database can write."""
    with _opened(config) as (database, _keys):
        found = reads.head_of(database)
    if as_json:
        print_json({"last": found.last, "seal": found.seal.hex(), "first": found.first, "anchor": found.anchor})
    else:
        typer.echo(found.anchor)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Database, Keys]]:
    found = configuration(path)
    with told():
        database = open_store(found)
        try:
            yield database, read_keys(found, database)
        finally:
            database.close()


def _document(row: ReadRow) -> dict[str, Any]:
    said = {name: getattr(row, name) for name in ReadRow.__slots__}
    return said | {"id": str(row.id), "dossiers": list(map(str, row.dossiers)), "seal": row.seal.hex()}


def _cells(row: ReadRow) -> tuple[Any, ...]:
    ids = ", ".join(map(str, row.dossiers[:5])) + (" …" if len(row.dossiers) > 5 else "")
    who = (harmless(row.client), harmless(row.person or ""), harmless(row.address))
    return str(row.id), local(row.at), *who, row.action, row.records, ids, harmless(row.purpose)


def _sought(
    database: Database,
    keys: Keys,
    *,
    dossier: str | None,
    looked_for: str | None,
    client: str | None,
    person: str | None,
    action: Action | None,
    first: str | None,
    last: str | None,
) -> Sought:
    return Sought(
        dossiers=None if dossier is None else _ids(database, dossier),
        client=client,
        person=person,
        action=action,
        since=None if first is None else _time(start_of(_day(first))),
        until=None if last is None else _time(end_of(_day(last))),
        traces=None if looked_for is None else keys().traces_of(looked_for),
    )


def _ids(database: Database, code: str) -> tuple[int, ...]:
    number = code.removeprefix(_BY_ID)
    if number != code:
        ids = [int(number)] if number.isascii() and number.isdigit() and int(number) <= cursor.LARGEST_ID else []
    else:
        ids = [row.id for row in dossiers.with_code(database, code)]
    if not ids:
        stop(f"No dossier is known under {code}; `hub dossier CODE` looks for one.", Exit.NOT_FOUND)
    return reads_found.with_merged(database, ids)


def _anchor(text: str) -> tuple[int, bytes]:
    number, _, seal = text.strip().partition(":")
    if not _ANCHOR.fullmatch(text.strip()):  # one that was cut short must not look like a forged log
        stop(f"{text!r} is no anchor; `hub reads head` prints one whole, as NUMBER:SEAL", Exit.WRONG)
    return int(number), bytes.fromhex(seal)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        stop(f"{text!r} is no day; write it as 2026-11-01", Exit.WRONG)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
