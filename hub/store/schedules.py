"""When connectors are due: one row each, moved forward by compare-and-swap, so that any number of nodes fire once."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, or_, select, update

from hub.record.connector_state import Life
from hub.record.run_state import RunState
from hub.store.database import Database
from hub.store.replays import REPLAY
from hub.store.runs import enqueue
from hub.store.tables import connectors, runs

NextFire = Callable[[str, datetime], datetime]  # cadence as text, after → next
HeldUntil = Callable[[str, datetime], datetime | None]  # cadence as text, now → when it may fire, where that is later


def plan(database: Database, now: datetime, next_fire: NextFire) -> None:
    """Give every scheduled connector that has none its next fire time; a missed one stays due (and fires once)."""
    unplanned = (connectors.c.state == Life.ACTIVE) & (connectors.c.cadence != "") & connectors.c.next_fire_at.is_(None)
    query = select(connectors.c.id, connectors.c.cadence).where(unplanned)
    with database.read() as connection:
        if not connection.execute(query).all():  # nearly always: every second, and SQLite has one write lock for all
            return
    with database.write() as connection:
        for row in connection.execute(query).all():
            at = next_fire(row.cadence, now)
            connection.execute(update(connectors).where(connectors.c.id == row.id).values(next_fire_at=at))


def fire_due(
    database: Database, now: datetime, next_fire: NextFire, held_until: HeldUntil = lambda _cadence, _now: None
) -> list[int]:
    """Queue a run for every connector that is due; their ids. Missed instants become one run, not many.

    One whose circuit is open stays due until it may be tried; one that is held is due when that is over.
    """
    due = select(connectors.c.id, connectors.c.cadence, connectors.c.next_fire_at).where(
        connectors.c.state == Life.ACTIVE, connectors.c.next_fire_at <= now, _not_open(now)
    )
    with database.read() as connection:
        waiting = connection.execute(due).all()
    fired = []
    for row in waiting:
        if until := held_until(row.cadence, now):
            with database.write() as connection:
                _planned(connection, row.id, row.next_fire_at, until)
            continue
        # Without a cadence only a run that was interrupted goes on by itself, once.
        following = next_fire(row.cadence, now) if row.cadence else None
        fired.append(_fire(database, row.id, row.next_fire_at, following, now))
    return [run_id for run_id in fired if run_id is not None]


def _fire(database: Database, connector_id: int, at: datetime, following: datetime | None, now: datetime) -> int | None:
    with database.write() as connection:
        if not _planned(connection, connector_id, at, following, _not_open(now)) or _busy(
            connection, connector_id, now
        ):
            return None
        return enqueue(connection, connector_id, "incremental", "schedule", now, fire_at=at)


def _planned(
    connection: Connection, connector_id: int, at: datetime, following: datetime | None, *more: ColumnElement[bool]
) -> bool:
    """Move a connector on from `at`; False where somebody else has, or where `more` does not hold any longer."""
    mine = (connectors.c.id == connector_id) & (connectors.c.next_fire_at == at)
    moved = update(connectors).where(mine, *more).values(next_fire_at=following)
    return connection.execute(moved).rowcount == 1


def _not_open(now: datetime) -> ColumnElement[bool]:
    return or_(connectors.c.open_until.is_(None), connectors.c.open_until <= now)


def _busy(connection: Connection, connector_id: int, now: datetime) -> bool:
    """Whether a run waits or is under way: then this firing would add nothing to it. A replay reads nothing new."""
    waiting = exists().where(_mine(connector_id, RunState.QUEUED), runs.c.kind != REPLAY)
    under_way = exists().where(connectors.c.id == connector_id, connectors.c.lease_until > now)
    replayed = exists().where(_mine(connector_id, RunState.RUNNING), runs.c.kind == REPLAY)
    return bool(connection.execute(select(waiting | (under_way & ~replayed))).scalar())


def _mine(connector_id: int, state: RunState) -> ColumnElement[bool]:
    return (runs.c.connector_id == connector_id) & (runs.c.state == state)
