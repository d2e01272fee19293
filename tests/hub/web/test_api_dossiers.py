"""The dossiers of the API: lists by filter and cursor, one by any of its codes."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.hub.web.filling import AMBIGUOUS, MANY, SHARED, SLASHED

LIST = "/api/v1/dossiers"


def items(api: FlaskClient, **query: Any) -> list[dict[str, Any]]:
    answer = api.get(LIST, query_string={"limit": 200, **query})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["items"]
    return found


def test_a_list_is_newest_first_and_pages_without_gaps_or_repeats(api: FlaskClient) -> None:
    everything = [item["code"] for item in items(api)]
    paged: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"limit": 7} | ({"cursor": cursor} if cursor else {})
        answer = api.get(LIST, query_string=query).get_json()
        paged += [item["code"] for item in answer["items"]]
        cursor = answer["next_cursor"]
    assert paged == everything
    assert len(paged) == MANY + 5
    received = [item.get("received_at", "") for item in items(api)]
    assert received == sorted(received, reverse=True)


def test_a_last_page_that_is_just_full_has_no_cursor(api: FlaskClient) -> None:
    answer = api.get(LIST, query_string={"procedure": "1.001193", "limit": len(items(api, procedure="1.001193"))})
    assert answer.get_json()["next_cursor"] is None


def test_filters_narrow_the_list(api: FlaskClient) -> None:
    assert {item["status"]["code"] for item in items(api, status="completed")} == {"completed"}
    assert {item["procedure"]["code"] for item in items(api, procedure="1.000656")} == {"1.000656"}
    assert {item["agency"]["code"] for item in items(api, agency="000.00.00.H29")} == {"000.00.00.H29"}


def test_a_status_has_the_national_number_and_label(api: FlaskClient) -> None:
    assert items(api, status="payment_requested")[0]["status"] == {
        "code": "payment_requested",
        "number": 6,
        "label": "Yêu cầu thực hiện nghĩa vụ tài chính",
    }


def test_search_ignores_accents_and_case_and_the_order_of_words(api: FlaskClient) -> None:
    found = items(api, q="ANH nguyen thi")
    assert found
    assert {item["applicant"]["name"] for item in found} == {"Nguyễn Thị Ánh"}
    assert items(api, q="Đặng Thùy Dương")[0]["code"] == items(api, q="dang thuy duong")[0]["code"]


def test_days_are_vietnams_and_the_last_one_is_included(api: FlaskClient) -> None:
    # 1 May 08:15 in Vietnam is 01:15 UTC; the 2 May begins there at 17:00 UTC of the 1 May.
    found = items(api, received_from="2026-05-02", received_to="2026-05-02")
    received = sorted({item["received_at"] for item in found})
    assert received[0] >= "2026-05-01T17:00:00Z"
    assert received[-1] < "2026-05-02T17:00:00Z"
    assert len(received) == 3


def test_full_times_are_taken_with_their_zone_and_end_before_the_last(api: FlaskClient) -> None:
    first = {"received_from": "2026-05-01T08:15:00+07:00", "received_to": "2026-05-01T15:15:00+07:00"}
    assert [item["received_at"] for item in items(api, **first)] == ["2026-05-01T01:15:00Z"]


def test_a_plus_that_arrived_as_a_space_is_understood(api: FlaskClient) -> None:
    answer = api.get(f"{LIST}?received_to=2026-05-01T08:16:00+07:00")
    assert [item["received_at"] for item in answer.get_json()["items"]] == ["2026-05-01T01:15:00Z"]


def test_a_dossier_without_a_time_of_reception_is_in_no_period(api: FlaskClient) -> None:
    assert all("received_at" in item for item in items(api, received_to="2099-01-01"))


@pytest.mark.parametrize("code", [SHARED, SHARED.lower(), "H29.15-260518-0007", "000.00.00.H29-260518-1201", SLASHED])
def test_any_code_finds_the_whole_dossier(api: FlaskClient, code: str) -> None:
    answer = api.get(f"{LIST}/{code}")
    assert answer.status_code == 200
    assert code.upper() in answer.get_json()["codes"]


def test_a_whole_dossier_says_who_said_what(api: FlaskClient) -> None:
    dossier = api.get(f"{LIST}/{SHARED}").get_json()
    assert dossier["status"] == {"code": "processing", "number": 4, "label": "Đang xử lý"}
    said = dossier["provenance"]["status"]
    behind = ("stored_at", "payload_id", "mapping")
    assert all(said[name] for name in behind)
    assert {name: value for name, value in said.items() if name not in behind} == {
        "connector": "mot-cua",
        "key": "65a",
        "conflicts": [{"connector": "so-tu-phap", "key": "TP-shared", "value": "supplement_requested"}],
    }
    assert dossier["provenance"]["applicant.name"]["conflicts"] == []
    assert dossier["provenance"]["extra.SoBienLai"]["connector"] == "so-tu-phap"
    assert [source["connector"] for source in dossier["sources"]] == ["mot-cua", "so-tu-phap"]
    assert dossier["sources"][1]["problems"][0]["field"] == "applicant.email"
    assert dossier["fees"][0]["amount"] == 200000
    assert [event["at"] for event in dossier["timeline"]] == sorted(event["at"] for event in dossier["timeline"])
    assert "events" not in dossier


def test_freshness_is_that_of_the_source_read_longest_ago(api: FlaskClient) -> None:
    dossier = api.get(f"{LIST}/{SHARED}").get_json()
    assert dossier["stale"] is True
    assert dossier["as_of"] == min(source["source_seen_at"] for source in dossier["sources"])
    [listed] = [item for item in items(api) if item["code"] == dossier["code"]]
    assert (listed["as_of"], listed["stale"]) == (dossier["as_of"], True)


def test_a_source_that_was_never_read_to_its_end_gives_no_time(api: FlaskClient) -> None:
    dossier = api.get(f"{LIST}/24-1").get_json()
    assert (dossier["as_of"], dossier["stale"]) == (None, True)


def test_a_number_that_two_agencies_gave_has_to_be_chosen(api: FlaskClient) -> None:
    answer = api.get(f"{LIST}/{AMBIGUOUS}")
    assert answer.status_code == 409
    assert {each["agency"] for each in answer.get_json()["candidates"]} == {"000.00.15.H29", "000.00.00.H29"}
    chosen = api.get(f"{LIST}/{AMBIGUOUS}?agency=000.00.00.H29")
    assert chosen.get_json()["agency"]["code"] == "000.00.00.H29"


def test_times_in_answers_are_utc_with_z(api: FlaskClient) -> None:
    dossier = api.get(f"{LIST}/{SHARED}").get_json()
    times = [dossier["received_at"], dossier["changed_at"], dossier["as_of"], dossier["sources"][0]["stored_at"]]
    assert all(len(time) == 20 and time.endswith("Z") for time in times)
