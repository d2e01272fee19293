"""Due dates at the API and in the console: states, filters, reasons and verdicts."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from hub.api.settings import Settings
from hub.record.catalogue import Span
from hub.record.standing import Moment, Standing, standing_of
from hub.store import catalogue, dossiers
from hub.store.catalogue import FROM_FILE, PROCEDURES, Kept
from hub.store.filters import Filter
from hub.web.app import create_app
from tests.hub.web.filling import Store
from tests.hub.web.served import SECRET

WAITS = "000.00.15.H29-260505-1004"
OWN = "000.00.15.H29-260504-1003"  # of one department: processing, received on 2 May, due on the 12th


def listed(api: FlaskClient, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = api.get("/api/v1/dossiers", query_string={"limit": "7", **query, **cursor}).get_json()
        found += answer["items"]
        if answer["next_cursor"] is None:
            return found
        cursor = {"cursor": answer["next_cursor"]}


def whole(api: FlaskClient, code: str) -> Any:
    return api.get("/api/v1/dossiers/" + quote(code)).get_json()


def with_term(store: Store, **more: Any) -> None:
    """The catalogue knows the procedure that `OWN` is about."""
    values = {"code": "2.000488", "name": "x", "term": 5, "term_unit": "working_days", **more}
    with store.database.write() as connection:
        catalogue.write(
            connection, PROCEDURES, FROM_FILE, [Kept("2.000488", "2.000488", "x", Span(), values)], store.now
        )


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_every_dossier_of_a_list_says_where_it_stands(api: FlaskClient, store: Store) -> None:
    at = Moment.at(datetime.now(UTC))
    said = {row.code: standing_of(row.values, at) for row in dossiers.page(store.database, Filter(), limit=1000)}
    items = listed(api)
    assert {item["code"]: item["due"]["state"] for item in items} == said
    assert {item["due"]["state"] for item in items} >= {"overdue", "waiting", "done"}
    assert all(item["due"]["due_at"] == item.get("due_at") for item in items)


@pytest.mark.parametrize("state", list(Standing))
def test_the_filter_by_state_finds_the_dossiers_that_say_so(api: FlaskClient, state: str) -> None:
    everything = listed(api)
    assert [item["code"] for item in listed(api, due=state)] == [
        item["code"] for item in everything if item["due"]["state"] == state
    ]


def test_a_state_that_is_none_is_refused_with_those_there_are(api: FlaskClient) -> None:
    answer = api.get("/api/v1/dossiers", query_string={"due": "late"})
    assert answer.status_code == 422
    assert "near_due" in answer.text


def test_how_near_is_near_is_a_setting(store: Store) -> None:
    for near, states in ((timedelta(days=3), {"in_time": 0}), (timedelta(0), {"near_due": 0})):
        client = create_app(store.database, SECRET, settings=Settings(near_due=near)).test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {store.key}"
        for state, count in states.items():
            assert len(listed(client, due=state)) == count


def test_without_a_catalogue_the_promise_stands_alone_and_what_is_missing_is_said(api: FlaskClient) -> None:
    answer = whole(api, OWN)
    assert [(one["at"], one["said_by"], one["current"]) for one in answer["due_dates"]] == [
        (answer["due_at"], "so-tu-phap", True)
    ]
    assert answer["due_not_computed"]["code"] == "no_procedure"


def test_what_the_hub_computes_stands_beside_the_promise_with_its_steps(api: FlaskClient, store: Store) -> None:
    with_term(store)
    answer = whole(api, OWN)
    promised, computed = answer["due_dates"]
    assert (promised["reason"]["code"], promised["at"]) == ("promised", answer["due_at"])
    assert (computed["reason"]["code"], computed["said_by"], computed["current"]) == ("term", None, False)
    assert [step["code"] for step in computed["steps"]][-1] == "due"
    assert answer["due_not_computed"] is None
    # Received on Saturday 2 May at 05:15, so on Monday the 4th at 07:30; five working days later is the 11th.
    assert computed["at"] == "2026-05-11T10:00:00Z"


def test_both_verdicts_are_told_with_their_reason(api: FlaskClient) -> None:
    answer = whole(api, OWN)
    assert answer["due"]["state"] == "overdue"
    assert {name: one["verdict"] for name, one in answer["on_time"].items()} == {
        "by_the_portal": "late",
        "by_dates": "late",
    }
    assert answer["on_time"]["by_the_portal"]["reason"]["vi"].startswith("Chưa xong, xét đến lúc")


def test_the_verdicts_differ_for_what_waits_for_a_supplement(api: FlaskClient) -> None:
    answer = whole(api, WAITS)
    assert answer["due"]["state"] == "waiting"
    said = {name: (one["verdict"], one["reason"]["code"]) for name, one in answer["on_time"].items()}
    assert said == {"by_the_portal": ("late", "waits"), "by_dates": ("on_time", "waits")}


def test_the_console_marks_what_is_overdue_and_leads_to_all_of_it(console: FlaskClient) -> None:
    page = console.get("/dossiers").text
    assert "Quá hạn" in text_of(page)
    assert '/dossiers?due=overdue"' in page
    overdue = console.get("/dossiers?due=overdue").text
    assert '<option value="overdue" selected>' in overdue
    assert "Xong trễ hạn" not in text_of(overdue).split("Hẹn trả", 1)[1]
    assert console.get("/dossiers?due=nonsense").status_code == 200


def test_the_page_of_a_dossier_tells_every_due_date_and_how_it_is_counted(console: FlaskClient, store: Store) -> None:
    with_term(store)
    page = text_of(console.get("/dossiers/" + quote(OWN)).text)
    assert "Hạn giải quyết Quá hạn" in page
    assert "Nguồn hẹn trả. so-tu-phap" in page
    assert "Hub tính: 5 ngày làm việc từ khi tiếp nhận. do hub tính ≠ Khác ngày nguồn đang hẹn." in page
    assert "Không tính ngày tiếp nhận" in page
    assert "Theo quy tắc của Cổng Trễ hạn" in page
    console.set_cookie("hub_language", "en")
    assert "Promised by the source." in text_of(console.get("/dossiers/" + quote(OWN)).text)


def test_a_dossier_without_any_due_date_says_what_the_hub_lacks(console: FlaskClient) -> None:
    assert "Hub chưa tính được hạn. Không rõ thời điểm tiếp nhận." in text_of(console.get("/dossiers/24-1").text)
