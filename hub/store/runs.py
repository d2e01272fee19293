"""Runs: queued, claimed, counted, ended. The allowed moves are those of `hub.record.run_state`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, Text, bindparam, case, func, insert, select, update
from sqlalchemy.sql.dml import Update

from hub.record.connector_state import Life
from hub.record.run_kind import PRIORITY, RunKind
from hub.record.run_state import RunState, sources_of
from hub.store import run_hours
from hub.store.columns import Json
from hub.store.database import Database, tell_queued
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


def counts_of(run: "RunRow") -> Counts:
    """What a run has counted."""
    return Counts(*(getattr(run, name) for name in Counts.__slots__))


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
    priority: int = 10
    not_before: datetime | None = None  # it waits in the queue until then
    owner: str | None = None  # the worker that does it, or did it last
    taken_over: int = 0
    bytes: int = 0
    timings: dict[str, float] = field(default_factory=dict)  # seconds by stage
    gone: int = 0
    stop_wanted: str | None = None
    stop_author: str | None = None
    stop_reason: str | None = None

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
    priority = PRIORITY[RunKind(kind)]
    if kind == RunKind.FULL and _never_read(connection, connector_id):
        priority = PRIORITY[RunKind.INCREMENTAL]  # which would read the same: it waits no longer than that
    values |= {"wanted": wanted, "priority": priority}
    queued = insert(runs).values(**values, state=RunState.QUEUED).returning(runs.c.id)
    run_id: int = connection.execute(queued).scalar_one()
    tell_queued(connection, run_id, connector_id, priority)
    return run_id


def _never_read(connection: Connection, connector_id: int) -> bool:
    return connection.scalar(select(connectors.c.bookmark).where(connectors.c.id == connector_id)) is None


def start(
    database: Database, run_id: int, mapping: str, bookmark: str | None, now: datetime, owner: str | None = None
) -> bool:
    """Begin a queued run, or go on with one that was put back; False when somebody else has, or it was given up."""
    with database.write() as connection:
        return begin(connection, run_id, mapping, bookmark, now, owner)


def begin(
    connection: Connection, run_id: int, mapping: str, bookmark: str | None, now: datetime, owner: str | None = None
) -> bool:
    """The same, in a transaction that does more."""
    first = runs.c.started_at.is_(None)
    moved = move(run_id, RunState.RUNNING).values(
        started_at=func.coalesce(runs.c.started_at, now),
        bookmark_before=case((first, bookmark), else_=runs.c.bookmark_before),
        mapping=mapping,
        owner=owner,
        not_before=None,
    )
    return connection.execute(moved).rowcount == 1


def count_page(
    connection: Connection,
    run_id: int,
    page: Counts,
    total: int | None,
    bookmark: str | None,
    size: int = 0,
    timings: Mapping[str, float] | None = None,
    pages: int = 1,
) -> None:
    """Add a page's counts and its bytes, in the page's own transaction; `timings` are those of the run until now.

    `pages` is 0 where it was not stored: by their number a run knows, after an outage, whether its last one was.
    """
    said = {"of_run": run_id, "size": size, "new_total": total, "new_bookmark": bookmark, "new_timings": timings}
    said["more_pages"] = pages
    said |= {f"more_{name}": getattr(page, name) for name in Counts.__slots__}
    counted = connection.execute(_COUNTED, said).one_or_none()
    if counted is not None and counted.finished_at is not None:  # pushes of one hour are a run that has ended already
        more = {name: getattr(page, name) for name in Counts.__slots__} | {"bytes": size}
        run_hours.count(connection, counted.connector_id, counted.finished_at, more, timings)


_COUNTED = (
    update(runs)
    .where(runs.c.id == bindparam("of_run"))
    .values(
        pages=runs.c.pages + bindparam("more_pages"),
        bytes=runs.c.bytes + bindparam("size"),
        total=func.coalesce(bindparam("new_total", type_=Integer), runs.c.total),
        bookmark_after=func.coalesce(bindparam("new_bookmark", type_=Text), runs.c.bookmark_after),
        timings=func.coalesce(bindparam("new_timings", type_=Json), runs.c.timings),
        **{name: runs.c[name] + bindparam(f"more_{name}") for name in Counts.__slots__},
    )
    .returning(runs.c.connector_id, runs.c.finished_at)
)


def record_attempts(connection: Connection, run_id: int, attempts: Sequence[dict[str, Any]]) -> None:
    """Keep every failed exchange of a run, each with its own error, and what else befell it."""
    connection.execute(update(runs).where(runs.c.id == run_id).values(attempts=list(attempts)))


def finish(
    connection: Connection, run_id: int, ending: Ending, now: datetime, notes: Sequence[dict[str, Any]] = ()
) -> None:
    """End a run; a run that has ended already stays as it was."""
    moved = move(run_id, ending.state).values(
        finished_at=now,
        sentence=ending.sentence,
        error_code=ending.error_code,
        hint=ending.hint,
        notes=[*notes] or None,
    )
    _count_ended(connection, moved)


def _count_ended(connection: Connection, moved: Update) -> None:
    """Move runs to their end, and count each in its hour: once, as none ends twice."""
    for run in connection.execute(moved.returning(*_OF_HOUR)).mappings().all():
        run_hours.count(connection, run["connector_id"], run["finished_at"], run, run["timings"], run["state"])


_OF_HOUR = [runs.c[name] for name in ("connector_id", "finished_at", "state", "timings", *run_hours.COUNTED)]


def give_up_queued(connection: Connection, connector_id: int, sentence: str, now: datetime) -> None:
    """End the runs that wait for a connector which is no longer run."""
    waiting = (runs.c.connector_id == connector_id) & (runs.c.state == RunState.QUEUED)
    ended = {"state": RunState.INTERRUPTED, "finished_at": now, "error_code": "not_active", "sentence": sentence}
    _count_ended(connection, update(runs).where(waiting).values(**ended))


def queued(database: Database) -> list[tuple[int, str]]:
    """Run id and connector name of the active connectors' runs that wait for a worker, in the order of their priority,
    those that have waited longest first."""
    waiting = (
        select(runs.c.id, connectors.c.name)
        .join_from(runs, connectors)
        .where(runs.c.state == RunState.QUEUED, connectors.c.state == Life.ACTIVE)
        .order_by(runs.c.priority, runs.c.queued_at, runs.c.id)
    )
    with database.read() as connection:
        return [(row.id, row.name) for row in connection.execute(waiting)]


def get(database: Database, run_id: int) -> RunRow | None:
    """One run."""
    with database.read() as connection:
        rows = _rows(connection, _QUERY.where(runs.c.id == run_id))
        return rows[0] if rows else None


def numbered(database: Database, run_ids: Collection[int]) -> list[RunRow]:
    """The runs with these numbers, as far as they are there, the oldest first."""
    with database.read() as connection:
        return rows(connection, runs.c.id.in_(run_ids)) if run_ids else []


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
    kinds: Collection[str] = (),
    before: int | None = None,
    limit: int = 50,
) -> list[RunRow]:
    """Newest first, of any kind unless `kinds` names some; `before` is the id of the last run of the page before."""
    query = _QUERY.order_by(runs.c.id.desc()).limit(limit)
    if connector is not None:  # its number, not a join on its name: only so an index gives its runs in their order
        mine = select(connectors.c.id).where(connectors.c.name == connector).scalar_subquery()
        query = query.where(runs.c.connector_id == mine)
    if state is not None:
        query = query.where(runs.c.state == state)
    if kinds:
        query = query.where(runs.c.kind.in_(kinds))
    if before is not None:
        query = query.where(runs.c.id < before)
    with database.read() as connection:
        return _rows(connection, query)


def move(run_id: int, state: RunState) -> Update:
    """Bring a run to a state, where it may come there."""
    return update(runs).where(runs.c.id == run_id, runs.c.state.in_(sources_of(state))).values(state=state)


def rows(connection: Connection, where: ColumnElement[bool]) -> list[RunRow]:
    """The runs of which that is true, the oldest first."""
    return _rows(connection, _QUERY.where(where).order_by(runs.c.id))


def _rows(connection: Connection, query: Select[Any]) -> list[RunRow]:
    found = connection.execute(query).mappings()
    empty: dict[str, Any] = {"attempts": [], "notes": [], "timings": {}}
    return [RunRow(**(dict(row) | {name: row[name] or none for name, none in empty.items()})) for row in found]
