"""Runs by the hour in which they ended and by connector: what charts, metrics and “unusual for the hour” are made of.

A run is counted in the transaction that ends it, so the hours say at any moment exactly what the runs say, and nobody
has to walk through a million of them.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta, timezone
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Select, func, select

from hub.record.run_state import RunState
from hub.store.database import Database
from hub.store.sets import insert_into
from hub.store.tables import connectors
from hub.store.watching_tables import run_hours

STAGES = {"wait": "waited_ms", "fetch": "fetch_ms", "decode": "decode_ms", "map": "map_ms", "store": "store_ms"}
COUNTED = ("fetched", "created", "updated", "quarantined", "bytes")  # columns of a run that are added up
_OUTCOMES = {RunState.FAILED: "failed", RunState.INTERRUPTED: "interrupted", RunState.CANCELLED: "cancelled"}
_SETTLES = timedelta(hours=2)  # an hour that ended so long ago gets no more runs: clocks differ by less
_MOST_KEPT = 64
_HERE = timezone(timedelta(hours=7))  # Vietnam: whole hours from UTC, so its days are made of whole hours


@dataclass(frozen=True, slots=True)
class Ended:
    """Runs that ended within some time, and what they brought; times of stages in milliseconds."""

    runs: int = 0
    failed: int = 0
    interrupted: int = 0
    cancelled: int = 0
    fetched: int = 0
    created: int = 0
    updated: int = 0
    quarantined: int = 0
    bytes: int = 0
    waited_ms: int = 0
    fetch_ms: int = 0
    decode_ms: int = 0
    map_ms: int = 0
    store_ms: int = 0

    @property
    def succeeded(self) -> int:
        """Those that came to their end."""
        return self.runs - self.failed - self.interrupted - self.cancelled

    @property
    def unchanged(self) -> int:
        """Records that were known as they are."""
        return self.fetched - self.created - self.updated - self.quarantined

    def __add__(self, other: "Ended") -> "Ended":
        return Ended(*(getattr(self, name) + getattr(other, name) for name in NAMES))

    def stage_seconds(self) -> dict[str, float]:
        """How long each stage took, by its name in `runs.timings`; stages overlap."""
        return {stage: getattr(self, column) / 1000 for stage, column in STAGES.items()}


Parts: TypeAlias = list[tuple[datetime, Ended]]
NAMES = tuple(each.name for each in fields(Ended))


def count(
    transaction: Connection,
    connector_id: int,
    at: datetime,
    counted: Mapping[Any, Any],
    timings: Mapping[str, float] | None,
    state: str | None = None,
) -> None:
    """Add a run that ended in this `state` just now; None: what one brought since that was counted already."""
    said = {name: int(counted[name]) for name in COUNTED}
    said |= {column: round((timings or {}).get(stage, 0) * 1000) for stage, column in STAGES.items()}
    if state is not None:
        said["runs"] = 1
        if (column := _OUTCOMES.get(RunState(state))) is not None:
            said[column] = 1
    hour = at.replace(minute=0, second=0, microsecond=0)
    added = insert_into(transaction, run_hours).values(connector_id=connector_id, hour=hour, **said)
    more = {name: run_hours.c[name] + added.excluded[name] for name in said}
    transaction.execute(added.on_conflict_do_update(index_elements=["connector_id", "hour"], set_=more))


def by_hour(
    database: Database, since: datetime, until: datetime, of: Collection[int] | None = None
) -> dict[datetime, Ended]:
    """What ended in each hour that begins within [since, until), the earliest first; hours without any are left out.

    `of`: ids of the connectors that are asked for; None: all.
    """
    query = _sums(run_hours.c.hour).where(_within(since, until, of)).group_by(run_hours.c.hour)
    with database.read() as connection:
        rows = connection.execute(query.order_by(run_hours.c.hour)).all()
    return {row.hour: _ended(row) for row in rows}


def by_day(
    database: Database, since: datetime, until: datetime, of: Collection[int] | None = None
) -> dict[date, Ended]:
    """The same by Vietnam's day."""
    days: dict[date, Ended] = {}
    for hour, ended in by_hour(database, since, until, of).items():
        day = hour.astimezone(_HERE).date()
        days[day] = days.get(day, Ended()) + ended
    return days


def of_connector(database: Database, connector_id: int, since: datetime, until: datetime) -> dict[datetime, Ended]:
    """Each hour of one connector in which runs of it ended."""
    return by_hour(database, since, until, (connector_id,))


def by_connector(
    database: Database, since: datetime, until: datetime, of: Collection[int] | None = None
) -> dict[int, Ended]:
    """What ended within that time, by the connector's id."""
    query = _sums(run_hours.c.connector_id).where(_within(since, until, of)).group_by(run_hours.c.connector_id)
    with database.read() as connection:
        return {row.connector_id: _ended(row) for row in connection.execute(query)}


def by_name(database: Database, since: datetime, until: datetime) -> dict[str, Ended]:
    """The same by the connector's name."""
    ids = select(connectors.c.id, connectors.c.name)
    found = by_connector(database, since, until)
    with database.read() as connection:
        return {row.name: found[row.id] for row in connection.execute(ids) if row.id in found}


class Past:
    """Hours by Vietnam's day where a day is over: it is added up once, for everybody who asks for the same again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._days: OrderedDict[tuple[datetime, datetime, frozenset[int] | None], Parts] = OrderedDict()

    def between(self, since: datetime, until: datetime, of: Collection[int] | None, now: datetime) -> Parts:
        """What ended in each part of [since, until), by its first instant: days that are over, then hours."""
        today = (now - _SETTLES).astimezone(_HERE).replace(hour=0, minute=0, second=0, microsecond=0)
        if today - since < timedelta(days=10):  # so few hours are read as quickly as they are found here
            return [*by_hour(self._database, since, until, of).items()]
        return [*self._over(since, today, of), *by_hour(self._database, today, until, of).items()]

    def _over(self, since: datetime, until: datetime, of: Collection[int] | None) -> Parts:
        wanted = (since, until, None if of is None else frozenset(of))
        with self._lock:
            if (known := self._days.get(wanted)) is not None:
                self._days.move_to_end(wanted)
                return known
        days = by_day(self._database, since, until, of)
        found = [(datetime(day.year, day.month, day.day, tzinfo=_HERE), ended) for day, ended in days.items()]
        with self._lock:
            self._days[wanted] = found
            while len(self._days) > _MOST_KEPT:
                self._days.popitem(last=False)
        return found


def total(parts: Iterable[Ended]) -> Ended:
    """All of these together."""
    return sum(parts, Ended())


def _sums(by: ColumnElement[Any]) -> Select[Any]:
    return select(by, *(func.sum(run_hours.c[name]).label(name) for name in NAMES))


def _within(since: datetime, until: datetime, of: Collection[int] | None) -> ColumnElement[bool]:
    within = (run_hours.c.hour >= since) & (run_hours.c.hour < until)
    return within if of is None else within & run_hours.c.connector_id.in_(of)


def _ended(row: Any) -> Ended:
    return Ended(*(int(getattr(row, name)) for name in NAMES))  # a sum of big numbers is a Decimal on PostgreSQL
