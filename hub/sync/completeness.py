"""When the days of each connector are counted, and what follows on a repair. Any number of processes may plan."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import structlog

from hub.record.run_kind import RunKind
from hub.record.run_state import RunState
from hub.store import runs, tallies
from hub.store.database import Database, Transaction
from hub.store.tallies import Due, Followed, State
from hub.sync.counting import DAYS, TRIGGER

log = structlog.get_logger()

_AFTER_FIRST_READ = timedelta(minutes=10)
_LOOK_AGAIN = timedelta(hours=1)  # whether a connector that could not be counted can be now


@dataclass(frozen=True, slots=True)
class Rule:
    """How many days are counted, and how often."""

    days: int = DAYS
    every: timedelta = timedelta(days=1)


RuleOf = Callable[[str], Rule | None]  # by a connector's name; None: it cannot be counted, or shall not
HeldUntil = Callable[
    [str, datetime], datetime | None
]  # cadence as text, now → when it may be asked, where that is later


def plan(
    database: Database, now: datetime, rule_of: RuleOf, held_until: HeldUntil = lambda _cadence, _now: None
) -> list[int]:
    """Queue a count for every connector that is due, and one for each that a repair has ended of; their ids."""
    queued = follow_repairs(database, now)
    for one in tallies.due(database, now):
        if held_until(one.cadence, now):
            continue
        rule = rule_of(one.name)
        with database.write() as transaction:
            run_id = _plan(transaction, one, rule, now)
        queued += [] if run_id is None else [run_id]
    return queued


def follow_repairs(database: Database, now: datetime, connector_id: int | None = None) -> list[int]:
    """Count days again whose repair has ended; where it broke, they stand as they are until the next count.

    Of one connector where that is named. The ids of the counts that were queued.
    """
    with database.read() as connection:
        if not tallies.repaired(connection, connector_id):  # nearly always: spare the write lock
            return []
    queued: list[int] = []
    with database.write() as transaction:
        ended = tallies.repaired(transaction, connector_id, locked=True)
        for one, days in groupby(ended, key=lambda day: day.connector_id):
            run_id = _follow(transaction, one, list(days), now)
            queued += [] if run_id is None else [run_id]
    return queued


def ask(database: Database, connector_id: int, wanted: dict[str, Any], now: datetime) -> int:
    """Queue a count that a person asks for; its id."""
    with database.write() as transaction:
        return runs.enqueue(transaction, connector_id, RunKind.COUNT, "hand", now, wanted=wanted)


def _plan(transaction: Transaction, one: Due, rule: Rule | None, now: datetime) -> int | None:
    if rule is None:
        tallies.move_on(transaction, one, now + _LOOK_AGAIN)
        return None
    if one.next_count_at is None:
        tallies.move_on(transaction, one, now + min(rule.every, _AFTER_FIRST_READ))
        return None
    if not tallies.move_on(transaction, one, now + rule.every) or tallies.is_counted(transaction, one.id):
        return None
    return runs.enqueue(transaction, one.id, RunKind.COUNT, "schedule", now, wanted={"last": rule.days})


def _follow(transaction: Transaction, connector_id: int, days: list[Followed], now: datetime) -> int | None:
    mended = [day for day in days if day.state == RunState.SUCCEEDED and day.kind != RunKind.COUNT]
    for day in days:
        if day not in mended:
            why = f"What is missing was to be fetched, but run {day.run_id} did not do it: {day.sentence or day.state}"
            tallies.follow(transaction, day, state=State.DRIFT, sentence=why)
            log.warning("repair_broke", day=day.day, run=day.run_id, sentence=why)
    if not mended:
        return None
    wanted = {"days": [day.day for day in mended], "after_repair": True}
    run_id = runs.enqueue(transaction, connector_id, RunKind.COUNT, TRIGGER, now, wanted=wanted)
    for day in mended:
        tallies.follow(transaction, day, run_id=run_id)
    return run_id
