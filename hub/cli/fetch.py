"""`hub fetch` and `hub count`: one record on demand, and whether the hub holds what the source says that it has."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, active_connector, app, opened
from hub.cli.exits import Exit
from hub.cli.looking import department_told, line_of
from hub.cli.output import out, print_json, print_table, stop
from hub.inspection import answers
from hub.inspection.completeness import CannotList, Completeness, compare
from hub.record.moments import ZONE
from hub.record.run_state import RunState
from hub.sync.one import Busy, CannotFetch, fetch_one

_DAYS = ["%Y-%m-%d", "%d/%m/%Y"]
_MOST_KEYS = 20  # of each list that are printed; `--json` has all
_LISTS = {
    "missing_here": "the source has them, the hub has never seen them",
    "quarantined": "the source has them, the hub could not read them (`hub quarantine`)",
    "changed_otherwise": "the hub has them, with a change of another time",
    "missing_there": "the hub has them, the source does not list them",
}


@app.command()
def fetch(
    connector: str,
    key: Annotated[str, typer.Argument(help="The record's key at the source.")],
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Fetch one record of CONNECTOR now and store it; the bookmark stays where it is."""
    with opened(config) as hub:
        active_connector(hub, connector)
        try:
            with department_told(connector):
                run = fetch_one(hub.database, hub.source(connector), key, hub.owner)
        except (CannotFetch, Busy) as error:
            stop(str(error), Exit.FAILED)
    if as_json:
        print_json(answers.fetched(run))
    elif run.state == RunState.SUCCEEDED and run.fetched:
        out.print(run.sentence, markup=False, highlight=False, soft_wrap=True)
    if run.state != RunState.SUCCEEDED:
        stop(run.sentence or run.state, Exit.FAILED, run.hint)
    if not run.fetched:
        if as_json:
            raise typer.Exit(Exit.NOT_FOUND)
        stop(run.sentence or f"{connector} knows no such record", Exit.NOT_FOUND)


@app.command()
def count(
    connector: str,
    first: Annotated[datetime, typer.Option("--from", formats=_DAYS, help="The first day.")],
    last: Annotated[
        datetime | None, typer.Option("--to", formats=_DAYS, help="The last day, which counts; left out, the first.")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Compare what CONNECTOR's source says that it has for some days with what the hub holds. Stores nothing."""
    start, end = _day(first), _day(last or first) + timedelta(days=1)
    if end <= start:
        stop("--to is before --from", Exit.WRONG)
    with opened(config) as hub:
        row = active_connector(hub, connector)
        try:
            with department_told(connector):
                found = compare(hub.database, row, line_of(hub.in_use.connector(connector)), start, end)
        except CannotList as error:
            stop(str(error), Exit.FAILED)
    if as_json:
        print_json(answers.completeness(found))
    else:
        _print(found)
    if not found.complete:
        raise typer.Exit(Exit.FAILED)


def _day(at: datetime) -> datetime:
    """The instant at which that day begins in Vietnam."""
    return at.replace(tzinfo=ZONE)


def _print(found: Completeness) -> None:
    there = found.there if found.there is not None else found.listed
    print_table(("the source says", "the hub holds"), [(there, found.here)])
    for name, said in _LISTS.items():
        keys = getattr(found, name)
        if keys:
            more = f" and {len(keys) - _MOST_KEYS:,} more" if len(keys) > _MOST_KEYS else ""
            out.print(f"{len(keys):,}: {said}", markup=False, highlight=False, soft_wrap=True)
            out.print(f"    {', '.join(keys[:_MOST_KEYS])}{more}", markup=False, highlight=False, soft_wrap=True)
    out.print("Nothing is missing." if found.complete else "Something is missing.", highlight=False)
