"""What a source and the hub hold of each day, and when each connector's days are counted next."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select, update

from hub.record.connector_state import Life
from hub.record.run_kind import RunKind
from hub.record.run_state import RunState
from hub.store.database import Database
from hub.store.engine_tables import tallies
from hub.store.sets import insert_into
from hub.store.tables import connectors, runs

_UNDER_WAY = (RunState.QUEUED, RunState.RUNNING)


class State(StrEnum):
    """What is known of a day."""

    COMPLETE = "complete"  # nothing is missing
    DRIFT = "drift"  # something is missing, and nobody fetches it
    REPAIRING = "repairing"  # what is missing is being fetched, or counted again after that
    REPAIRED = "repaired"  # it was missing, and was fetched
    UNKNOWN = "unknown"  # the day cannot be judged yet, or not at all


LACKING = (State.DRIFT, State.REPAIRING)


@dataclass(frozen=True, slots=True)
class Keys:
    """Some of the records in question, and what was done about them."""

    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  # by the repair that is under way; "*": the whole day
    tried: dict[str, int] = field(default_factory=dict)  # how often a repair asked for one that was still missing then


@dataclass(frozen=True, slots=True)
class Tally:
    """One day of one connector."""

    day: str
    until: datetime | None  # it was counted up to here; None: to its end
    there: int | None
    here: int
    quarantined: int
    missing: int
    extra: int
    by_key: bool
    keys: Keys
    state: str
    sentence: str
    checked_at: datetime
    run_id: int | None


@dataclass(frozen=True, slots=True)
class Due:
    """A connector whose days are to be counted."""

    id: int
    name: str
    cadence: str
    next_count_at: datetime | None  # None: it was read to its end, and never counted


@dataclass(frozen=True, slots=True)
class Followed:
    """A day that was being repaired, and the run that did it, which has ended."""

    connector_id: int
    day: str
    run_id: int
    kind: str
    state: str
    sentence: str | None


def of(database: Database, connector_id: int, first: str = "") -> list[Tally]:
    """The days from `first` on, the newest first."""
    with database.read() as connection:
        return [*reversed(known(connection, connector_id, first).values())]


def known(connection: Connection, connector_id: int, first: str = "") -> dict[str, Tally]:
    """The same by day, the oldest first."""
    names = list(Tally.__slots__)
    query = select(*(tallies.c[name] for name in names)).where(
        tallies.c.connector_id == connector_id, tallies.c.day >= first
    )
    rows = connection.execute(query.order_by(tallies.c.day)).mappings()
    return {row["day"]: Tally(**(dict(row) | {"keys": Keys(**row["keys"])})) for row in rows}


def save(connection: Connection, connector_id: int, counted: Sequence[Tally]) -> None:
    """Keep what was counted; what was known of these days before is replaced."""
    for tally in counted:
        row = {name: getattr(tally, name) for name in Tally.__slots__} | {"keys": asdict(tally.keys)}
        statement = insert_into(connection, tallies).values(connector_id=connector_id, **row)
        kept = statement.on_conflict_do_update(index_elements=["connector_id", "day"], set_=row)
        connection.execute(kept)


def lacking(database: Database) -> dict[str, int]:
    """How many days of each connector, by its name, something is known to be missing of."""
    query = select(connectors.c.name, func.count().label("days")).join_from(tallies, connectors)
    with database.read() as connection:
        rows = connection.execute(query.where(tallies.c.state.in_(LACKING)).group_by(connectors.c.name))
        return {row.name: row.days for row in rows}


def due(database: Database, now: datetime) -> list[Due]:
    """The connectors whose days are to be counted: active, read to their end once, and not left alone just now."""
    names = (connectors.c[name] for name in Due.__slots__)
    planned = or_(connectors.c.next_count_at.is_(None), connectors.c.next_count_at <= now)
    let = or_(connectors.c.open_until.is_(None), connectors.c.open_until <= now)
    query = select(*names).where(connectors.c.state == Life.ACTIVE, connectors.c.seen_at.is_not(None), planned, let)
    with database.read() as connection:
        return [Due(**row) for row in connection.execute(query.order_by(connectors.c.id)).mappings()]


def move_on(connection: Connection, one: Due, following: datetime) -> bool:
    """Count it next at `following`; False where somebody else has planned it meanwhile."""
    mine = (connectors.c.id == one.id) & _same(connectors.c.next_count_at, one.next_count_at)
    return connection.execute(update(connectors).where(mine).values(next_count_at=following)).rowcount == 1


def is_counted(connection: Connection, connector_id: int) -> bool:
    """Whether a count of it waits or is under way."""
    count = (runs.c.connector_id == connector_id) & (runs.c.kind == RunKind.COUNT) & runs.c.state.in_(_UNDER_WAY)
    return bool(connection.scalar(select(exists().where(count))))


def is_under_way(connection: Connection, run_id: int) -> bool:
    """Whether a run waits or is done just now."""
    return bool(connection.scalar(select(exists().where(runs.c.id == run_id, runs.c.state.in_(_UNDER_WAY)))))


def to_do(database: Database, connector_id: int) -> list[int]:
    """The runs that wait to mend its days, the oldest first."""
    query = select(runs.c.id).distinct().join_from(tallies, runs, runs.c.id == tallies.c.run_id)
    mine = (tallies.c.connector_id == connector_id) & (tallies.c.state == State.REPAIRING)
    with database.read() as connection:
        waiting = query.where(mine, runs.c.state == RunState.QUEUED).order_by(runs.c.id)
        return list(connection.scalars(waiting))


def repaired(connection: Connection, connector_id: int | None = None, *, locked: bool = False) -> list[Followed]:
    """The days that are being repaired by a run that has ended; `locked`: nobody else changes them meanwhile."""
    query = (
        select(
            tallies.c.connector_id,
            tallies.c.day,
            tallies.c.run_id,
            runs.c.kind,
            runs.c.state,
            runs.c.sentence,
        )
        .join(runs, runs.c.id == tallies.c.run_id)
        .where(tallies.c.state == State.REPAIRING, runs.c.state.not_in(_UNDER_WAY))
        .order_by(tallies.c.connector_id, tallies.c.day)
    )
    if connector_id is not None:
        query = query.where(tallies.c.connector_id == connector_id)
    if locked:
        query = query.with_for_update(of=tallies)
    return [Followed(**row) for row in connection.execute(query).mappings()]


def follow(connection: Connection, day: Followed, **changes: Any) -> None:
    """Change a day that was being repaired."""
    mine = (tallies.c.connector_id == day.connector_id) & (tallies.c.day == day.day)
    connection.execute(update(tallies).where(mine).values(**changes))


def _same(column: ColumnElement[Any], value: datetime | None) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value
