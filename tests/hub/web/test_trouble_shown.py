"""A connector that is left alone, what needs a person, and what a run found out: on the pages and in the API."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from hub.store import acts, tallies
from hub.store import connectors as connectors_store
from hub.store.tables import connectors, runs
from hub.store.tallies import Keys, Tally
from tests.hub.web.filling import Store
from tests.hub.web.visitor import csrf

ENDS = "our certificate in `client_certificate` (“hub”) is valid until 08:00 on 01/12/2026"
NAMES = ("so-tu-phap", "mot-cua")
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


def test_a_change_of_the_source_is_accepted_on_its_page_and_noted(
    troubled: Store, console: FlaskClient, department: FlaskClient, reader: FlaskClient
) -> None:
    page, accept = "/connectors/so-tu-phap", "/connectors/so-tu-phap/accept"
    assert DRIFT in text_of(department.get(page).text)
    assert accept not in reader.get(page).text  # an auditor reads what has changed, and no more
    form = {"csrf_token": csrf(reader, page)}
    assert reader.post(accept, data=form).status_code == 403
    form = {"csrf_token": csrf(department, page)}
    assert department.post("/connectors/mot-cua/accept", data=form).status_code == 404  # another department's
    assert department.post(accept, data=form).status_code == 303
    row = connectors_store.found(troubled.database, "so-tu-phap")
    assert row
    assert ([one["code"] for one in row.warnings or []], row.open_until) == (["our_certificate_ends"], None)
    act = acts.listed(troubled.database, acts.Sought(name="so-tu-phap"))[0]
    assert (act.author, act.act, DRIFT in (act.before or "")) == ("so-tu-phap", "approved", True)
    assert accept not in console.get(page).text


def test_in_english_too(troubled: Store, console: FlaskClient) -> None:
    console.set_cookie("hub_language", "en")
    page = text_of(console.get("/overview/connectors").text)
    assert "Left alone" in page
    assert "A certificate of the hub ends soon. Ask for a new one, or make one, before that day." in page


def test_a_connector_without_trouble_has_no_room_for_it(store: Store, console: FlaskClient) -> None:
    of_one = {name: one for one in re.split("<article|<tr", console.get("/").text)[1:] for name in NAMES if name in one}
    assert "connector-trouble" not in of_one["so-tu-phap"]
    assert "Chậm từ" in of_one["mot-cua"]


def test_what_a_source_has_and_the_hub_has_not_is_shown_by_day(store: Store, console: FlaskClient) -> None:
    with store.database.write() as transaction:
        row = connectors_store.named(store.database, "so-tu-phap")
        assert row
        keys = Keys(missing=["1", "2"])
        lost = Tally("2026-11-17", None, 5, 3, 1, 2, 0, True, keys, "drift", "17/11/2026: 5 there.", store.now, None)
        whole = Tally("2026-11-16", None, 3, 3, 0, 0, 0, False, Keys(), "complete", "All there.", store.now, None)
        tallies.save(transaction, row.id, [lost, whole])
    assert "1 ngày còn thiếu bản ghi so với nguồn." in text_of(console.get("/").text)
    page = text_of(console.get("/connectors/so-tu-phap/completeness").text)
    assert "17/11/2026 Thiếu 5 3 1 2 0" in page
    assert "17/11/2026: 5 there." in page
    assert "16/11/2026 Đủ 3 3 0 0 0" in page
    assert "Đang đúng cam kết." in page
    console.set_cookie("hub_language", "en")
    assert "17/11/2026 Missing 5 3 1 2 0" in text_of(console.get("/connectors/so-tu-phap/completeness").text)
    assert console.get("/connectors/no-such/completeness").status_code == 404


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
