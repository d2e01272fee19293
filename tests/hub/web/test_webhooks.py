"""Webhooks over the API: each client has its own, and the hub's keeper sees all."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from standardwebhooks.webhooks import Webhook
from werkzeug.test import TestResponse

from hub.api.settings import Settings
from hub.outbox.webhooks.register import MOST_OF_A_CLIENT
from hub.outbox.webhooks.rules import Rules
from hub.outbox.webhooks.sending import Turn
from hub.record.grant import Grant, Group, Sight
from hub.store import clients, feed, keys, subscriptions
from hub.store.clients import Role, Wanted
from hub.store.database import Database
from hub.web.app import create_app
from tests.hub.config.registering import register
from tests.hub.outbox.webhooks import record
from tests.hub.outbox.webhooks.receiver import Receiver, Reply, hangs, misbehaving, receiving
from tests.hub.web.served import SECRET

HERE = "/api/v1/webhooks"


class Caller:
    """A program with a key."""

    def __init__(self, client: FlaskClient, key: str) -> None:
        self._client, self._headers = client, {"Authorization": f"Bearer {key}"}

    def ask(self, method: str, path: str = "", body: Any = None) -> tuple[int, Any]:
        """Status and document."""
        answer = self.answer(method, path, body)
        return answer.status_code, answer.json if answer.data else None

    def answer(self, method: str, path: str = "", body: Any = None) -> TestResponse:
        return self._client.open(HERE + path, method=method, headers=self._headers, json=body)


class Served:
    """The API over a database, and its clients."""

    def __init__(self, app: Flask, database: Database, callers: dict[str, Caller]) -> None:
        self.app, self.database, self.callers = app, database, callers

    def send(self, number: int) -> None:
        """What a sender does."""
        settings: Settings = self.app.extensions["hub.settings"]
        vault = self.app.extensions["hub.register"].vault
        rules = Rules(record.rules(settings.webhook_hosts).allowed, vault)
        lease = subscriptions.take_lease(self.database, number, "a", 15)
        assert lease is not None
        Turn(self.database, rules, record.reading(self.database), lease).serve()
        subscriptions.release(self.database, lease)


def served(database: Database, folder: Path, **settings: Any) -> Served:
    wanted = Settings(**{"webhook_hosts": ("127.0.0.1",), "webhook_plain_http": True} | settings)
    app = create_app(database, SECRET, register(database, folder), wanted)
    now = datetime.now(UTC)
    made = {}
    for name, role in (("cong", Role.QUERY), ("doi-tac", Role.QUERY), ("xem", Role.READ), ("quan-tri", Role.MANAGE)):
        with database.write() as transaction:
            grant = Grant(sights={Group.NAME: Sight.FULL}) if role is Role.QUERY else None
            clients.put(transaction, Wanted(name, role, grant=grant), now)
        made[name] = Caller(app.test_client(), keys.add(database, name, now, None, None).key)
    return Served(app, database, made)


@pytest.fixture
def hub(database: Database, tmp_path: Path) -> Served:
    return served(database, tmp_path)


@pytest.fixture
def portal(hub: Served) -> Caller:
    return hub.callers["cong"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def wanted(url: str, **more: Any) -> dict[str, Any]:
    return {"title": "Cổng", "url": url} | more


def test_a_client_subscribes_is_told_and_unsubscribes(hub: Served, portal: Caller, receiver: Receiver) -> None:
    answer = portal.answer("POST", "", wanted(receiver.url, filter={"agency": record.AGENCY}))
    assert answer.status_code == 201
    made = answer.json or {}
    assert made["secret"].startswith("whsec_")
    assert (made["state"], made["behind"], made["client"]) == ("active", 0, "cong")
    status, shown = portal.ask("GET", f"/{made['id']}")
    assert status == 200
    assert shown == {name: value for name, value in made.items() if name != "secret"}
    assert answer.headers["Location"].endswith(f"{HERE}/{made['id']}")
    record.put(hub.database, "A-1")
    assert portal.ask("GET", f"/{made['id']}")[1]["behind"] == 1
    hub.send(int(made["id"]))
    (got,) = receiver.got
    assert Webhook(made["secret"]).verify(got.body, got.headers)["subject"] == "A-1"
    _, told = portal.ask("GET", f"/{made['id']}/deliveries?state=delivered")
    assert [(one["state"], one["event_id"]) for one in told["items"]] == [("delivered", got.id)]
    assert portal.ask("DELETE", f"/{made['id']}")[0] == 204
    assert portal.ask("GET", f"/{made['id']}")[0] == 404
    assert portal.ask("GET")[1] == {"items": []}


def test_the_secret_is_encrypted_where_it_lies_and_shown_once(hub: Served, portal: Caller, receiver: Receiver) -> None:
    made = portal.ask("POST", "", wanted(receiver.url))[1]
    kept = subscriptions.secret(hub.database, int(made["id"]))
    assert kept is not None
    assert made["secret"].encode() not in kept
    for path in ("", f"/{made['id']}"):
        assert made["secret"] not in portal.answer("GET", path).text
    vault = hub.app.extensions["hub.register"].vault
    assert vault.encrypt_again() == 1, "and a new key encrypts it anew, too"
    record.put(hub.database, "A-1")
    hub.send(int(made["id"]))
    Webhook(made["secret"]).verify(receiver.got[0].body, receiver.got[0].headers)


def test_what_is_another_clients_does_not_exist(hub: Served, portal: Caller, receiver: Receiver) -> None:
    number = portal.ask("POST", "", wanted(receiver.url))[1]["id"]
    other = hub.callers["doi-tac"]
    assert other.ask("GET")[1] == {"items": []}
    tries = [
        ("GET", "", None),
        ("PATCH", "", {"title": "x"}),
        ("DELETE", "", None),
        ("POST", "/pause", {}),
        ("POST", "/resume", None),
        ("POST", "/rotate-secret", None),
        ("POST", "/test", None),
        ("GET", "/deliveries", None),
        ("POST", "/resend", {"state": "failed"}),
        ("POST", "/deliveries/1/resend", None),
    ]
    for method, path, body in tries:
        status, told = other.ask(method, f"/{number}{path}", body)
        never = other.ask(method, f"/999999{path}", body)
        assert (status, told["code"]) == (404, "webhook_not_found"), path
        assert never[1]["detail"].replace("999999", number) == told["detail"], "as one that never was"
    assert receiver.got == []
    assert hub.callers["quan-tri"].ask("GET", f"/{number}")[0] == 200
    assert len(hub.callers["xem"].ask("GET")[1]["items"]) == 1
    assert hub.callers["xem"].ask("DELETE", f"/{number}")[0] == 403
    assert hub.callers["quan-tri"].ask("DELETE", f"/{number}")[0] == 204


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"url": "https://portal.example/"}, 422, "invalid_parameters"),
        ({"url": "http://127.0.0.1:1@evil.example/"}, 422, "invalid_parameters"),
        ({"url": "http://localhost/"}, 422, "invalid_parameters"),
        ({"url": ""}, 422, "invalid_parameters"),
        ({"filter": {"agencies": "x"}}, 422, "invalid_parameters"),
        ({"filter": {"status": "nowhere"}}, 422, "invalid_parameters"),
        ({"filter": {"identity": "000190000001"}}, 403, "not_seen"),
        ({"content": "everything"}, 422, "invalid_parameters"),
        ({"after": 10**6}, 409, "unknown_position"),
        ({"after": -1}, 422, "invalid_parameters"),
        ({"secret": "mine"}, 422, "invalid_parameters"),
        ({"title": "x" * 501}, 422, "invalid_parameters"),
        ({"title": "a\0b"}, 422, "invalid_parameters"),
    ],
)
def test_what_is_wrong_is_refused_with_a_sentence(
    portal: Caller, receiver: Receiver, body: dict[str, Any], status: int, code: str
) -> None:
    answered, told = portal.ask("POST", "", wanted(receiver.url) | body)
    assert (answered, told["code"]) == (status, code)
    assert told["detail"].endswith(".")
    assert portal.ask("GET")[1] == {"items": []}


def test_without_hosts_the_answer_says_who_has_to_name_them(database: Database, tmp_path: Path) -> None:
    portal = served(database, tmp_path, webhook_hosts=()).callers["cong"]
    status, told = portal.ask("POST", "", wanted("https://portal.example/"))
    assert status == 422
    assert "webhooks.hosts" in told["detail"]


def test_following_on_from_a_position_misses_nothing(hub: Served, portal: Caller, receiver: Receiver) -> None:
    position = feed.latest(hub.database)
    record.put(hub.database, "A-1")
    made = portal.ask("POST", "", wanted(receiver.url, after=position))[1]
    assert made["behind"] == 1
    hub.send(int(made["id"]))
    assert [got.event["subject"] for got in receiver.got] == ["A-1"]


def test_pausing_resuming_and_changing(hub: Served, portal: Caller, receiver: Receiver) -> None:
    number = portal.ask("POST", "", wanted(receiver.url))[1]["id"]
    status, told = portal.ask("POST", f"/{number}/pause", {"reason": "bảo trì"})
    assert (status, told["state"], told["because"]) == (200, "paused", "bảo trì")
    assert portal.ask("POST", f"/{number}/pause", {})[1]["code"] == "not_now"
    assert portal.ask("POST", f"/{number}/resume")[1]["state"] == "active"
    assert portal.ask("POST", f"/{number}/resume")[0] == 409
    status, told = portal.ask("PATCH", f"/{number}", {"title": "Khác", "content": "reference"})
    assert (status, told["title"], told["content"], told["url"]) == (200, "Khác", "reference", receiver.url)
    assert portal.ask("PATCH", f"/{number}", {"url": "https://evil.example/"})[0] == 422
    assert portal.ask("PATCH", f"/{number}", {"filter": {"phone": "0900000001"}})[1]["code"] == "not_seen"
    by_keeper = hub.callers["quan-tri"].ask("PATCH", f"/{number}", {"filter": {"phone": "0900000001"}})
    assert by_keeper[1]["code"] == "not_seen", "it is the client's grant that counts, whoever changes it"
    assert portal.ask("PATCH", f"/{number}", {"state": "active"})[0] == 422


def test_failed_deliveries_are_seen_and_sent_again(hub: Served, portal: Caller, receiver: Receiver) -> None:
    receiver.reply = lambda _: Reply(500, b"no disk space")
    number = portal.ask("POST", "", wanted(receiver.url))[1]["id"]
    for at in range(3):
        record.put(hub.database, f"A-{at}")
    hub.send(int(number))
    _, first = portal.ask("GET", f"/{number}/deliveries?limit=2")
    _, second = portal.ask("GET", f"/{number}/deliveries?limit=2&cursor={first['next_cursor']}")
    assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (2, 1, None)
    assert portal.ask("GET", f"/{number}/deliveries?cursor=nonsense")[1]["code"] == "bad_cursor"
    (attempt,) = second["items"][0]["attempts"]
    assert (attempt["status"], "no disk space" in attempt["error"]) == (500, True)
    for _ in range(40):  # one no at a time, as it is left alone between
        record.hurry(hub.database)
        hub.send(int(number))
    shown = portal.ask("GET", f"/{number}")[1]
    assert (shown["failed"], shown["waiting"]) == (3, 0)
    receiver.reply = lambda _: Reply()
    failed = portal.ask("GET", f"/{number}/deliveries?state=failed")[1]["items"]
    status, told = portal.ask("POST", f"/{number}/deliveries/{failed[0]['id']}/resend")
    assert (status, told["state"]) == (200, "waiting")
    assert portal.ask("POST", f"/{number}/deliveries/999/resend")[1]["code"] == "delivery_not_found"
    assert portal.ask("POST", f"/{number}/resend", {"state": "failed"}) == (200, {"resent": 2})
    for wrong in ({}, {"state": "waiting"}, {"from": "2026-05-20T00:00:00"}, {"to": "2026-05-20T00:00:00Z"}):
        assert portal.ask("POST", f"/{number}/resend", wrong)[0] == 422, wrong
    record.hurry(hub.database)
    hub.send(int(number))
    assert portal.ask("GET", f"/{number}")[1]["failed"] == 0


def test_rotating_shows_a_new_secret_and_both_sign(hub: Served, portal: Caller, receiver: Receiver) -> None:
    made = portal.ask("POST", "", wanted(receiver.url))[1]
    status, fresh = portal.ask("POST", f"/{made['id']}/rotate-secret")
    assert status == 200
    assert fresh["secret"] != made["secret"]
    record.put(hub.database, "A-1")
    hub.send(int(made["id"]))
    for secret in (made["secret"], fresh["secret"]):
        Webhook(secret).verify(receiver.got[0].body, receiver.got[0].headers)


def test_a_test_says_how_it_went(portal: Caller, receiver: Receiver) -> None:
    number = portal.ask("POST", "", wanted(receiver.url))[1]["id"]
    assert portal.ask("POST", f"/{number}/test")[1]["taken"] is True
    receiver.reply = lambda _: Reply(302, headers={"Location": "http://127.0.0.1:1/"})
    told = portal.ask("POST", f"/{number}/test")[1]
    assert (told["taken"], told["status"]) == (False, 302)
    assert "final address" in told["error"]


def test_a_test_of_one_that_hangs_ends(database: Database, tmp_path: Path) -> None:
    portal = served(database, tmp_path, webhook_seconds=0.5).callers["cong"]
    with misbehaving(hangs) as url:
        number = portal.ask("POST", "", wanted(url))[1]["id"]
        told = portal.ask("POST", f"/{number}/test")[1]
    assert (told["taken"], told["status"]) == (False, None)
    assert told["seconds"] < 3


def test_a_client_has_fifty_at_most(portal: Caller, receiver: Receiver) -> None:
    made = [portal.ask("POST", "", wanted(receiver.url))[0] for _ in range(MOST_OF_A_CLIENT + 1)]
    assert made == [*[201] * MOST_OF_A_CLIENT, 409]
