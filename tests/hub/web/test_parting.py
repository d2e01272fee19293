"""A wrong join is seen, undone and taken back at the console and over the API; disagreement can be listed."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from hub.store import connectors, dossiers, runs
from hub.store.database import Database
from hub.store.filters import Filter
from hub.sync.run import execute
from hub.web.app import create_app
from tests.hub.sync.fixtures import Listing, mapping, registered, source
from tests.hub.web.filling import SHARED, Store
from tests.hub.web.served import SECRET
from tests.hub.web.test_console import text_of
from tests.hub.web.visitor import csrf

OWN = "000.00.00.H29-260518-1201"  # the code that only the one-stop desk gives
RECORD = {"connector": "mot-cua", "key": "65a", "code": SHARED, "reason": "gõ nhầm"}
HOSTILE = "<script>alert(1)</script>"

PAPERS = """
mapping: test/ho-so
version: 1
entity: dossier
input: json
fields:
  code: {from: code}
  status: {from: status, table: status}
  agency.code: {value: 000.00.77.H29}
  papers: {each: papers, fields: {name: {from: name}, quantity: {from: many}}}
  results: {each: results, fields: {name: {from: name}, url: {from: url}}}
  events: {each: steps, fields: {at: {from: at, date: iso}, status: {from: status, table: status}}}
  databases: {each: databases, fields: {code: {from: code}}}
  supplements:
    each: asked
    fields:
      content: {from: what}
      requested_at: {from: at, date: iso}
      papers: {each: papers, fields: {name: {from: name}}}
      fees: {each: fees, fields: {name: {from: name}, amount: {from: amount, money: vnd}}}
tables:
  status: {open: processing, done: completed, back: registered}
"""


@pytest.fixture
def manager(app: Flask, store: Store) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_X_API_KEY"] = store.manager
    return client


def run(database: Database, folder: Path, name: str, *records: dict[str, Any]) -> None:
    """Read these records once as a connector."""
    asked = source(name, Listing([list(records)]), mapping(folder, PAPERS))
    row = connectors.named(database, name)
    assert row is not None
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))
    assert execute(database, asked, run_id, "test", threading.Event())


def parted(client: FlaskClient, verb: str = "part", code: str = SHARED, **more: str) -> Any:
    return client.post(f"/api/v1/dossiers/{code}/{verb}", json=RECORD | more)


def test_the_api_parts_and_rejoins_and_the_history_says_who_and_why(manager: FlaskClient) -> None:
    assert parted(manager).get_json() == {"code": OWN, "others": [SHARED]}
    alone = manager.get(f"/api/v1/dossiers/{OWN}").get_json()
    assert [each["connector"] for each in alone["sources"]] == ["mot-cua"]
    (wrong,) = alone["disowned"]
    assert (wrong["code"], wrong["author"], wrong["reason"]) == (SHARED, "quản trị", "gõ nhầm")
    again = parted(manager, code=OWN)
    assert (again.status_code, again.get_json()["code"]) == (404, "not_that_code")
    back = parted(manager, "rejoin", OWN, reason="đúng rồi")
    assert back.get_json()["others"] == []
    whole = manager.get(f"/api/v1/dossiers/{OWN}").get_json()
    assert len(whole["sources"]) == 2
    assert not whole["disowned"]
    assert whole["history"][0]["author"] == "quản trị"
    assert whole["history"][0]["reason"] == "đúng rồi"


def test_the_api_parts_only_for_a_manage_key_and_only_what_is_there(api: FlaskClient, manager: FlaskClient) -> None:
    assert parted(api).get_json()["code"] == "not_allowed"
    assert parted(manager, code="24-none").get_json()["code"] == "dossier_not_found"
    assert parted(manager, key="65b").get_json()["code"] == "dossier_not_found"
    assert parted(manager, connector="nobody").get_json()["code"] == "dossier_not_found"
    strange = parted(manager, "part", SHARED, code_of="x")
    assert (strange.status_code, strange.mimetype) == (422, "application/problem+json")
    assert parted(manager, reason=" ").status_code == 422
    assert parted(manager, key="65a\0").status_code == 422
    assert len(manager.get(f"/api/v1/dossiers/{SHARED}").get_json()["sources"]) == 2


def test_a_person_parts_at_the_console_and_takes_it_back(console: FlaskClient) -> None:
    page = f"/dossiers/{SHARED}"
    assert "Tách hồ sơ" in text_of(console.get(page).text)
    form = RECORD | {"csrf_token": csrf(console, page), "reason": f"nhầm {HOSTILE}"}
    there = console.post(f"{page}/part", data=form, follow_redirects=True)
    said = text_of(there.text)
    assert "Bản ghi 65a của mot-cua nay thuộc hồ sơ này." in said
    assert f"Hồ sơ khác cũng thay đổi: {SHARED}." in said
    assert "quản trị, lý do: nhầm" in said
    assert HOSTILE not in there.text
    assert f"Các mã: thêm {OWN}" in said
    assert "Tách hồ sơ" not in said
    twice = console.post(f"/dossiers/{OWN}/part", data=form, follow_redirects=True)
    assert "Bản ghi không còn mã đó" in twice.text
    stale = console.post(f"{page}/part", data=form, follow_redirects=True)
    assert "Hồ sơ này không còn bản ghi đó" in stale.text
    silent = console.post(f"/dossiers/{OWN}/rejoin", data=form | {"reason": " "}, follow_redirects=True)
    assert "Hãy ghi lý do" in silent.text
    back = console.post(f"/dossiers/{OWN}/rejoin", data=form | {"reason": "đúng"}, follow_redirects=True)
    assert "Mã không được tính" not in text_of(back.text)
    assert "Tách hồ sơ" in text_of(back.text)


def test_who_only_looks_or_comes_from_elsewhere_parts_nothing(reader: FlaskClient, console: FlaskClient) -> None:
    page = f"/dossiers/{SHARED}"
    assert "Tách hồ sơ" not in text_of(reader.get(page).text)
    assert reader.post(f"{page}/part", data=RECORD | {"csrf_token": csrf(reader, page)}).status_code == 403
    assert console.post(f"{page}/part", data=RECORD).status_code == 400
    assert "mot-cua" in text_of(reader.get(page).text)


def test_dossiers_on_which_sources_disagree_can_be_listed(api: FlaskClient, console: FlaskClient) -> None:
    agree, disagree = (
        [each["code"] for each in api.get(f"/api/v1/dossiers?limit=200&conflicts={wanted}").get_json()["items"]]
        for wanted in ("false", "true")
    )
    assert len(disagree) == 1
    assert not set(agree) & set(disagree)
    assert api.get("/api/v1/dossiers?conflicts=some").status_code == 422
    page = console.get("/dossiers?conflicts=1").text
    assert f'href="/dossiers/{disagree[0]}?' in page
    assert page.count('data-label="Tiếp nhận"') == 1
    assert "checked" in page


def test_the_list_of_those_in_dispute_walks_through_them_alone(empty: Database) -> None:
    (query,) = _asked(empty)
    with empty.read() as connection:
        plan = " ".join(row[-1] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}")))
    assert "ix_dossiers_disagreeing" in plan


def _asked(database: Database) -> list[str]:
    asked: list[str] = []
    with database.read() as connection:
        engine = connection.engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    dossiers.page(database, Filter(conflicts=True), None, 5)
    return [statement.replace("?", "5") for statement in asked if "FROM dossiers" in statement]


def test_numbers_of_one_agency_from_two_systems_are_told_apart_by_their_connector(
    empty: Database, tmp_path: Path, store: Store
) -> None:
    registered(empty, "a", "b")
    for name in ("a", "b"):
        run(empty, tmp_path, name, {"id": f"{name}1", "code": "24-77", "status": "open"})
    app = create_app(empty, SECRET)
    client = app.test_client()
    client.environ_base["HTTP_X_API_KEY"] = store.manager
    answer = client.get("/api/v1/dossiers/24-77?agency=000.00.77.H29")
    assert answer.status_code == 409
    records = [each["records"] for each in answer.get_json()["candidates"]]
    assert records == [[{"connector": "a", "key": "a1"}], [{"connector": "b", "key": "b1"}]]
    chosen = client.get("/api/v1/dossiers/24-77?agency=000.00.77.H29&connector=b").get_json()
    assert [each["key"] for each in chosen["sources"]] == ["b1"]
    assert client.get("/api/v1/dossiers/24-77?connector=c").status_code == 404


def test_lists_unusual_moves_and_history_are_readable_and_harmless(
    empty: Database, tmp_path: Path, console: FlaskClient
) -> None:
    registered(empty, "a")
    asked = {
        "what": f"Bổ sung hộ khẩu {HOSTILE}",
        "at": "2026-05-20T01:15:00Z",
        "papers": [{"name": "Bản sao hộ khẩu"}],
        "fees": [{"name": "Phí bổ sung", "amount": 15000}],
    }
    first = {
        "id": "1",
        "code": "24-88",
        "status": "done",
        "papers": [{"name": "Tờ khai giấy", "many": "2"}],
        "results": [{"name": "Giấy phép", "url": "javascript:alert(1)"}],
        "steps": [{"at": f"2026-05-2{at}T01:15:00Z", "status": word} for at, word in enumerate(("done", "back"))],
        "databases": [{"code": "CSDL-DC"}],
        "asked": [asked],
    }
    run(empty, tmp_path, "a", first)
    run(empty, tmp_path, "a", first | {"status": "open", "papers": [], "results": first["results"] * 2})
    page = console.get("/dossiers/24-88").text
    said = text_of(page)
    assert HOSTILE not in page
    assert 'href="javascript' not in page
    for words in (
        "suy ra từ trạng thái nguồn",
        "Bước chuyển không thường gặp: từ “Đã xử lý xong” sang “Mới đăng ký”.",
        "Trạng thái: Đã xử lý xong → Đang xử lý",
        "Thành phần hồ sơ giấy: 1 mục: Tờ khai giấy → –",
        "Giấy tờ kết quả: 1 mục: Giấy phép → 2 mục: Giấy phép, Giấy phép",
        "Ngày yêu cầu: 20/05/2026 08:15",
        "Giấy tờ phải bổ sung Bản sao hộ khẩu",
        "Phí bổ sung Số tiền: 15.000 đ",
        "CSDL-DC",
    ):
        assert words in said, words
