"""Removals at the console and in the API: a person says whether records are gone; and asking for a period."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from hub.record.run_state import RunState
from hub.store import connectors, gone, removals, runs
from hub.store.runs import Ending
from tests.hub.web.filling import SHARED, Store
from tests.hub.web.test_console import text_of
from tests.hub.web.visitor import csrf

PAGE = "/removals"
API = "/api/v1/removals"


@pytest.fixture
def waiting(store: Store) -> int:
    """Both records of one dossier wait, each of its connector; the number of the second."""
    numbers = [ask(store, "so-tu-phap", "TP-shared"), ask(store, "mot-cua", "65a")]
    return numbers[-1]


def ask(store: Store, name: str, key: str) -> int:
    row = connectors.named(store.database, name)
    assert row is not None
    now = datetime.now(UTC)
    with store.database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, "full", "hand", now)
    runs.start(store.database, run_id, "", None, now)
    with store.database.write() as transaction:
        runs.finish(transaction, run_id, Ending(RunState.SUCCEEDED, "9 fetched."), now)
        gone.doubt(transaction, row.id, [key], now)
        return removals.ask(transaction, row.id, run_id, [key], 9, now)


@pytest.fixture
def boss(console: FlaskClient, store: Store) -> FlaskClient:
    console.environ_base["HTTP_X_API_KEY"] = store.manager
    return console


def test_a_person_approves_at_the_console_and_the_dossier_leaves_the_lists(
    boss: FlaskClient, store: Store, waiting: int
) -> None:
    assert "2 bản ghi không thấy ở nguồn đang chờ quyết định" in text_of(boss.get("/").text)
    page = boss.get(PAGE).text
    assert "1 trong 9 bản ghi không thấy" in text_of(page)
    form = {"csrf_token": csrf(boss, PAGE), "reason": ""}
    nothing = boss.post(f"{PAGE}/{waiting}/approve", data=form, follow_redirects=True)
    assert "Hãy ghi lý do" in nothing.text
    for number in (waiting - 1, waiting):
        done = boss.post(f"{PAGE}/{number}/approve", data=form | {"reason": "đã hủy"}, follow_redirects=True)
        assert "1 bản ghi được đánh dấu là không còn ở nguồn" in text_of(done.text)
    again = boss.post(f"{PAGE}/{waiting}/approve", data=form | {"reason": "đã hủy"}, follow_redirects=True)
    assert "đã có người quyết định" in text_of(again.text)
    shown = text_of(boss.get(f"/dossiers/{SHARED}").text)
    assert "không nguồn nào liệt kê hồ sơ này" in shown
    assert "Không còn ở nguồn từ: – →" in shown
    assert "<tbody>" not in boss.get(f"/dossiers?q={SHARED}").text
    assert "<tbody>" in boss.get(f"/dossiers?q={SHARED}&gone=1").text
    answer = boss.get(f"/api/v1/dossiers/{SHARED}").json
    assert answer is not None
    assert answer["gone_at"] == answer["sources"][0]["gone_at"]
    assert [item["code"] for item in (boss.get("/api/v1/dossiers?gone=true").json or {})["items"]] == [answer["code"]]
    assert boss.post(f"{PAGE}/999/approve", data=form).status_code == 404


def test_the_api_lists_shows_approves_and_refuses(boss: FlaskClient, waiting: int) -> None:
    def post(path: str, body: Any) -> tuple[int, Any]:
        answer = boss.post(path, json=body)
        return answer.status_code, answer.json

    assert [item["id"] for item in (boss.get(API).json or {})["items"]] == [waiting, waiting - 1]
    assert (boss.get(f"{API}/{waiting}").json or {})["keys"] == ["65a"]
    assert post(f"{API}/{waiting}/approve", {"reason": " "})[0] == 422
    status, told = post(f"{API}/{waiting}/approve", {"reason": "it was deleted"})
    assert (status, told["marked"], told["state"]) == (200, 1, "approved")
    assert post(f"{API}/{waiting - 1}/refuse", {"reason": "the list was cut"})[1]["state"] == "refused"
    status, told = post(f"{API}/{waiting}/refuse", {"reason": "no"})
    assert (status, told["code"]) == (409, "not_now")
    assert post(f"{API}/999/approve", {"reason": "no"})[0] == 404
    assert (boss.get(f"{API}?state=approved").json or {})["items"][0]["author"] == "quản trị"


def test_a_key_that_only_looks_decides_nothing(reader: FlaskClient, waiting: int) -> None:
    page = reader.get(PAGE)
    assert "không còn ở nguồn</button>" not in page.text
    token = csrf(reader, PAGE)
    answer = reader.post(f"{PAGE}/{waiting}/approve", data={"csrf_token": token, "reason": "x"})
    assert answer.status_code == 403
