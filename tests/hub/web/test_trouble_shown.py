"""A connector that is left alone, what needs a person, and what a run found out: on the pages and in the API."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from hub.store.tables import connectors, runs
from tests.hub.web.filling import Store

ENDS = "our certificate in `client_certificate` (“hub”) is valid until 08:00 on 01/12/2026"
DRIFT = "its records have fields that they did not have before: `kenh`."


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def troubled(store: Store) -> Store:
    """The filled store; one connector is left alone, and its last run noticed something."""
    since = store.now.isoformat()
    warnings = [
        {"code": "our_certificate_ends", "sentence": ENDS, "until": since, "since": since},
        {"code": "drift", "sentence": DRIFT, "until": None, "since": since},
    ]
    because = "its last 5 runs failed: no answer from http://127.0.0.1:8712 within 30 s"
    opened = {"failures": 5, "open_until": store.now + timedelta(minutes=5), "open_because": because}
    notes = [{"code": "drift", "sentence": DRIFT}]
    with store.database.write() as transaction:
        mine = connectors.c.name == "so-tu-phap"
        transaction.execute(update(connectors).where(mine).values(**opened, warnings=warnings))
        transaction.execute(update(runs).where(runs.c.id == store.filled.succeeded_run).values(notes=notes))
    return store


def test_the_overview_says_until_when_it_is_left_alone_and_what_ends(troubled: Store, console: FlaskClient) -> None:
    page = text_of(console.get("/").text)
    assert page.index("Sở Tư pháp – Lý lịch") < page.index("Cổng một cửa điện tử")  # the worst first
    assert "Tạm ngừng hỏi" in page
    assert "Không tự hỏi trước" in page
    assert "its last 5 runs failed: no answer from http://127.0.0.1:8712" in page
    assert page.index("Chứng thư số của hub sắp hết hạn.") < page.index(ENDS)
    assert DRIFT in page


def test_in_english_too(troubled: Store, console: FlaskClient) -> None:
    console.set_cookie("hub_language", "en")
    page = text_of(console.get("/overview/connectors").text)
    assert "Left alone" in page
    assert "A certificate of the hub ends soon. Ask for a new one, or make one, before that day." in page


def test_a_connector_without_trouble_has_no_room_for_it(store: Store, console: FlaskClient) -> None:
    assert "connector-trouble" not in console.get("/").text


def test_a_run_shows_what_it_found_out(troubled: Store, console: FlaskClient) -> None:
    page = text_of(console.get(f"/runs/{troubled.filled.succeeded_run}").text)
    assert f"Điều cần biết Nguồn dữ liệu đã thay đổi so với lần chấp nhận trước. {DRIFT}" in page
    assert "Điều cần biết" not in console.get(f"/runs/{troubled.filled.failed_run}").text


def test_the_api_tells_the_same(troubled: Store, api: FlaskClient) -> None:
    items = {item["name"]: item for item in api.get("/api/v1/connectors").get_json()["items"]}
    mine = items["so-tu-phap"]
    assert (mine["health"], mine["failures"]) == ("open", 5)
    assert mine["next_run_at"] == mine["open_until"]
    assert [warning["code"] for warning in mine["warnings"]] == ["our_certificate_ends", "drift"]
    assert (items["mot-cua"]["open_until"], items["mot-cua"]["warnings"]) == (None, [])
    run = api.get(f"/api/v1/runs/{troubled.filled.succeeded_run}").get_json()
    assert run["notes"] == [{"code": "drift", "sentence": DRIFT}]
