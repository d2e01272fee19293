"""The worker: queued runs get done, several connectors at once, one run at a time for each."""

import threading
from datetime import UTC, datetime
from pathlib import Path

from hub.store import runs
from hub.store.database import Database
from hub.sync.worker import Worker
from tests.hub.sync.fixtures import Listing, mapping, registered, source

A = {"id": 1, "code": "000.00.15.H29-260520-0001", "status": "open"}


def queue(database: Database, connector_id: int) -> int:
    with database.write() as transaction:
        return runs.enqueue(transaction, connector_id, "full", "hand", datetime.now(UTC))


def test_connectors_run_side_by_side_and_each_one_run_at_a_time(database: Database, tmp_path: Path) -> None:
    rows = registered(database, "a", "b")
    together = threading.Barrier(2, timeout=30)  # passes only when both connectors are inside at once
    inside: dict[str, int] = {"a": 0, "b": 0}
    most: dict[str, int] = {"a": 0, "b": 0}
    first = {"a": True, "b": True}
    done = threading.Semaphore(0)

    def listing(name: str) -> Listing:
        def enter(number: int) -> None:
            inside[name] += 1
            most[name] = max(most[name], inside[name])
            if first[name]:
                first[name] = False
                together.wait()
            inside[name] -= 1

        return Listing([[A]], before_page=enter, at_the_end=done.release)

    reads = mapping(tmp_path)
    ids = [queue(database, rows[name].id) for name in ("a", "a", "b", "b")]
    worker = Worker(database, {name: source(name, listing(name), reads) for name in ("a", "b")}, "test")
    worker.start()
    for _ in ids:
        assert done.acquire(timeout=30)
        worker.wake()
    worker.stop()
    assert {state for one in ids if (run := runs.get(database, one)) for state in [run.state]} == {"succeeded"}
    assert most == {"a": 1, "b": 1}


def test_a_run_that_breaks_stops_neither_the_worker_nor_the_other_connectors(
    database: Database, tmp_path: Path
) -> None:
    rows = registered(database, "a", "b")
    broken, done = threading.Event(), threading.Event()

    def fault(number: int) -> None:
        broken.set()
        raise ZeroDivisionError

    reads = mapping(tmp_path)
    sources = {
        "a": source("a", Listing([[A]], before_page=fault), reads),
        "b": source("b", Listing([[A]], before_page=lambda _: done.set()), reads),
    }
    bad = queue(database, rows["a"].id)
    worker = Worker(database, sources, "test", threads=1)
    worker.start()
    assert broken.wait(30)
    queue(database, rows["b"].id)
    worker.wake()
    assert done.wait(30)
    worker.stop()
    run = runs.get(database, bad)
    assert run is not None
    assert run.state == "failed"


def test_a_connector_that_is_not_configured_here_is_left_to_others(database: Database, tmp_path: Path) -> None:
    rows = registered(database, "a", "b")
    done = threading.Event()
    elsewhere = queue(database, rows["a"].id)
    queue(database, rows["b"].id)
    mine = source("b", Listing([[A]], before_page=lambda _: done.set()), mapping(tmp_path))
    worker = Worker(database, {"b": mine}, "test")
    worker.start()
    assert done.wait(30)
    worker.stop()
    run = runs.get(database, elsewhere)
    assert run is not None
    assert run.state == "queued"
