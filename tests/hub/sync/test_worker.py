"""The worker: queued runs get done, several connectors at once, one run at a time for each."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors.errors import Unavailable
from hub.record.connector_state import Move
from hub.record.signature import Signature
from hub.store import connectors, registrations, runs
from hub.store.database import Database
from hub.sync.retry import RetryBudget
from hub.sync.run import ABANDONED_SECONDS, LEASE_SECONDS, Source, end_abandoned
from hub.sync.worker import Worker
from mappings.engine.yaml_source import Finding, Invalid
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
    worker = Worker(database, lambda name: source(name, listing(name), reads), "test")
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
    worker = Worker(database, sources.__getitem__, "test", threads=1)
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
    worker = Worker(database, {"b": mine}.__getitem__, "test")
    worker.start()
    assert done.wait(30)
    worker.stop()
    run = runs.get(database, elsewhere)
    assert run is not None
    assert run.state == "queued"


def state_of(database: Database, run_id: int) -> str:
    run = runs.get(database, run_id)
    assert run is not None
    return run.state


def leave_running(database: Database, connector_id: int, at: datetime) -> int:
    """What a worker that was killed leaves behind."""
    run_id = queue(database, connector_id)
    assert connectors.take_lease(database, connector_id, "killed", at, LEASE_SECONDS)
    assert runs.start(database, run_id, "m v1", None, at)
    return run_id


def test_the_run_of_a_killed_worker_ends_when_its_lease_is_long_over(database: Database) -> None:
    connector = registered(database, "a")["a"]
    began = datetime.now(UTC)
    run_id = leave_running(database, connector.id, began)
    margin = began + timedelta(seconds=LEASE_SECONDS + ABANDONED_SECONDS)
    end_abandoned(database, "test", margin)
    assert state_of(database, run_id) == "running"
    end_abandoned(database, "test", margin + timedelta(seconds=1))
    run = runs.get(database, run_id)
    assert run is not None
    assert (run.state, run.error_code) == ("interrupted", "worker_died")
    row = connectors.named(database, "a")
    assert row is not None
    assert row.lease_owner is None


def test_a_worker_ends_what_killed_ones_left_also_of_connectors_that_do_not_run_again(
    database: Database, tmp_path: Path
) -> None:
    rows = registered(database, "a", "b")
    left = leave_running(database, rows["a"].id, datetime.now(UTC) - timedelta(hours=1))
    done = threading.Event()
    queue(database, rows["b"].id)
    mine = source("b", Listing([[A]], before_page=lambda _: done.set()), mapping(tmp_path))
    worker = Worker(database, {"b": mine}.__getitem__, "test")
    worker.start()
    assert done.wait(30)
    worker.stop()
    assert state_of(database, left) == "interrupted"


def test_the_run_of_a_connector_that_is_no_longer_registered_ends_in_a_sentence_and_the_worker_goes_on(
    database: Database, tmp_path: Path
) -> None:
    rows = registered(database, "a", "b")
    orphan = queue(database, rows["a"].id)
    registered(database, "b")  # another configuration, on the same store
    done = threading.Event()
    queue(database, rows["b"].id)
    reads = mapping(tmp_path)
    sources = {
        "a": source("a", Listing([[A]]), reads),
        "b": source("b", Listing([[A]], before_page=lambda _: done.set()), reads),
    }
    worker = Worker(database, sources.__getitem__, "test", threads=1)  # one after the other: a's run comes first
    worker.start()
    assert done.wait(30)
    worker.stop()
    run = runs.get(database, orphan)
    assert run is not None
    assert (run.state, run.error_code) == ("interrupted", "not_active")
    assert run.sentence is not None
    assert run.sentence == "a is retired: no longer in config.yaml. Nothing was read."


def test_a_run_that_waits_for_a_department_ends_when_its_connector_is_paused(
    database: Database, tmp_path: Path
) -> None:
    rows = registered(database, "a")
    begun = threading.Event()

    def away(_: int) -> None:
        begun.set()
        raise Unavailable("no answer", hint="", retry_after=600)

    patient = Source("a", Listing([[A]], before_page=away).open, mapping(tmp_path), RetryBudget(longest_wait=600))
    run_id = queue(database, rows["a"].id)
    worker = Worker(database, lambda _: patient, "test")
    worker.start()
    assert begun.wait(30)
    with database.write() as transaction:
        registrations.move(transaction, "a", Move.PAUSE, Signature("an", "bảo trì", datetime.now(UTC)))
    while state_of(database, run_id) == "running":
        worker.wake()
    worker.stop()
    run = runs.get(database, run_id)
    assert run is not None
    assert (run.state, run.error_code) == ("interrupted", "not_active")
    assert str(run.sentence).startswith("a was paused while it was read.")


def test_a_connector_that_cannot_be_made_fails_its_run_and_the_worker_goes_on(
    database: Database, tmp_path: Path
) -> None:
    rows = registered(database, "a", "b")
    done = threading.Event()
    reads = mapping(tmp_path)

    def source_of(name: str) -> Source:
        if name == "a":
            raise Invalid([Finding("a v3", 4, 7, "the environment variable X is not set")])
        return source("b", Listing([[A]], before_page=lambda _: done.set()), reads)

    broken = queue(database, rows["a"].id)
    queue(database, rows["b"].id)
    worker = Worker(database, source_of, "test", threads=1)
    worker.start()
    assert done.wait(30)
    worker.stop()
    run = runs.get(database, broken)
    assert run is not None
    assert (run.state, run.error_code) == ("failed", "not_usable")
    assert "a v3:4:7 the environment variable X is not set" in str(run.sentence)


def test_a_worker_that_is_stopped_begins_nothing_more(database: Database, tmp_path: Path) -> None:
    rows = registered(database, "a", "b")
    begun = threading.Event()

    def away(_: int) -> None:
        begun.set()
        raise Unavailable("no answer", hint="", retry_after=600)  # waits until the worker is stopped

    reads = mapping(tmp_path)
    patient = Source("a", Listing([[A]], before_page=away).open, reads, RetryBudget(longest_wait=600))
    first, second = queue(database, rows["a"].id), queue(database, rows["b"].id)
    worker = Worker(database, {"a": patient, "b": source("b", Listing([[A]]), reads)}.__getitem__, "test", threads=1)
    worker.start()
    assert begun.wait(30)
    worker.stop()
    assert [state_of(database, one) for one in (first, second)] == ["interrupted", "queued"]
