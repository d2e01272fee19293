"""Clients over the API: registered, given keys, taken away; and what each role and each key opens."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from hub.api import known
from hub.record.grant import Group, Sight
from hub.store import clients, keys
from hub.store.database import Database
from hub.store.keys import Role
from hub.web.app import create_app
from tests.hub.config.registering import EMBEDDED, register
from tests.hub.web.filling import SHARED, fill
from tests.hub.web.served import SECRET

DOCUMENT = """\
client: cong-dich-vu-cong
title: Cổng dịch vụ công Thành phố
purpose: tra cứu hồ sơ của công dân
profile: public
sees:
  agencies: [000.00.15.H29]
  content: full
quota: {per_minute: 600}
"""
NAME = "cong-dich-vu-cong"
HERE = f"/api/v1/clients/{NAME}"


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Flask:
    return create_app(database, SECRET, register(database, tmp_path))


@pytest.fixture
def ask(app: Flask) -> Callable[..., TestResponse]:
    """A request with a key."""
    client = app.test_client()

    def asked(key: str, method: str, path: str, body: str | None = None, **more: Any) -> TestResponse:
        headers = {"X-API-Key": key} | more.pop("headers", {})
        if body is not None:
            more |= {"data": body.encode(), "content_type": "application/yaml"}
        return client.open(path, method=method, headers=headers, **more)

    return asked


@pytest.fixture
def manager(database: Database) -> str:
    return keys.issue(database, "quản trị", datetime.now(UTC), Role.MANAGE)


def code(answer: TestResponse) -> tuple[int, str]:
    assert answer.mimetype == "application/problem+json", answer.text
    return answer.status_code, answer.get_json()["code"]


def test_a_client_is_registered_and_asks_with_its_key(ask: Any, manager: str, database: Database) -> None:
    made = ask(manager, "PUT", HERE, DOCUMENT)
    assert (made.status_code, made.get_json()["made"]) == (201, True)
    assert made.get_json()["doubts"] == [
        "sees.agencies: the catalogue has no 000.00.15.H29 today; dossiers with such a code are seen once they come"
    ]
    key = ask(manager, "POST", f"{HERE}/keys", json={"expires": "30d"})
    assert key.status_code == 201
    me = ask(key.get_json()["key"], "GET", "/api/v1/me").get_json()
    assert (me["client"], me["role"], me["purpose"], me["person"]) == (
        NAME,
        "query",
        "tra cứu hồ sơ của công dân",
        None,
    )
    assert me["sees"]["agencies"] == ["000.00.15.H29"]
    assert me["sees"]["procedures"] is None
    assert me["sees"]["groups"]["name"] == "masked"
    assert me["sees"]["groups"]["content"] == "full"
    assert me["sees"]["groups"]["identity"] == "hidden"
    assert me["quota"] == {"per_minute": 600, "per_day": 2_000_000}
    assert me["key_expires_at"] == key.get_json()["expires_at"]
    kept = clients.named(database, NAME)
    assert kept is not None
    assert kept.author == "quản trị"


def test_the_document_comes_back_as_it_can_be_put_again(ask: Any, manager: str, database: Database) -> None:
    ask(manager, "PUT", HERE, DOCUMENT)
    before = clients.named(database, NAME)
    document = ask(manager, "GET", HERE).get_json()["document"]
    assert ask(manager, "PUT", HERE, json=document).status_code == 200
    after = clients.named(database, NAME)
    assert before is not None
    assert after is not None
    assert (before.grant, before.quota, before.title) == (after.grant, after.quota, after.title)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (DOCUMENT.replace("client: cong", "client: Cong"), "of the form"),
        (DOCUMENT.replace("cong-dich-vu-cong", "another"), 'it says "another"'),
        (DOCUMENT.replace("profile: public", "profile: publik"), 'did you mean "public"?'),
        (DOCUMENT.replace("content: full", "contents: full"), 'unknown key "contents"'),
        (DOCUMENT.replace("content: full", "provenance: masked"), "cannot be masked"),
        (DOCUMENT.replace("[000.00.15.H29]", "[]"), "at least 1 of them"),
        (DOCUMENT.replace("per_minute: 600", "per_minute: 0"), "at least 1"),
        (DOCUMENT.replace("purpose: tra cứu hồ sơ của công dân\n", ""), "`purpose` is missing"),
        (DOCUMENT.replace("purpose:", "role: push\npurpose:"), '"push" is not allowed here'),
        (DOCUMENT.replace("purpose:", "role: manage\npurpose:"), "sees everything"),
        ("client: [", ""),
        ("", ""),
    ],
    ids=range(12),
)
@EMBEDDED
def test_what_is_wrong_with_a_document_is_told_at_its_line(ask: Any, manager: str, document: str, said: str) -> None:
    answer = ask(manager, "PUT", HERE, document)
    assert code(answer) == (422, "invalid_document")
    assert said in answer.get_json()["detail"]
    assert "line " in answer.get_json()["errors"][0]["message"]
    assert code(ask(manager, "GET", HERE)) == (404, "client_not_found")


def test_two_clients_cannot_come_with_the_same_tokens(ask: Any, manager: str) -> None:
    token = "token: {issuer: 'https://sso.example/realms/city', client: portal}\n"
    assert ask(manager, "PUT", HERE, DOCUMENT + token).status_code == 201
    other = (DOCUMENT + token).replace(NAME, "other")
    answer = ask(manager, "PUT", "/api/v1/clients/other", other)
    assert code(answer) == (409, "subject_taken")
    assert NAME in answer.get_json()["detail"]
    assert ask(manager, "PUT", HERE, DOCUMENT).status_code == 200
    assert ask(manager, "PUT", "/api/v1/clients/other", other).status_code == 201


def test_a_key_is_replaced_without_a_moment_in_which_none_works(ask: Any, manager: str, database: Database) -> None:
    ask(manager, "PUT", HERE, DOCUMENT)
    old = ask(manager, "POST", f"{HERE}/keys", json={}).get_json()
    new = ask(manager, "POST", f"{HERE}/keys", json={"expires": "never", "old_until": "24h"}).get_json()
    assert new["expires_at"] is None
    for key in (old, new):
        assert ask(key["key"], "GET", "/api/v1/me").status_code == 200
    told = {key["id"]: key for key in ask(manager, "GET", HERE).get_json()["keys"]}
    ends = datetime.fromisoformat(told[old["id"]]["expires_at"])
    assert timedelta(hours=23) < ends - datetime.now(UTC) <= timedelta(hours=24)
    assert new["key"].startswith(told[new["id"]]["hint"])
    assert all("key" not in key for key in told.values())
    assert ask(manager, "DELETE", f"{HERE}/keys/{old['id']}").status_code == 204
    assert code(ask(manager, "DELETE", f"{HERE}/keys/{old['id']}")) == (404, "key_not_found")
    assert keys.holder(database, old["key"], datetime.now(UTC)) is None


WRONG_SPANS = [{"expires": "0s"}, {"expires": "-1d"}, {"expires": 5}, {"old_until": "9999d"}, {"x": 1}]


@pytest.mark.parametrize("wrong", WRONG_SPANS, ids=range(5))
@EMBEDDED
def test_how_long_a_key_works_is_said_in_one_way(ask: Any, manager: str, wrong: dict[str, Any]) -> None:
    ask(manager, "PUT", HERE, DOCUMENT)
    answer = ask(manager, "POST", f"{HERE}/keys", json=wrong)
    assert code(answer) == (422, "invalid_parameters")
    assert ask(manager, "GET", HERE).get_json()["keys"] == []


def test_what_is_wrong_with_a_body_is_said_of_a_body(ask: Any, manager: str) -> None:
    def said(path: str, **body: Any) -> str:
        answer = ask(manager, "POST", path, **body)
        assert code(answer) == (422, "invalid_parameters")
        return str(answer.get_json()["detail"])

    ask(manager, "PUT", HERE, DOCUMENT)
    assert said(f"{HERE}/keys").startswith("The body must be a JSON object; send {}")
    assert said(f"{HERE}/keys", json={"foo": 1}) == "`foo` is not known here. Leave it out."
    many = said("/api/v1/dossiers/lookup", json={"codes": ["a"] * 501})
    assert many == "`codes` has 501 entries; give 500 at most."


def test_a_client_that_is_removed_opens_nothing(
    ask: Any, manager: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(manager, "PUT", HERE, DOCUMENT)
    key = ask(manager, "POST", f"{HERE}/keys", json={}).get_json()["key"]
    assert ask(key, "GET", "/api/v1/me").status_code == 200
    assert ask(manager, "DELETE", HERE).status_code == 204
    until = time.monotonic() + known.SECONDS + 1
    while (answer := ask(key, "GET", "/api/v1/me")).status_code == 200 and time.monotonic() < until:
        time.sleep(0.1)
    assert code(answer) == (401, "unknown_key")
    assert code(ask(manager, "DELETE", HERE)) == (404, "client_not_found")


def test_the_last_who_may_change_the_hub_stays(ask: Any, manager: str, database: Database) -> None:
    now = datetime.now(UTC)
    (mine,) = keys.held(database, "quản trị")
    keys.add(database, "quản trị", now - timedelta(days=2), now - timedelta(days=1), None)  # one that has expired
    assert code(ask(manager, "DELETE", f"/api/v1/clients/quản trị/keys/{mine.id}")) == (409, "last_manager")
    assert code(ask(manager, "DELETE", "/api/v1/clients/quản trị")) == (409, "last_manager")
    assert ask(manager, "GET", "/api/v1/me").get_json()["role"] == "manage"
    keys.issue(database, "người thay", now, Role.MANAGE)
    assert ask(manager, "DELETE", "/api/v1/clients/quản trị").status_code == 204


def test_the_last_manager_does_not_make_itself_a_reader(ask: Any, database: Database) -> None:
    key = keys.issue(database, "admin", datetime.now(UTC), Role.MANAGE)
    assert code(ask(key, "PUT", "/api/v1/clients/admin", "client: admin\nrole: read\n")) == (409, "last_manager")
    token = "client: sso\nrole: manage\ntoken: {issuer: 'https://sso.example', client: admin}\n"
    assert ask(key, "PUT", "/api/v1/clients/sso", token).status_code == 201
    assert ask(key, "PUT", "/api/v1/clients/admin", "client: admin\nrole: read\n").status_code == 200


def test_what_each_role_opens(ask: Any, database: Database) -> None:
    now = datetime.now(UTC)
    held = {role: keys.issue(database, f"máy {role}", now, role, "x" if role is Role.PUSH else None) for role in Role}
    expected = {
        ("GET", "/api/v1/me"): {Role.QUERY: 200, Role.READ: 200, Role.MANAGE: 200, Role.PUSH: 403},
        ("GET", "/api/v1/dossiers"): {Role.QUERY: 200, Role.READ: 200, Role.MANAGE: 200, Role.PUSH: 403},
        ("GET", "/api/v1/connectors"): {Role.QUERY: 403, Role.READ: 200, Role.MANAGE: 200, Role.PUSH: 403},
        ("GET", "/api/v1/runs"): {Role.QUERY: 403, Role.READ: 200, Role.MANAGE: 200, Role.PUSH: 403},
        ("GET", "/api/v1/clients"): {Role.QUERY: 403, Role.READ: 200, Role.MANAGE: 200, Role.PUSH: 403},
        ("DELETE", "/api/v1/clients/x"): {Role.QUERY: 403, Role.READ: 403, Role.MANAGE: 404, Role.PUSH: 403},
        ("PUT", "/api/v1/secrets/x"): {Role.QUERY: 403, Role.READ: 403, Role.MANAGE: 422, Role.PUSH: 403},
        ("GET", "/api/v1/nothing"): dict.fromkeys(Role, 404),
        ("DELETE", "/api/v1/me"): dict.fromkeys(Role, 405),
        ("HEAD", "/api/v1/me"): {Role.QUERY: 200, Role.READ: 200, Role.MANAGE: 200, Role.PUSH: 403},
    }
    for (method, path), statuses in expected.items():
        found = {
            role: ask(key, method, path, json={} if method == "PUT" else None).status_code for role, key in held.items()
        }
        assert found == statuses, (method, path)


def test_only_what_is_marked_opens_to_the_role_query(app: Flask, ask: Any, database: Database) -> None:
    """Every address that exists, now and later, is shut to it unless somebody says otherwise."""
    key = keys.issue(database, "cổng", datetime.now(UTC), Role.QUERY)
    shut = ("connectors", "runs", "secrets", "mappings", "quarantine", "clients", "removals", "reads")
    for rule in app.url_map.iter_rules():
        first = rule.rule.removeprefix("/api/v1/").partition("/")[0]
        if not rule.rule.startswith("/api/v1/") or first not in shut:
            continue
        path = rule.rule
        for argument in rule.arguments:
            path = (
                path.replace(f"<int:{argument}>", "1").replace(f"<path:{argument}>", "x").replace(f"<{argument}>", "x")
            )
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            assert code(ask(key, method, path)) == (403, "not_allowed"), (method, path)


@pytest.mark.parametrize(
    "wrong", ["mch_" + "a" * 32, "x", "mch_' OR 1=1 --", "mch_\ud83d", "a.b.c", "mch_" + "a" * 5000]
)
@EMBEDDED
def test_every_key_that_opens_nothing_is_answered_alike(ask: Any, database: Database, wrong: str) -> None:
    now = datetime.now(UTC)
    expired = keys.issue(database, "hết hạn", now, expires_at=now - timedelta(seconds=1))
    replaced = keys.issue(database, "thay", now)
    keys.issue(database, "thay", now)
    revoked = keys.issue(database, "thu hồi", now)
    keys.revoke(database, "thu hồi")
    answers = [
        ask(key.encode("utf-8", "replace").decode("latin-1"), "GET", "/api/v1/me")
        for key in (wrong, expired, replaced, revoked)
    ]
    assert {code(answer) for answer in answers} == {(401, "unknown_key")}
    assert len({answer.text for answer in answers}) == 1
    assert all('error="invalid_token"' in answer.headers["WWW-Authenticate"] for answer in answers)
    none = ask("", "GET", "/api/v1/me")
    assert (code(none), none.headers["WWW-Authenticate"]) == ((401, "no_key"), 'Bearer realm="mot-cua-hub"')


def test_a_key_that_was_looked_up_is_not_asked_for_again_for_two_seconds(
    app: Flask, ask: Any, database: Database
) -> None:
    key = keys.issue(database, "cổng", datetime.now(UTC), Role.QUERY)
    assert ask(key, "GET", "/api/v1/me").status_code == 200
    keys.revoke(database, "cổng")
    assert ask(key, "GET", "/api/v1/me").status_code == 200
    app.extensions["hub.known"]._keys._kept.clear()
    assert ask(key, "GET", "/api/v1/me").status_code == 401


@EMBEDDED
def test_guessing_keys_pushes_nobody_out_and_fills_nothing(app: Flask, ask: Any, database: Database) -> None:
    key = keys.issue(database, "cổng", datetime.now(UTC), Role.QUERY)
    ask(key, "GET", "/api/v1/me")
    for at in range(200):
        assert ask(f"mch_{at}", "GET", "/api/v1/me").status_code == 401
    assert len(app.extensions["hub.known"]._keys._kept) == 1


@pytest.fixture
def uses(app: Flask) -> Iterator[known.Uses]:
    """The notes of an application that is served."""
    found: known.Uses = app.extensions["hub.key_uses"]
    found.start()
    yield found
    found.stop()


@pytest.mark.usefixtures("uses")
def test_when_a_key_was_used_is_noted_to_the_minute(ask: Any, database: Database) -> None:
    key = keys.issue(database, "cổng", datetime.now(UTC), Role.QUERY)
    for _ in range(3):
        ask(key, "GET", "/api/v1/me")
    until = time.monotonic() + 10
    while (used := keys.held(database, "cổng")[0].used_at) is None and time.monotonic() < until:
        time.sleep(0.02)
    assert used is not None
    assert used.second == 0
    assert timedelta() <= datetime.now(UTC) - used < timedelta(minutes=2)


def test_a_slow_database_holds_up_no_request_for_a_note(database: Database, uses: known.Uses) -> None:
    key = keys.issue(database, "cổng", datetime.now(UTC), Role.QUERY)
    held = keys.held(database, "cổng")[0]
    now = datetime.now(UTC).replace(second=30)
    with database.write() as transaction:
        keys.remove(transaction, "nobody")
        transaction.exec_driver_sql(f"UPDATE client_keys SET hint = 'x' WHERE id = {held.id}")  # others wait for this
        begun = time.monotonic()
        for minute in range(1000):
            uses.note(held.id, now + timedelta(minutes=minute))
        assert time.monotonic() - begun < 1
    until = time.monotonic() + 10
    last = (now + timedelta(minutes=999)).replace(second=0, microsecond=0)
    while keys.held(database, "cổng")[0].used_at != last and time.monotonic() < until:
        time.sleep(0.02)
    assert keys.held(database, "cổng")[0].used_at == last
    assert keys.holder(database, key, now)


def test_what_was_noted_is_written_before_the_process_ends(database: Database, uses: known.Uses) -> None:
    keys.issue(database, "cổng", datetime.now(UTC), Role.QUERY)
    (held,) = keys.held(database, "cổng")
    uses.note(held.id, datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC))
    uses.stop()
    assert keys.held(database, "cổng")[0].used_at == datetime(2026, 11, 23, 1, 2, tzinfo=UTC)


def test_a_portal_learns_nothing_of_dossiers_that_it_does_not_see(ask: Any, manager: str, database: Database) -> None:
    fill(database, datetime.now(UTC))
    ask(manager, "PUT", HERE, DOCUMENT.replace("000.00.15.H29", "000.00.99.H29"))
    key = ask(manager, "POST", f"{HERE}/keys", json={}).get_json()["key"]
    assert ask(manager, "GET", f"/api/v1/dossiers/{SHARED}").status_code == 200
    there, not_there = (ask(key, "GET", f"/api/v1/dossiers/{code}") for code in (SHARED, "000.00.15.H29-260518-9999"))
    assert code(there) == code(not_there) == (404, "dossier_not_found")
    assert there.text.replace(SHARED, "") == not_there.text.replace("000.00.15.H29-260518-9999", "")
    assert {name: value for name, value in there.headers if name != "Content-Length"}.keys() == dict(
        not_there.headers
    ).keys() - {"Content-Length"}
    assert ask(key, "GET", "/api/v1/dossiers").get_json()["items"] == []
    assert ask(manager, "GET", "/api/v1/dossiers").get_json()["items"]


def test_a_change_of_what_a_client_sees_counts_within_two_seconds(app: Flask, ask: Any, manager: str) -> None:
    ask(manager, "PUT", HERE, DOCUMENT)
    key = ask(manager, "POST", f"{HERE}/keys", json={}).get_json()["key"]
    assert ask(key, "GET", "/api/v1/me").get_json()["sees"]["groups"]["content"] == "full"
    ask(manager, "PUT", HERE, DOCUMENT.replace("content: full", "content: hidden"))
    until = time.monotonic() + known.SECONDS + 1
    while ask(key, "GET", "/api/v1/me").get_json()["sees"]["groups"]["content"] != "hidden":
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_client_without_a_document_sees_nothing_personal(ask: Any, database: Database) -> None:
    key = keys.issue(database, "cổng", datetime.now(UTC), Role.QUERY)
    sees = ask(key, "GET", "/api/v1/me").get_json()["sees"]
    assert sees["groups"] == dict.fromkeys(Group, Sight.HIDDEN)
    assert sees["level"] == "normal"
