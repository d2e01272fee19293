"""When connectors did not keep their freshness objective: since when, until when, why."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select, true, update

from hub.record.connector_state import Life
from hub.store.database import Database
from hub.store.engine_tables import lapses
from hub.store.sets import insert_into
from hub.store.tables import connectors, moves


@dataclass(frozen=True, slots=True)
class Lapse:
    """One time that the objective was missed."""

    since: datetime
    until: datetime | None  # None: it goes on
    because: dict[str, str]  # {code, sentence, hint}


def told(
    connection: Connection, connector_id: int, before: datetime | None, since: datetime | None, because: Any
) -> bool:
    """Say of a connector since when it misses its objective (None: it meets it); `before`: as it was when looked at.

    False where somebody else has said so meanwhile.
    """
    same = connectors.c.stale_since.is_(None) if before is None else connectors.c.stale_since == before
    mine = (connectors.c.id == connector_id) & same & connectors.c.state.in_((Life.ACTIVE, Life.PAUSED))
    moved = update(connectors).where(mine).values(stale_since=since, stale_because=because)
    return connection.execute(moved).rowcount == 1


def begin(connection: Connection, connector_id: int, since: datetime, because: Mapping[str, str]) -> None:
    """It is missed from here on; again, where another promise was kept meanwhile without a run."""
    said = {"until": None, "because": dict(because)}
    begun = insert_into(connection, lapses).values(connector_id=connector_id, since=since, **said)
    connection.execute(begun.on_conflict_do_update(index_elements=["connector_id", "since"], set_=said))


def explain(connection: Connection, connector_id: int, because: Mapping[str, str]) -> None:
    """What goes on has another reason now, or a better known one."""
    connection.execute(_open(connector_id).values(because=dict(because)))


def end(connection: Connection, connector_id: int, until: datetime) -> None:
    """It is met again."""
    connection.execute(_open(connector_id).values(until=until))


def listed(database: Database, connector_id: int, limit: int = 20) -> list[Lapse]:
    """The newest first."""
    query = select(lapses.c.since, lapses.c.until, lapses.c.because).where(lapses.c.connector_id == connector_id)
    with database.read() as connection:
        rows = connection.execute(query.order_by(lapses.c.since.desc()).limit(limit))
        return [Lapse(row.since, row.until, row.because) for row in rows]


def missed(database: Database, connector_id: int, start: datetime, end: datetime) -> timedelta:
    """For how long of a period the objective was not kept."""
    within = (lapses.c.connector_id == connector_id) & (lapses.c.since < end)
    query = select(lapses.c.since, lapses.c.until).where(within, or_(lapses.c.until.is_(None), lapses.c.until > start))
    with database.read() as connection:
        rows = connection.execute(query).all()
    return sum((min(row.until or end, end) - max(row.since, start) for row in rows), timedelta())


def in_use_since(database: Database, connector_id: int) -> datetime | None:
    """Since when it is in the state that it is in: activated, or paused."""
    query = select(func.max(moves.c.at)).where(moves.c.connector_id == connector_id)
    with database.read() as connection:
        since: datetime | None = connection.scalar(query)
        return since


def of_all(
    database: Database, start: datetime, end: datetime, of: Collection[int] | None = None
) -> list[tuple[int, datetime, datetime | None]]:
    """Connector, since when and until when (None: it goes on) of whatever was missed within a period; the earliest
    first. `of`: ids of the connectors that are asked for; None: all.

    Lapses of a connector do not overlap, so of those that began before the last alone may have lasted until then.
    """
    mine = true() if of is None else connectors.c.id.in_(of)
    last = select(func.max(lapses.c.since)).where(lapses.c.connector_id == connectors.c.id, lapses.c.since < start)
    before = select(connectors.c.id, last.scalar_subquery().label("since")).where(mine).subquery()
    at_start = _ALL.join(before, (lapses.c.connector_id == before.c.id) & (lapses.c.since == before.c.since))
    begun = _ALL.where(lapses.c.since >= start, lapses.c.since < end)
    if of is not None:
        begun = begun.where(lapses.c.connector_id.in_(of))
    with database.read() as connection:
        lasted = connection.execute(at_start.where(or_(lapses.c.until.is_(None), lapses.c.until > start))).all()
        rows = [*lasted, *connection.execute(begun).all()]
    return sorted((row.connector_id, row.since, row.until) for row in rows)


_ALL = select(lapses.c.connector_id, lapses.c.since, lapses.c.until)


def _open(connector_id: int) -> Any:
    return update(lapses).where(lapses.c.connector_id == connector_id, lapses.c.until.is_(None))
