"""Runs: queued, claimed, counted, ended. The allowed moves are those of `hub.record.run_state`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update
from sqlalchemy.sql.dml import Update

from hub.record.connector_state import Life
from hub.record.run_state import RunState, sources_of
from hub.store.database import Database
from hub.store.tables import connectors, runs


@dataclass(slots=True)
class Counts:
    """Every fetched record is counted once, in one of the last four."""

    fetched: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    quarantined: int = 0

    def add(self, other: "Counts") -> None:
        """Count a page's records into a run's."""
        for name in Counts.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: its state, a sentence for a person, and what to do if it went wrong."""

    state: RunState
    sentence: str
    error_code: str | None = None
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run as it stands now."""

    id: int
    connector: str
    kind: str
    trigger: str
    state: str
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    pages: int
    fetched: int
    created: int
    updated: int
    unchanged: int
    quarantined: int
    total: int | None
    mapping: str | None
    bookmark_before: str | None
    bookmark_after: str | None
    error_code: str | None
    sentence: str | None
    hint: str | None
    wanted: dict[str, Any] | None = None  # of a replay: which records
    attempts: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)

    def seconds(self, now: datetime) -> float | None:
        """How long it took, or has taken until now."""
        return None if self.started_at is None else ((self.finished_at or now) - self.started_at).total_seconds()


_QUERY = select(
    connectors.c.name.label("connector"), *(runs.c[name] for name in RunRow.__slots__ if name != "connector")
).join_from(runs, connectors)


ANYWAY = "anyway"  # trigger: by hand, also inside a blackout window, and however much cannot be read
READ_TO_THE_END = ("incremental", "full")


def enqueue(
    connection: Connection,
    connector_id: int,
    kind: str,
    trigger: str,
    now: datetime,
    fire_at: datetime | None = None,
    wanted: dict[str, Any] | None = None,
) -> int:
    """Ask for a run; its id."""
    values = {"connector_id": connector_id, "kind": kind, "trigger": trigger, "queued_at": now, "fire_at": fire_at}
    values |= {"wanted": wanted}
    queued = insert(runs).values(**values, state=RunState.QUEUED).returning(runs.c.id)
    run_id: int = connection.execute(queued).scalar_one()
    return run_id


def start(database: Database, run_id: int, mapping: str, bookmark: str | None, now: datetime) -> bool:
    """Begin a queued run; False when somebody else has, or it was given up."""
    moved = _move(run_id, RunState.RUNNING).values(started_at=now, mapping=mapping, bookmark_before=bookmark)
    with database.write() as connection:
        return connection.execute(moved).rowcount == 1


def count_page(connection: Connection, run_id: int, page: Counts, total: int | None, bookmark: str | None) -> None:
    """Add a page's counts, in the page's own transaction."""
    added: dict[str, Any] = {name: runs.c[name] + getattr(page, name) for name in Counts.__slots__}
    added |= {"pages": runs.c.pages + 1}
    if total is not None:
        added["total"] = total
    if bookmark is not None:
        added["bookmark_after"] = bookmark
    connection.execute(update(runs).where(runs.c.id == run_id).values(**added))


def record_attempts(database: Database, run_id: int, attempts: Sequence[dict[str, Any]]) -> None:
    """Keep every failed exchange of a run, each with its own error."""
    with database.write() as connection:
        connection.execute(update(runs).where(runs.c.id == run_id).values(attempts=list(attempts)))


def finish(
    connection: Connection, run_id: int, ending: Ending, now: datetime, notes: Sequence[dict[str, Any]] = ()
) -> None:
    """End a run; a run that has ended already stays as it was."""
    moved = _move(run_id, ending.state).values(
        finished_at=now,
        sentence=ending.sentence,
        error_code=ending.error_code,
        hint=ending.hint,
        notes=[*notes] or None,
    )
    connection.execute(moved)


def abandoned(database: Database, before: datetime) -> list[int]:
    """The connectors with a running run and a lease that ended `before`, or that was given back: no worker is there."""
    without_worker = connectors.c.lease_until.is_(None) | (connectors.c.lease_until < before)
    query = select(connectors.c.id).distinct().join_from(runs, connectors)
    with database.read() as connection:
        return list(connection.scalars(query.where(runs.c.state == RunState.RUNNING, without_worker)))


def interrupt_orphans(connection: Connection, connector_id: int, now: datetime, except_run: int | None = None) -> None:
    """Whoever has just taken the lease knows that the connector's other running runs have no worker."""
    orphans = (runs.c.connector_id == connector_id) & (runs.c.state == RunState.RUNNING)
    if except_run is not None:
        orphans &= runs.c.id != except_run
    ended = {"state": RunState.INTERRUPTED, "finished_at": now, "error_code": "worker_died"}
    sentence = "The worker stopped half-way. Nothing was lost: the next run goes on where it stopped."
    connection.execute(update(runs).where(orphans).values(**ended, sentence=sentence))


def give_up_queued(connection: Connection, connector_id: int, sentence: str, now: datetime) -> None:
    """End the runs that wait for a connector which is no longer run."""
    waiting = (runs.c.connector_id == connector_id) & (runs.c.state == RunState.QUEUED)
    ended = {"state": RunState.INTERRUPTED, "finished_at": now, "error_code": "not_active", "sentence": sentence}
    connection.execute(update(runs).where(waiting).values(**ended))


def queued(database: Database) -> list[tuple[int, str]]:
    """Run id and connector name of the active connectors' runs that wait for a worker, oldest first."""
    waiting = (
        select(runs.c.id, connectors.c.name)
        .join_from(runs, connectors)
        .where(runs.c.state == RunState.QUEUED, connectors.c.state == Life.ACTIVE)
        .order_by(runs.c.id)
    )
    with database.read() as connection:
        return [(row.id, row.name) for row in connection.execute(waiting)]


def get(database: Database, run_id: int) -> RunRow | None:
    """One run."""
    with database.read() as connection:
        rows = _rows(connection, _QUERY.where(runs.c.id == run_id))
        return rows[0] if rows else None


def last_error(connection: Connection, connector_id: int) -> str | None:
    """The code with which the last run ended that asked the department for its changes; None: with none."""
    query = (
        select(runs.c.error_code)
        .where(runs.c.connector_id == connector_id, runs.c.kind.in_(READ_TO_THE_END), runs.c.finished_at.is_not(None))
        .order_by(runs.c.id.desc())
        .limit(1)
    )
    return connection.scalar(query)


def last_success(database: Database, connector_id: int) -> datetime | None:
    """When the last run ended that read its source to the end."""
    query = (
        select(runs.c.finished_at)
        .where(runs.c.connector_id == connector_id, runs.c.kind.in_(READ_TO_THE_END))
        .where(runs.c.state == RunState.SUCCEEDED)
        .order_by(runs.c.id.desc())
        .limit(1)
    )
    with database.read() as connection:
        return connection.scalar(query)


def listed(
    database: Database,
    *,
    connector: str | None = None,
    state: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[RunRow]:
    """Newest first; `before` is the id of the last run of the page before."""
    query = _QUERY.order_by(runs.c.id.desc()).limit(limit)
    if connector is not None:
        query = query.where(connectors.c.name == connector)
    if state is not None:
        query = query.where(runs.c.state == state)
    if before is not None:
        query = query.where(runs.c.id < before)
    with database.read() as connection:
        return _rows(connection, query)


def _move(run_id: int, state: RunState) -> Update:
    return update(runs).where(runs.c.id == run_id, runs.c.state.in_(sources_of(state))).values(state=state)


def _rows(connection: Connection, query: Select[Any]) -> list[RunRow]:
    found = connection.execute(query).mappings()
    lists = ("attempts", "notes")
    return [RunRow(**(dict(row) | {name: row[name] or [] for name in lists})) for row in found]
