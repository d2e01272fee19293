"""Whether others wait for a worker, and which connectors' jobs runs are."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from hub.record.connector_state import Life
from hub.record.run_kind import SOON
from hub.record.run_state import RunState
from hub.record.to_do import ToDo
from hub.store import clock
from hub.store.database import Database
from hub.store.tables import connectors, runs

_SEEN_BY_ALL = 1.0  # seconds; one that waits longer found no free worker


def others_wait(database: Database, connector: str, priority: int, *, as_urgent: bool) -> bool:
    """Whether a run that could be done now waits for a worker: a more urgent one, or also one `as_urgent`."""
    now = clock.now()
    mine = connectors.c.name == connector
    theirs = ~mine & or_(connectors.c.lease_until.is_(None), connectors.c.lease_until < now)  # else it has a worker
    before: ColumnElement[bool] = and_(or_(mine, theirs), runs.c.priority < priority)
    if as_urgent:
        before = or_(before, and_(theirs, runs.c.priority == priority))
    found = exists().where(
        runs.c.connector_id == connectors.c.id,
        runs.c.state == RunState.QUEUED,
        runs.c.queued_at < clock.later(-_SEEN_BY_ALL),
        or_(runs.c.not_before.is_(None), runs.c.not_before <= now),
        connectors.c.state == Life.ACTIVE,
        before,
    )
    with database.read() as connection:
        return bool(connection.scalar(select(found)))


def alike(
    connection: Connection, connector_id: int, kind: str, trigger: str, wanted: dict[str, Any] | None
) -> int | None:
    """A run that is asked for in the very same way and waits for a worker already; the oldest of them."""
    waits = (runs.c.connector_id == connector_id) & (runs.c.state == RunState.QUEUED) & runs.c.not_before.is_(None)
    query = select(runs.c.id, runs.c.wanted).where(waits, runs.c.kind == kind, runs.c.trigger == trigger)
    found = connection.execute(query.order_by(runs.c.id))
    return next((row.id for row in found if row.wanted == wanted), None)


def not_under_way(connection: Connection, run_ids: Sequence[int], seconds: float) -> set[int]:
    """Those of the runs that have ended, or wait for a worker, for so long at least; or that are not there."""
    column = runs.c
    busy = column.state == RunState.RUNNING
    lately = or_(column.finished_at >= clock.later(-seconds), column.queued_at >= clock.later(-seconds))
    alive = select(column.id).where(column.id.in_(run_ids), or_(busy, lately))
    return set(run_ids) - set(connection.scalars(alive))


def as_jobs(connection: Connection, run_ids: Sequence[int]) -> list[ToDo]:
    """Runs as jobs to be handed out, in the order given."""
    query = select(runs.c.id, runs.c.connector_id, runs.c.priority).where(runs.c.id.in_(run_ids))
    found = {row.id: as_job(row.id, row.connector_id, row.priority) for row in connection.execute(query)}
    return [found[run_id] for run_id in run_ids if run_id in found]


def of_connector(connection: Connection, connector: str) -> list[ToDo]:
    """The runs of one connector that wait, as jobs, in their order."""
    mine = select(connectors.c.id).where(connectors.c.name == connector, connectors.c.state == Life.ACTIVE)
    waits = (runs.c.connector_id.in_(mine)) & (runs.c.state == RunState.QUEUED)
    ready = or_(runs.c.not_before.is_(None), runs.c.not_before <= clock.now())
    query = select(runs.c.id, runs.c.connector_id, runs.c.priority).where(waits, ready)
    return [as_job(*row) for row in connection.execute(query.order_by(runs.c.priority, runs.c.id))]


def as_job(run_id: int, connector_id: int, priority: int) -> ToDo:
    """One run as a job."""
    return ToDo(run_id, connector_id, priority, soon=priority <= SOON)
