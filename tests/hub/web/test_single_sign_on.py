"""Signing in at a provider of identities: a real one in a process of its own, and one that misbehaves."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from hub.record.rights import Role
from hub.record.sign_in import Provider, SignIn
from hub.record.signature import Signature
from hub.store import people
from hub.store.database import Database
from hub.store.people import Person, State
from hub.store.people_tables import sessions
from hub.web.app import create_app
from tests.hub.web.provider import free_port, open_id_provider
from tests.hub.web.served import SECRET
from tests.hub.web.visitor import QUICK, csrf, person, sign_in_as

CLAIMS = {"preferred_username": "An.Nguyen", "name": "Nguyễn Văn An", "realm_access": {"roles": ["staff", "van-hanh"]}}
ROLES = {"quan-tri": Role.ADMINISTRATOR, "van-hanh": Role.OPERATOR, "so": Role.DEPARTMENT}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A provider that knows somebody called an."""
    with open_id_provider(free_port(), **CLAIMS) as provider:
        yield provider.address


@pytest.fixture
def provider(address: str) -> Provider:
    """As it is configured where roles come from it."""
    return Provider(address, "hub", "bí mật", "Cổng cán bộ", role_claim="realm_access.roles", roles=ROLES, create=True)


def application(database: Database, provider: Provider) -> Flask:
    """An application whose people sign in there."""
    made = create_app(database, SECRET)
    made.extensions["hub.passwords"] = QUICK
    made.extensions["hub.sign_in"] = SignIn(provider=provider)
    return made


def there(client: FlaskClient, path: str = "/sign-in/provider", who: str = "an") -> str:
    """Go to the provider and say who one is; the address that it sends back to."""
    sent = client.get(path)
    assert sent.status_code == 302, sent.text
    back = requests.post(sent.headers["Location"], data={"sub": who}, allow_redirects=False, timeout=5)
    return back.headers["Location"].removeprefix("http://localhost")


def named(database: Database, name: str) -> Person:
    """Somebody's account."""
    found = people.named(database, name)
    assert found is not None
    return found


def aged(database: Database) -> None:
    """Nobody has proved lately who they are."""
    with database.write() as transaction:
        transaction.execute(sessions.update().values(proved_at=datetime.now(UTC) - timedelta(minutes=11)))


def test_who_has_a_role_there_gets_an_account_here_and_keeps_it(database: Database, provider: Provider) -> None:
    app = application(database, provider)
    client = app.test_client()
    assert "Đăng nhập bằng Cổng cán bộ" in client.get("/sign-in?next=/runs").text
    back = client.get(there(client, "/sign-in/provider?next=/runs"))
    assert back.headers["Location"] == "/runs"
    found = named(database, "an.nguyen")
    assert (found.role, found.title, found.password, found.sees_personal) == (
        *(Role.OPERATOR, "Nguyễn Văn An", None, False),
    )
    page = client.get("/account").text
    assert "/account/password" not in page
    assert client.get("/account/password").headers["Location"] == "/account"
    form = {"csrf_token": csrf(client, "/account"), "new": "mưa rào chiều thứ sáu", "again": "mưa rào chiều thứ sáu"}
    assert client.post("/account/password", data=form).headers["Location"] == "/account"
    assert named(database, "an.nguyen").password is None
    again = app.test_client()
    assert again.get(there(again)).headers["Location"] == "/"
    assert len(people.listed(database)) == 1


def test_a_name_that_is_taken_is_never_taken_over(database: Database, provider: Provider) -> None:
    person(database, "an.nguyen", Role.ADMINISTRATOR)
    client = application(database, provider).test_client()
    client.get(there(client))
    assert named(database, "an.nguyen").subject is None
    assert (named(database, "an.nguyen-2").subject, named(database, "an.nguyen-2").role) == ("an", Role.OPERATOR)


def test_the_provider_gives_and_takes_the_role_at_every_sign_in(database: Database, provider: Provider) -> None:
    client = application(database, provider).test_client()
    client.get(there(client))
    person(database, "quan-tri")
    client = application(database, replace(provider, roles={"staff": Role.AUDITOR} | ROLES)).test_client()
    client.get(there(client))
    assert named(database, "an.nguyen").role is Role.AUDITOR
    client = application(database, replace(provider, roles={"boss": Role.ADMINISTRATOR})).test_client()
    answer = client.get(there(client))
    assert answer.headers["Location"] == "/sign-in"
    assert "chưa được cấp quyền" in client.get("/sign-in").text
    assert client.get("/").status_code == 302


def test_without_a_role_without_an_account_or_blocked_nobody_comes_in(database: Database, provider: Provider) -> None:
    for other in (
        replace(provider, create=False),
        replace(provider, roles={"boss": Role.ADMINISTRATOR}),
        replace(provider, roles={"staff": Role.DEPARTMENT}),  # of no agency
    ):
        client = application(database, other).test_client()
        client.get(there(client))
        assert client.get("/").status_code == 302
    assert people.listed(database) == []
    client = application(database, provider).test_client()
    client.get(there(client))
    with database.write() as transaction:
        people.block(transaction, "an.nguyen", Signature("tests", "", datetime.now(UTC)))
    client.get(there(client))
    assert client.get("/").status_code == 302
    assert named(database, "an.nguyen").state is State.BLOCKED


def test_a_local_account_is_linked_by_its_own_person_and_proves_itself_there(
    database: Database, provider: Provider
) -> None:
    app = application(database, replace(provider, create=False, role_claim=None, roles={}))
    client = app.test_client()
    sign_in_as(client, person(database, "binh", Role.ADMINISTRATOR))
    client.get(there(client, "/sign-in/provider?why=link"))
    assert (named(database, "binh").subject, named(database, "binh").role) == ("an", Role.ADMINISTRATOR)
    other = app.test_client()
    assert other.get(there(other)).status_code == 302
    assert "binh" in other.get("/account").text
    aged(database)
    assert other.get("/people/new").headers["Location"] == "/prove?next=/people/new"
    assert "Xác nhận bằng Cổng cán bộ" in other.get("/prove").text
    stranger = other.get(there(other, "/sign-in/provider?why=prove&next=/people/new", who="somebody-else"))
    assert stranger.headers["Location"] == "/prove?next=/people/new"
    assert other.get("/people/new").status_code == 302
    proved = other.get(there(other, "/sign-in/provider?why=prove&next=/people/new"))
    assert proved.headers["Location"] == "/people/new"
    assert other.get("/people/new").status_code == 200
    other.post("/account/unlink", data={"csrf_token": csrf(other, "/account")})
    assert named(database, "binh").subject is None


def test_linking_needs_a_fresh_proof_and_another_ones_identity_is_not_taken(
    database: Database, provider: Provider
) -> None:
    app = application(database, provider)
    client = app.test_client()
    client.get(there(client))  # makes an.nguyen
    sign_in_as(client, person(database, "binh"))
    client.get(there(client, "/sign-in/provider?why=link"))
    assert named(database, "binh").subject is None
    aged(database)
    assert client.get("/sign-in/provider?why=link").headers["Location"].startswith("/prove")
    assert app.test_client().get("/sign-in/provider?why=link").headers["Location"].startswith("/sign-in")
    assert client.get("/sign-in/provider?why=else").status_code == 404


def test_what_is_asked_binds_the_answer_to_this_browser(database: Database, provider: Provider) -> None:
    app = application(database, provider)
    client, victim = app.test_client(), app.test_client()
    sent = client.get("/sign-in/provider")
    asked = {name: said[0] for name, said in parse_qs(urlsplit(sent.headers["Location"]).query).items()}
    with client.session_transaction() as session:
        trip = session["trip"]
    digest = hashlib.sha256(trip["verifier"].encode()).digest()
    assert asked["code_challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert (asked["code_challenge_method"], asked["response_type"], asked["state"]) == ("S256", "code", trip["state"])
    assert asked["redirect_uri"] == "http://localhost/sign-in/provider/back"
    back = there(client)
    assert victim.get(back).headers["Location"] == "/sign-in"  # who did not ask
    there(victim)
    victim.get(back)  # who asked for something else
    assert victim.get("/").status_code == 302
    assert client.get(f"{back}x").status_code == 302  # a state that was changed
    assert client.get("/").status_code == 302
    back = there(client)
    assert client.get(back).headers["Location"] == "/"
    assert client.get(back).headers["Location"] == "/sign-in"  # twice


def test_who_proves_themselves_is_asked_again_there(database: Database, provider: Provider) -> None:
    client = application(database, provider).test_client()
    client.get(there(client))
    asked = parse_qs(urlsplit(client.get("/sign-in/provider?why=prove").headers["Location"]).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])


def test_a_provider_that_is_away_is_told_and_passwords_still_open(database: Database, provider: Provider) -> None:
    away = replace(provider, issuer=f"http://127.0.0.1:{free_port()}")
    client = application(database, away).test_client()
    assert client.get("/sign-in/provider").headers["Location"] == "/sign-in"
    page = client.get("/sign-in").text
    assert "Cổng cán bộ hiện không trả lời" in page
    assert away.issuer not in page


def test_without_a_provider_there_is_no_way_there(database: Database) -> None:
    client = create_app(database, SECRET).test_client()
    assert client.get("/sign-in/provider").status_code == 404
    assert client.get("/sign-in/provider/back?code=x&state=y").status_code in (302, 404)


@pytest.mark.parametrize(
    "changes", [{"nonce": "another"}, {"began": 0.0}], ids=["another question's token", "ten minutes late"]
)
def test_an_answer_that_is_not_to_this_question_opens_nothing(
    database: Database, provider: Provider, changes: dict[str, Any]
) -> None:
    client = application(database, provider).test_client()
    back = there(client)
    with client.session_transaction() as session:
        session["trip"] = session["trip"] | changes
    assert client.get(back).headers["Location"] == "/sign-in"
    assert client.get("/").status_code == 302
    assert people.listed(database) == []


def test_a_refusal_of_the_provider_is_told_without_its_words(database: Database, provider: Provider) -> None:
    client = application(database, provider).test_client()
    asked = parse_qs(urlsplit(client.get("/sign-in/provider").headers["Location"]).query)
    said = {"error": "access_denied", "error_description": "<b>no</b>", "state": asked["state"][0]}
    assert client.get("/sign-in/provider/back", query_string=said).headers["Location"] == "/sign-in"
    page = client.get("/sign-in").text
    assert "Chưa đăng nhập được ở Cổng cán bộ" in page
    assert "<b>no" not in page
