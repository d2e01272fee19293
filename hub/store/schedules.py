"""When connectors are due: one row each, moved forward by compare-and-swap, so that any number of nodes fire once."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, exists, select, update

from hub.record.run_state import RunState
from hub.store.database import Database
from hub.store.runs import enqueue
from hub.store.tables import connectors, runs

NextFire = Callable[[str, datetime], datetime]  # cadence as text, after → next


def plan(database: Database, now: datetime, next_fire: NextFire) -> None:
    """Give every scheduled connector that has none its next fire time; a missed one stays due (and fires once)."""
    unplanned = connectors.c.active & (connectors.c.cadence != "") & connectors.c.next_fire_at.is_(None)
    query = select(connectors.c.id, connectors.c.cadence).where(unplanned)
    with database.read() as connection:
        if not connection.execute(query).all():  # nearly always: every second, and SQLite has one write lock for all
            return
    with database.write() as connection:
        for row in connection.execute(query).all():
            at = next_fire(row.cadence, now)
            connection.execute(update(connectors).where(connectors.c.id == row.id).values(next_fire_at=at))


def fire_due(database: Database, now: datetime, next_fire: NextFire) -> list[int]:
    """Queue a run for every connector that is due; their ids. Missed instants become one run, not many."""
    due = select(connectors.c.id, connectors.c.cadence, connectors.c.next_fire_at).where(
        connectors.c.active, connectors.c.cadence != "", connectors.c.next_fire_at <= now
    )
    with database.read() as connection:
        waiting = connection.execute(due).all()
    fired = (_fire(database, row.id, row.next_fire_at, next_fire(row.cadence, now), now) for row in waiting)
    return [run_id for run_id in fired if run_id is not None]


def _fire(database: Database, connector_id: int, at: datetime, following: datetime, now: datetime) -> int | None:
    mine = (connectors.c.id == connector_id) & (connectors.c.next_fire_at == at)
    with database.write() as connection:
        won = connection.execute(update(connectors).where(mine).values(next_fire_at=following)).rowcount == 1
        if not won or _busy(connection, connector_id, now):
            return None
        return enqueue(connection, connector_id, "incremental", "schedule", now, fire_at=at)


def _busy(connection: Connection, connector_id: int, now: datetime) -> bool:
    """Whether a run waits or is under way: then this firing would add nothing to it."""
    waiting = exists().where(runs.c.connector_id == connector_id, runs.c.state == RunState.QUEUED)
    under_way = exists().where(connectors.c.id == connector_id, connectors.c.lease_until > now)
    return bool(connection.execute(select(waiting | under_way)).scalar())
