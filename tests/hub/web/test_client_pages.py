"""Clients and webhooks at the console: registered, given keys, looked after; each secret is shown once."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.api.settings import Settings
from hub.outbox.webhooks.state import Content
from hub.record.grant import Group, Sight
from hub.record.rights import Role as Person
from hub.store import acts, clients, keys, notices, subscriptions
from hub.store.acts import Kind, Sought
from hub.store.clients import Role, Wanted
from hub.store.notices import Attempt, News
from hub.web.app import create_app
from tests.hub.config.registering import register
from tests.hub.web.filling import Store
from tests.hub.web.served import SECRET
from tests.hub.web.visitor import QUICK, csrf, signed_in

FORM = {
    "client": "cong-dich-vu-cong",
    "title": "Cổng dịch vụ công",
    "role": "query",
    "purpose": "tra cứu hồ sơ của công dân",
    "profile": "",
    "level": "limited",
    "agencies": "000.00.15.H29\nH29",
    "name": "full",
    "identity": "masked",
    "per_minute": "600",
    "reason": "công văn 12",
}
URL = "https://portal.example/hook/abc?token=rat-kin"


@pytest.fixture
def app(store: Store, tmp_path: Path) -> Flask:
    """With a register, and hosts that notices may be sent to."""
    settings = Settings(webhook_hosts=("portal.example",))
    made = create_app(store.database, SECRET, register(store.database, tmp_path), settings)
    made.extensions["hub.passwords"] = QUICK
    return made


def send(client: FlaskClient, path: str, form: dict[str, Any] | None = None) -> Any:
    return client.post(path, data={"csrf_token": csrf(client, "/clients"), **(form or {})}, follow_redirects=True)


def done(store: Store, kind: Kind) -> list[tuple[str, str, str]]:
    return [(one.act, one.author, one.reason) for one in acts.listed(store.database, Sought(kind=kind))][::-1]


@pytest.fixture
def portal(store: Store) -> int:
    """A client that asks already."""
    with store.database.write() as transaction:
        return clients.put(transaction, Wanted("portal", Role.QUERY, "Cổng", purpose="tra cứu"), store.now).id


def test_a_client_is_registered_by_its_form_and_then_shown_in_words(console: FlaskClient, store: Store) -> None:
    page = send(console, "/clients/new", FORM)
    assert page.status_code == 200
    for text in ("Đã đăng ký cong-dich-vu-cong", "000.00.15.H29, H29", "đến mức: Hạn chế", "600", "Che bớt"):
        assert text in page.text
    made = clients.named(store.database, "cong-dich-vu-cong")
    assert made is not None
    assert (made.grant.agencies, made.grant.of(Group.IDENTITY)) == (("000.00.15.H29", "H29"), Sight.MASKED)
    assert done(store, Kind.CLIENT)[-1] == ("made", "quản trị", "công văn 12")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"client": "Cổng 1"}, "chữ thường không dấu"),
        ({"client": "portal"}, "Đã có ứng dụng tên portal"),
        ({"purpose": " "}, "Hãy ghi mục đích"),
        ({"role": "push"}, "Hãy chọn quyền"),
        ({"per_minute": "-5"}, "số nguyên dương"),
        ({"per_day": "1" * 40}, "số nguyên dương"),
        ({"issuer": "https://sso.example"}, "nhà cung cấp"),
        ({"provenance": "masked"}, "Nguồn gốc không che bớt được"),
        ({"name": "everything"}, "Chưa lưu"),
        ({"agencies": "x" * 200}, "Chưa lưu"),
    ],
)
def test_what_is_filled_in_wrongly_is_said_and_stays_filled_in(
    console: FlaskClient, store: Store, portal: int, wrong: dict[str, str], said: str
) -> None:
    page = send(console, "/clients/new", FORM | wrong)
    assert page.status_code == 422
    assert said in page.text
    assert "tra cứu hồ sơ của công dân" in page.text or "purpose" in wrong
    assert len(clients.listed(store.database)) == 3


def test_a_client_is_changed_and_its_keys_stay(console: FlaskClient, store: Store, portal: int) -> None:
    key = keys.add(store.database, "portal", store.now, None, None).key
    form = console.get(f"/clients/{portal}/change").text
    assert 'value="tra cứu"' in form
    page = send(console, f"/clients/{portal}/change", FORM | {"client": "khac", "profile": "public"})
    assert "Đã lưu" in page.text
    changed = clients.numbered(store.database, portal)
    assert changed is not None
    assert (changed.name, changed.grant.of(Group.NAME)) == ("portal", Sight.MASKED)
    assert keys.holder(store.database, key, store.now) is not None


def test_a_key_is_shown_once_and_works(console: FlaskClient, store: Store, portal: int) -> None:
    page = send(console, f"/clients/{portal}/keys", {"lasts": "30", "old": ""})
    (key,) = re.findall(r"mch_[\w-]+", page.text)
    held = keys.holder(store.database, key, datetime.now(UTC))
    assert held is not None
    assert held.expires_at is not None
    assert held.expires_at - store.now < timedelta(days=31)
    assert key not in console.get(f"/clients/{portal}").text
    assert key[:10] in console.get(f"/clients/{portal}").text


def test_rotating_lets_the_old_key_end_and_revoking_ends_it_now(
    console: FlaskClient, store: Store, portal: int
) -> None:
    old = keys.add(store.database, "portal", store.now, None, None)
    send(console, f"/clients/{portal}/keys", {"lasts": "", "old": "24"})
    (first, second) = keys.held(store.database, "portal")
    assert first.expires_at is not None
    assert second.expires_at is None
    send(console, f"/clients/{portal}/keys/{second.id}/end", {"ends": "24"})
    assert keys.held(store.database, "portal")[1].expires_at is not None
    send(console, f"/clients/{portal}/keys/{old.id}/end", {"ends": "now"})
    assert [key.id for key in keys.held(store.database, "portal")] == [second.id]
    assert [act for act, _author, _reason in done(store, Kind.KEY)][-3:] == ["made", "changed", "removed"]


def test_anothers_key_is_no_key_of_this_client(console: FlaskClient, store: Store, portal: int) -> None:
    (other,) = keys.held(store.database, "quản trị")
    assert send(console, f"/clients/{portal}/keys/{other.id}/end").status_code == 404
    assert keys.held(store.database, "quản trị")


def test_the_last_that_may_change_the_hub_is_kept(console: FlaskClient, store: Store) -> None:
    manager = clients.named(store.database, "quản trị")
    assert manager is not None
    assert "không còn khóa nào thay đổi được hub" in send(console, f"/clients/{manager.id}/remove").text
    assert clients.named(store.database, "quản trị") is not None
    assert done(store, Kind.CLIENT)[-1][0] != "removed"


def test_nobody_else_changes_clients(app: Flask, store: Store, portal: int) -> None:
    for role in (Person.OPERATOR, Person.AUDITOR, Person.DEPARTMENT, Person.LEADER):
        visitor = signed_in(app.test_client(), f"người {role}", role)
        token = csrf(visitor, "/")
        for path in (f"/clients/{portal}/remove", f"/clients/{portal}/keys", "/clients/new"):
            assert visitor.post(path, data={"csrf_token": token, **FORM}).status_code == 403
    assert clients.numbered(store.database, portal) is not None
    assert keys.held(store.database, "portal") == []


def hook(store: Store, portal: int, title: str = "Cổng") -> int:
    """A subscription with one notice taken and one refused."""
    wanted = subscriptions.Wanted(portal, title, URL, {"agency": "H29"}, Content.DOSSIER, "a", 0, 0)
    with store.database.write() as transaction:
        number = subscriptions.add(transaction, wanted, lambda _: b"x", store.now)
        notices.put(transaction, number, [News(1, 1, "changed"), News(2, 2, "changed")], store.now)
    for one, state, status in zip(
        notices.next_ones(store.database, number, 9), ("delivered", "failed"), (204, 500), strict=True
    ):
        told = Attempt("2026-11-23T01:00:00Z", status, None if status == 204 else "refused <b>", 0.2)
        with store.database.write() as transaction:
            notices.note(transaction, News(one.dossier_id, 1, "changed"), one, told, state, 1, None)
    return number


def test_a_webhook_is_shown_with_its_answers_and_without_what_its_address_hides(
    console: FlaskClient, store: Store, portal: int
) -> None:
    number = hook(store, portal)
    listed, page = console.get("/webhooks").text, console.get(f"/webhooks/{number}").text
    assert "Đang gửi" in listed
    for text in ("https://portal.example/hook/abc", "204", "500", "refused &lt;b&gt;", "agency=H29"):
        assert text in page
    assert "rat-kin" not in page + listed + console.get("/webhooks.csv").text
    assert "500" not in console.get(f"/webhooks/{number}?state=delivered").text.split("<tbody>")[1]
    assert "refused <b>" in console.get(f"/webhooks/{number}/deliveries.csv").text


def test_a_webhook_is_paused_with_a_reason_goes_on_and_sends_again(
    console: FlaskClient, store: Store, portal: int
) -> None:
    number = hook(store, portal)
    assert "Hãy ghi lý do" in send(console, f"/webhooks/{number}/pause").text
    assert "cổng bảo trì" in send(console, f"/webhooks/{number}/pause", {"reason": "cổng bảo trì"}).text
    assert "trạng thái khác" in send(console, f"/webhooks/{number}/pause", {"reason": "x"}).text
    send(console, f"/webhooks/{number}/resume")
    assert "1 thông báo sẽ được gửi lại" in send(console, f"/webhooks/{number}/resend").text
    assert "Không có thông báo nào" in send(console, f"/webhooks/{number}/resend").text
    assert done(store, Kind.SUBSCRIPTION) == [
        ("paused", "quản trị", "cổng bảo trì"),
        ("resumed", "quản trị", ""),
        ("sent_again", "quản trị", ""),
    ]
    assert "rat-kin" not in repr(acts.listed(store.database, Sought()))


def test_one_notice_is_sent_again_and_another_webhooks_is_not_its_own(
    console: FlaskClient, store: Store, portal: int
) -> None:
    number, other = hook(store, portal), hook(store, portal, "Cổng 2")
    (failed,) = notices.page(store.database, number, "failed", None, 9)
    assert send(console, f"/webhooks/{other}/deliveries/{failed.id}/resend").status_code == 404
    assert send(console, f"/webhooks/{number}/deliveries/{failed.id}/resend").status_code == 200
    assert [one.id for one in notices.page(store.database, number, "waiting", None, 9)] == [failed.id]


def test_a_new_secret_is_shown_once_and_a_removed_webhook_is_gone(
    console: FlaskClient, store: Store, portal: int, app: Flask
) -> None:
    from hub.console.admin.webhook_acts import webhooks

    client = clients.numbered(store.database, portal)
    assert client is not None
    with app.test_request_context():
        made = webhooks().add(client, "Cổng", URL, {}, Content.REFERENCE, "lan", reason="mở cổng")
    page = send(console, f"/webhooks/{made.row.id}/secret", {"reason": "lộ"}).text
    (fresh,) = re.findall(r"whsec_[\w+/=]+", page)
    assert fresh != made.secret
    assert fresh not in console.get(f"/webhooks/{made.row.id}").text
    assert "Đã xóa webhook" in send(console, f"/webhooks/{made.row.id}/remove").text
    assert done(store, Kind.SUBSCRIPTION) == [
        ("made", "lan", "mở cổng"),
        ("renewed", "quản trị", "lộ"),
        ("removed", "quản trị", ""),
    ]
    told = repr(acts.listed(store.database, Sought()))
    assert fresh not in told
    assert made.secret not in told
