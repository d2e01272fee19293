"""Secrets at the console: set and never shown, and a department's are its own alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from connectors.registry import Registry
from hub.record.rights import Role
from hub.record.signature import Signature
from hub.store import drafts, secret_changes
from hub.web.app import create_app
from tests.hub.config.registering import register
from tests.hub.web.filling import Store
from tests.hub.web.registering_by_pages import send
from tests.hub.web.served import SECRET
from tests.hub.web.visitor import AGENCY, signed_in

NOW = datetime.now(UTC)
DOCUMENT = """
name: {name}
title: Sở Thử
type: rest
agency: {agency}
mapping: a/b
settings: {{url: "https://192.0.2.1/x", key: id, secret_headers: {{A: "${{secret:{secret}}}"}}}}
"""


@pytest.fixture
def app(store: Store, tmp_path: Path) -> Flask:
    """With a register, so that secrets can be kept; two departments' connectors use one each."""
    made = register(store.database, tmp_path, registry=Registry())
    by = Signature("quản trị", "", NOW)
    for name, agency in (("so-minh", AGENCY), ("so-khac", "000.00.99.H29")):
        made.vault.put(f"{name}.token", f"bí mật của {name}", None, by)
        text = DOCUMENT.format(name=name, agency=agency, secret=f"{name}.token")
        made.put_text(name, text, "x.yaml", by)
    return create_app(store.database, SECRET, made)


def kept(app: Flask, name: str) -> str:
    found: str = app.extensions["hub.register"].vault.look_up(name)
    return found


def test_a_secret_is_set_dated_and_shown_to_nobody(app: Flask, console: FlaskClient) -> None:
    ends = (NOW + timedelta(days=20)).date().isoformat()
    send(console, "/secrets", {"name": "so-minh.token", "value": "giá trị mới", "expires_on": ends})
    assert kept(app, "so-minh.token") == "giá trị mới"
    for address in ("/secrets", "/connectors/so-minh", "/connectors/so-minh/edit", "/secrets/expiring"):
        page = console.get(address).text
        assert "so-minh.token" in page, address
        assert "giá trị mới" not in page, address
    assert "quản trị" in console.get("/secrets").text


def test_a_department_sees_and_sets_its_own_alone(app: Flask, department: FlaskClient) -> None:
    page = department.get("/secrets").text
    assert ("so-minh.token" in page, "so-khac.token" in page) == (True, False)
    for name in ("so-khac.token", "so-khac.moi", "chung", "so-minh", "../x", "so-la.token"):
        send(department, "/secrets", {"name": name, "value": "chiếm"})
    assert kept(app, "so-khac.token") == "bí mật của so-khac"
    assert not isinstance(kept(app, "chung"), str)
    assert send(department, "/secrets/remove", {"name": "so-khac.token"}, "/secrets").status_code == 404
    send(department, "/secrets", {"name": "so-minh.token", "value": "của mình"})
    assert kept(app, "so-minh.token") == "của mình"


def test_a_name_with_secrets_is_not_taken_by_a_department(app: Flask, department: FlaskClient) -> None:
    app.extensions["hub.register"].vault.put("so-sau.token", "chờ", None, Signature("quản trị", "", NOW))
    form = {"name": "so-sau", "type": "rest", "agency": AGENCY}
    assert "đã giữ bí mật cho tên" in send(department, "/connectors/new", form).text


def test_a_secret_in_use_stays_and_an_unused_one_goes(app: Flask, console: FlaskClient) -> None:
    send(console, "/secrets", {"name": "thua.token", "value": "x"})
    send(console, "/secrets/remove", {"name": "so-minh.token"}, "/secrets")
    send(console, "/secrets/remove", {"name": "thua.token"}, "/secrets")
    assert kept(app, "so-minh.token") == "bí mật của so-minh"
    assert not isinstance(kept(app, "thua.token"), str)


@pytest.mark.parametrize(
    ("value", "told"),
    [("", "Hãy nhập giá trị"), ("x" * 16385, "Hãy nhập giá trị"), ("đúng", "Ngày hết hạn không đúng")],
)
def test_bad_input_keeps_the_old_value(app: Flask, console: FlaskClient, value: str, told: str) -> None:
    send(console, "/secrets", {"name": "so-minh.token", "value": value, "expires_on": "31/12/2026"})
    assert told in console.get("/secrets").text
    assert kept(app, "so-minh.token") == "bí mật của so-minh"


def test_leaders_and_auditors_have_no_secrets_page(app: Flask, leader: FlaskClient, reader: FlaskClient) -> None:
    assert [one.get("/secrets").status_code for one in (leader, reader)] == [403, 403]
    assert leader.get("/secrets/expiring").status_code == 200
    other = signed_in(app.test_client(), "khac", Role.DEPARTMENT, agencies=("000.00.99.H29",))
    assert "so-minh" not in other.get("/connectors").text


def test_a_dropped_draft_takes_its_secrets_along(app: Flask, department: FlaskClient, store: Store) -> None:
    form = {"name": "so-nhap", "type": "rest", "agency": AGENCY}
    draft = send(department, "/connectors/new", form).headers["Location"]
    send(department, "/secrets", {"name": "so-nhap.token", "value": "tạm"})
    assert secret_changes.authors(store.database, ["so-nhap.token"]) == {"so-nhap.token": "so-tu-phap"}
    send(department, f"{draft}/drop", {}, draft)
    assert not isinstance(kept(app, "so-nhap.token"), str)
    assert drafts.listed(store.database, "so-tu-phap") == []


def test_a_connectors_page_tells_what_ends_of_its_own_alone(app: Flask, console: FlaskClient) -> None:
    ends = (NOW + timedelta(days=9)).date()
    app.extensions["hub.register"].vault.put("so-minh.token", "x", ends, Signature("quản trị", "", NOW))
    assert "hết hạn ngày" in console.get("/connectors/so-minh").text
    assert "so-minh.token" not in console.get("/connectors/so-khac").text
