"""Tokens instead of keys, from the request to the answer: what opens, what is said of what does not, who waits."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from flask import Flask, Response, g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hub.api.settings import Issuer, Settings
from hub.api.viewer import viewer
from hub.record.grant import PROFILES
from hub.store import clients, keys
from hub.store.clients import Subject, Wanted
from hub.store.database import Database
from hub.store.keys import Role
from hub.web.app import create_app
from tests.hub.config.registering import EMBEDDED
from tests.hub.web.provider import HUB, Authority, authority, made_key
from tests.hub.web.served import SECRET

pytestmark = EMBEDDED
ME = "/api/v1/me"


@pytest.fixture
def provider() -> Iterator[Authority]:
    with authority() as found:
        found.extra = {"sub": "an@city.example"}
        yield found


@pytest.fixture
def app(database: Database, provider: Authority) -> Flask:
    issuer = Issuer(provider.address, HUB, client_claim="client_id", scope="hub")
    return create_app(database, SECRET, settings=Settings(issuers=(issuer,)))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def portal(database: Database, provider: Authority) -> None:
    register(database, provider, Role.QUERY)


def register(database: Database, provider: Authority, role: Role) -> None:
    grant = PROFILES["public"] if role is Role.QUERY else None
    wanted = Wanted("cong", role, grant=grant, subject=Subject(provider.address, "portal"), purpose="tra cứu")
    with database.write() as transaction:
        clients.put(transaction, wanted, datetime.now(UTC))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def refusal(answer: TestResponse) -> tuple[int, str, str]:
    return answer.status_code, answer.get_json()["code"], answer.headers.get("WWW-Authenticate", "")


@pytest.mark.usefixtures("portal")
def test_a_token_opens_what_its_client_may_see_and_says_on_whose_behalf(
    client: FlaskClient, provider: Authority
) -> None:
    answer = client.get(ME, headers=bearer(provider.token()))
    assert answer.status_code == 200
    told = answer.get_json()
    assert (told["client"], told["role"], told["person"]) == ("cong", "query", "an@city.example")
    assert told["key_expires_at"] is None
    assert client.get("/api/v1/connectors", headers=bearer(provider.token())).status_code == 403


@pytest.mark.usefixtures("portal")
def test_who_asks_and_why_is_known_to_every_view(app: Flask, client: FlaskClient, provider: Authority) -> None:
    said = []

    @app.after_request
    def note(response: Response) -> Response:
        said.append((viewer().person, viewer().purpose, viewer().address, g.key.name))
        return response

    for purpose in (None, "giải quyết khiếu nại", "gi%E1%BA%A3i%20quy%E1%BA%BFt\n", "x" * 1000):
        headers = {} if purpose is None else {"X-Purpose": purpose.encode().decode("latin-1").replace("\n", "%0A")}
        client.get(ME, headers=bearer(provider.token()) | headers)
    people, purposes, addresses, names = zip(*said, strict=True)
    assert purposes == ("tra cứu", "giải quyết khiếu nại", "giải quyết", "x" * 200)
    assert {*people} == {"an@city.example"}
    assert {*addresses} == {"127.0.0.1"}
    assert {*names} == {"cong"}


def test_what_is_said_of_a_token_that_opens_nothing(
    client: FlaskClient, provider: Authority, database: Database
) -> None:
    assert refusal(client.get(ME, headers=bearer(provider.token())))[:2] == (401, "unknown_token_client")
    register(database, provider, Role.QUERY)
    status, code, challenge = refusal(client.get(ME, headers=bearer(provider.token(scope="other"))))
    assert (status, code) == (403, "insufficient_scope")
    assert 'error="insufficient_scope"' in challenge
    provider.lifetime = -120
    status, code, challenge = refusal(client.get(ME, headers=bearer(provider.token())))
    assert (status, code) == (401, "token_expired")
    assert 'error="invalid_token"' in challenge
    with authority() as stranger:
        token = stranger.token()
    assert refusal(client.get(ME, headers=bearer(token)))[:2] == (401, "unknown_issuer")
    assert refusal(client.get(ME, headers=bearer("a.b.c")))[:2] == (401, "invalid_token")
    assert refusal(client.get(ME, headers=bearer("no token")))[:2] == (401, "unknown_key")


def test_a_token_is_no_key_and_opens_nothing_where_keys_alone_do(
    client: FlaskClient, provider: Authority, database: Database
) -> None:
    register(database, provider, Role.MANAGE)
    token = provider.token()
    assert client.get(ME, headers={"X-API-Key": token}).status_code == 401
    assert client.post("/api/v1/push/x", headers=bearer(token), json={}).status_code == 401


def test_a_token_of_a_hub_without_providers_is_a_key_that_nobody_knows(database: Database, provider: Authority) -> None:
    client = create_app(database, SECRET).test_client()
    assert refusal(client.get(ME, headers=bearer(provider.token())))[:2] == (401, "unknown_key")


def test_a_token_may_change_the_hub_where_its_client_may(
    client: FlaskClient, provider: Authority, database: Database
) -> None:
    register(database, provider, Role.MANAGE)
    assert client.delete("/api/v1/clients/nobody", headers=bearer(provider.token())).status_code == 404


@pytest.mark.usefixtures("portal")
def test_a_provider_that_hangs_holds_up_no_request_with_a_key(
    app: Flask, provider: Authority, database: Database
) -> None:
    key = keys.issue(database, "có khóa", datetime.now(UTC))
    token = provider.token()
    provider.late = threading.Event()
    with ThreadPoolExecutor(8) as server:  # as many threads as a process of `hub web` has

        def asked(headers: dict[str, str]) -> tuple[int, float]:
            return app.test_client().get(ME, headers=headers).status_code, time.monotonic()

        begun = time.monotonic()
        with_token = [server.submit(asked, bearer(token)) for _ in range(30)]
        with_key = [server.submit(asked, {"X-API-Key": key}) for _ in range(30)]
        answers = [one.result(30) for one in with_key]
        assert {status for status, _ in answers} == {200}
        assert max(at for _, at in answers) - begun < 3
        refused = [one.result(30)[0] for one in with_token]
    assert {*refused} == {503}


@pytest.mark.usefixtures("portal")
def test_keys_are_replaced_without_a_failed_request(app: Flask, provider: Authority) -> None:
    ended, statuses = threading.Event(), []

    def asking() -> None:
        client = app.test_client()
        while not ended.is_set():
            statuses.append(client.get(ME, headers=bearer(provider.token())).status_code)

    warm = app.test_client().get(ME, headers=bearer(provider.token())).status_code
    assert warm == 200
    app.extensions["hub.tokens"]._issuers[provider.address][1]._tried -= 61  # a minute later
    threads = [threading.Thread(target=asking) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        _grow(statuses, 20)
        provider.keys = [made_key(kid="two"), *provider.keys]  # signs with the new one from now on
        _grow(statuses, 20)
        provider.keys = provider.keys[:1]
        _grow(statuses, 20)
    finally:
        ended.set()
        for thread in threads:
            thread.join(10)
    assert {*statuses} == {200}


def _grow(statuses: list[int], by: int) -> None:
    wanted, until = len(statuses) + by, time.monotonic() + 30
    while len(statuses) < wanted and time.monotonic() < until:
        time.sleep(0.01)
    assert len(statuses) >= wanted
