"""Real departments see no more requests than they bear, and are left alone when they say no."""

import threading
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.errors import Unavailable
from hub.store import connectors, runs, schedules
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.sync.ahead import Ahead
from hub.sync.retry import looked_at
from hub.wiring import Hub
from schedules.windows import Timetable
from tests.departments.generator import City, generate
from tests.hub.sync.world import Departments, sync


@pytest.fixture(scope="module")
def city() -> City:
    return generate(judicial=30, one_stop=30, shared=5, faulty=0)


@pytest.fixture
def departments(city: City) -> Departments:
    return Departments(city)


class Waits(threading.Event):
    """A stop signal that remembers the waits, and waits for nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        if timeout:
            self.waits.append(timeout)
        return False


def limits() -> str:
    """One request a second, shared by both connectors; a group of its own for each test."""
    return f"limits: {{requests_per_second: 1, group: test-{uuid.uuid4().hex}}}"


def test_every_request_of_a_run_waits_for_its_turn_and_connectors_of_a_group_for_each_other(
    departments: Departments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = Waits()
    monkeypatch.setattr(Ahead, "wait", lambda _, seconds: stop.wait(seconds))
    with departments.hub(f"sqlite:///{tmp_path / 'hub.db'}", tmp_path, limits()) as hub:
        for connector in ("so-tu-phap", "mot-cua"):
            assert sync(hub, connector).state == "succeeded"
    asked = sum(len(faults.requests) for faults in departments.faults.values())
    assert any("wsdl" in request for request in departments.faults["so-tu-phap"].requests)
    assert any("/token" in request for request in departments.faults["mot-cua"].requests)
    assert len(stop.waits) == asked - 1
    assert stop.waits == sorted(stop.waits)  # nothing waited in truth, so each is due a second after the one before
    assert asked - 2 < stop.waits[-1] <= asked - 1


@pytest.mark.parametrize("connector", ["so-tu-phap", "mot-cua"])
def test_what_is_asked_by_hand_waits_for_the_same_turns(
    departments: Departments, tmp_path: Path, connector: str
) -> None:
    stop = Waits()
    with departments.hub(f"sqlite:///{tmp_path / 'hub.db'}", tmp_path, limits()) as hub:
        source = hub.source(connector)
        with looked_at(connector, source.limits, source.open, stop.wait) as line:
            assert list(line.check())
            next(iter(line.pull(None)))
    asked = departments.faults[connector].requests
    assert len(asked) >= 3
    # One more each for reaching it first, and for an exchange that found what it wanted at hand.
    assert len(asked) - 1 <= len(stop.waits) <= len(asked) + 1


def test_by_hand_nobody_waits_longer_than_a_minute_for_a_turn(departments: Departments, tmp_path: Path) -> None:
    rare = limits().replace("requests_per_second: 1", "requests_per_second: 0.01")
    with departments.hub(f"sqlite:///{tmp_path / 'hub.db'}", tmp_path, rare) as hub:
        source = hub.source("mot-cua")
        with pytest.raises(Unavailable) as caught, looked_at("mot-cua", source.limits, source.open) as line:
            list(line.check())
    assert caught.value.code == "busy"
    assert "left no turn within 60 s" in str(caught.value)
    assert len(departments.faults["mot-cua"].requests) <= 1


def test_a_run_that_waits_for_its_turn_stops_with_the_hub(
    departments: Departments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    with departments.hub(f"sqlite:///{tmp_path / 'hub.db'}", tmp_path, limits()) as hub:
        with monkeypatch.context() as hurried:
            hurried.setattr(Ahead, "wait", lambda *_: False)
            sync(hub, "mot-cua")  # whose turns are all in the future now
        stop.set()
        run = sync(hub, "so-tu-phap", stop)
    assert (run.state, run.error_code) == ("interrupted", "stopped")
    assert departments.faults["so-tu-phap"].requests == []


def row_of(hub: Hub, name: str) -> ConnectorRow:
    row = connectors.named(hub.database, name)
    assert row is not None
    return row


def next_fire(cadence: str, after: datetime) -> datetime:
    return Timetable.model_validate_json(cadence).next_fire(after)


def test_refused_credentials_are_not_tried_by_the_schedule_until_the_circuit_lets_one_run_try(
    departments: Departments, database: Database, database_url: str, tmp_path: Path
) -> None:
    with departments.hub(database_url, tmp_path) as hub:
        schedules.plan(hub.database, datetime.now(UTC), next_fire)
        departments.faults["mot-cua"].arm("401", 1, matching="/token")
        run = sync(hub, "mot-cua")
        assert run.sentence is not None
        assert "The hub does not ask it by itself before " in run.sentence
        until = row_of(hub, "mot-cua").open_until
        assert until is not None
        asked = len(departments.faults["mot-cua"].requests)
        soon = until - timedelta(seconds=1)
        assert fired(hub, soon) == {"so-tu-phap"}
        assert fired(hub, until) == {"mot-cua"}
        assert len(departments.faults["mot-cua"].requests) == asked
        assert sync(hub, "mot-cua").state == "succeeded"
        assert (row_of(hub, "mot-cua").failures, row_of(hub, "mot-cua").open_until) == (0, None)


def fired(hub: Hub, now: datetime) -> set[str]:
    """The connectors for which a run was queued just now."""
    rows = (runs.get(hub.database, run_id) for run_id in schedules.fire_due(hub.database, now, next_fire))
    return {run.connector for run in rows if run}
