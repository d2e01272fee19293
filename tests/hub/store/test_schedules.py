"""Firing: once for each instant, however many nodes look."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, event, select, update

from hub.store import connectors, registrations, runs, schedules
from hub.store.database import Database, connect
from hub.store.engine_tables import ticks
from hub.store.registrations import Registration
from hub.store.tables import connectors as table
from hub.store.tables import runs as runs_table

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def every_minute(_: str, after: datetime) -> datetime:
    return after + timedelta(minutes=1)


def scheduled(database: Database, cadence: str = "every minute") -> int:
    registrations.register(database, [Registration("a", "A", "rest", "H29.1", "m", 0, 3600, cadence)])
    schedules.plan(database, NOW, every_minute)
    row = connectors.named(database, "a")
    assert row is not None
    return row.id


def next_fire(database: Database) -> datetime | None:
    row = connectors.named(database, "a")
    return row.next_fire_at if row else None


def test_nothing_fires_before_its_time_and_once_when_it_has_come(database: Database) -> None:
    scheduled(database)
    assert schedules.fire_due(database, NOW + timedelta(seconds=59), every_minute) == []
    assert len(schedules.fire_due(database, NOW + timedelta(seconds=60), every_minute)) == 1
    assert schedules.fire_due(database, NOW + timedelta(seconds=61), every_minute) == []


def test_after_a_long_stop_it_fires_once_and_goes_on_from_now(database: Database) -> None:
    scheduled(database)
    late = NOW + timedelta(days=2)
    assert len(schedules.fire_due(database, late, every_minute)) == 1
    assert next_fire(database) == late + timedelta(minutes=1)


def test_a_restart_keeps_the_next_fire_time_and_a_new_cadence_starts_afresh(database: Database) -> None:
    scheduled(database)
    planned = next_fire(database)
    scheduled(database)
    assert next_fire(database) == planned
    registrations.register(database, [Registration("a", "A", "rest", "H29.1", "m", 0, 3600, "every hour")])
    assert next_fire(database) is None


def test_a_look_at_what_is_planned_already_does_not_wait_for_a_writer(database_url: str, database: Database) -> None:
    scheduled(database)
    other = connect(database_url)
    looked = threading.Event()

    def look() -> None:
        schedules.plan(other, NOW, every_minute)
        looked.set()

    with database.write() as transaction:
        transaction.execute(update(table).values(next_fire_at=table.c.next_fire_at))  # PostgreSQL locks rows
        thread = threading.Thread(target=look)
        thread.start()
        assert looked.wait(10)
    thread.join()
    other.close()


def test_a_connector_without_a_cadence_never_fires(database: Database) -> None:
    scheduled(database, cadence="")
    assert next_fire(database) is None
    assert schedules.fire_due(database, NOW + timedelta(days=1), every_minute) == []


def test_a_firing_that_meets_a_waiting_run_adds_none(database: Database) -> None:
    scheduled(database)
    schedules.fire_due(database, NOW + timedelta(minutes=1), every_minute)
    assert schedules.fire_due(database, NOW + timedelta(minutes=3), every_minute) == []
    assert len(runs.queued(database)) == 1


def test_a_firing_that_meets_a_living_worker_adds_none_and_a_dead_ones_connector_fires(database: Database) -> None:
    connector_id = scheduled(database)
    (run_id,) = schedules.fire_due(database, NOW + timedelta(minutes=1), every_minute)
    lease = connectors.take_lease(database, connector_id, "one", 10)
    assert lease
    assert runs.start(database, run_id, "m", None, NOW)
    assert schedules.fire_due(database, NOW + timedelta(minutes=2), every_minute) == []
    connectors.release_lease(database, lease)
    assert len(schedules.fire_due(database, NOW + timedelta(minutes=3), every_minute)) == 1


def test_a_run_of_another_kind_swallows_no_firing(database: Database) -> None:
    connector_id = scheduled(database)
    with database.write() as transaction:
        for kind in ("backfill", "repair", "replay"):
            runs.enqueue(transaction, connector_id, kind, "hand", NOW)
    assert len(schedules.fire_due(database, NOW + timedelta(minutes=1), every_minute)) == 1


@pytest.mark.parametrize("under_way", [False, True])
def test_a_run_that_lists_everything_swallows_a_firing_only_where_both_would_go_on_at_one_place(
    database: Database, under_way: bool
) -> None:
    connector_id = scheduled(database)
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, connector_id, "full", "hand", NOW)
    if under_way:
        assert connectors.take_lease(database, connector_id, "one", 60)
        assert runs.start(database, run_id, "m", None, NOW)
    places = ((None, None, 0), ("3", "3", 0), ("9", None, 1), ("9", "3", 1))
    for minute, (connector_at, run_at, fires) in enumerate(places, start=1):
        with database.write() as transaction:
            transaction.execute(update(table).values(bookmark=connector_at))
            transaction.execute(update(runs_table).values(bookmark_after=run_at))
        fired = schedules.fire_due(database, NOW + timedelta(minutes=minute), every_minute)
        assert len(fired) == fires, (connector_at, run_at)
        with database.write() as transaction:
            transaction.execute(delete(runs_table).where(runs_table.c.kind == "incremental"))


def test_a_tick_is_done_by_one_of_many_nodes_once_in_its_time(database_url: str, database: Database) -> None:
    together, turns = threading.Barrier(4), []

    def node() -> None:
        own = connect(database_url)
        together.wait()
        turns.append(schedules.take_turn(own, "count", 3600))
        own.close()

    nodes = [threading.Thread(target=node) for _ in range(4)]
    for thread in nodes:
        thread.start()
    for thread in nodes:
        thread.join()
    assert sorted(turns) == [False, False, False, True]
    assert schedules.take_turn(database, "another", 0)
    assert schedules.take_turn(database, "another", 0)


def test_a_turn_that_came_to_no_end_is_anothers_after_a_minute(database: Database, database_url: str) -> None:
    day = 86_400
    for ends, seconds in ((False, 60), (True, day)):
        name = f"ends {ends}"
        assert schedules.take_turn(database, name, day)
        if ends:
            schedules.end_turn(database, name, day)
        with database.read() as connection:
            due = connection.execute(select(ticks.c.due_at).where(ticks.c.name == name)).scalar_one()
        assert abs((due - database.now()).total_seconds() - seconds) < 10


def test_a_process_asks_no_more_until_a_turn_can_be_due(database: Database) -> None:
    assert schedules.take_turn(database, "seldom", 3600)
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    assert not schedules.take_turn(database, "seldom", 3600)
    assert not asked


def test_there_is_work_where_a_connector_is_to_be_planned_or_due(database: Database) -> None:
    assert not schedules.has_work(database)
    connector_id = scheduled(database)
    now = datetime.now(UTC)
    for due_at, open_until, found in (
        (None, None, True),
        (now - timedelta(minutes=1), None, True),
        (now + timedelta(minutes=1), None, False),
        (now - timedelta(minutes=1), now + timedelta(minutes=1), False),
    ):
        with database.write() as transaction:
            mine = update(table).where(table.c.id == connector_id)
            transaction.execute(mine.values(next_fire_at=due_at, open_until=open_until))
        assert schedules.has_work(database) is found


def test_many_nodes_that_look_at_once_fire_one_run(database_url: str, database: Database) -> None:
    scheduled(database)
    due, together = NOW + timedelta(minutes=1), threading.Barrier(4)
    fired: list[int] = []

    def node() -> None:
        own = connect(database_url)
        together.wait()
        fired.extend(schedules.fire_due(own, due, every_minute))
        own.close()

    nodes = [threading.Thread(target=node) for _ in range(4)]
    for thread in nodes:
        thread.start()
    for thread in nodes:
        thread.join()
    assert len(fired) == 1
