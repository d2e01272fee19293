"""What nobody thought of is told, and what works on runs goes on: a worker that has ended would be missed by nobody."""

import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from procrastinate import App
from sqlalchemy import update
from structlog.testing import capture_logs

from hub import engine
from hub.store import changing_hands, connectors, runs, schedules
from hub.store.database import Database, StoreError
from hub.store.tables import connectors as table
from hub.sync import heartbeat, queue, turn, worker
from hub.sync.queue import QueueWorker
from hub.sync.source import Source
from hub.sync.worker import Worker
from schedules.clock import Clock
from tests.hub.sync.fixtures import Listing, mapping, registered, source
from tests.hub.sync.running import record

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def broken_once(work: Callable[..., Any]) -> tuple[Callable[..., Any], threading.Event]:
    """`work` that fails the first time it is called; the event says that it was called again."""
    failed, again = threading.Event(), threading.Event()

    def do(*args: Any, **more: Any) -> Any:
        if not failed.is_set():
            failed.set()
            raise ValueError("nobody thought of this")
        again.set()
        return work(*args, **more)

    return do, again


@pytest.fixture
def finished(database: Database, tmp_path: Path) -> Callable[[Callable[..., Any]], bool]:
    """Whether a worker, made so, does a run within half a minute."""
    row = registered(database, "a")["a"]
    done = threading.Event()
    made = source("a", Listing([[record(1)]], at_the_end=done.set), mapping(tmp_path))

    def work(make: Callable[..., Any]) -> bool:
        doing = make(database, lambda _: made, "test", 1)
        doing.start()
        try:
            with database.write() as transaction:
                runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))
            return done.wait(30)
        finally:
            doing.stop()

    return work


def test_the_worker_in_this_process(
    finished: Callable[[Callable[..., Any]], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "to_do", broken_once(turn.to_do)[0])
    with capture_logs() as told:
        assert finished(Worker)
    assert [line["log_level"] for line in told if line["event"] == "worker_stumbled"] == ["error"]


@on_postgresql
def test_the_worker_that_has_its_runs_from_the_queue(
    finished: Callable[[Callable[..., Any]], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(App, "run_worker_async", broken_once(App.run_worker_async)[0])
    monkeypatch.setattr(queue, "to_do", broken_once(turn.to_do)[0])  # it hands out the run: nobody else does
    monkeypatch.setattr(queue, "_SWEEP_SECONDS", 0)
    with capture_logs() as told:
        assert finished(QueueWorker)
    assert sum(line["event"] == "queue_worker_stumbled" for line in told) == 2


def test_the_thread_that_keeps_a_lease(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    row = registered(database, "a")["a"]
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))
    lease = connectors.take_lease(database, row.id, "test", 10)
    assert lease is not None
    asked, again = broken_once(changing_hands.told)
    monkeypatch.setattr(changing_hands, "told", asked)
    with capture_logs() as told, heartbeat.kept(database, lease, 0.4, run_id):
        assert again.wait(10)
    assert [(line["event"], line["log_level"], line["exc_info"]) for line in told] == [
        ("lease_not_renewed", "error", True)
    ]


def test_a_tick(database: Database) -> None:
    work, again = broken_once(lambda: None)
    ticking = Clock(engine.told("upkeep", work), 0.05)
    with capture_logs() as told:
        ticking.start()
        assert again.wait(10)
        ticking.stop()
    assert [(line["event"], line["tick"], line["exc_info"]) for line in told] == [("tick_stumbled", "upkeep", True)]


@pytest.mark.parametrize("kind", ["local", "queue"])
def test_a_run_that_wants_to_end_the_process_ends_neither_it_nor_its_slot(
    kind: str, database: Database, tmp_path: Path
) -> None:
    """A type of connector that another package brings."""
    if kind == "queue" and database.is_sqlite:
        pytest.skip("the queue is in PostgreSQL")
    rows = registered(database, "a", "b")
    done = threading.Event()

    def leave(_: int) -> None:
        raise SystemExit(3)

    reads = mapping(tmp_path)
    sources = {
        "a": source("a", Listing([[record(1)]], before_page=leave), reads),
        "b": source("b", Listing([[record(1)]], at_the_end=done.set), reads),
    }
    working = (Worker if kind == "local" else QueueWorker)(database, sources.__getitem__, "test", 1)
    with database.write() as transaction:
        for row in rows.values():
            runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))
    with capture_logs() as told:
        working.start()
        assert done.wait(30)
        working.stop()
    assert "run_broke" in {line["event"] for line in told}


def test_a_process_whose_worker_has_ended_all_the_same_ends_too(database: Database) -> None:
    class Broken(Worker):
        def _loop(self) -> None:
            pass

    ended = threading.Event()
    nothing: dict[str, Source] = {}
    working = Broken(database, nothing.__getitem__, "test", 1)
    watch = engine.Watch(database, working, ended.set)
    assert not working.has_ended()  # it has not begun
    watch.start()
    working.start()
    assert ended.wait(10)
    watch.stop()
    working.stop()
    assert not working.has_ended()  # it was stopped


def test_that_no_connection_is_free_is_told_as_the_database_being_away(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database.engine.pool, "_timeout", 0.1)
    with ExitStack() as held:
        for _ in range(database.engine.pool.size() + database.engine.pool._max_overflow):  # type: ignore[attr-defined]
            held.enter_context(database.read())
        with pytest.raises(StoreError, match="no connection to the database came free"), database.read():
            pass
        with pytest.raises(StoreError, match="no connection to the database came free"), database.write():
            pass


# In a process of its own: what a process logs by is set up once, for as long as it lives.
STUMBLES = """
import sys
from hub import engine, logs

sys.stderr.isatty = lambda: {terminal}
kept = {{"name": "Nguyen Van Thu"}}

def read(value):
    return value["code"]

getattr(logs, "{set_up}")()
engine.told("upkeep", lambda: print(read(kept)))()
"""


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("set_up", ["configure", "quiet"])
def test_a_trace_tells_where_it_was_and_nothing_of_a_record(terminal: bool, set_up: str) -> None:
    stumbles = STUMBLES.format(terminal=terminal, set_up=set_up)
    told = subprocess.run([sys.executable, "-c", stumbles], capture_output=True, text=True, check=True).stderr
    assert "in read" in told
    assert "Thu" not in told


def test_a_schedule_that_cannot_be_read_holds_up_no_other(database: Database) -> None:
    registered(database, "a", "b")
    now = database.now()
    with database.write() as transaction:
        for name, cadence in (("a", '{"every": "of another version"}'), ("b", '{"every": "60s"}')):
            transaction.execute(update(table).where(table.c.name == name).values(cadence=cadence))
    with capture_logs() as told:
        schedules.plan(database, now, engine.next_fire)
        (run_id,) = schedules.fire_due(database, now + timedelta(hours=2), engine.next_fire, engine.held_until)
    run, read, unread = runs.get(database, run_id), connectors.named(database, "b"), connectors.named(database, "a")
    assert run
    assert read
    assert unread
    assert run.connector == "b"
    assert unread.next_fire_at == now + timedelta(hours=3)  # looked at again; its blackout is not known, so nobody asks
    assert {line["event"] for line in told} == {"schedule_unreadable"}
