"""Runs change hands: given to workers, put back into the queue, taken over from workers that are gone, cancelled."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, case, or_, select, update

from hub.record.connector_state import Life
from hub.record.run_state import RunState
from hub.store import clock
from hub.store.connectors import free
from hub.store.database import Database, tell_queued
from hub.store.runs import RunRow, move, rows
from hub.store.tables import connectors, runs

CANCEL = "cancel"  # what a run's `stop_wanted` says


class Waiting(NamedTuple):
    """A run that waits for a worker."""

    run_id: int
    connector: str
    kind: str
    priority: int
    abandoned: bool  # it is under way, but perhaps its worker is gone
    lease_owner: str | None
    is_free: bool  # nobody has its connector


def can_be_done(database: Database) -> list[Waiting]:
    """The runs that are under way or wait, what is under way first; then the lowest priority, then those of the
    connector whose last run began longest ago."""
    last = runs.alias()
    served = (
        select(last.c.started_at)
        .where(last.c.connector_id == connectors.c.id, last.c.started_at.is_not(None))
        .order_by(last.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    abandoned = runs.c.state == RunState.RUNNING
    may_begin = or_(runs.c.not_before.is_(None), runs.c.not_before <= clock.now())
    waits = and_(runs.c.state == RunState.QUEUED, connectors.c.state == Life.ACTIVE, may_begin)
    query = (
        select(
            *(runs.c.id, connectors.c.name, runs.c.kind, runs.c.priority),
            *(abandoned.label("abandoned"), connectors.c.lease_owner, free().label("is_free")),
        )
        .join_from(runs, connectors)
        .where(or_(abandoned, waits))
        .order_by(case((abandoned, 0), else_=1), runs.c.priority, served.nulls_first(), runs.c.queued_at, runs.c.id)
    )
    with database.read() as connection:
        return [Waiting(*row) for row in connection.execute(query)]


def put_back(
    connection: Connection,
    run: RunRow,
    attempts: Sequence[dict[str, Any]],
    now: datetime,
    not_before: datetime | None = None,
    notes: Sequence[dict[str, Any]] = (),
) -> None:
    """Let a running run wait again for a worker, who goes on with it: its counts and its bookmark stay."""
    waits = {"queued_at": now, "not_before": not_before, "attempts": list(attempts), "notes": [*notes] or None}
    moved = move(run.id, RunState.QUEUED).values(**waits, owner=None).returning(runs.c.connector_id)
    connector_id = connection.scalar(moved)
    if connector_id is not None:
        tell_queued(connection, run.id, connector_id, run.priority)


def take_over(
    connection: Connection, run_id: int, owner: str | None, mapping: str, attempts: Sequence[dict[str, Any]]
) -> None:
    """Go on with a running run whose worker is gone. Only for who has its connector's lease."""
    mine = (runs.c.id == run_id) & (runs.c.state == RunState.RUNNING)
    values = {"owner": owner, "mapping": mapping, "attempts": list(attempts), "taken_over": runs.c.taken_over + 1}
    connection.execute(update(runs).where(mine).values(**values))


def want_stop(connection: Connection, run_id: int, author: str, reason: str) -> None:
    """Keep who cancels a run, and why: whoever does it looks there."""
    asked = {"stop_wanted": CANCEL, "stop_author": author, "stop_reason": reason}
    connection.execute(update(runs).where(runs.c.id == run_id).values(**asked))


_TOLD = select(runs.c.stop_wanted, connectors.c.state).join_from(runs, connectors).where(runs.c.id == bindparam("run"))


def told(database: Database, run_id: int) -> tuple[bool, bool]:
    """What a run under way has to know: whether it is to be cancelled, and whether its connector is to be run."""
    with database.read() as connection:
        row = connection.execute(_TOLD, {"run": run_id}).one()
    return row.stop_wanted == CANCEL, row.state == Life.ACTIVE


def under_way(connection: Connection, connector_id: int) -> list[RunRow]:
    """The running runs of a connector; who has its lease and does none of them knows that their workers are gone."""
    return rows(connection, (runs.c.connector_id == connector_id) & (runs.c.state == RunState.RUNNING))


def locked(connection: Connection, run_id: int) -> RunRow | None:
    """One run, which nobody else changes until the transaction ends."""
    connection.execute(select(runs.c.id).where(runs.c.id == run_id).with_for_update())
    return next(iter(rows(connection, runs.c.id == run_id)), None)
