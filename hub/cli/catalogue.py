"""`hub catalogue`: agencies and procedures from files, what codes mean, what is missing, what is served twice."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.api import catalogue_answers as answers
from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, opened_store, signed
from hub.cli.exits import Exit
from hub.cli.output import err, local, out, print_json, print_table, stop
from hub.config import catalogue as loading
from hub.config.catalogue import How, Loaded
from hub.config.catalogue_text import as_csv, as_yaml
from hub.record.catalogue import Agency, Found, Procedure
from hub.record.catalogue_findings import clashes_of_agencies, clashes_of_procedures
from hub.record.catalogue_plain import plain_agency, plain_procedure
from hub.record.moments import today
from hub.store import catalogue, codes_seen
from hub.store.catalogue import AGENCIES, FROM_FILE, PROCEDURES
from hub.store.codes_seen import Service, UnknownCode
from hub.store.database import Database
from schedules.calendar.csv_text import day_of

commands = typer.Typer(help="Catalogues: agencies, procedures, and the codes they lack.", no_args_is_help=True)


class Which(StrEnum):
    """The two catalogues."""

    AGENCIES = "agencies"
    PROCEDURES = "procedures"


WhichArgument = Annotated[Which, typer.Argument(help="agencies or procedures.")]
DayOption = Annotated[str, typer.Option("--on", help="As it is on this day, such as 2025-06-30; else today.")]


@commands.command()
def load(
    which: WhichArgument,
    file: Annotated[Path, typer.Argument(help="A .csv, .yaml or .json file; docs/catalogues.md says what is in it.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change and do nothing.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Take out what earlier files said and this one not.")] = False,
    empty: Annotated[bool, typer.Option("--empty", help="With --prune: also where nothing would be left.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Load a catalogue from a file: all of it or, with every mistake named, nothing. The same twice changes nothing."""
    how = How(prune=prune, empty=empty, dry=dry_run)
    with opened_store(config) as database:
        if which is Which.AGENCIES:
            loaded = loading.load(database, AGENCIES, file, how, signed("", ""))
        else:
            loaded = loading.load(database, PROCEDURES, file, how, signed("", ""))
    if as_json:
        print_json({name: getattr(loaded, name) for name in Loaded.__slots__} | {"dry_run": dry_run})
    else:
        _print_loaded(loaded, dry=dry_run)
    if dry_run and loaded.differs:
        raise typer.Exit(Exit.CHANGES)


@commands.command()
def show(
    which: WhichArgument,
    code: Annotated[str, typer.Argument(help="What one code means; left out, the whole catalogue.")] = "",
    on: DayOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show a catalogue as it is on a day, or what one code means then; any form and alias of it finds it."""
    day = _day(on)
    with opened_store(config) as database:
        if code:
            _print_found(database, which, code, day, as_json=as_json)
            return
        found = [one for one in _entries(database, which) if day in one.valid]
    if as_json:
        print_json([_plain(one) for one in found])
        return
    print_table(("code", "name", "valid", "says"), [(one.code, one.name, one.valid, _said_by(one)) for one in found])


@commands.command()
def export(
    which: WhichArgument,
    into: Annotated[Path | None, typer.Option("--output", "-o", help="A .csv or .yaml file; else printed.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Also what systems say, not only what was loaded.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Give what was loaded as a file that `hub catalogue load` takes again: CSV for spreadsheets, or YAML."""
    kind = AGENCIES if which is Which.AGENCIES else PROCEDURES
    with opened_store(config) as database, database.read() as connection:
        rows = catalogue.said(connection, kind, by_systems=all_)
    csv_wanted = into is None or into.suffix.lower() == ".csv"
    text = as_csv(kind.name, rows) if csv_wanted else as_yaml(which.value, rows)
    if into is None:
        typer.echo(text, nl=False)
        return
    try:
        into.write_text(text, encoding="utf-8-sig" if csv_wanted else "utf-8", newline="")
    except OSError as error:
        stop(f"{into} cannot be written: {error.strerror}", Exit.WRONG)
    out.print(f"{into}: {len(rows):,} entries.", markup=False, highlight=False, soft_wrap=True)


@commands.command()
def check(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Say what entries of the catalogues say against each other, also those that systems brought."""
    with opened_store(config) as database:
        agencies, procedures = _entries(database, Which.AGENCIES), _entries(database, Which.PROCEDURES)
    said = [*_clashes(agencies, clashes_of_agencies), *_clashes(procedures, clashes_of_procedures)]
    if as_json:
        print_json(said)
    for line in [] if as_json else said:
        out.print(line, markup=False, highlight=False, soft_wrap=True)
    if not as_json and not said:
        out.print("No entry speaks against another.", highlight=False)
    if said:
        raise typer.Exit(Exit.FAILED)


@commands.command()
def unknown(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List the codes that records name and the catalogues lack. Their dossiers are kept all the same."""
    with opened_store(config) as database, database.read() as connection:
        found = codes_seen.unknown(connection)
    if as_json:
        print_json([answers.unknown_code(one) for one in found])
        return
    rows = [(one.kind, one.code, one.name, *_named_by(one)) for one in found]
    if found:
        print_table(("kind", "code", "the source calls it", "named by", "first seen", "last seen"), rows)
    else:
        out.print("The catalogues have every code that records name.", highlight=False)


@commands.command()
def duplicates(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List the procedures that several systems or portals serve: the finding of the one-portal rule."""
    with opened_store(config) as database, database.read() as connection:
        found = codes_seen.duplicate_services(connection, today())
    if as_json:
        print_json([answers.service(one) for one in found])
        return
    rows = [
        (one.code, one.name, "one agency" if one.within_one_agency else "several", "\n".join(_servers(one)))
        for one in found
    ]
    if found:
        print_table(("procedure", "name", "within", "served by, since"), rows)
    else:
        out.print("No procedure is served by more than one system or portal.", highlight=False)


def _day(text: str) -> date:
    try:
        return day_of(text) if text else today()
    except ValueError:
        stop(f'"{text}" is no day; write 2025-06-30 or 30/06/2025', Exit.WRONG)


def _entries(database: Database, which: Which) -> list[Any]:
    with database.read() as connection:
        return catalogue.entries(connection, AGENCIES if which is Which.AGENCIES else PROCEDURES)


def _print_found(database: Database, which: Which, code: str, day: date, *, as_json: bool) -> None:
    find = catalogue.find_agency_on if which is Which.AGENCIES else catalogue.find_procedure_on
    with database.read() as connection:
        found: Found[Any] = find(connection, code, day)
    if found.entry is None:
        stop(*_missed(code, day, found))
    if as_json:
        print_json(_plain(found.entry))
        return
    print_table(("", ""), [(name, _cell(value)) for name, value in _plain(found.entry).items()])


def _missed(code: str, day: date, found: Found[Any]) -> tuple[str, Exit]:
    if found.rivals:
        several = ", ".join(f"{one.code} ({one.name}, {_said_by(one)})" for one in found.rivals)
        return f"{code} is claimed by several on {day}, so it finds none: {several}", Exit.FAILED
    if found.elsewhen:
        then = ", ".join(f"{entry.code} ({entry.name}) {span}" for entry, span in found.elsewhen)
        return f"{code} is not valid on {day}; it finds {then}", Exit.NOT_FOUND
    return f"the catalogue has no {code}", Exit.NOT_FOUND


def _print_loaded(loaded: Loaded, *, dry: bool) -> None:
    lines = [f"+ {key}" for key in loaded.added]
    for one in loaded.changed:
        lines.append(f"~ {one.key}")
        lines += [f"    {name}: {_cell(before)} → {_cell(after)}" for name, (before, after) in one.fields.items()]
    lines += [f"- {key}" for key in loaded.gone]
    counts = f"{len(loaded.added):,} new, {len(loaded.changed):,} changed, {len(loaded.gone):,} taken out"
    lines.append(f"{'Would be: ' if dry else ''}{counts}, {loaded.unchanged:,} the same.")
    for line in lines:
        out.print(line, markup=False, highlight=False, soft_wrap=True)
    for remark in loaded.remarks:
        err.print(f"Note: {remark}.", markup=False, highlight=False, soft_wrap=True)
    if loaded.elsewhere:
        stay = f"{len(loaded.elsewhere):,} entries of earlier files are not in this one and stay"
        err.print(f"{stay}; --prune takes them out.", markup=False, soft_wrap=True)


def _clashes(entries: list[Any], clashes: Any) -> Iterable[str]:
    """Of each origin by itself: that two origins say differently is settled by which goes first."""
    for origin in dict.fromkeys(one.origin for one in entries):
        for clash in clashes([one for one in entries if one.origin == origin]):
            yield f"{origin}: {clash.what}; {clash.right}"


def _plain(one: Agency | Procedure) -> dict[str, Any]:
    values = plain_agency(one) if isinstance(one, Agency) else plain_procedure(one)
    return values | {"origin": one.origin}


def _said_by(one: Agency | Procedure) -> str:
    return "a file" if one.origin == FROM_FILE else one.origin


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(", ".join(f"{name} {inner}" for name, inner in row.items()) for row in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {inner}" for name, inner in value.items())
    return "nothing" if value is None else str(value)


def _named_by(one: UnknownCode) -> tuple[str, str, str]:
    named_by = ", ".join(naming.connector for naming in one.named_by)
    return named_by, local(one.first_seen_at), local(one.last_seen_at)


def _servers(one: Service) -> list[str]:
    connectors = [f"{each.connector} ({each.agency}), {local(each.first_seen_at)}" for each in one.served_by]
    return connectors + [f"portal {portal}" for portal in one.portals]
