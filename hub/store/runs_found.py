"""Runs by what they are and when they were: newest first, page by page, at the same cost among a million of them.

What an index cannot tell is looked for among `WALKED` runs at a time. Where that finds too few, the list says how far
it has come, and goes on from there: no question takes longer than another, whatever is asked together.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, func, select
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from hub.record.run_state import RunState
from hub.store import runs as store_runs
from hub.store.database import Database
from hub.store.runs import RunRow
from hub.store.tables import runs

WALKED = 3_000
_LEAST_WALKED = 300  # of each of several connectors
_ABOUT = 100  # runs that are queued in one moment get their numbers in no order
_BEFORE = timedelta(days=1)  # a run begins so long after it was queued, at most, to be found by the day it began


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs; None: whatever."""

    connectors: Collection[int] | None = None  # their ids
    state: str | None = None
    kind: str | None = None
    trigger: str | None = None
    since: datetime | None = None  # when it began, or was queued where it has not
    until: datetime | None = None  # not included


@dataclass(frozen=True, slots=True)
class Found:
    """A page of runs."""

    runs: list[RunRow]
    following: int | None  # the id before which the list goes on; None: that is all
    looked_to: int | None = None  # the last run that was looked at, where fewer were found than a page has


def found(database: Database, wanted: Wanted, *, before: int | None = None, limit: int = 50) -> Found:
    """A page of runs, before the one with this id."""
    with database.read() as connection:
        if not database.is_sqlite:
            # Where it thinks that few rows match, it would gather and sort them all, and they may be many.
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        low, high = _between(connection, wanted, before)
        if low is None:
            return Found([], None)
        walks = [_Walk(connection, wanted, each, limit, low, high) for each in _each(wanted)]
        # Below where one walk stopped others may have more, so that the page ends there.
        floor = max((walk.stopped_at for walk in walks if walk.stopped_at is not None), default=None)
        ids = sorted((one for walk in walks for one in walk.ids if floor is None or one >= floor), reverse=True)
        shown = ids[:limit]
        rows = store_runs.rows(connection, runs.c.id.in_(shown))[::-1] if shown else []
    if len(ids) > limit:
        return Found(rows, shown[-1])
    return Found(rows, floor, floor)


class _Walk:
    """Along one index, from its newest run."""

    def __init__(
        self, connection: Connection, wanted: Wanted, connector: int | None, limit: int, low: int, high: int | None
    ) -> None:
        by = [*_by_index(wanted, connector), runs.c.id >= low]
        if high is not None:
            by.append(runs.c.id < high)
        is_sifted = bool(_besides(runs.c, runs.c.queued_at, wanted, connector))
        most = max(_LEAST_WALKED, WALKED // max(1, len(wanted.connectors or ()))) if is_sifted else limit + 1
        walk = _walked(by, most)
        mine = select(walk.c.id).where(*_besides(walk.c, walk.c.at, wanted, connector))
        self.ids = list(connection.scalars(mine.order_by(walk.c.id.desc()).limit(limit + 1)))
        self.stopped_at: int | None = None
        if is_sifted and len(self.ids) <= limit:
            number, last = connection.execute(select(func.count(), func.min(walk.c.id))).one()
            self.stopped_at = last if number == most else None


def _walked(by: Sequence[ColumnElement[bool]], most: int) -> Subquery:
    """So many runs at most, by conditions that an index tells."""
    at = func.coalesce(runs.c.started_at, runs.c.queued_at).label("at")
    query = select(runs.c.id, runs.c.state, runs.c.kind, runs.c.trigger, at).where(*by)
    return query.order_by(runs.c.id.desc()).limit(most).subquery("walked")


def _each(wanted: Wanted) -> Collection[int | None]:
    """Connectors to walk along: one after the other, for all of some would have to be sorted."""
    return [None] if wanted.connectors is None else sorted(wanted.connectors)


def _by_state(wanted: Wanted, connector: int | None) -> bool:
    """Whether an index goes by the state; most runs have succeeded, so that other words tell more then."""
    others = wanted.kind is not None or wanted.trigger is not None
    return connector is not None or not others or wanted.state != RunState.SUCCEEDED


def _by_index(wanted: Wanted, connector: int | None) -> list[ColumnElement[bool]]:
    by: list[ColumnElement[bool]] = []
    if connector is not None:
        by.append(runs.c.connector_id == connector)
    if wanted.state is not None and _by_state(wanted, connector):
        by.append(runs.c.state == wanted.state)
    elif wanted.kind is not None and connector is None:
        by.append(runs.c.kind == wanted.kind)
    elif wanted.trigger is not None and connector is None:
        by.append(runs.c.trigger == wanted.trigger)
    return by


def _besides(
    columns: ReadOnlyColumnCollection[str, Any], at: ColumnElement[Any], wanted: Wanted, connector: int | None
) -> list[ColumnElement[bool]]:
    """What is looked for among the runs that an index gives."""
    told = _told_by_index(wanted, connector)
    besides = [columns[name] == value for name in _PLAIN if name not in told and (value := getattr(wanted, name))]
    if wanted.since is not None:
        besides.append(at >= wanted.since)
    if wanted.until is not None:
        besides.append(at < wanted.until)
    return besides


_PLAIN = ("state", "kind", "trigger")


def _told_by_index(wanted: Wanted, connector: int | None) -> set[str]:
    if wanted.state is not None and _by_state(wanted, connector):
        return {"state"}
    if connector is not None:
        return set()
    return {"kind"} if wanted.kind is not None else {"trigger"}


def _between(connection: Connection, wanted: Wanted, before: int | None) -> tuple[int | None, int | None]:
    """The ids between which all of them are, the last not included; twice None where there are none."""
    low, high = 0, before
    if wanted.since is not None:
        first = _about(connection, runs.c.queued_at >= wanted.since - _BEFORE, runs.c.queued_at)
        if not first:
            return None, None
        low = min(first)
    if wanted.until is not None:
        last = _about(connection, runs.c.queued_at < wanted.until, runs.c.queued_at.desc())
        if not last:
            return None, None
        high = max(last) + 1 if high is None else min(high, max(last) + 1)
    return low, high


def _about(connection: Connection, where: ColumnElement[bool], order: ColumnElement[Any]) -> list[int]:
    return list(connection.scalars(select(runs.c.id).where(where).order_by(order).limit(_ABOUT)))
