"""Who is shown data of persons is in the log of reads before it is shown; and who may look there."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from hub.record.grant import Grant, Group, Sight
from hub.store import clients, dossiers, keys, quarantine, reads
from hub.store.clients import Role, Wanted
from hub.store.database import Database
from hub.store.reads import SealKeys
from hub.store.reads_found import ReadRow, Sought, walk
from hub.store.reads_verified import verify
from hub.sync.reading_log import ReadLog
from hub.web.app import create_app
from tests.hub.web.filling import AMBIGUOUS, SHARED, fill
from tests.hub.web.served import SECRET
from tests.hub.web.visitor import signed_in

KEYS = SealKeys.derived([SECRET])


@pytest.fixture
def app(database: Database) -> Flask:
    fill(database, datetime.now(UTC))
    return create_app(database, SECRET)


def asking(app: Flask, role: Role = Role.MANAGE, grant: Grant | None = None, name: str = "cổng") -> FlaskClient:
    database, now = app.extensions["hub.database"], datetime.now(UTC)
    with database.write() as transaction:
        clients.put(transaction, Wanted(name, role, grant=grant, purpose="tra cứu"), now)
    made = app.test_client()
    made.environ_base["HTTP_X_API_KEY"] = keys.add(database, name, now, None, now).key
    return made


def logged(app: Flask) -> list[ReadRow]:
    database = app.extensions["hub.database"]
    assert verify(database, KEYS).wrong is None
    return list(walk(database, Sought()))


def test_a_look_up_says_who_what_when_why_and_from_where(app: Flask) -> None:
    api, before = asking(app), datetime.now(UTC)
    answer = api.get(f"/api/v1/dossiers/{SHARED}", headers={"X-Purpose": quote("phản ánh số 7")})
    assert answer.status_code == 200
    (row,) = logged(app)
    (found,) = dossiers.with_code(app.extensions["hub.database"], SHARED)
    assert (row.client, row.person, row.address) == ("cổng", None, "127.0.0.1")
    assert (row.action, row.dossiers, row.records, row.purpose) == ("one", [found.id], 1, "phản ánh số 7")
    assert row.what["groups"] == ["name", "identity", "contact", "content", "papers", "provenance"]
    assert row.request == answer.headers["X-Request-Id"]
    assert before <= row.at <= datetime.now(UTC)


def test_a_list_names_its_dossiers_its_filter_and_its_fields(app: Flask) -> None:
    api = asking(app)
    listed = api.get("/api/v1/dossiers?status=processing&q=duong&limit=3").get_json()["items"]
    assert api.get("/api/v1/dossiers?status=processing&fields=applicant.name&limit=1").status_code == 200
    first, second = logged(app)
    assert first.records == len(listed) > 0
    assert first.purpose == "tra cứu"
    assert first.what["filter"]["status"] == ["processing"]
    assert set(first.what["filter"]["q"]) == {"traces"}
    assert "duong" not in str(first.what)
    assert second.what["groups"] == ["name"]
    assert api.get(f"/api/v1/dossiers/{SHARED}?fields=code&include=timeline,history").status_code == 200
    assert logged(app)[2].what["groups"] == ["content", "provenance"]


def test_what_shows_no_person_in_full_is_not_noted(app: Flask) -> None:
    masked = Grant(sights={Group.NAME: Sight.MASKED, Group.FEES: Sight.FULL, Group.OFFICERS: Sight.FULL})
    assert asking(app, Role.QUERY, masked, "đối tác").get("/api/v1/dossiers").status_code == 200
    api = asking(app)
    assert api.get("/api/v1/dossiers?fields=code,fees").status_code == 200
    assert api.get("/api/v1/dossiers?agency=000.00.99.H29").get_json()["items"] == []
    assert api.get("/api/v1/runs").status_code == 200
    assert api.get("/api/v1/dossiers/nothing").status_code == 404
    assert logged(app) == []


def test_who_looks_for_a_person_is_noted_though_nothing_is_found(app: Flask) -> None:
    api = asking(app)
    assert api.get("/api/v1/dossiers?q=000190009999").get_json()["items"] == []
    assert api.get("/api/v1/dossiers/counts?by=status&identity=000190009999").get_json()["groups"] == []
    assert api.get("/api/v1/dossiers/counts?by=status").status_code == 200
    rows = logged(app)
    assert [(row.dossiers, row.records) for row in rows] == [([], 0), ([], 0)]
    assert len({str(row.what["filter"].popitem()[1]) for row in rows}) == 1


def test_pages_of_the_console_and_records_as_received_are_reads(app: Flask) -> None:
    person = signed_in(app.test_client(), "an")
    for path in ("/", f"/dossiers/{SHARED}", "/dossiers?q=duong", "/quarantine", f"/dossiers/{AMBIGUOUS}"):
        assert person.get(path).status_code == 200
    assert person.get("/connectors/so-tu-phap/received?key=TP-404").status_code == 200
    rows = logged(app)
    assert {(row.client, row.person) for row in rows} == {("console", "an")}
    assert [row.action for row in rows] == ["page", "page", "source"]
    assert rows[2].what == {"connector": "so-tu-phap", "key": "TP-404", "whole": False}
    api = asking(app)
    assert api.get("/api/v1/quarantine").status_code == 200
    assert api.get("/api/v1/connectors/so-tu-phap/records/TP-404/received?whole=true").status_code == 200
    assert [row.action for row in logged(app)[3:]] == ["source", "source"]


def test_a_record_in_quarantine_is_a_read_where_its_values_are_shown_and_only_there(app: Flask) -> None:
    held = quarantine.listed(app.extensions["hub.database"])
    people = (signed_in(app.test_client(), "an"), signed_in(app.test_client(), "be", sees_personal=False))
    for person in people:
        for row in held:
            assert person.get(f"/quarantine/so-tu-phap/{row.id}").status_code == 200
        assert person.get("/quarantine?connector=so-tu-phap").status_code == 200
        assert person.get("/quarantine/so-tu-phap/999999").status_code == 404
    assert [(row.person, row.action, row.what) for row in logged(app)] == [
        ("an", "source", {"page": "quarantine", "key": row.key, "connector": "so-tu-phap"}) for row in held
    ]


def test_every_answer_has_a_number_of_its_own(app: Flask) -> None:
    api = asking(app)
    paths = ("/api/v1/runs", "/api/v1/nothing", "/health/live", "/sign-in", "/api/v1/runs")
    numbers = [api.get(path).headers["X-Request-Id"] for path in paths]
    assert len(set(numbers)) == len(paths)
    assert {len(each) for each in numbers} == {20}


def test_where_reads_cannot_be_noted_nothing_is_shown(database: Database, tmp_path: Path) -> None:
    fill(database, datetime.now(UTC))
    (tmp_path / "reads").write_text("no folder")
    app = create_app(database, SECRET, reading=ReadLog(database, lambda: KEYS, tmp_path / "reads"))
    answer = asking(app).get(f"/api/v1/dossiers/{SHARED}")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "reads_not_logged")
    assert "Đặng" not in answer.text
    assert str(tmp_path) not in answer.text
    person = signed_in(app.test_client())
    page = person.get(f"/dossiers/{SHARED}")
    assert (page.status_code, "Đặng" in page.text) == (503, False)
    assert asking(app).get("/api/v1/runs").status_code == 200


def test_a_read_is_on_disk_before_its_answer_is_there(database: Database, tmp_path: Path) -> None:
    fill(database, datetime.now(UTC))
    app = create_app(database, SECRET, reading=ReadLog(database, lambda: KEYS, tmp_path / "reads"))
    assert asking(app).get(f"/api/v1/dossiers/{SHARED}").status_code == 200
    (file,) = (tmp_path / "reads").iterdir()
    assert b'"one"' in file.read_bytes()


def test_who_saw_a_dossier_is_asked_by_its_code_its_id_and_the_number_that_was_looked_for(app: Flask) -> None:
    api = asking(app)
    api.get(f"/api/v1/dossiers/{SHARED}")
    api.get("/api/v1/dossiers?q=duong")
    api.get("/api/v1/dossiers?q=000190000001")
    (found,) = dossiers.with_code(app.extensions["hub.database"], SHARED)
    days = period()

    def reads_of(**asked: Any) -> list[str]:
        answer = api.get("/api/v1/reads", query_string=days | asked)
        assert answer.status_code == 200, answer.text
        return [f"{each['action']} {each['records']}" for each in answer.get_json()["items"]]

    assert reads_of(dossier=SHARED) == ["list 1", "one 1"]
    assert reads_of(dossier=f"id:{found.id}") == reads_of(dossier=SHARED)
    assert reads_of(looked_for="000190000001") == ["list 0"]
    assert reads_of(looked_for="000190000002") == []
    assert reads_of(client="cổng", action="one") == ["one 1"]
    assert reads_of(client="ai khác") == []
    first = api.get("/api/v1/reads?limit=2").get_json()
    rest = api.get("/api/v1/reads", query_string={"limit": 2, "cursor": first["next_cursor"]}).get_json()
    assert [each["id"] for each in first["items"] + rest["items"]] == ["3", "2", "1"]
    assert rest["next_cursor"] is None


def test_the_answer_and_the_example_are_as_the_document_says(app: Flask) -> None:
    api = asking(app)
    api.get(f"/api/v1/dossiers/{SHARED}")
    document = api.get("/api/v1/openapi.json").get_json()
    schema = document["components"]["schemas"]["ReadPage"]
    check = Draft202012Validator(schema | {"components": document["components"]})
    check.validate(api.get("/api/v1/reads").get_json())
    check.validate(schema["example"])


def test_what_cannot_be_asked_of_the_log_is_said(app: Flask) -> None:
    api = asking(app)
    for asked, code in (
        ({"dossier": SHARED}, "invalid_parameters"),
        ({"looked_for": "x", "from": "2026-01-01", "to": "2026-03-01"}, "invalid_parameters"),
        ({"from": "2026-02-01", "to": "2026-01-01"}, "invalid_parameters"),
        ({"dossier": "nothing"} | period(), "dossier_not_found"),
        ({"dossier": "id:x"} | period(), "dossier_not_found"),
        ({"dossier": f"id:{10**30}"} | period(), "dossier_not_found"),
        ({"cursor": "x"}, "bad_cursor"),
        ({"clients": "x"}, "invalid_parameters"),
    ):
        assert api.get("/api/v1/reads", query_string=asked).get_json()["code"] == code, asked
    assert api.get("/api/v1/reads", query_string={"dossier": f"id:{2**63 - 1}"} | period()).get_json()["items"] == []


@pytest.mark.parametrize("role", [Role.READ, Role.QUERY])
def test_the_log_is_for_who_manages(app: Flask, role: Role) -> None:
    answer = asking(app, role, Grant() if role is Role.QUERY else None).get("/api/v1/reads")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "not_allowed")
    assert reads.head_of(app.extensions["hub.database"]).last == 0


def period() -> dict[str, str]:
    today = datetime.now(UTC)
    return {"from": f"{today - timedelta(days=2):%Y-%m-%d}", "to": f"{today + timedelta(days=2):%Y-%m-%d}"}
