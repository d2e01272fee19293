"""Runs and their counts."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.record.run_state import MOVES, RunState
from hub.store import connectors, registrations, runs
from hub.store.database import Database
from hub.store.registrations import Registration
from hub.store.runs import Counts, Ending

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ENDED = [state for state in RunState if not MOVES[state]]


@pytest.fixture
def connector_id(database: Database) -> int:
    registrations.register(database, [Registration("a", "A", "rest", "H29.1", "m", 0, 3600, "")])
    row = connectors.named(database, "a")
    assert row is not None
    return row.id


def queue(database: Database, connector_id: int) -> int:
    with database.write() as transaction:
        return runs.enqueue(transaction, connector_id, "incremental", "hand", NOW)


def end(database: Database, run_id: int, state: RunState) -> None:
    with database.write() as transaction:
        runs.finish(transaction, run_id, Ending(state, f"{state}."), NOW + timedelta(seconds=5))


def state_of(database: Database, run_id: int) -> str:
    run = runs.get(database, run_id)
    assert run is not None
    return run.state


def test_a_run_is_started_once(database: Database, connector_id: int) -> None:
    run_id = queue(database, connector_id)
    assert runs.start(database, run_id, "m v1", None, NOW)
    assert not runs.start(database, run_id, "m v1", None, NOW)


@pytest.mark.parametrize("first", ENDED)
@pytest.mark.parametrize("then", ENDED)
def test_a_run_that_ended_stays_as_it_ended(
    database: Database, connector_id: int, first: RunState, then: RunState
) -> None:
    run_id = queue(database, connector_id)
    runs.start(database, run_id, "m v1", None, NOW)
    end(database, run_id, first)
    end(database, run_id, then)
    assert state_of(database, run_id) == first
    assert not runs.start(database, run_id, "m v1", None, NOW)


def test_pages_add_up(database: Database, connector_id: int) -> None:
    run_id = queue(database, connector_id)
    runs.start(database, run_id, "m v1", "from", NOW)
    with database.write() as transaction:
        runs.count_page(transaction, run_id, Counts(5, 1, 1, 2, 1), total=9, bookmark="b1")
        runs.count_page(transaction, run_id, Counts(4, 0, 1, 3, 0), total=None, bookmark=None)
    run = runs.get(database, run_id)
    assert run is not None
    assert (run.pages, run.fetched, run.created, run.updated, run.unchanged, run.quarantined) == (2, 9, 1, 2, 5, 1)
    assert (run.total, run.bookmark_before, run.bookmark_after) == (9, "from", "b1")


def test_who_takes_a_connector_over_marks_the_dead_workers_runs(database: Database, connector_id: int) -> None:
    dead, mine, waiting = (queue(database, connector_id) for _ in range(3))
    runs.start(database, dead, "m v1", None, NOW)
    runs.start(database, mine, "m v1", None, NOW)
    with database.write() as transaction:
        runs.interrupt_orphans(transaction, connector_id, NOW, except_run=mine)
    assert [state_of(database, one) for one in (dead, mine, waiting)] == ["interrupted", "running", "queued"]


def test_a_run_without_a_worker_is_found_by_the_lease_of_its_connector(database: Database, connector_id: int) -> None:
    queue(database, connector_id)
    assert runs.abandoned(database, NOW) == []  # one that waits is nobody's yet
    for _ in range(2):
        runs.start(database, queue(database, connector_id), "m v1", None, NOW)
    assert runs.abandoned(database, NOW) == [connector_id]
    lease = connectors.take_lease(database, connector_id, "one", NOW, 10)
    assert lease
    assert runs.abandoned(database, NOW + timedelta(seconds=10)) == []
    assert runs.abandoned(database, NOW + timedelta(seconds=11)) == [connector_id]


def test_lists_are_newest_first_filtered_and_paged_by_key(database: Database, connector_id: int) -> None:
    ids = [queue(database, connector_id) for _ in range(5)]
    runs.start(database, ids[0], "m v1", None, NOW)
    page = runs.listed(database, limit=2)
    assert [run.id for run in page] == [ids[4], ids[3]]
    assert [run.id for run in runs.listed(database, before=page[-1].id, limit=2)] == [ids[2], ids[1]]
    assert [run.id for run in runs.listed(database, state="running")] == [ids[0]]
    assert runs.listed(database, connector="other") == []


def test_every_failed_exchange_is_kept_with_its_own_error(database: Database, connector_id: int) -> None:
    run_id = queue(database, connector_id)
    attempts = [{"at": "2026-11-22T08:00:00+00:00", "code": "timeout", "sentence": "no answer"}]
    runs.record_attempts(database, run_id, attempts)
    run = runs.get(database, run_id)
    assert run is not None
    assert run.attempts == attempts
