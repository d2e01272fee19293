"""Signing in by the forms: one-time passwords, second factors, locks, and what an account may do at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from hub.record.rights import Role
from hub.record.sign_in import SignIn
from hub.record.signature import Signature
from hub.store import acts, people, people_sessions, people_tries
from hub.store.acts import Act, Kind, Sought
from hub.store.database import Database
from hub.store.people import Person, Wanted
from hub.store.second_factor import new_secret, recovery_codes, recovery_digest
from hub.web.app import create_app
from tests.hub.web.served import SECRET
from tests.hub.web.visitor import AGENCY, PASSWORD, QUICK, code_of, csrf, person, sign_in, sign_in_as, signed_in

NEW = "nắng hạn gặp mưa rào"
SECRET_OF_APP = new_secret()


def by() -> Signature:
    """Who changes accounts in these tests."""
    return Signature("tests", "", datetime.now(UTC))


def do(database: Database, change: Callable[..., Any], *given: Any, **more: Any) -> Any:
    """A change of an account in a transaction of its own."""
    return database.write_again(lambda transaction: change(transaction, *given, **more))


def later(database: Database, **by_much: float) -> None:
    """Make all sessions so much older."""
    from hub.store.people_tables import sessions

    span = timedelta(**by_much)
    with database.write() as transaction:
        for row in transaction.execute(sessions.select()).all():
            times = {name: getattr(row, name) - span for name in ("begun_at", "seen_at", "proved_at", "expires_at")}
            transaction.execute(sessions.update().where(sessions.c.id == row.id).values(**times))


def with_app(database: Database, app: Flask, name: str = "an", role: Role = Role.OPERATOR) -> tuple[Person, list[str]]:
    """Somebody who needs a code of their app, and their recovery codes."""
    found, codes = person(database, name, role), recovery_codes()
    sealed = app.extensions["hub.keyring"]().encrypted(people_tries.sealed_under(found.id), SECRET_OF_APP)
    digests = [recovery_digest(code) for code in codes]
    do(database, people_tries.set_second_factor, name, sealed, 0, digests, by(), 0)
    again = people.named(database, name)
    assert again is not None
    return again, codes


@pytest.fixture
def app(database: Database) -> Flask:
    """An application over an empty store, on each database."""
    made = create_app(database, SECRET)
    made.extensions["hub.passwords"] = QUICK
    return made


def give_code(client: FlaskClient, code: str) -> int:
    """Send the form for the second factor."""
    return client.post("/sign-in/code", data={"csrf_token": csrf(client, "/sign-in/code"), "code": code}).status_code


def change_password(client: FlaskClient, new: str = NEW, again: str | None = None) -> Any:
    """Send the form for another password."""
    form = {"csrf_token": csrf(client, "/account/password"), "new": new, "again": new if again is None else again}
    return client.post("/account/password", data=form)


def test_a_one_time_password_opens_nothing_but_the_form_for_another(app: Flask, database: Database) -> None:
    wanted = Wanted(Role.ADMINISTRATOR)
    do(database, people.add, "an", wanted, QUICK.kept("một-lần-thôi-nhé"), by())
    client = app.test_client()
    assert sign_in(client, "an", "một-lần-thôi-nhé") == 302
    for path in ("/", "/people", "/account", "/account/second-factor", "/nothing"):
        assert client.get(path).headers["Location"] == "/account/password"
    assert client.post("/people/new", data={"csrf_token": csrf(client, "/account/password")}).status_code == 302
    assert change_password(client, "một-lần-thôi-nhé").status_code == 422
    assert change_password(client, "ngắn").status_code == 422
    assert change_password(client, NEW, "khác").status_code == 422
    assert change_password(client).headers["Location"] == "/account"
    assert client.get("/people").status_code == 200
    assert sign_in(app.test_client(), "an", "một-lần-thôi-nhé") == 401
    assert sign_in(app.test_client(), " AN", NEW) == 302


def test_another_password_ends_the_sessions_at_other_browsers(app: Flask) -> None:
    here, there = (signed_in(app.test_client()) for _ in range(2))
    assert change_password(here).status_code == 302
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)


def test_what_an_administrator_changes_counts_for_the_very_next_page(app: Flask, database: Database) -> None:
    client = signed_in(app.test_client(), "an", Role.ADMINISTRATOR)
    person(database, "binh")
    do(database, people.change, "an", Wanted(Role.LEADER), by())
    assert (client.get("/people").status_code, client.get("/").status_code) == (403, 200)
    do(database, people.block, "an", by())
    assert client.get("/").status_code == 302
    assert sign_in(client, "an") == 401
    do(database, people.unblock, "an", by())
    assert client.get("/").status_code == 302  # the session is gone for good
    assert sign_in(client, "an") == 302


def test_a_session_ends_when_it_is_left_alone_and_polling_keeps_none_awake(app: Flask, database: Database) -> None:
    client = signed_in(app.test_client())
    polls = {"headers": {"HX-Request": "true"}}
    later(database, minutes=50)
    assert client.get("/overview/totals", **polls).status_code == 200
    later(database, minutes=11)
    answer = client.get("/overview/totals", **polls)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in")
    other = signed_in(app.test_client())
    for _ in range(14):  # used again and again, for longer than any session lasts
        assert other.get("/account").status_code in (200, 302)
        later(database, minutes=55)
    assert other.get("/account").status_code == 302


def test_signing_in_gives_another_cookie_and_the_one_before_opens_nothing(app: Flask, database: Database) -> None:
    person(database, "an")
    client = app.test_client()
    csrf(client)
    planted = client.get_cookie("hub_session")
    assert sign_in(client, "an") == 302
    first = client.get_cookie("hub_session")
    client.post("/sign-out", data={"csrf_token": csrf(client, "/account")})
    thief = app.test_client()
    for cookie in (planted, first):
        assert cookie is not None
        thief.set_cookie("hub_session", cookie.value)
        assert thief.get("/").status_code == 302


def test_a_session_costs_one_look_up_a_page_and_writes_nothing(app: Flask, database: Database) -> None:
    client = signed_in(app.test_client())
    client.get("/account/password")
    said: list[str] = []

    def note(*given: Any) -> None:
        said.append(given[2])

    event.listen(database.engine, "before_cursor_execute", note)
    assert client.get("/account/password").status_code == 200
    event.remove(database.engine, "before_cursor_execute", note)
    through_the_pool = 1 if database.is_sqlite else 0  # on PostgreSQL in one round trip beside it
    assert len([one for one in said if "FROM sessions" in one]) == through_the_pool
    assert not [one for one in said if one.startswith(("UPDATE", "INSERT", "DELETE"))]


def test_after_five_wrong_passwords_the_account_waits_but_not_at_its_own_browser(
    app: Flask, database: Database
) -> None:
    person(database, "an")
    own, stranger = app.test_client(), app.test_client()
    assert sign_in(own, "an") == 302
    assert [sign_in(stranger, "an", "wrong") for _ in range(6)] == [401] * 6
    assert sign_in(stranger, "an") == 401  # right, and too early; it sounds the same
    own.post("/sign-out", data={"csrf_token": csrf(own, "/account")})
    assert sign_in(own, "an") == 302
    noted = [row.act for row in acts.listed(database, Sought(kind=Kind.SESSION, name="an"))]
    assert noted.count(Act.REFUSED) == 4
    assert noted.count(Act.LOCKED) == 1


def test_an_old_way_of_keeping_a_password_is_replaced_when_it_is_next_used(app: Flask, database: Database) -> None:
    found = person(database, "an")
    app.extensions["hub.passwords"] = type(QUICK)(type(QUICK._hasher)(time_cost=2, memory_cost=8, parallelism=1))
    assert sign_in(app.test_client(), "an") == 302
    again = people.named(database, "an")
    assert again is not None
    assert again.password != found.password
    assert again.password is not None
    assert "t=2" in again.password
    assert sign_in(app.test_client(), "an") == 302


def test_the_second_factor_is_asked_for_and_each_code_opens_once(app: Flask, database: Database) -> None:
    with_app(database, app)
    client, other = app.test_client(), app.test_client()
    assert client.get("/sign-in/code").headers["Location"] == "/sign-in"
    assert sign_in(client, "an") == 302
    assert client.get("/").headers["Location"].startswith("/sign-in")  # half of it opens nothing
    code = code_of(SECRET_OF_APP)
    assert give_code(client, "000000" if code != "000000" else "000001") == 401
    assert give_code(client, f" {code[:3]} {code[3:]}") == 302
    assert client.get("/").status_code == 200
    sign_in(other, "an")
    assert give_code(other, code) == 401
    assert give_code(other, code_of(SECRET_OF_APP, 1)) == 302


def test_a_recovery_code_stands_in_once(app: Flask, database: Database) -> None:
    _, codes = with_app(database, app)
    for status in (302, 401):
        client = app.test_client()
        sign_in(client, "an")
        assert give_code(client, codes[0].upper()) == status
    found = people.named(database, "an")
    assert found is not None
    client = app.test_client()
    sign_in_as(client, found)
    assert "còn 9 mã" in client.get("/account").text


def test_codes_cannot_be_guessed_by_giving_the_password_again_and_again(app: Flask, database: Database) -> None:
    with_app(database, app)
    outcomes = []
    for _ in range(6):
        client = app.test_client()  # a new browser each time
        app.extensions.pop("hub.sign_in_throttle", None)  # and another address
        right = sign_in(client, "an")
        outcomes.append((right, give_code(client, "12345x") if right == 302 else None))
    assert outcomes == [(302, 401)] * 5 + [(401, None)]


def test_between_password_and_code_lies_no_more_than_five_minutes_and_no_other_password(
    app: Flask, database: Database
) -> None:
    with_app(database, app)
    client = app.test_client()
    sign_in(client, "an")
    with client.session_transaction() as session:
        session["half"] = session["half"] | {"at": session["half"]["at"] - 301}
    assert client.get("/sign-in/code").status_code == 302
    sign_in(client, "an")
    do(database, people.set_password, "an", QUICK.kept(NEW), by(), must_change=False)
    assert client.get("/sign-in/code").status_code == 302


def test_a_role_that_needs_a_second_factor_sets_one_before_anything_else(database: Database) -> None:
    app = create_app(database, SECRET)
    app.extensions["hub.sign_in"] = replace(SignIn(), second_factor=frozenset({Role.ADMINISTRATOR}))
    client = signed_in(app.test_client(), "an", Role.ADMINISTRATOR)
    assert client.get("/people").headers["Location"] == "/account/second-factor"
    page = client.get("/account/second-factor").text
    assert "data:image/svg+xml" in page
    with client.session_transaction() as session:
        secret = session["new_second_factor"]
    token = csrf(client, "/account/second-factor")
    assert client.post("/account/second-factor", data={"csrf_token": token, "code": "abc"}).status_code == 422
    done = client.post("/account/second-factor", data={"csrf_token": token, "code": code_of(secret)})
    assert done.status_code == 200
    assert done.text.count("<li><code>") == 10
    assert client.get("/people").status_code == 200
    kept = people.named(database, "an")
    assert kept is not None
    assert secret.encode() not in (kept.totp or b"")
    form = {"csrf_token": csrf(client, "/account")}
    assert "bắt buộc" in client.post("/account/second-factor/drop", data=form, follow_redirects=True).text
    operator = signed_in(app.test_client(), "binh", Role.OPERATOR)
    assert operator.get("/").status_code == 200


def test_something_dangerous_asks_once_more_and_never_sends_a_form_again(app: Flask, database: Database) -> None:
    client = signed_in(app.test_client(), "an", Role.ADMINISTRATOR)
    binh = person(database, "binh", Role.OPERATOR)
    later(database, minutes=11)
    form = {"csrf_token": csrf(client, "/people/binh/account"), "reason": "nghỉ việc"}
    came = {"Referer": "http://localhost/people/binh/account?x=1"}
    asked = client.post("/people/binh/block", data=form, headers=came).headers["Location"]
    assert asked == "/prove?next=/people/binh/account?x%3D1"
    proof = {"csrf_token": form["csrf_token"], "password": "wrong"}
    assert client.post(asked, data=proof).status_code == 401
    back = client.post(asked, data=proof | {"password": PASSWORD}).headers["Location"]
    assert back == "/people/binh/account?x=1"
    still = people.numbered(database, binh.id)
    assert still is not None
    assert still.state is people.State.ACTIVE
    assert client.post("/people/binh/block", data=form).status_code == 302
    shut = people.numbered(database, binh.id)
    assert shut is not None
    assert shut.state is people.State.BLOCKED
    assert (
        client.post("/people/binh/unblock", data=form, headers={"Referer": "https://elsewhere.example/x"}).status_code
        == 302
    )


def test_with_an_app_it_is_the_code_that_proves(app: Flask, database: Database) -> None:
    found, _ = with_app(database, app, role=Role.ADMINISTRATOR)
    client = app.test_client()
    sign_in_as(client, found)
    later(database, minutes=11)
    assert client.get("/people/new").headers["Location"] == "/prove?next=/people/new"
    form = {"csrf_token": csrf(client, "/prove")}
    assert client.post("/prove", data=form | {"password": PASSWORD}).status_code == 401
    answer = client.post("/prove?next=/people/new", data=form | {"code": code_of(SECRET_OF_APP)})
    assert answer.headers["Location"] == "/people/new"
    assert client.get("/people/new").status_code == 200


def test_who_sees_no_personal_data_asks_with_a_grant_that_shows_none(app: Flask, database: Database) -> None:
    from hub.web.signing_in.seeing import grant_of

    plain = grant_of(person(database, "an", Role.OPERATOR, sees_personal=False))
    whole = grant_of(person(database, "binh", Role.OPERATOR))
    own = grant_of(person(database, "chi", Role.DEPARTMENT))
    for name in ("applicant.name", "applicant.id_number", "applicant.phone", "summary", "provenance"):
        assert str(plain.sight(name)) in ("masked", "hidden")
        assert str(whole.sight(name)) == "full"
    assert (whole.sees_all, plain.sees_all, own.agencies) == (True, False, (AGENCY,))


def test_the_language_goes_with_the_person(app: Flask, database: Database) -> None:
    person(database, "an")
    client, other = app.test_client(), app.test_client()
    sign_in(client, "an")
    client.post("/language", data={"csrf_token": csrf(client, "/account"), "language": "en", "here": "/"})
    sign_in(other, "an")
    assert '<html lang="en">' in other.get("/account").text


def test_a_hub_without_people_says_how_to_make_the_first(app: Flask, database: Database) -> None:
    assert "hub people add TÊN --role administrator" in app.test_client().get("/sign-in").text
    person(database, "an")
    assert "hub people add" not in app.test_client().get("/sign-in").text


@pytest.mark.parametrize("given", ["", "\0", "x" * 60_000, "'; --", "đ" * 900])
def test_whatever_is_typed_is_answered_with_the_form(app: Flask, database: Database, given: str) -> None:
    person(database, "an")
    client = app.test_client()
    form = {"csrf_token": csrf(client)}
    assert client.post("/sign-in", data=form | {"name": given, "password": PASSWORD}).status_code in (400, 401)
    assert client.post("/sign-in", data=form | {"name": "an", "password": given}).status_code in (400, 401)
    client.set_cookie("hub_known", given[:400].replace("\0", "0"))
    assert sign_in(client, "an") == 302


def test_ones_own_sessions_are_listed_and_another_ones_cannot_be_ended(app: Flask, database: Database) -> None:
    client, other = signed_in(app.test_client(), "an"), signed_in(app.test_client(), "binh")
    signed_in(app.test_client(), "an")
    token = csrf(client, "/account")
    now = datetime.now(UTC)
    theirs = people_sessions.of_person(database, person(database, "binh").id, now, timedelta(hours=1))
    client.post(f"/account/sessions/{theirs[0].id}/end", data={"csrf_token": token})
    assert other.get("/").status_code == 200
    assert client.get("/account").text.count("phiên này") == 1
    client.post("/account/sessions/end", data={"csrf_token": token})
    assert len(people_sessions.of_person(database, person(database, "an").id, now, timedelta(hours=1))) == 1
    assert client.get("/").status_code == 200
