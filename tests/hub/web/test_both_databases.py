"""The same answers on SQLite and on PostgreSQL."""

import json
from datetime import UTC, datetime

import pytest

from hub.store import keys
from hub.store.database import Database
from hub.store.keys import Role
from hub.web.app import create_app
from tests.hub.web.filling import MANY, SHARED, fill
from tests.hub.web.served import SECRET
from tests.hub.web.visitor import signed_in

JOINED = "000.00.00.H29-260518-1201"  # what the dossier of `SHARED` is called


def test_api_and_console_answer_on_both_databases(database: Database) -> None:
    fill(database, datetime.now(UTC))
    key = keys.issue(database, "an", datetime.now(UTC))
    client = signed_in(create_app(database, SECRET).test_client())
    for page in ("/", "/runs", "/runs/1", f"/dossiers/{SHARED}", "/dossiers?q=duong", "/quarantine"):
        assert client.get(page).status_code == 200, page
    client.environ_base["HTTP_X_API_KEY"] = key
    first = client.get("/api/v1/dossiers?limit=40").get_json()
    rest = client.get("/api/v1/dossiers", query_string={"limit": 40, "cursor": first["next_cursor"]}).get_json()
    codes = [(item["code"], item["agency"]["code"]) for item in first["items"] + rest["items"]]
    assert len(set(codes)) == MANY + 5
    assert rest["next_cursor"] is None
    assert client.get("/api/v1/connectors").get_json()["items"][0]["health"] == "failing"
    assert [each["code"] for each in client.get("/api/v1/dossiers?conflicts=true").get_json()["items"]] == [JOINED]
    assert client.get("/health/ready").get_json() == {"status": "ok"}


def test_a_wrong_join_is_undone_on_both_databases(database: Database) -> None:
    fill(database, datetime.now(UTC))
    client = create_app(database, SECRET).test_client()
    client.environ_base["HTTP_X_API_KEY"] = keys.issue(database, "an", datetime.now(UTC), Role.MANAGE)
    body = {"connector": "mot-cua", "key": "65a", "code": SHARED, "reason": "gõ nhầm"}
    half = json.dumps(body | {"reason": "\ud800"})  # half of a character, that no database can hold
    answer = client.post(f"/api/v1/dossiers/{SHARED}/part", data=half, content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert client.post(f"/api/v1/dossiers/{SHARED}/part", json=body).get_json() == {"code": JOINED, "others": [SHARED]}
    assert client.get("/api/v1/dossiers?conflicts=true").get_json()["items"] == []
    assert client.post(f"/api/v1/dossiers/{JOINED}/rejoin", json=body).get_json() == {"code": JOINED, "others": []}


@pytest.mark.parametrize("address", ["/api/v1/runs/9223372036854775808", "/api/v1/dossiers/a%F0%9F%98%80"])
def test_what_a_database_cannot_hold_is_not_found(database: Database, address: str) -> None:
    key = keys.issue(database, "an", datetime.now(UTC))
    client = create_app(database, SECRET).test_client()
    assert client.get(address, headers={"X-API-Key": key}).status_code == 404
