"""The worker: queued runs get done, several connectors at once, one run at a time for each."""

import threading
from datetime import UTC, datetime
from pathlib import Path

from connectors.errors import Unavailable
from hub.record.connector_state import Move
from hub.record.signature import Signature
from hub.store import connectors, registrations, runs
from hub.store.database import Database
from hub.sync.retry import RetryBudget
from hub.sync.source import Source
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

    def listing(name: str) -> Listing:
        def enter(number: int) -> None:
            inside[name] += 1
            most[name] = max(most[name], inside[name])
            if first[name]:
                first[name] = False
                together.wait()
            inside[name] -= 1

        return Listing([[A]], before_page=enter)

    reads = mapping(tmp_path)
    ids = [queue(database, rows[name].id) for name in ("a", "a", "b", "b")]
    worker = Worker(database, lambda name: source(name, listing(name), reads), "test")
    worker.start()
    for one in ids:
        await_end(database, one)
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


def await_end(database: Database, run_id: int) -> None:
    """Runs end after their department has said its last word: there is no event to wait for but their row."""
    ended = threading.Event()
    for _ in range(600):
        if state_of(database, run_id) not in ("queued", "running"):
            return
        ended.wait(0.05)
    raise AssertionError(f"run {run_id} did not end: {state_of(database, run_id)}")


def state_of(database: Database, run_id: int) -> str:
    run = runs.get(database, run_id)
    assert run is not None
    return run.state


def test_a_worker_goes_on_with_the_run_that_a_killed_one_left(database: Database, tmp_path: Path) -> None:
    rows = registered(database, "a")
    left = queue(database, rows["a"].id)
    assert connectors.take_lease(database, rows["a"].id, "killed", -1)  # it has run out
    assert runs.start(database, left, "m v1", None, datetime.now(UTC))
    mine = source("a", Listing([[A]]), mapping(tmp_path))
    worker = Worker(database, {"a": mine}.__getitem__, "test")
    worker.start()
    await_end(database, left)
    worker.stop()
    assert state_of(database, left) == "succeeded"


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
    assert [state_of(database, one) for one in (first, second)] == ["queued", "queued"]


def test_the_run_of_a_connector_whose_type_breaks_ends_instead_of_being_begun_for_ever(database: Database) -> None:
    run_id = queue(database, registered(database, "a")["a"].id)

    def broken(_: str) -> Source:
        raise ImportError("its package lacks a file")

    worker = Worker(database, broken, "test")
    worker.start()
    await_end(database, run_id)
    worker.stop()
    run = runs.get(database, run_id)
    assert run is not None
    assert (run.state, run.error_code) == ("failed", "not_usable")
    assert "its package lacks a file" in str(run.sentence)
