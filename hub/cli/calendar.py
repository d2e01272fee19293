"""`hub calendar`: holidays and days worked in exchange for others."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, opened_store, signed
from hub.cli.exits import Exit
from hub.cli.output import err, out, print_json, print_table, stop
from hub.store import calendar as store
from hub.store.calendar import Difference, Line
from schedules.calendar.days import Calendar, Days, OutOfCalendar
from schedules.calendar.table import WrongDays, read

commands = typer.Typer(help="Holidays, days worked in exchange, and when terms end.", no_args_is_help=True)

_LARGEST_FILE = 5_000_000
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@commands.command()
def load(
    file: Annotated[Path, typer.Argument(help="CSV with the columns day,kind,name: see docs/due-dates.md.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the difference and do nothing.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Load holidays, days worked in exchange and confirmed years from a file: all of it or nothing, safe to repeat.

    What the file of this name said before and no longer says is removed. Due dates follow at once.
    """
    days = _days(file)
    with opened_store(config) as database:
        if dry_run:
            with database.read() as connection:
                found = store.difference(connection, days, file.name)
        else:
            by = signed("", "")
            found = database.write_again(lambda connection: store.load(connection, days, file.name, by.at, by))
    if as_json:
        print_json(asdict(found))
    else:
        _print(found, file.name, dry=dry_run)
    if dry_run and found:
        raise typer.Exit(Exit.CHANGES)


@commands.command()
def show(year: int, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Show the holidays of a year and the days worked in exchange, each with who says so."""
    with opened_store(config) as database, database.read() as connection:
        calendar = store.calendar_of(connection)
    try:
        special = calendar.year(year)
    except OutOfCalendar as error:
        stop(f"{error}.", Exit.WRONG)
    if as_json:
        days = [{"day": one.day, "kind": one.kind, "name": one.name, "origin": one.origin} for one in special]
        print_json({"year": year, "confirmed": calendar.confirmed(year), "days": days})
        return
    rows = [(f"{one.day:%d/%m/%Y}", _WEEKDAYS[one.day.weekday()], one.kind, one.name, one.origin) for one in special]
    print_table(("day", "weekday", "kind", "name", "said by"), rows)
    err.print(_confirmed(calendar, year), markup=False, soft_wrap=True)


def _days(file: Path) -> Days:
    try:
        if file.stat().st_size > _LARGEST_FILE:
            stop(f"{file} is larger than {_LARGEST_FILE:,} bytes: no calendar is so long", Exit.WRONG)
        return read(file.read_text("utf-8"), file.name)
    except OSError as error:
        stop(f"{file} cannot be read: {error.strerror}", Exit.WRONG)
    except UnicodeDecodeError:
        stop(f"{file} is not UTF-8; save it as CSV UTF-8", Exit.WRONG)
    except WrongDays as wrong:
        stop(f"{wrong}\nNothing was loaded.", Exit.WRONG)


def _print(found: Difference, name: str, *, dry: bool) -> None:
    rows = [("new", *_cells(line)) for line in found.added]
    rows += [(f"instead of {before.kind} ({before.origin})", *_cells(after)) for before, after in found.changed]
    rows += [("removed", *_cells(line)) for line in found.removed]
    if rows:
        print_table(("change", "day", "weekday", "kind", "name"), rows)
    counts = f"{len(found.added)} new, {len(found.changed)} changed, {len(found.removed)} removed"
    done = "Nothing was done." if dry else "Loaded."
    out.print(f"{name}: {counts}, {found.unchanged} as before. {done}", markup=False, highlight=False, soft_wrap=True)


def _cells(line: Line) -> tuple[str, str, str, str]:
    day = date.fromisoformat(line.day) if len(line.day) > 4 else None
    return line.day, _WEEKDAYS[day.weekday()] if day else "", line.kind, line.name


def _confirmed(calendar: Calendar, year: int) -> str:
    decision = calendar.confirmed(year)
    if decision is not None:
        return f"{year} is confirmed: {decision}."
    return (
        f"{year} is only computed: Tết, National Day and days worked in exchange are set by a decision each year. "
        f"When it is out, load a file with its days and the line {year},confirmed,NAME OF THE DECISION."
    )
