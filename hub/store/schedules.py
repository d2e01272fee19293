"""When connectors are due: one row each, moved forward by compare-and-swap, so that any number of nodes fire once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from hub.record.connector_state import Life
from hub.record.run_kind import RunKind
from hub.record.run_state import RunState
from hub.store import clock
from hub.store.database import Database
from hub.store.engine_tables import ticks
from hub.store.runs import enqueue
from hub.store.tables import connectors, runs

NextFire = Callable[[str, datetime], datetime]  # cadence as text, after → next
HeldUntil = Callable[[str, datetime], datetime | None]  # cadence as text, now → when it may fire, where that is later

_TRIED_AGAIN = 60.0  # seconds after which a turn that came to no end is another's
_LONGEST = 3600.0  # seconds for which a process goes by what it remembers
# Until when (monotonic) this process need not ask whether something is due: no idle process asks every second.
_not_before: WeakKeyDictionary[Database, dict[str, float]] = WeakKeyDictionary()


def has_work(database: Database) -> bool:
    """Whether a connector is to be planned or fired: the one thing that is asked every second."""
    unplanned = (connectors.c.cadence != "") & connectors.c.next_fire_at.is_(None)
    due = (connectors.c.next_fire_at <= clock.now()) & _not_open(clock.now())
    found = exists().where(connectors.c.state == Life.ACTIVE, or_(unplanned, due))
    with database.read() as connection:
        return bool(connection.scalar(select(found)))


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


def take_turn(database: Database, name: str, every_seconds: float) -> bool:
    """Whether the caller is to do what is called `name` now: once in so many seconds, over any number of processes.

    What is seldom done is another's to do after a minute, unless `end_turn` says that it was done.
    """
    known = _not_before.setdefault(database, {})
    if monotonic() < known.get(name, 0.0):
        return False
    now = database.now()
    with database.read() as connection:
        due = connection.scalar(select(ticks.c.due_at).where(ticks.c.name == name))
    if due is not None and due > now:
        known[name] = monotonic() + min((due - now).total_seconds(), _LONGEST)
        return False
    seconds = min(every_seconds, _TRIED_AGAIN)
    taken = _move_turn(database, name, due, now + timedelta(seconds=seconds))
    if taken:
        known[name] = monotonic() + seconds
    return taken


def end_turn(database: Database, name: str, every_seconds: float) -> None:
    """What a turn was taken for is done: the next one comes after so many seconds."""
    if every_seconds <= _TRIED_AGAIN:
        return  # as it was taken
    following = database.now() + timedelta(seconds=every_seconds)
    with database.write() as connection:
        connection.execute(update(ticks).where(ticks.c.name == name).values(due_at=following))
    _not_before.setdefault(database, {})[name] = monotonic() + min(every_seconds, _LONGEST)


def _move_turn(database: Database, name: str, due: datetime | None, following: datetime) -> bool:
    try:
        with database.write() as connection:
            if due is None:
                connection.execute(insert(ticks).values(name=name, due_at=following))
                return True
            mine = update(ticks).where(ticks.c.name == name, ticks.c.due_at == due)
            return connection.execute(mine.values(due_at=following)).rowcount == 1
    except IntegrityError:
        return False  # somebody else began it in this very moment


def _fire(database: Database, connector_id: int, at: datetime, following: datetime | None, now: datetime) -> int | None:
    with database.write() as connection:
        mine = _planned(connection, connector_id, at, following, _not_open(now))
        if not mine or _busy(connection, connector_id):
            return None
        return enqueue(connection, connector_id, "incremental", "schedule", now, fire_at=at)


def _planned(
    connection: Connection, connector_id: int, at: datetime, following: datetime | None, *more: ColumnElement[bool]
) -> bool:
    """Move a connector on from `at`; False where somebody else has, or where `more` does not hold any longer."""
    mine = (connectors.c.id == connector_id) & (connectors.c.next_fire_at == at)
    moved = update(connectors).where(mine, *more).values(next_fire_at=following)
    return connection.execute(moved).rowcount == 1


def _not_open(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    return or_(connectors.c.open_until.is_(None), connectors.c.open_until <= now)


def _busy(connection: Connection, connector_id: int) -> bool:
    """Whether a run waits or is under way that reads from where this firing would: it would add nothing to it.

    A full run takes hours, or waits for hours behind others: what changed is read between its pages. Only where it has
    come as far as its connector, as when nothing was read before it, is it what the firing would be.
    """
    there = (runs.c.kind == RunKind.FULL) & runs.c.bookmark_after.is_not_distinct_from(connectors.c.bookmark)
    alive = (runs.c.state == RunState.RUNNING) & (connectors.c.lease_until > clock.now())
    found = exists().where(
        connectors.c.id == connector_id,
        runs.c.connector_id == connectors.c.id,
        or_(runs.c.kind == RunKind.INCREMENTAL, there),
        or_(runs.c.state == RunState.QUEUED, alive),
    )
    return bool(connection.scalar(select(found)))
