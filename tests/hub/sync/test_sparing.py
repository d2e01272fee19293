"""What one run does to spare its department: windows in which it stops, and when the connector is left alone."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from connectors.errors import Changed, ConnectorError, Refused, Unavailable
from hub.store import connectors, runs, schedules
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.store.runs import ANYWAY, RunRow
from hub.store.tables import connectors as table
from hub.sync.circuit import Rule
from hub.sync.run import execute
from hub.sync.source import Source
from mappings.engine.reading import Mapping
from schedules.cadence import ZONE
from schedules.windows import Timetable, Window, closed_until
from tests.hub.sync.fixtures import Listing, mapping, registered, source

LUNCH = (Window.model_validate({"from": "11:30", "to": "13:30"}),)
NOON = datetime(2026, 11, 23, 11, 29, tzinfo=ZONE)
OVER = datetime(2026, 11, 23, 13, 30, tzinfo=ZONE)


def record(key: int) -> dict[str, Any]:
    return {"id": key, "code": f"000.00.15.H29-260520-000{key}", "status": "open"}


@pytest.fixture
def reads(tmp_path: Path) -> Mapping:
    return mapping(tmp_path)


class Hub:
    """One connector, run at a time of our own."""

    def __init__(self, database: Database) -> None:
        registered(database, "a")
        self.database, self.now = database, NOON

    def clock(self) -> datetime:
        return self.now

    def row(self) -> ConnectorRow:
        row = connectors.named(self.database, "a")
        assert row is not None
        return row

    def plan(self, cadence: str, at: datetime) -> None:
        with self.database.write() as transaction:
            transaction.execute(update(table).values(cadence=cadence, next_fire_at=at))

    def run(self, source: Source, trigger: str = "hand", stop: threading.Event | None = None) -> RunRow:
        with self.database.write() as transaction:
            run_id = runs.enqueue(transaction, self.row().id, "incremental", trigger, self.now)
        return self.do(source, run_id, stop)

    def do(self, source: Source, run_id: int, stop: threading.Event | None = None) -> RunRow:
        assert execute(self.database, source, run_id, "test", stop or threading.Event(), now=self.clock)
        ended = runs.get(self.database, run_id)
        assert ended is not None
        return ended


@pytest.fixture
def hub(database: Database) -> Hub:
    return Hub(database)


def closed_for_lunch(listing: Listing, reads: Mapping) -> Source:
    def lunch(at: datetime) -> datetime | None:
        return closed_until(LUNCH, at)

    return replace(source("a", listing, reads), closed_until=lunch)


def test_a_run_that_meets_a_window_stops_at_its_next_page_and_goes_on_by_itself_when_that_is_over(
    hub: Hub, reads: Mapping
) -> None:
    def lunch_comes(number: int) -> None:
        hub.now = NOON + timedelta(minutes=number)  # the second page is asked for at 11:29, the third at 11:30

    asked: list[int] = []
    listing = Listing(
        [[record(1)], [record(2)], [record(3)]], before_page=lambda at: (asked.append(at), lunch_comes(at))[0]
    )
    mine = closed_for_lunch(listing, reads)
    run = hub.run(mine)
    assert (run.state, run.error_code, run.fetched, asked) == ("interrupted", "blackout", 2, [0, 1])
    assert run.sentence is not None
    assert "a is not to be asked until 13:30 (`blackout`). Stored before that: 2 records." in run.sentence
    assert hub.row().next_fire_at == OVER
    assert hub.row().failures == 0
    assert schedules.fire_due(hub.database, OVER - timedelta(seconds=1), next_fire) == []
    (again,) = schedules.fire_due(hub.database, OVER, next_fire)
    hub.now = OVER
    assert (hub.do(mine, again).state, asked) == ("succeeded", [0, 1, 2])
    assert hub.row().next_fire_at is None  # it has no schedule


def next_fire(cadence: str, after: datetime) -> datetime:
    return Timetable.model_validate_json(cadence).next_fire(after)


def test_a_run_that_begins_inside_a_window_asks_nothing(hub: Hub, reads: Mapping) -> None:
    hub.now = NOON + timedelta(minutes=5)
    asked: list[int] = []
    run = hub.run(closed_for_lunch(Listing([[record(1)]], before_page=asked.append), reads))
    assert (run.error_code, asked) == ("blackout", [])
    assert run.sentence is not None
    assert "Nothing was read. It goes on by itself at 13:30." in run.sentence


def test_a_try_that_would_come_inside_a_window_is_not_made(hub: Hub, reads: Mapping) -> None:
    asked: list[int] = []

    def fail(number: int) -> None:
        asked.append(number)
        hub.now = NOON + timedelta(minutes=1)
        raise Unavailable("no answer", hint="")

    run = hub.run(closed_for_lunch(Listing([[record(1)]], before_page=fail), reads))
    assert (run.error_code, asked) == ("blackout", [0])


def test_by_hand_and_anyway_it_is_read_also_inside_a_window(hub: Hub, reads: Mapping) -> None:
    hub.now = NOON + timedelta(minutes=5)
    run = hub.run(closed_for_lunch(Listing([[record(1)]]), reads), trigger=ANYWAY)
    assert run.state == "succeeded"
    assert hub.row().next_fire_at is None


def test_a_schedule_that_is_due_in_a_window_waits_for_its_end_and_fires_once(hub: Hub) -> None:
    timetable = Timetable.model_validate({"every": "5m", "blackout": LUNCH})

    def held(cadence: str, now: datetime) -> datetime | None:
        return Timetable.model_validate_json(cadence).held_until(now)

    hub.plan(timetable.text(), NOON - timedelta(minutes=1))  # was due outside, and is looked at inside
    for minutes in (2, 30, 90):
        assert schedules.fire_due(hub.database, NOON + timedelta(minutes=minutes), next_fire, held) == []
    assert hub.row().next_fire_at == OVER
    assert len(schedules.fire_due(hub.database, OVER, next_fire, held)) == 1
    assert schedules.fire_due(hub.database, OVER + timedelta(minutes=4), next_fire, held) == []


def failing(error: ConnectorError, reads: Mapping) -> Source:
    def fail(_: int) -> None:
        raise error

    return replace(source("a", Listing([[record(1)]], before_page=fail), reads), rule=Rule(after=2))


def test_runs_that_go_on_failing_open_the_circuit_and_a_success_closes_it(hub: Hub, reads: Mapping) -> None:
    mine = failing(Unavailable("no answer from http://department", hint=""), reads)
    first = hub.run(mine)
    assert first.sentence is not None
    assert "does not ask it by itself" not in first.sentence
    second = hub.run(mine)
    assert second.sentence is not None
    assert second.sentence.endswith("The hub does not ask it by itself before 11:34; by hand it can always be tried.")
    row = hub.row()
    assert (row.failures, row.open_until) == (2, NOON + timedelta(minutes=5))
    assert row.open_because == "its last 2 runs failed: no answer from http://department"
    assert hub.run(source("a", Listing([[record(1)]]), reads)).state == "succeeded"  # by hand, while it is open
    assert (hub.row().failures, hub.row().open_until, hub.row().open_because) == (0, None, None)


def test_what_is_refused_or_has_changed_opens_it_at_once(hub: Hub, reads: Mapping) -> None:
    hub.run(failing(Refused("401", code="refused", hint=""), reads))
    assert hub.row().open_until == NOON + timedelta(minutes=5)
    hub.run(failing(Changed("no `HoSo`", code="records", hint=""), reads))
    assert hub.row().open_until == NOON + timedelta(hours=1)


def test_a_run_that_says_nothing_of_the_department_leaves_the_circuit_alone(hub: Hub, reads: Mapping) -> None:
    hub.run(failing(Unavailable("no answer", hint=""), reads))
    stopped = threading.Event()
    stopped.set()
    hub.run(source("a", Listing([[record(1)], [record(2)]]), reads), stop=stopped)

    def break_(_: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        hub.run(source("a", Listing([[record(1)], [record(2)]], before_page=break_), reads))
    assert (hub.row().failures, hub.row().open_until) == (1, None)


def test_a_longer_wait_than_ours_ends_the_run_and_no_schedule_comes_before_it_is_over(hub: Hub, reads: Mapping) -> None:
    hub.plan("every", NOON + timedelta(minutes=1))
    run = hub.run(failing(Unavailable("503", hint="", retry_after=600), reads))
    assert run.sentence is not None
    assert "It asked to be left alone until 11:39" in run.sentence
    assert (hub.row().next_fire_at, hub.row().open_until) == (NOON + timedelta(minutes=10), None)


def test_a_department_that_fails_at_every_page_is_not_asked_many_times_for_each(hub: Hub, reads: Mapping) -> None:
    asked: list[int] = []

    def fail_first(number: int) -> None:
        asked.append(number)
        if asked.count(number) == 1:
            raise Unavailable("no answer", hint="")

    mine = source("a", Listing([[record(at)] for at in range(1, 10)], before_page=fail_first), reads)
    run = hub.run(replace(mine, budget=replace(mine.budget, in_all=4)))
    assert (run.state, run.fetched, len(asked)) == ("failed", 4, 9)
    assert run.sentence is not None
    assert "All 4 repeated tries of a run are spent" in run.sentence
