"""Who gets in: sessions of the console, the throttle, and the headers that every answer carries."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.store import keys
from hub.web.app import create_app
from hub.web.throttle import Throttle
from tests.hub.web.filling import Store
from tests.hub.web.visitor import csrf, sign_in

PAGES = ("/", "/dossiers", "/dossiers/24-1", "/runs", "/runs/1", "/quarantine", "/overview/totals", "/nothing")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_asks_for_a_sign_in_first(app: Flask, page: str) -> None:
    answer = app.test_client().get(page)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in")


def test_after_signing_in_one_is_where_one_wanted_to_go(app: Flask, store: Store) -> None:
    client = app.test_client()
    asked = client.get("/dossiers?q=an").headers["Location"]
    form = {"csrf_token": csrf(client), "key": store.key}
    assert client.post(asked, data=form).headers["Location"] == "/dossiers?q=an"


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"])
def test_nobody_is_sent_to_a_stranger(app: Flask, store: Store, target: str) -> None:
    client = app.test_client()
    form = {"csrf_token": csrf(client), "key": store.key}
    assert client.post("/sign-in", query_string={"next": target}, data=form).headers["Location"] == "/"
    form = {"csrf_token": csrf(client, "/dossiers"), "language": "en", "here": target}
    assert client.post("/language", data=form).headers["Location"] == "/"


def test_a_wrong_key_is_refused(app: Flask) -> None:
    client = app.test_client()
    assert sign_in(client, "mch_wrong") == 401
    assert client.get("/").status_code == 302


def test_too_many_wrong_keys_from_one_address_make_it_wait(app: Flask, store: Store) -> None:
    client = app.test_client()
    statuses = [sign_in(client, "mch_wrong") for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    assert sign_in(client, store.key) == 429


def test_the_throttle_forgets_after_its_time() -> None:
    throttle = Throttle(failures=2, seconds=60)
    throttle.note_failure("a", 0)
    throttle.note_failure("a", 30)
    assert throttle.blocks("a", 59)
    assert not throttle.blocks("b", 59)
    assert not throttle.blocks("a", 61)


def test_forms_without_the_token_are_refused(app: Flask, console: FlaskClient, store: Store) -> None:
    assert app.test_client().post("/sign-in", data={"key": store.key}).status_code == 400
    assert console.post("/connectors/mot-cua/runs").status_code == 400
    assert console.post("/sign-out").status_code == 400
    assert console.get("/").status_code == 200


def test_signing_out_ends_the_session(console: FlaskClient) -> None:
    console.post("/sign-out", data={"csrf_token": csrf(console, "/")})
    assert console.get("/").status_code == 302


def test_a_session_ends_when_its_key_is_replaced_or_revoked(app: Flask, store: Store) -> None:
    client = app.test_client()
    sign_in(client, store.key)
    assert client.get("/").status_code == 200
    newer = keys.issue(store.database, "kiểm thử", store.now + timedelta(seconds=5))
    assert client.get("/").status_code == 302
    sign_in(client, newer)
    assert client.get("/").status_code == 200
    keys.revoke(store.database, "kiểm thử")
    assert client.get("/").status_code == 302


def test_a_session_signed_with_another_secret_is_none(console: FlaskClient, store: Store) -> None:
    cookie = console.get_cookie("hub_session")
    assert cookie is not None
    other = create_app(store.database, b"another-secret").test_client()
    other.set_cookie("hub_session", cookie.value)
    assert other.get("/").status_code == 302


def test_the_session_cookie_is_for_this_console_alone(app: Flask, store: Store) -> None:
    client = app.test_client()
    form = {"csrf_token": csrf(client), "key": store.key}
    cookie = client.post("/sign-in", data=form).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert store.key not in cookie


def test_by_https_the_session_cookie_travels_by_https_alone(app: Flask, store: Store) -> None:
    client = app.test_client()
    by_https: dict[str, Any] = {"base_url": "https://localhost", "headers": {"Referer": "https://localhost/sign-in"}}
    token = client.get("/sign-in", **by_https).text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    answer = client.post("/sign-in", data={"csrf_token": token, "key": store.key}, **by_https)
    assert answer.status_code == 302
    assert "Secure" in answer.headers["Set-Cookie"]


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
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert ("no-store" in answer.headers["Cache-Control"]) == (not page.startswith("/static"))


def test_pages_hold_neither_styles_nor_scripts_of_their_own(console: FlaskClient, store: Store) -> None:
    for page in ("/", "/dossiers", "/runs", f"/runs/{store.filled.failed_run}", "/quarantine", "/dossiers/24-1"):
        text = console.get(page).text
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|https?://(?!127\.0\.0\.1)", text), page
