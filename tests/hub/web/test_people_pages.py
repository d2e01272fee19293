"""The pages of accounts: for administrators alone, and every change with its trace."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.record.rights import Role
from hub.store import acts, people
from hub.store.acts import Act, Kind, Sought
from hub.store.people import Person
from tests.hub.web.filling import SHARED, Store
from tests.hub.web.visitor import AGENCY, csrf, person, sign_in, signed_in

FORM = {"title": "Võ Thị Vận", "email": "van@example", "role": "operator", "agencies": "", "reason": "người mới"}


def found(store: Store, name: str) -> Person:
    """Somebody's account as it is now."""
    person = people.named(store.database, name)
    assert person is not None
    return person


def send(client: FlaskClient, address: str, **form: Any) -> Any:
    """A form with its token."""
    return client.post(address, data={"csrf_token": csrf(client, "/account")} | form)


def test_a_new_account_has_a_one_time_password_that_is_shown_once(
    app: Flask, console: FlaskClient, store: Store
) -> None:
    page = send(console, "/people/new", name=" Van.Vo@So-TP ", **FORM)
    given = re.search(r'class="given"><code>([^<]+)', page.text)
    assert given is not None
    assert (found(store, "van.vo@so-tp").role, found(store, "van.vo@so-tp").sees_personal) == (Role.OPERATOR, False)
    assert given[1] not in console.get("/people/van.vo@so-tp/account").text
    client = app.test_client()
    assert sign_in(client, "van.vo@so-tp", given[1]) == 302
    assert client.get("/").headers["Location"] == "/account/password"
    again = send(console, "/people/new", name="van.vo@so-tp", **FORM)
    assert (again.status_code, "Đã có tài khoản" in again.text) == (422, True)
    (act,) = acts.listed(store.database, Sought(kind=Kind.PERSON, author="quản trị"))
    assert (act.act, act.name, act.reason) == (Act.MADE, "van.vo@so-tp", "người mới")


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "có dấu"}, {"name": "a" * 81}, {"name": "-a"}, {"role": "king"}, {"role": "department"}],
)
def test_a_form_that_will_not_do_comes_back_as_it_was_filled_in(console: FlaskClient, wrong: dict[str, str]) -> None:
    page = send(console, "/people/new", **({"name": "binh"} | FORM | wrong))
    assert page.status_code == 422
    assert 'value="Võ Thị Vận"' in page.text


def test_role_agencies_and_the_right_to_personal_data_are_given_and_taken(
    app: Flask, console: FlaskClient, store: Store
) -> None:
    client = signed_in(app.test_client(), "binh", Role.OPERATOR)
    done = send(
        console, "/people/binh/account", **(FORM | {"role": "department", "agencies": f"{AGENCY}\n 000.00.17.H29"})
    )
    assert done.status_code == 302
    assert (found(store, "binh").agencies, found(store, "binh").sees_personal) == ((AGENCY, "000.00.17.H29"), False)
    assert client.get("/account").text.count(AGENCY) == 1
    assert send(console, "/people/binh/account", **(FORM | {"role": "department"})).status_code == 422
    send(console, "/people/binh/account", **(FORM | {"role": "auditor", "sees_personal": "1"}))
    assert (found(store, "binh").agencies, found(store, "binh").sees_personal) == (None, True)


def test_blocking_and_resetting_shut_out_at_once(app: Flask, console: FlaskClient, store: Store) -> None:
    client = signed_in(app.test_client(), "binh", Role.OPERATOR)
    assert "Đặt lại mật khẩu" in console.get("/people/binh/account").text
    page = send(console, "/people/binh/password", reason="quên")
    given = re.search(r'class="given"><code>([^<]+)', page.text)
    assert given is not None
    assert client.get("/").status_code == 302
    send(console, "/people/binh/block", reason="nghỉ việc")
    assert sign_in(client, "binh", given[1]) == 401
    send(console, "/people/binh/unblock", reason="đi làm lại")
    assert sign_in(client, "binh", given[1]) == 302
    send(console, "/people/binh/sessions/end")
    assert client.get("/account/password").status_code == 302


def test_an_administrator_cannot_shut_out_themselves_nor_the_last_one(console: FlaskClient, store: Store) -> None:
    send(console, "/people/quản trị/block", reason="x")
    assert found(store, "quản trị").state is people.State.ACTIVE
    assert send(console, "/people/quản trị/account", **FORM).status_code == 409
    assert send(console, "/people/nobody/block").status_code == 404
    send(console, "/people/quản trị/sessions/end")
    assert console.get("/people").status_code == 200


@pytest.mark.parametrize("role", ["reader", "operator", "department", "leader"])
def test_accounts_are_for_administrators_alone(request: pytest.FixtureRequest, store: Store, role: str) -> None:
    client: FlaskClient = request.getfixturevalue(role)
    person(store.database, "binh", Role.LEADER)
    for path in ("/people", "/people/new", "/people/binh/account"):
        assert client.get(path).status_code == 403
    posts = ("new", "binh/account", "binh/block", "binh/unblock", "binh/password", "binh/sessions/end")
    for path in (*posts, "binh/second-factor/drop"):
        assert send(client, f"/people/{path}", **(FORM | {"name": "x", "role": "administrator"})).status_code == 403
    assert found(store, "binh").role is Role.LEADER
    assert "/people" not in client.get("/account").text


def test_every_role_opens_the_overview_and_its_own_account(request: pytest.FixtureRequest) -> None:
    for role in ("console", "reader", "operator", "department", "leader"):
        client: FlaskClient = request.getfixturevalue(role)
        assert client.get("/").status_code == 200, role
        page = client.get("/account")
        assert page.status_code == 200
        assert "phiên này" in page.text


def test_names_and_titles_are_shown_as_text(app: Flask, console: FlaskClient) -> None:
    send(console, "/people/new", **(FORM | {"name": "binh", "title": "<script>alert(1)</script>"}))
    for path in ("/people", "/people/binh/account"):
        text = console.get(path).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text


def test_the_sample_portal_is_for_who_may_see_all_that_its_client_sees(store: Store) -> None:
    from hub.api.settings import Settings
    from hub.record.grant import PROFILES
    from hub.store import clients
    from hub.store.clients import Wanted
    from hub.web.app import create_app
    from tests.hub.web.served import SECRET

    with store.database.write() as transaction:
        wanted = Wanted("cong-mau", clients.Role.QUERY, grant=PROFILES["full"])
        clients.put(transaction, wanted, store.now)
    app = create_app(store.database, SECRET, settings=Settings(portal_client="cong-mau"))
    address = f"/portal/dossiers/{SHARED}"
    assert signed_in(app.test_client(), "a", Role.AUDITOR).get(address).status_code == 200
    assert signed_in(app.test_client(), "b", Role.AUDITOR, sees_personal=False).get(address).status_code == 403
    assert signed_in(app.test_client(), "c", Role.DEPARTMENT).get(address).status_code == 403
