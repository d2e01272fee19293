"""`hub completeness`: what a source and the hub have of each day, counted now, and what is missing fetched."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, active_connector, app, opened
from hub.cli.exits import Exit
from hub.cli.output import local, out, print_json, print_table, stop
from hub.cli.sync import do_now, progress_bars, tell_failure
from hub.inspection import answers
from hub.record.moments import today
from hub.store import tallies
from hub.store.connectors import ConnectorRow
from hub.store.tallies import LACKING, Tally
from hub.sync import completeness as counting
from hub.sync.counting import DAYS
from hub.wiring import Hub

_DAYS = ["%Y-%m-%d", "%d/%m/%Y"]
_MOST_DAYS = 366
_MOST_KEYS = 20  # of each list that are printed


@app.command()
def completeness(
    connector: str,
    days: Annotated[int, typer.Option(min=1, max=_MOST_DAYS, help="So many days back, today included.")] = DAYS,
    first: Annotated[datetime | None, typer.Option("--from", formats=_DAYS, help="Instead: the first day.")] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=_DAYS, help="The last day, which counts; left out, the first.")
    ] = None,
    repair: Annotated[bool, typer.Option("--repair", help="Fetch what is missing, and count again.")] = False,
    known: Annotated[bool, typer.Option("--known", help="Ask nobody: show what was counted last.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Compare what CONNECTOR's source has of each day with what the hub has. Exit code 1 where something is missing."""
    wanted = _period(first, last, days)
    with opened(config) as hub:
        row = active_connector(hub, connector)
        if not known:
            _count(hub, row, {"days": wanted, "keys": True, "repair": repair, "anew": repair})
        found = [tally for tally in tallies.of(hub.database, row.id, wanted[0]) if tally.day <= wanted[-1]]
    if as_json:
        print_json({"connector": connector} | answers.completeness(found))
    else:
        _print(found)
    if any(tally.state in LACKING for tally in found):
        raise typer.Exit(Exit.FAILED)


def _period(first: datetime | None, last: datetime | None, days: int) -> list[str]:
    """The days, the first one first."""
    if first is None:
        if last is not None:
            stop("--to needs --from", Exit.WRONG)
        begins, ends = today() - timedelta(days=days - 1), today()
    else:
        begins, ends = first.date(), min((last or first).date(), max(today(), first.date()))
    if last is not None and first is not None and last < first:
        stop("--to is before --from", Exit.WRONG)
    count = (ends - begins).days + 1
    if count > _MOST_DAYS:
        stop(f"{count:,} days are more than are counted at once; {_MOST_DAYS} can be", Exit.WRONG)
    return [_day(begins, at) for at in range(count)]


def _day(begins: date, at: int) -> str:
    return (begins + timedelta(days=at)).isoformat()


def _count(hub: Hub, row: ConnectorRow, wanted: dict[str, Any]) -> None:
    """Count in this process, then do the repairs that the count asked for, and count their days again."""
    with progress_bars() as bars:
        waiting = [counting.ask(hub.database, row.id, wanted, datetime.now(UTC))]
        while waiting:
            if tell_failure(do_now(hub, row.name, waiting.pop(0), bars)):
                raise typer.Exit(Exit.FAILED)
            if wanted["repair"]:
                waiting = tallies.to_do(hub.database, row.id) or counting.follow_repairs(
                    hub.database, datetime.now(UTC), row.id
                )


def _print(found: list[Tally]) -> None:
    columns = ("day", "the source has", "the hub has", "quarantined", "missing", "extra", "state", "counted")
    print_table(columns, [_cells(tally) for tally in found])
    for tally in found:
        if tally.missing or tally.extra or tally.state == tallies.State.UNKNOWN:
            out.print(tally.sentence, markup=False, highlight=False, soft_wrap=True)
        for keys in (tally.keys.missing, tally.keys.extra):
            if len(keys) > 1:
                out.print(f"    {', '.join(keys[:_MOST_KEYS])}", markup=False, highlight=False, soft_wrap=True)
    lacking = any(tally.state in LACKING for tally in found)
    said = "Something is missing." if lacking else "Nothing is known to be missing." if found else "Never counted."
    out.print(said, highlight=False)


def _cells(tally: Tally) -> tuple[Any, ...]:
    numbers = (tally.there, tally.here, tally.quarantined, tally.missing, tally.extra)
    return f"{date.fromisoformat(tally.day):%d/%m/%Y}", *numbers, tally.state, local(tally.checked_at)
