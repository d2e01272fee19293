"""A record as it was received, in the API and on the console: for who may read dossiers, and never run by a browser."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from connectors.registry import Registry
from hub.config.file import load
from hub.inspection.received import Received
from hub.record.rights import Role as Person
from hub.store import keys, quarantine
from hub.store.keys import Role
from hub.store.payloads import Payload
from hub.web.app import create_app
from hub.wiring import Hub, open_hub, register
from tests.hub.cli.inside import hub as command
from tests.hub.cli.test_kept import CONFIG, MAPPING
from tests.hub.web.served import SECRET
from tests.hub.web.visitor import signed_in

HOSTILE = '<script>alert("x")</script>'
RECORDS = [
    {"so": "HS/1", "tinhTrang": "1", "ten": HOSTILE},
    {"so": "HS-2", "tinhTrang": "9", "ten": "Đỗ Văn Bình"},
]
ONE = "/api/v1/connectors/phuong-thu/records/HS/1/received"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    config, mapping = tmp_path / "config.yaml", tmp_path / "mine" / "phuong-thu" / "ho-so" / "mapping.yaml"
    mapping.parent.mkdir(parents=True)
    (tmp_path / "drop").mkdir()
    config.write_text(CONFIG.format(url="sqlite:///hub.db", folder=tmp_path), encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")
    (tmp_path / "drop" / "a.json").write_text(json.dumps({"danhSach": RECORDS}), encoding="utf-8")
    assert command("sync", "phuong-thu", "--config", config).code == 0
    opened = open_hub(load(config, Registry()))
    yield opened
    opened.database.close()


def client(hub: Hub, role: Role, *, registered: bool = True) -> FlaskClient:
    known = register(hub.configuration, hub.database) if registered else None
    made = create_app(hub.database, SECRET, known).test_client()
    connector = "phuong-thu" if role is Role.PUSH else None
    key = keys.issue(hub.database, f"kiểm thử {role}", datetime.now(UTC), role, connector)
    made.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return made


def test_a_key_that_reads_gets_the_records_bytes_as_a_file(hub: Hub) -> None:
    answer = client(hub, Role.READ).get(ONE)
    assert (answer.status_code, answer.json if answer.is_json else json.loads(answer.data)) == (200, RECORDS[0])
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="phuong-thu.HS-1.json"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Media-Type"].startswith("application/json")
    whole = client(hub, Role.MANAGE).get(f"{ONE}?whole=true")
    assert json.loads(whole.data) == RECORDS


def test_a_quarantined_record_is_given_too(hub: Hub) -> None:
    answer = client(hub, Role.READ).get("/api/v1/connectors/phuong-thu/records/HS-2/received")
    assert json.loads(answer.data) == RECORDS[1]


def test_a_key_that_only_pushes_gets_nothing_and_a_strange_record_is_none(hub: Hub) -> None:
    assert client(hub, Role.PUSH).get(ONE).status_code == 403
    answer = client(hub, Role.READ).get("/api/v1/connectors/phuong-thu/records/HS-9/received")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "record_not_found")


def test_where_the_record_cannot_be_told_apart_the_whole_answer_still_can_be_had(hub: Hub) -> None:
    reader = client(hub, Role.READ, registered=False)
    answer = reader.get(ONE)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "not_read_again")
    assert json.loads(reader.get(f"{ONE}?whole=true").data) == RECORDS


def test_the_console_shows_it_as_text_and_gives_it_as_a_file(hub: Hub) -> None:
    console = client(hub, Role.READ)
    signed_in(console, "nguoi-xem", Person.AUDITOR)
    page = console.get("/connectors/phuong-thu/received?key=HS/1")
    assert page.status_code == 200
    assert "&lt;script&gt;" in page.text
    assert "<script>alert" not in page.text
    assert "Như đã nhận" in page.text
    file = console.get("/connectors/phuong-thu/received/file?key=HS/1")
    assert json.loads(file.data) == RECORDS[0]
    assert file.headers["Content-Disposition"].startswith("attachment")
    whole = console.get("/connectors/phuong-thu/received?key=HS-2&whole=1")
    assert "Đỗ Văn Bình" in whole.text
    assert "&lt;script&gt;" in whole.text
    assert console.get("/connectors/phuong-thu/received?key=HS-9").status_code == 404


def test_pages_of_dossiers_and_quarantine_lead_there(hub: Hub) -> None:
    console = client(hub, Role.READ)
    signed_in(console, "nguoi-xem", Person.AUDITOR)
    assert "/connectors/phuong-thu/received?key=HS/1" in console.get("/dossiers/HS/1").text
    (held,) = quarantine.listed(hub.database)
    page = console.get(f"/quarantine/phuong-thu/{held.id}").text
    assert "/connectors/phuong-thu/received?key=HS-2" in page


def test_what_came_in_an_old_charset_is_shown_as_it_reads() -> None:
    body = "Hồ sơ của bà Ánh".encode("utf-16")
    payload = Payload(1, 1, "text/csv", body, datetime.now(UTC))
    one = Received("x", "1", b"\xcd\xe0", payload, "")
    assert one.text(whole=True) == "Hồ sơ của bà Ánh"
    assert one.text(whole=False) == "\N{REPLACEMENT CHARACTER}" * 2
    told = replace(one, payload=replace(payload, media_type='text/csv; charset="windows-1258"'))
    assert told.text(whole=False) == "Íà"
