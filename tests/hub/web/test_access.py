"""Who gets in: sessions of the console, the throttle, and the headers that every answer carries."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.record.rights import Role
from hub.record.signature import Signature
from hub.store import people
from hub.web.app import create_app
from hub.web.throttle import Throttle
from tests.hub.web.filling import Store
from tests.hub.web.visitor import PASSWORD, csrf, person, sign_in

PAGES = (
    "/",
    "/dossiers",
    "/dossiers/24-1",
    "/runs",
    "/runs/1",
    "/quarantine",
    "/overview/totals",
    "/nothing",
    "/people",
)


def filled(client: FlaskClient) -> dict[str, str]:
    """The sign-in form of somebody called an."""
    return {"csrf_token": csrf(client), "name": "an", "password": PASSWORD}


@pytest.mark.parametrize("page", PAGES)
def test_every_page_asks_for_a_sign_in_first(app: Flask, page: str) -> None:
    answer = app.test_client().get(page)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in")


def test_after_signing_in_one_is_where_one_wanted_to_go(app: Flask, store: Store) -> None:
    person(store.database, "an")
    client = app.test_client()
    asked = client.get("/dossiers?q=an").headers["Location"]
    assert client.post(asked, data=filled(client)).headers["Location"] == "/dossiers?q=an"


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"])
def test_nobody_is_sent_to_a_stranger(app: Flask, store: Store, target: str) -> None:
    person(store.database, "an")
    client = app.test_client()
    answer = client.post("/sign-in", query_string={"next": target}, data=filled(client))
    assert answer.headers["Location"] == "/"
    form = {"csrf_token": csrf(client, "/dossiers"), "language": "en", "here": target}
    assert client.post("/language", data=form).headers["Location"] == "/"
    proof = {"csrf_token": csrf(client, "/dossiers"), "password": PASSWORD}
    assert client.post("/prove", query_string={"next": target}, data=proof).headers["Location"] == "/"


@pytest.mark.parametrize(("name", "password"), [("an", "wrong password"), ("nobody", PASSWORD), ("binh", PASSWORD)])
def test_who_is_not_let_in_does_not_learn_why(app: Flask, store: Store, name: str, password: str) -> None:
    person(store.database, "an")
    person(store.database, "binh", Role.OPERATOR)
    with store.database.write() as transaction:
        people.block(transaction, "binh", Signature("tests", "", store.now))
    client = app.test_client()
    form = {"csrf_token": csrf(client), "name": name, "password": password}
    answer = client.post("/sign-in", data=form)
    assert answer.status_code == 401
    assert "tên hoặc mật khẩu không đúng, hoặc tài khoản đang bị khóa" in answer.text
    assert client.get("/").status_code == 302


def test_too_many_wrong_tries_from_one_address_make_it_wait(app: Flask, store: Store) -> None:
    person(store.database, "an")
    client = app.test_client()
    statuses = [sign_in(client, f"nobody-{at}") for at in range(11)]
    assert statuses == [401] * 10 + [429]
    assert sign_in(client, "an") == 429


def test_the_throttle_forgets_after_its_time() -> None:
    throttle = Throttle(failures=2, seconds=60)
    throttle.note_failure("a", 0)
    throttle.note_failure("a", 30)
    assert throttle.blocks("a", 59)
    assert not throttle.blocks("b", 59)
    assert not throttle.blocks("a", 61)


def test_forms_without_the_token_are_refused(app: Flask, console: FlaskClient, store: Store) -> None:
    person(store.database, "an")
    assert app.test_client().post("/sign-in", data={"name": "an", "password": PASSWORD}).status_code == 400
    assert console.post("/connectors/mot-cua/runs").status_code == 400
    assert console.post("/sign-out").status_code == 400
    assert console.get("/").status_code == 200


def test_signing_out_ends_the_session(console: FlaskClient) -> None:
    console.post("/sign-out", data={"csrf_token": csrf(console, "/")})
    assert console.get("/").status_code == 302


def test_a_session_signed_with_another_secret_is_none(console: FlaskClient, store: Store) -> None:
    cookie = console.get_cookie("hub_session")
    assert cookie is not None
    other = create_app(store.database, b"another-secret").test_client()
    other.set_cookie("hub_session", cookie.value)
    assert other.get("/").status_code == 302


def test_the_session_cookie_is_for_this_console_alone(app: Flask, store: Store) -> None:
    person(store.database, "an")
    client = app.test_client()
    cookies = client.post("/sign-in", data=filled(client)).headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {"hub_session", "hub_known"}
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie


def test_by_https_the_session_cookie_travels_by_https_alone(app: Flask, store: Store) -> None:
    person(store.database, "an")
    client = app.test_client()
    by_https: dict[str, Any] = {"base_url": "https://localhost", "headers": {"Referer": "https://localhost/sign-in"}}
    token = client.get("/sign-in", **by_https).text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    form = {"csrf_token": token, "name": "an", "password": PASSWORD}
    answer = client.post("/sign-in", data=form, **by_https)
    assert answer.status_code == 302
    assert all("Secure" in cookie for cookie in answer.headers.getlist("Set-Cookie"))
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in client.get("/sign-in").headers


def test_a_part_that_refreshes_itself_leads_to_the_sign_in_as_a_whole_page(app: Flask) -> None:
    answer = app.test_client().get("/overview/connectors", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in")


def test_a_console_session_is_no_key_to_the_api(console: FlaskClient) -> None:
    assert console.get("/api/v1/dossiers").status_code == 401


@pytest.mark.parametrize(
    "page", ["/sign-in", "/", "/health/live", "/api/v1/dossiers", "/nothing", "/static/console.css"]
)
def test_every_answer_carries_the_headers(console: FlaskClient, page: str) -> None:
    with console.get(page) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'self'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert ("no-store" in answer.headers["Cache-Control"]) == (not page.startswith("/static"))


def test_pages_hold_neither_styles_nor_scripts_of_their_own(console: FlaskClient, store: Store) -> None:
    for page in ("/", "/dossiers", "/runs", f"/runs/{store.filled.failed_run}", "/quarantine", "/dossiers/24-1"):
        text = console.get(page).text
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|https?://(?!127\.0\.0\.1)", text), page
