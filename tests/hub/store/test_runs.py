"""Runs and their counts."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from hub.record.run_state import RunState
from hub.store import changing_hands, connectors, registrations, runs
from hub.store.database import Database
from hub.store.registrations import Registration
from hub.store.runs import Counts, Ending
from hub.sync.turn import to_do

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture
def connector_id(database: Database) -> int:
    return registered(database, "a")


def registered(database: Database, name: str) -> int:
    known = [
        Registration(row.name, row.title, row.type, row.agency, row.mapping, 0, 3600, "")
        for row in connectors.listed(database)
    ]
    registrations.register(database, [*known, Registration(name, "A", "rest", "H29.1", "m", 0, 3600, "")])
    row = connectors.named(database, name)
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


def test_what_can_be_done_is_in_the_order_of_what_is_left_half_done_then_priority_then_who_was_served_longest_ago(
    database: Database,
) -> None:
    ids = {name: registered(database, name) for name in ("a", "b", "c", "d")}
    with database.write() as transaction:
        for connector_id in ids.values():
            connectors.advance_bookmark(transaction, connector_id, "1")

    def ask(name: str, kind: str) -> int:
        with database.write() as transaction:
            return runs.enqueue(transaction, ids[name], kind, "hand", NOW)

    for name, at in (("b", 2), ("c", 1)):  # both were served, c longer ago
        run_id = ask(name, "incremental")
        runs.start(database, run_id, "m v1", None, NOW + timedelta(hours=at))
        end(database, run_id, RunState.SUCCEEDED)
    backfill, full, second, first = ask("d", "backfill"), ask("a", "full"), ask("b", "incremental"), ask("c", "full")
    third = ask("c", "incremental")
    left = ask("d", "incremental")
    runs.start(database, left, "m v1", None, NOW)
    found = [(one.run_id, one.abandoned) for one in changing_hands.can_be_done(database)]
    waiting = [(run_id, False) for run_id in (third, second, full, first, backfill)]
    assert found == [(left, True), *waiting]
    assert [one.run_id for one in to_do(database)] == [left, third, second, full]  # one for each connector


def test_a_run_is_to_be_done_while_nobody_has_its_connector(database: Database, connector_id: int) -> None:
    run_id = queue(database, connector_id)
    runs.start(database, run_id, "m v1", None, NOW)
    assert [one.run_id for one in to_do(database)] == [run_id]
    lease = connectors.take_lease(database, connector_id, "another machine:1", 10)
    assert lease
    assert to_do(database) == []
    with database.write() as transaction:
        connectors.renew_lease(transaction, lease, -1)  # it has run out
    assert [one.run_id for one in to_do(database)] == [run_id]


def test_a_run_that_waits_for_a_time_is_not_to_be_done_before(database: Database, connector_id: int) -> None:
    run_id = queue(database, connector_id)
    runs.start(database, run_id, "m v1", None, NOW)
    put_back(database, run_id, database.now() + timedelta(minutes=1))
    assert to_do(database) == []
    runs.start(database, run_id, "m v1", None, NOW)
    put_back(database, run_id, database.now() - timedelta(minutes=1))
    assert [one.run_id for one in to_do(database)] == [run_id]


def put_back(database: Database, run_id: int, not_before: datetime | None = None) -> None:
    run = runs.get(database, run_id)
    assert run is not None
    with database.write() as transaction:
        changing_hands.put_back(transaction, run, [], NOW + timedelta(minutes=5), not_before)


def test_a_run_that_was_put_back_keeps_when_and_where_it_began_and_what_it_counted(
    database: Database, connector_id: int
) -> None:
    run_id = queue(database, connector_id)
    runs.start(database, run_id, "m v1", "from", NOW, "one")
    with database.write() as transaction:
        runs.count_page(transaction, run_id, Counts(5, 5, 0, 0, 0), 9, "b1", 100, {"map": 1.5})
    put_back(database, run_id)
    waiting = runs.get(database, run_id)
    assert runs.start(database, run_id, "m v2", "elsewhere", NOW + timedelta(hours=1), "two")
    run = runs.get(database, run_id)
    assert waiting is not None
    assert run is not None
    assert (waiting.state, waiting.owner, run.state, run.owner) == ("queued", None, "running", "two")
    assert (run.started_at, run.bookmark_before, run.bookmark_after) == (NOW, "from", "b1")
    assert (run.fetched, run.bytes, run.timings, run.mapping) == (5, 100, {"map": 1.5}, "m v2")


ALLOWED = {
    "queued": {"running", "interrupted", "cancelled"},
    "running": {"queued", "succeeded", "failed", "interrupted", "cancelled"},
}


def test_a_run_comes_from_one_state_to_another_only_where_the_table_allows_it(
    database: Database, connector_id: int
) -> None:
    found: dict[str, set[str]] = {before: set() for before in RunState}
    for before, after in product(RunState, RunState):
        run_id = queue(database, connector_id)
        if before != RunState.QUEUED:
            runs.start(database, run_id, "m v1", None, NOW)
        if before not in ALLOWED:
            end(database, run_id, before)
        assert state_of(database, run_id) == before
        match after:
            case RunState.QUEUED:
                put_back(database, run_id)
            case RunState.RUNNING:
                runs.start(database, run_id, "m v1", None, NOW)
            case _:
                end(database, run_id, after)
        if state_of(database, run_id) != before:
            assert state_of(database, run_id) == after
            found[before].add(after)
    assert {before: after for before, after in found.items() if after} == ALLOWED


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
    with database.write() as transaction:
        runs.record_attempts(transaction, run_id, attempts)
    run = runs.get(database, run_id)
    assert run is not None
    assert run.attempts == attempts
