"""The look-up for anybody: a code and a second fact, masked, and shut to who guesses."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.api.settings import Public, Settings
from hub.store import dossiers
from hub.view.public import Asked, Limits, NothingFound, TooMany, look_up
from hub.web.app import create_app
from tests.hub.web.filling import SHARED, Store
from tests.hub.web.served import SECRET

Visitor = Callable[..., FlaskClient]


@pytest.fixture
def visitor(store: Store) -> Visitor:
    """Anybody, before a hub that is set so."""

    def visit(**public: object) -> FlaskClient:
        return create_app(store.database, SECRET, settings=Settings(public=Public(**public))).test_client()  # type: ignore[arg-type]

    return visit


def fact_of(store: Store, code: str) -> str:
    (row,) = dossiers.with_code(store.database, code)
    return str(row.values["applicant"]["id_number"])[-4:]


def test_a_code_and_the_end_of_the_owners_number_show_where_it_stands_and_nothing_personal(
    store: Store, visitor: Visitor
) -> None:
    (row,) = dossiers.with_code(store.database, SHARED)
    answer = visitor().get(f"/api/v1/public/dossiers/{SHARED}?fact={fact_of(store, SHARED)}")
    assert answer.status_code == 200
    assert answer.get_json()["status"]["label"]
    assert answer.get_json()["timeline"]
    owner = row.values["applicant"]
    for hidden in (owner["name"], owner["id_number"], owner.get("phone") or "no phone"):
        assert hidden not in answer.text
    assert answer.get_json()["applicant"]["name"][0] == owner["name"][0]


def test_whoever_guesses_learns_nothing(store: Store, visitor: Visitor) -> None:
    anybody = visitor()
    wrong = anybody.get(f"/api/v1/public/dossiers/{SHARED}?fact=9999")
    unknown = anybody.get("/api/v1/public/dossiers/000.00.15.H29-260520-9999?fact=9999")
    assert wrong.status_code == unknown.status_code == 404
    assert wrong.data == unknown.data


def test_after_too_many_wrong_facts_not_even_the_right_one_opens(store: Store, visitor: Visitor) -> None:
    anybody = visitor(wrong_per_hour=3)
    for fact in ("0000", "1111", "2222"):
        assert anybody.get(f"/api/v1/public/dossiers/{SHARED}?fact={fact}").status_code == 404
    refused = anybody.get(f"/api/v1/public/dossiers/{SHARED}?fact={fact_of(store, SHARED)}")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "3600"
    elsewhere = anybody.get(
        f"/api/v1/public/dossiers/{SHARED}?fact={fact_of(store, SHARED)}", environ_base={"REMOTE_ADDR": "192.0.2.7"}
    )
    assert elsewhere.status_code == 200  # whoever guesses shuts the door behind himself, not before the owner


def test_many_addresses_together_cannot_guess_either(store: Store, visitor: Visitor) -> None:
    anybody = visitor(wrong_per_hour=1)
    for last in range(1, 11):
        place = {"REMOTE_ADDR": f"192.0.2.{last}"}
        assert anybody.get(f"/api/v1/public/dossiers/{SHARED}?fact=9999", environ_base=place).status_code == 404
    place = {"REMOTE_ADDR": "192.0.2.99"}
    assert anybody.get(f"/api/v1/public/dossiers/{SHARED}?fact=9999", environ_base=place).status_code == 429


def test_in_a_day_all_together_have_twice_as_many_tries_as_in_an_hour(store: Store) -> None:
    tries = iter(range(1, 99))

    def tried(at: datetime) -> int:
        asked = Asked(SHARED, "9999", f"192.0.2.{next(tries)}")
        try:
            look_up(store.database, asked, Limits(30, 1), timedelta(days=1), at)
        except NothingFound:
            return 0
        except TooMany as error:
            return error.seconds
        raise AssertionError("9999 is nobody's")

    for hours in (0, 2):
        at = store.now + timedelta(hours=hours)
        assert [tried(at) for _ in range(11)] == [0] * 10 + [3600 if hours == 0 else 86_400]
    assert tried(store.now + timedelta(hours=4)) == 86_400
    assert tried(store.now + timedelta(hours=25)) == 0


def test_one_address_may_ask_only_so_often(visitor: Visitor) -> None:
    anybody = visitor(per_minute=2)
    address = "/api/v1/public/dossiers/A-1?fact=1234"
    assert [anybody.get(address).status_code for _ in range(3)] == [404, 404, 429]


@pytest.mark.parametrize("fact", ["", "123", "12 3", "x" * 30, "../../", "%27%20OR%201=1"])
def test_a_fact_that_cannot_be_one_is_told_as_that(visitor: Visitor, fact: str) -> None:
    answer = visitor().get(f"/api/v1/public/dossiers/{SHARED}?fact={fact}")
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "invalid_parameters"


def test_a_confidential_dossier_is_nobodys_business(store: Store, visitor: Visitor) -> None:
    fact = fact_of(store, SHARED)
    with store.database.write() as transaction:
        transaction.exec_driver_sql("UPDATE dossiers SET confidentiality = 1")
    assert visitor().get(f"/api/v1/public/dossiers/{SHARED}?fact={fact}").status_code == 404


def test_another_method_is_told_as_that_without_a_key(visitor: Visitor) -> None:
    answer = visitor().post(f"/api/v1/public/dossiers/{SHARED}")
    assert (answer.status_code, answer.get_json()["code"]) == (405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]


def test_a_hub_that_is_not_open_to_the_public_says_so(visitor: Visitor) -> None:
    anybody = visitor(look_up=False)
    assert anybody.get(f"/api/v1/public/dossiers/{SHARED}?fact=1234").status_code == 404
    assert anybody.get("/tra-cuu").status_code == 404


def test_the_page_shows_the_same_and_keeps_the_fact_out_of_its_address(store: Store, visitor: Visitor) -> None:
    anybody = visitor()
    form = anybody.get(f"/tra-cuu?code={SHARED}")
    assert form.status_code == 200
    assert SHARED in form.text
    assert 'method="post"' in form.text
    shown = anybody.post("/tra-cuu", data={"code": SHARED, "fact": fact_of(store, SHARED)})
    assert shown.status_code == 200
    assert "Diễn biến" in shown.text
    wrong = anybody.post("/tra-cuu", data={"code": SHARED, "fact": "9999"})
    assert wrong.status_code == 404
    assert "Không có hồ sơ nào" in wrong.text
    short = anybody.post("/tra-cuu", data={"code": SHARED, "fact": "1"})
    assert short.status_code == 422
    english = anybody.get("/tra-cuu?lang=en")
    assert "Where does my dossier stand?" in english.text


def test_only_sites_that_are_named_may_show_the_page_inside_their_own(visitor: Visitor) -> None:
    alone = visitor().get("/tra-cuu")
    assert "frame-ancestors 'none'" in alone.headers["Content-Security-Policy"]
    assert alone.headers["X-Frame-Options"] == "DENY"
    inside = visitor(embedded_by=("https://portal.example",)).get("/tra-cuu")
    assert "frame-ancestors https://portal.example" in inside.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in inside.headers


def test_a_qr_code_leads_to_the_page_and_holds_nothing_but_the_code(api: FlaskClient, tmp_path: Path) -> None:
    answer = api.get(f"/api/v1/dossiers/{SHARED}/qr")
    assert answer.status_code == 200
    assert answer.mimetype == "image/svg+xml"
    assert answer.text.startswith("<svg")
    assert api.get("/api/v1/dossiers/no-such-code/qr").status_code == 404


def test_the_pages_address_is_that_which_a_proxy_shows(store: Store) -> None:
    from hub.api.public_routes import page_address

    app: Flask = create_app(
        store.database, SECRET, settings=Settings(public=Public(address="https://hub.example/tra-cuu"))
    )
    with app.test_request_context():
        assert page_address("38.98.H29/1") == "https://hub.example/tra-cuu?code=38.98.H29%2F1"


def test_behind_a_proxy_each_visitor_has_tries_of_his_own_and_nobody_can_borrow_others(store: Store) -> None:
    def tries(proxies: int, *claimed: str) -> list[int]:
        found = Settings(public=Public(per_minute=1), proxies=proxies)
        anybody = create_app(store.database, SECRET, settings=found).test_client()
        address = "/api/v1/public/dossiers/A-1?fact=1234"
        return [anybody.get(address, headers={"X-Forwarded-For": one}).status_code for one in claimed]

    assert tries(1, "192.0.2.1", "192.0.2.2", "192.0.2.9, 192.0.2.1") == [404, 404, 429]
    assert tries(0, "192.0.2.3", "192.0.2.4") == [404, 429]
