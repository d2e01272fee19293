"""Hours say what the runs themselves say, however these ended."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from hub.record.run_state import RunState
from hub.store import changing_hands, connectors, deliveries, registrations, run_hours, runs
from hub.store.database import Database
from hub.store.registrations import Registration
from hub.store.run_hours import Ended, Past
from hub.store.runs import Counts, Ending

NOW = datetime(2026, 11, 22, 8, 59, tzinfo=UTC)
ENDS = (RunState.SUCCEEDED, RunState.FAILED, RunState.INTERRUPTED, RunState.CANCELLED)
LONG_AGO, FAR_AWAY = NOW - timedelta(days=400), NOW + timedelta(days=400)


@pytest.fixture
def ids(database: Database) -> list[int]:
    wanted = [Registration(name, name, "rest", "H29.1", "m", 0, 3600, "") for name in ("a", "b")]
    registrations.register(database, wanted)
    return [row.id for row in connectors.listed(database)]


def ended(database: Database, connector_id: int, state: RunState, at: datetime, page: Counts) -> int:
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, connector_id, "incremental", "hand", at)
        runs.begin(transaction, run_id, "m v1", None, at)
        runs.count_page(transaction, run_id, page, None, None, 100, {"fetch": 1.25, "store": 0.5})
        runs.finish(transaction, run_id, Ending(state, "."), at)
    return run_id


def said_by_runs(database: Database) -> dict[int, tuple[int, ...]]:
    """What the runs themselves add up to: runs, outcomes and counts, by connector."""
    outcomes = ", ".join(f"sum(CASE WHEN state = '{state}' THEN 1 ELSE 0 END)" for state in ENDS[1:])
    counts = ", ".join(f"sum({name})" for name in run_hours.COUNTED)
    query = text(
        f"SELECT connector_id, count(*), {outcomes}, {counts} FROM runs WHERE finished_at IS NOT NULL "
        "GROUP BY connector_id"
    )
    with database.read() as connection:
        return {row[0]: tuple(map(int, row[1:])) for row in connection.execute(query)}


def test_hours_are_the_sum_of_the_runs_however_they_ended(database: Database, ids: list[int]) -> None:
    chance = random.Random(7)
    for _ in range(40):
        page = Counts(9, chance.randrange(3), chance.randrange(3), 1, chance.randrange(3))
        ended(database, chance.choice(ids), chance.choice(ENDS), NOW + timedelta(minutes=chance.randrange(600)), page)
    found = run_hours.by_connector(database, LONG_AGO, FAR_AWAY)
    told = {one: tuple(getattr(of, name) for name in run_hours.NAMES[:9]) for one, of in found.items()}
    assert told == said_by_runs(database)
    assert run_hours.total(found.values()) == run_hours.total(run_hours.by_hour(database, LONG_AGO, FAR_AWAY).values())
    assert run_hours.total(found.values()).stage_seconds() == {
        "wait": 0.0, "fetch": 50.0, "decode": 0.0, "map": 0.0, "store": 20.0
    }  # fmt: skip


def test_a_run_that_is_ended_twice_counts_once(database: Database, ids: list[int]) -> None:
    run_id = ended(database, ids[0], RunState.FAILED, NOW, Counts(1, 1))
    with database.write() as transaction:
        runs.finish(transaction, run_id, Ending(RunState.SUCCEEDED, "."), NOW + timedelta(hours=3))
    assert run_hours.by_hour(database, LONG_AGO, FAR_AWAY) == {
        NOW.replace(minute=0): Ended(
            runs=1, failed=1, fetched=1, created=1, bytes=100, fetch_ms=1250, store_ms=500
        )
    }  # fmt: skip


def test_a_run_that_waits_again_counts_when_it_ends_and_one_that_is_given_up_in_the_queue_too(
    database: Database, ids: list[int]
) -> None:
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, ids[0], "full", "hand", NOW)
        runs.enqueue(transaction, ids[0], "incremental", "hand", NOW)
        runs.begin(transaction, run_id, "m v1", None, NOW)
        runs.count_page(transaction, run_id, Counts(5, 5), None, None, 10)
    run = runs.get(database, run_id)
    assert run is not None
    with database.write() as transaction:
        changing_hands.put_back(transaction, run, [], NOW)
    assert run_hours.by_hour(database, LONG_AGO, FAR_AWAY) == {}
    with database.write() as transaction:
        runs.give_up_queued(transaction, ids[0], "retired", NOW)
    assert run_hours.total(run_hours.by_hour(database, LONG_AGO, FAR_AWAY).values()) == Ended(
        runs=2, interrupted=2, fetched=5, created=5, bytes=10
    )


def test_pushes_of_one_hour_count_as_one_run_with_all_that_they_brought(database: Database, ids: list[int]) -> None:
    run_id = deliveries.begin_run(database, ids[0], "m v1", "Pushed.", NOW.replace(minute=1))
    for minute in (1, 30, 59):
        with database.write() as transaction:
            runs.count_page(transaction, run_id, Counts(2, 1, 1), None, None, 50, {"store": 0.25})
        lease = connectors.take_lease(database, ids[0], "me", 30)
        assert lease is not None
        with database.write() as transaction:
            deliveries.settle(transaction, lease, run_id, NOW.replace(minute=minute))
    assert run_hours.of_connector(database, ids[0], LONG_AGO, FAR_AWAY) == {
        NOW.replace(minute=0): Ended(runs=1, fetched=6, created=3, updated=3, bytes=150, store_ms=750)
    }


def test_what_is_rolled_back_is_not_counted(database: Database, ids: list[int]) -> None:
    def broken() -> None:
        with database.write() as transaction:
            run_id = runs.enqueue(transaction, ids[0], "full", "hand", NOW)
            runs.begin(transaction, run_id, "m v1", None, NOW)
            runs.finish(transaction, run_id, Ending(RunState.FAILED, "."), NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert run_hours.by_hour(database, LONG_AGO, FAR_AWAY) == {}


def test_days_are_vietnams(database: Database, ids: list[int]) -> None:
    for hour in (16, 17):  # 23:00 and 00:00 of the next day
        ended(database, ids[0], RunState.SUCCEEDED, datetime(2026, 11, 22, hour, 5, tzinfo=UTC), Counts())
    days = run_hours.by_day(database, LONG_AGO, FAR_AWAY, ids)
    assert {day.isoformat(): of.runs for day, of in days.items()} == {"2026-11-22": 1, "2026-11-23": 1}


def test_what_is_kept_of_days_that_are_over_is_what_the_hours_say(database: Database, ids: list[int]) -> None:
    past = Past(database)
    now = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)  # 01:30 of the 23rd: the 22nd may still get runs
    for hours in range(0, 24 * 40, 7):
        ended(database, ids[hours % 2], RunState.SUCCEEDED, now - timedelta(hours=hours), Counts(hours))
    for of in (None, ids[:1]):
        for since in (now - timedelta(days=30), now - timedelta(days=3)):
            first = since.replace(hour=17, minute=0)
            straight = run_hours.total(run_hours.by_hour(database, first, now, of).values())
            for _ in range(2):
                assert run_hours.total(each for _, each in past.between(first, now, of, now)) == straight
    ended(database, ids[0], RunState.FAILED, now - timedelta(hours=1), Counts())
    month = past.between((now - timedelta(days=30)).replace(hour=17, minute=0), now, None, now)
    assert run_hours.total(each for _, each in month).failed == 1
