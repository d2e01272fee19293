"""A run is stopped over the API, at the console and by command, signed, and its page tells where the time went."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.record.run_state import RunState
from hub.store import connectors, runs
from hub.store.runs import Counts
from tests.hub.web.filling import Store
from tests.hub.web.test_console import text_of
from tests.hub.web.visitor import csrf


@pytest.fixture
def manager(app: Flask, store: Store) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_X_API_KEY"] = store.manager
    return client


def queued(store: Store, kind: str = "incremental") -> int:
    row = connectors.listed(store.database)[0]
    with store.database.write() as transaction:
        return runs.enqueue(transaction, row.id, kind, "hand", datetime.now(UTC))


def state_of(store: Store, run_id: int) -> str:
    row = runs.get(store.database, run_id)
    assert row is not None
    return row.state


def cancelled(client: FlaskClient, run_id: int, reason: str = "cơ quan đề nghị chờ") -> Any:
    return client.post(f"/api/v1/runs/{run_id}/cancel", json={"reason": reason})


def test_a_run_that_waits_is_cancelled_at_once_with_author_and_reason(manager: FlaskClient, store: Store) -> None:
    answer = cancelled(manager, queued(store))
    assert answer.status_code == 200
    told = answer.json
    assert (told["state"], told["stop_reason"]) == ("cancelled", "cơ quan đề nghị chờ")
    assert told["stop_author"]
    assert "cơ quan đề nghị chờ" in told["sentence"]


def test_a_run_under_way_is_told_to_stop_and_only_once_it_has_ended_it_cannot_be(
    manager: FlaskClient, store: Store
) -> None:
    running = store.filled.running_run
    assert cancelled(manager, running).json["stop_wanted"] == "cancel"
    assert state_of(store, running) == RunState.RUNNING
    waiting = queued(store)
    assert cancelled(manager, waiting).status_code == 200
    again = cancelled(manager, waiting)
    assert (again.status_code, again.json["code"]) == (409, "cannot_cancel")


def test_a_cancellation_needs_a_reason_a_run_and_the_right_to_change(
    api: FlaskClient, manager: FlaskClient, store: Store
) -> None:
    waiting = queued(store)
    assert cancelled(manager, waiting, " ").status_code == 422
    assert cancelled(manager, 10**18).status_code == 404
    assert cancelled(manager, 999_999).status_code == 404
    assert cancelled(api, waiting).status_code == 403
    assert state_of(store, waiting) == RunState.QUEUED


def test_a_run_says_where_its_time_went_and_who_does_it(api: FlaskClient, store: Store) -> None:
    running = store.filled.running_run
    stages = {"wait": 0.5, "fetch": 2.0, "decode": 0.25, "map": 1.0, "store": 3.0}
    with store.database.write() as transaction:
        runs.count_page(transaction, running, Counts(fetched=1, created=1), None, "x", 2048, stages)
    told = api.get(f"/api/v1/runs/{running}").json
    assert (told["timings"], told["taken_over"]) == (stages, 0)
    assert told["bytes"] >= 2048


def test_a_run_is_cancelled_at_the_console_and_its_page_says_by_whom(console: FlaskClient, store: Store) -> None:
    waiting = queued(store)
    page = console.get(f"/runs/{waiting}").text
    assert "Hủy lượt chạy" in page
    form = {"csrf_token": csrf(console, f"/runs/{waiting}"), "reason": "chạy nhầm đầu nối"}
    assert (
        "Hãy ghi lý do"
        in console.post(f"/runs/{waiting}/cancel", data=form | {"reason": " "}, follow_redirects=True).text
    )
    after = console.post(f"/runs/{waiting}/cancel", data=form, follow_redirects=True).text
    assert "Đã hủy" in after
    assert "chạy nhầm đầu nối" in text_of(after)
    assert "Hủy lượt chạy này" not in after
    again = console.post(f"/runs/{waiting}/cancel", data=form, follow_redirects=True).text
    assert "không hủy được nữa" in again
