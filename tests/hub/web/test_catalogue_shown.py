"""Catalogues, missing codes and duplicate services, in the API and on the console."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from hub.config.catalogue import load
from hub.record.identity import Code
from hub.store import connectors, dossiers, ratings
from hub.store.catalogue import AGENCIES, PROCEDURES
from hub.store.codes_seen import Seen, note
from hub.store.ratings import Rating
from tests.hub.web.filling import SHARED, Store

NOW = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
AGENCIES_CSV = """code,name,level,parent_code,leader.name,leader.title,aliases,hours,effective_to
H29,UBND Thành phố,city,,,,,,
H29.15,Sở Tư pháp,department,H29,Lê Đức Trí,Giám đốc,000.00.15.H29,mon-fri 07:30-11:30,
000.00.41.H29,UBND Quận 1,district,H29,,,,,30/06/2025
"""
PROCEDURES_CSV = """code,name,term,term_unit,fee,online_payment,online_level,portal
1.001193,Đăng ký khai sinh,1,working_days,0,yes,full,https://dvc.example
"""


@pytest.fixture
def loaded(store: Store, tmp_path: Path) -> Store:
    """A store with catalogues."""
    for kind, name, text in ((AGENCIES, "agencies.csv", AGENCIES_CSV), (PROCEDURES, "procedures.csv", PROCEDURES_CSV)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        load(store.database, kind, tmp_path / name)
    return store


def serve_twice(store: Store) -> None:
    rows = {row.name: row for row in connectors.listed(store.database)}
    with store.database.write() as transaction:
        for name, code in (("so-tu-phap", "2.000488"), ("mot-cua", "2.000488.000.00.00.H29")):
            note(transaction, rows[name].id, {Seen("procedure", code): "Cấp Phiếu <b>lý lịch</b>"}, NOW)


def test_an_agency_is_answered_by_any_of_its_codes(loaded: Store, api: FlaskClient) -> None:
    answer = api.get("/api/v1/agencies/000.00.15.h29")
    assert answer.get_json() == {
        "code": "H29.15",
        "name": "Sở Tư pháp",
        "level": "department",
        "parent_code": "H29",
        "leader": {"name": "Lê Đức Trí", "title": "Giám đốc"},
        "aliases": [{"code": "000.00.15.H29"}],
        "hours": [{"days": "mon-fri", "from": "07:30", "to": "11:30"}],
        "connector": None,
    }


def test_a_code_that_has_ended_is_found_on_its_days_and_said_on_others(loaded: Store, api: FlaskClient) -> None:
    assert api.get("/api/v1/agencies/000.00.41.H29?on=2025-06-30").get_json()["name"] == "UBND Quận 1"
    answer = api.get("/api/v1/agencies/000.00.41.H29?on=2025-07-01")
    assert answer.status_code == 404
    assert answer.get_json()["code"] == "agency_not_found"
    assert "it finds 000.00.41.H29 (UBND Quận 1) until 2025-06-30" in answer.get_json()["detail"]
    assert len(api.get("/api/v1/agencies").get_json()["items"]) == 2
    assert len(api.get("/api/v1/agencies?on=2025-06-30").get_json()["items"]) == 3
    assert api.get("/api/v1/agencies?on=today").status_code == 422


def test_a_procedure_is_answered_by_its_local_form(loaded: Store, api: FlaskClient) -> None:
    found = api.get("/api/v1/procedures/1.001193.000.00.00.H29").get_json()
    assert (found["code"], found["term"], found["term_unit"], found["fee"]) == ("1.001193", 1, "working_days", 0)
    assert found["online_payment"] is True
    assert [one["code"] for one in api.get("/api/v1/procedures").get_json()["items"]] == ["1.001193"]
    assert api.get("/api/v1/procedures/9.999999").get_json()["detail"] == "The catalogue has no procedure 9.999999."


def test_missing_codes_are_answered(loaded: Store, api: FlaskClient) -> None:
    serve_twice(loaded)
    items = api.get("/api/v1/unknown-codes").get_json()["items"]
    assert {one["code"] for one in items} >= {"2.000488", "2.000488.000.00.00.H29"}
    assert [one["named_by"] for one in items if one["code"] == "2.000488.000.00.00.H29"] == [["mot-cua"]]


def test_the_duplicate_service_report_names_who_serves_what_since_when(loaded: Store, api: FlaskClient) -> None:
    serve_twice(loaded)
    report = api.get("/api/v1/reports/duplicate-services").get_json()
    found = next(one for one in report["items"] if one["code"] == "2.000488")
    assert found["within_one_agency"] is False
    assert found["agencies"] == ["000.00.00.H29", "H29.15"]
    assert {one["connector"] for one in found["served_by"]} >= {"so-tu-phap", "mot-cua"}


def test_a_key_is_needed(loaded: Store, api: FlaskClient) -> None:
    del api.environ_base["HTTP_AUTHORIZATION"]
    for address in ("agencies", "procedures/1.001193", "unknown-codes", "reports/duplicate-services"):
        assert api.get(f"/api/v1/{address}").status_code == 401


def rated(store: Store) -> None:
    row = connectors.named(store.database, "mot-cua")
    assert row is not None
    values = {"dossier_code": SHARED, "rated_at": "2026-06-01T02:00:00Z", "overall": "satisfied", "comment": "Nhanh"}
    with store.database.write() as transaction:
        ratings.write(transaction, row.id, [Rating("9", Code("", SHARED), values)], NOW)


def test_a_dossier_is_answered_with_its_ratings(store: Store, api: FlaskClient) -> None:
    rated(store)
    (found,) = api.get(f"/api/v1/dossiers/{SHARED}").get_json()["ratings"]
    assert (found["overall"], found["comment"], found["connector"]) == ("satisfied", "Nhanh", "mot-cua")
    (row,) = dossiers.with_code(store.database, SHARED)
    assert len(ratings.ratings_of(store.database, row.id)) == 1


def test_a_dossiers_page_shows_its_ratings(store: Store, console: FlaskClient) -> None:
    assert "Đánh giá hài lòng" not in console.get(f"/dossiers/{SHARED}").text
    rated(store)
    page = console.get(f"/dossiers/{SHARED}").text
    assert "Đánh giá hài lòng" in page
    assert "Hài lòng" in page
    assert "Nhanh" in page


@pytest.mark.parametrize(
    ("address", "shown", "hidden"),
    [
        ("/catalogue", ["Sở Tư pháp", "UBND Thành phố", "000.00.15.H29", "Lê Đức Trí"], ["UBND Quận 1"]),
        ("/catalogue?level=city", ["UBND Thành phố"], ["Sở Tư pháp"]),
        ("/catalogue?level=district", ["Không có cơ quan nào như vậy."], []),
        ("/catalogue/procedures", ["Đăng ký khai sinh", "Toàn trình", "1 ngày làm việc", "0 đ"], []),
        ("/catalogue/procedures?online_level=level_4", ["Không có thủ tục nào như vậy."], ["Đăng ký khai sinh"]),
        ("/catalogue/unknown", ["2.000488", "&lt;b&gt;lý lịch"], ["<b>lý lịch"]),
        ("/catalogue/unknown?kind=agency", [], ["2.000488.000.00.00.H29"]),
        ("/catalogue/duplicates", ["Nghị định 61/2018/NĐ-CP", "2.000488", "Nhiều cơ quan", "Cổng một cửa điện tử"], []),
        ("/catalogue/duplicates?within=one", [], ["2.000488"]),
    ],
)
def test_the_pages_show_what_they_are_for(
    loaded: Store, console: FlaskClient, address: str, shown: list[str], hidden: list[str]
) -> None:
    serve_twice(loaded)
    page = console.get(address)
    assert page.status_code == 200
    assert [text for text in shown if text not in page.text] == []
    assert [text for text in hidden if text in page.text] == []


def test_empty_catalogues_say_what_to_do(store: Store, console: FlaskClient) -> None:
    assert "hub catalogue load agencies" in console.get("/catalogue").text
    assert "hub catalogue load procedures" in console.get("/catalogue/procedures").text
    assert "Danh mục" in console.get("/").text


def test_a_long_catalogue_is_paged_without_loss(store: Store, console: FlaskClient, tmp_path: Path) -> None:
    rows = "".join(f"{9 - at % 2}.{at:06},Thủ tục {at:03}\n" for at in range(1, 251))
    (tmp_path / "p.csv").write_text(f"code,name\n{rows}", encoding="utf-8")
    load(store.database, PROCEDURES, tmp_path / "p.csv")
    address, seen = "/catalogue/procedures", ""
    for _ in range(3):
        page = console.get(address).text
        seen += page
        address = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    assert 'rel="next"' not in page
    assert [at for at in range(1, 251) if f"Thủ tục {at:03}" not in seen] == []


def test_agencies_of_another_day_are_shown_with_the_names_of_their_parents(loaded: Store, console: FlaskClient) -> None:
    assert "UBND Quận 1" not in console.get("/catalogue").text
    for day in ("2025-06-30", "30/06/2025"):
        page = console.get("/catalogue", query_string={"on": day, "level": "district"}).text
        assert "UBND Quận 1" in page
        assert 'H29 <span class="quiet">UBND Thành phố</span>' in page
        assert "Các cơ quan có hiệu lực ngày 30/06/2025." in page
        assert "on=2025-06-30" in page
    assert "UBND Quận 1" not in console.get("/catalogue?on=never").text
