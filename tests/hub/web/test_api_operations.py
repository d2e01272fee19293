"""Connectors, runs and health in the API."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from hub.store import connectors, runs
from hub.sync.fleet import states
from hub.sync.health import Freshness, Health, freshness
from tests.hub.web.filling import Store


def test_connectors_in_trouble_come_first(api: FlaskClient) -> None:
    found = api.get("/api/v1/connectors").get_json()["items"]
    assert [(each["name"], each["health"]) for each in found] == [
        ("mot-cua", "failing"),
        ("du-lieu-mo", "never_run"),
        ("so-tu-phap", "healthy"),
    ]
    assert found[0]["stale"] is True
    assert found[0]["last_run"]["error_code"] == "timeout"
    assert found[2]["quarantined"] == 2
    assert found[1]["next_run_at"] is None
    assert found[2]["next_run_at"].endswith("Z")


def _health(store: Store, now: datetime) -> Health:
    [row] = [row for row in connectors.listed(store.database) if row.name == "so-tu-phap"]
    [state] = states(store.database, [row], now)
    return state.health


def test_a_connector_read_too_long_ago_is_late(store: Store) -> None:
    later = store.now + timedelta(hours=1)
    assert _health(store, later) == Health.LATE


def test_a_run_that_was_interrupted_says_nothing_of_the_department(store: Store) -> None:
    [row] = [row for row in connectors.listed(store.database) if row.name == "so-tu-phap"]
    with store.database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, "incremental", "hand", store.now)
        runs.finish(transaction, run_id, runs.Ending(runs.RunState.INTERRUPTED, "stopped"), store.now)
    assert _health(store, store.now) == Health.HEALTHY


def test_what_an_unregistered_connector_brought_is_stale(store: Store) -> None:
    rows = {row.name: row for row in connectors.listed(store.database)}
    seen = rows["so-tu-phap"].seen_at
    assert freshness(rows, ["so-tu-phap", "gone"], store.now) == Freshness(None, True, seen)
    assert freshness(rows, ["so-tu-phap"], store.now) == Freshness(seen, False, seen)


def test_runs_are_newest_first_and_can_be_filtered_and_paged(api: FlaskClient, store: Store) -> None:
    first = api.get("/api/v1/runs?limit=2").get_json()
    rest = api.get("/api/v1/runs", query_string={"limit": 2, "cursor": first["next_cursor"]}).get_json()
    ids = [run["id"] for run in first["items"] + rest["items"]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 3
    assert rest["next_cursor"] is None
    failed = api.get("/api/v1/runs?state=failed&connector=mot-cua").get_json()["items"]
    assert [run["id"] for run in failed] == [store.filled.failed_run]


def test_a_run_tells_its_counts_its_end_and_every_failed_exchange(api: FlaskClient, store: Store) -> None:
    run = api.get(f"/api/v1/runs/{store.filled.failed_run}").get_json()
    assert run["counts"] == {
        "fetched": 3,
        "created": 2,
        "updated": 1,
        "unchanged": 0,
        "quarantined": 0,
        "total": 100,
    }
    assert run["state"] == "failed"
    assert run["seconds"] == 120.0
    assert [attempt["code"] for attempt in run["attempts"]] == ["server_error", "timeout"]


def test_health_needs_no_key(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/health/live").get_json() == {"status": "ok"}
    assert client.get("/health/ready").get_json() == {"status": "ok"}


def test_a_database_of_another_version_is_not_ready(app: Flask, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "hub.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '0000'")
    answer = app.test_client().get("/health/ready")
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (503, "not_ready")
    assert app.test_client().get("/health/live").status_code == 200
