"""The same answers on SQLite and on PostgreSQL."""

from datetime import UTC, datetime

import pytest

from hub.store import keys
from hub.store.database import Database
from hub.web.app import create_app
from tests.hub.web.filling import MANY, SHARED, fill
from tests.hub.web.served import SECRET
from tests.hub.web.visitor import sign_in


def test_api_and_console_answer_on_both_databases(database: Database) -> None:
    fill(database, datetime.now(UTC))
    key = keys.issue(database, "an", datetime.now(UTC))
    client = create_app(database, SECRET).test_client()
    assert sign_in(client, key) == 302
    for page in ("/", "/runs", "/runs/1", f"/dossiers/{SHARED}", "/dossiers?q=duong", "/quarantine"):
        assert client.get(page).status_code == 200, page
    client.environ_base["HTTP_X_API_KEY"] = key
    first = client.get("/api/v1/dossiers?limit=40").get_json()
    rest = client.get("/api/v1/dossiers", query_string={"limit": 40, "cursor": first["next_cursor"]}).get_json()
    codes = [(item["code"], item["agency"]["code"]) for item in first["items"] + rest["items"]]
    assert len(set(codes)) == MANY + 5
    assert rest["next_cursor"] is None
    assert client.get("/api/v1/connectors").get_json()["items"][0]["health"] == "failing"
    assert client.get("/health/ready").get_json() == {"status": "ok"}


@pytest.mark.parametrize("address", ["/api/v1/runs/9223372036854775808", "/api/v1/dossiers/a%F0%9F%98%80"])
def test_what_a_database_cannot_hold_is_not_found(database: Database, address: str) -> None:
    key = keys.issue(database, "an", datetime.now(UTC))
    client = create_app(database, SECRET).test_client()
    assert client.get(address, headers={"X-API-Key": key}).status_code == 404
