"""The freshness objective is judged by the clock: since when it is missed, and the one thing that holds it up."""

import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import update

from hub.record.connector_state import Move
from hub.record.run_state import RunState
from hub.record.signature import Signature
from hub.store import connectors, lapses, registrations, runs
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.store.runs import Ending
from hub.store.tables import connectors as table
from hub.sync import freshness, lateness, threshold
from hub.sync.fleet import states
from hub.sync.health import Health
from hub.sync.run import execute
from tests.hub.sync.fixtures import Listing, mapping, registered, source

HOUR = timedelta(hours=1)  # what the fixtures promise
NOW = datetime(2026, 11, 19, 1, tzinfo=UTC)  # eight in the morning in Vietnam
EVERY_MINUTE = '{"every": "1m"}'
NOON = '{"every": "1m", "blackout": [{"from": "07:30", "to": "08:30"}]}'


@pytest.fixture
def late(database: Database) -> Callable[..., ConnectorRow]:
    """A connector that was last read two hours ago, as the rest of its row says."""
    registered(database, "a")

    def put(**values: Any) -> ConnectorRow:
        usual = {"seen_at": NOW - 2 * HOUR, "cadence": EVERY_MINUTE, "next_fire_at": NOW + timedelta(seconds=30)}
        with database.write() as transaction:
            transaction.execute(update(table).where(table.c.name == "a").values(**(usual | values)))
        row = connectors.named(database, "a")
        assert row is not None
        return row

    return put


def code(database: Database, at: datetime = NOW) -> str | None:
    """What is told as the reason, when it is evaluated."""
    freshness.evaluate(database, at)
    row = connectors.named(database, "a")
    assert row is not None
    return row.stale_because["code"] if row.stale_because else None


def test_it_is_missed_and_met_by_the_clock_and_told_once_each(
    database: Database, late: Callable[..., ConnectorRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    late()
    logs: list[dict[str, Any]] = []

    def keep(_logger: Any, _level: str, line: Any) -> Any:
        logs.append(dict(line))
        raise structlog.DropEvent

    monkeypatch.setattr(freshness, "log", structlog.wrap_logger(None, processors=[keep]))
    freshness.evaluate(database, NOW - HOUR)  # just met
    threads = [threading.Thread(target=freshness.evaluate, args=(database, NOW)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    freshness.evaluate(database, NOW + timedelta(minutes=1))
    (fares,) = states(database, connectors.listed(database), NOW)
    late(seen_at=NOW)
    freshness.evaluate(database, NOW + timedelta(minutes=2))
    freshness.evaluate(database, NOW + timedelta(minutes=3))
    assert [(line["event"], line["since"]) for line in logs] == [
        ("freshness_missed", "2026-11-19T00:00:00+00:00"),
        ("freshness_met", "2026-11-19T00:00:00+00:00"),
    ]
    assert (fares.health, fares.stale_since) == (Health.LATE, NOW - HOUR)
    row = connectors.named(database, "a")
    assert row
    assert (row.stale_since, row.stale_because) == (None, None)
    (lapse,) = lapses.listed(database, row.id)
    assert (lapse.since, lapse.until) == (NOW - HOUR, NOW + timedelta(minutes=2))
    assert freshness.kept_week(database, row, NOW + HOUR) == pytest.approx(1 - 62 / (7 * 24 * 60))


def test_what_holds_it_up_is_told_as_it_is(database: Database, late: Callable[..., ConnectorRow]) -> None:
    row = late(seen_at=None)
    since = lapses.in_use_since(database, row.id)
    assert since
    assert code(database, since + HOUR - timedelta(seconds=1)) is None  # registered, and not yet late
    day = since + timedelta(days=1)
    late(seen_at=None, next_fire_at=day + HOUR)
    assert code(database, day) == "never_run"
    late(cadence="", next_fire_at=None)
    assert code(database) == "no_schedule"
    late(next_fire_at=NOW - timedelta(minutes=10))
    assert code(database) == "scheduler"
    late()
    assert code(database) == "schedule"
    late(cadence=NOON)
    assert code(database) == "blackout"
    late(cadence='{"every": "of another version"}')
    assert code(database) == "unreadable"
    late(open_until=NOW + HOUR, open_because="its last 5 runs failed: no answer")
    assert code(database) == "circuit"
    row = late(open_until=None)
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, "incremental", "schedule", NOW - HOUR)
    assert code(database) == "queued"
    runs.start(database, run_id, "m v1", None, NOW - HOUR)
    assert code(database) == "abandoned"
    lease = connectors.take_lease(database, row.id, "alive", 60)
    assert lease is not None
    assert code(database) == "reading"
    connectors.release_lease(database, lease)
    connectors.take_lease(database, row.id, "dead", -60)
    assert code(database) == "abandoned"
    with database.write() as transaction:
        runs.finish(transaction, run_id, Ending(RunState.FAILED, "a: refused.", "no_rights", "Ask them."), NOW)
    assert code(database) == "failed"
    (fares,) = states(database, connectors.listed(database), NOW)
    assert fares.stale_because == {
        "code": "failed",
        "sentence": f"Run {run_id} failed at 08:00: a: refused. It is tried again at 08:00.",
        "hint": "Ask them.",
    }
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, "full", "hand", NOW)
        runs.finish(transaction, run_id, Ending(RunState.INTERRUPTED, "stopped", threshold.CODE), NOW)
    assert code(database) == threshold.CODE
    with database.write() as transaction:
        registrations.move(transaction, "a", Move.PAUSE, Signature("an", "they move house", NOW))
    assert code(database) == "not_active"
    (fares,) = states(database, connectors.listed(database), NOW)
    assert fares.stale_because
    assert fares.stale_because["sentence"] == "It is paused by an since 08:00: they move house."
    assert len(lapses.listed(database, row.id)) == 1  # whatever the reason was: it was never met in between


def test_a_real_run_meets_it_and_nobody_who_evaluates_is_needed_to_see_that_it_is_missed(
    database: Database, tmp_path: Path
) -> None:
    row = registered(database, "a")["a"]
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, "incremental", "hand", NOW)
    assert execute(
        database, source("a", Listing([[]]), mapping(tmp_path)), run_id, "test", threading.Event(), now=lambda: NOW
    )
    (fares,) = states(database, connectors.listed(database), NOW + HOUR)
    assert (fares.health, fares.stale_since) == (Health.HEALTHY, None)
    (fares,) = states(database, connectors.listed(database), NOW + 2 * HOUR)
    assert (fares.health, fares.stale_since, (fares.stale_because or {})["code"]) == (
        Health.LATE,
        NOW + HOUR,
        "no_schedule",
    )
    assert "stale_because" in asdict(fares)


def test_a_promise_that_is_changed_there_and_back_is_missed_since_the_same_moment(
    database: Database, late: Callable[..., ConnectorRow]
) -> None:
    row = late()
    for seconds, missed in ((3600, True), (24 * 3600, False), (3600, True)):
        late(fresh_within=seconds)
        assert (code(database) is not None) == missed
    (lapse,) = lapses.listed(database, row.id)
    assert (lapse.since, lapse.until) == (NOW - HOUR, None)
    late(seen_at=NOW)
    assert code(database) is None
    assert lapses.listed(database, row.id)[0].until is not None


def test_what_is_wrong_with_one_connector_hides_nothing_of_the_others(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(database, "a", "b")
    reason = lateness.reason

    def told(store: Database, row: ConnectorRow, now: datetime) -> lateness.Reason:
        if row.name == "a":
            raise ValueError("its document cannot be read any more")
        return reason(store, row, now)

    monkeypatch.setattr(lateness, "reason", told)
    freshness.evaluate(database, datetime.now(UTC) + timedelta(days=1))
    stale = {row.name: row.stale_since is not None for row in connectors.listed(database)}
    assert stale == {"a": False, "b": True}
