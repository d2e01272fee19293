"""A trace finds a dossier by whatever somebody has of it, tells all that happened, and nothing that is not theirs."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from hub.inspection.trace import find, trace_of
from hub.inspection.traced import Sees
from hub.record.grant import EVERYTHING
from hub.record.signature import Signature
from hub.store import connectors, deliveries, quarantine, reads_found
from hub.store.database import Database
from hub.store.deliveries import Delivery
from hub.store.looking_up import with_code
from hub.store.outbox_tables import notices, subscriptions
from hub.store.quarantine_tables import quarantine_codes
from hub.store.reads_found import Sought
from hub.store.replays import Wanted
from hub.store.scope import ALL
from hub.sync import parting
from hub.view.forms import initials
from mappings.engine.draft import Draft, Problem
from tests.hub.web.filling import AMBIGUOUS, SHARED, SLASHED, Store, bring, fill
from tests.hub.web.test_console import text_of

OWNER = "000190000001"
_HIDDEN = ("Đặng Thùy Dương", OWNER, "0900000001", "0900000009", "Cấp Phiếu lý lịch tư pháp")


def told(client: FlaskClient, what: str, **more: str) -> str:
    answer = client.get("/trace", query_string={"q": what, **more})
    assert answer.status_code == 200
    return text_of(answer.text)


def dossier_id(store: Store, code: str = SHARED) -> int:
    return with_code(store.database, code, ALL)[0].row.id


@pytest.fixture
def subscriber(store: Store, now: datetime) -> int:
    """The portal was told of the shared dossier at its second try."""
    values = {
        "client_id": 1,
        "title": "Cổng dịch vụ công",
        "url": "https://portal.example",
        "secret": b"",
        "filter": {},
        "content": "reference",
        "state": "active",
        "position": 0,
        "begins": 0,
        "author": "tests",
        "created_at": now,
        "changed_at": now,
    }
    attempts = [
        {"at": "2026-05-22T02:00:00Z", "status": 503, "error": "the portal answered 503", "seconds": 0.1},
        {"at": "2026-05-22T02:01:00Z", "status": 200, "error": None, "seconds": 0.1},
    ]
    with store.database.write() as transaction:
        made = transaction.execute(insert(subscriptions).values(**values).returning(subscriptions.c.id)).scalar_one()
        notice = {
            "subscription_id": made,
            "dossier_id": dossier_id(store),
            "position": 1,
            "kind": "changed",
            "event_id": "0f3a9c1be0d2",
            "state": "delivered",
            "attempts": attempts,
            "made_at": now,
            "delivered_at": now,
        }
        transaction.execute(insert(notices).values(**notice))
    return int(made)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize(
    "what", [SHARED, "h29.15-260518-0007", "000.00.00.H29-260518-1201", "TP-shared", "65a", OWNER, f"  {SHARED} "]
)
def test_a_dossier_is_found_by_any_code_by_a_key_and_by_its_owners_number(console: FlaskClient, what: str) -> None:
    page = told(console, what)
    assert "Mọi mã của hồ sơ này: 000.00.00.H29-260518-1201" in page
    assert "Các nguồn ghi khác nhau" in page


def test_it_tells_what_came_who_won_and_what_changed(console: FlaskClient, store: Store) -> None:
    page = told(console, SHARED)
    assert "so-tu-phap TP-shared · gói tin 1" in page
    assert f"mot-cua 65a · Lượt {store.filled.failed_run} · gói tin 2" in page
    assert "0900000009 mot-cua 0900000001 so-tu-phap Ưu tiên (10) cao hơn của so-tu-phap (0)." in page
    assert "Điện thoại: 0900000001 → 0900000009" in page
    assert "Các bản ghi nguồn: thêm mot-cua 65a" in page
    assert page.index("Gộp hoặc tách mot-cua") < page.index("Diễn biến so-tu-phap")


def test_one_kind_or_one_source_is_shown_alone(console: FlaskClient) -> None:
    page = console.get(f"/trace?q={SHARED}&kind=status&source=so-tu-phap").text
    line = text_of(page.split("trace-line", 1)[1])
    assert "Tiếp nhận hồ sơ" in line
    assert "Gộp hoặc tách" not in line
    assert "mot-cua" not in line
    assert console.get(f"/trace?q={SHARED}&kind=nothing&source=nobody&id=9{'9' * 30}").status_code == 200


def test_notices_say_to_whom_when_and_after_how_many_tries(console: FlaskClient, subscriber: int) -> None:
    page = told(console, SHARED)
    assert subscriber
    assert "Cổng dịch vụ công (" in page
    assert "có thay đổi · đã nhận" in page
    assert "2 lần gửi · 0f3a9c1be0d2" in page
    assert "theo mã thông báo đã gửi" in told(console, "0f3a9c1be0d2")


def test_a_push_is_found_by_the_departments_own_number(console: FlaskClient, store: Store, now: datetime) -> None:
    row = connectors.named(store.database, "mot-cua")
    assert row is not None
    answer = {"received": 1, "records": [{"position": 1, "key": "65a", "outcome": "updated"}]}
    with store.database.write() as transaction:
        deliveries.keep(transaction, row.id, "PUSH-0007", Delivery(b"x" * 16, answer), now)
    assert "theo số gói mà cơ quan đẩy" in told(console, "PUSH-0007")


def test_what_stands_in_quarantine_is_found_though_the_record_has_none_of_it(console: FlaskClient) -> None:
    page = told(console, "TP-404")
    assert "đã đến hub nhưng không có trong bản ghi chung" in page
    assert "Ngày tiếp nhận lấy từ NgayNhan Nhận được: “31/02/2026 08:15”" in page
    assert "Mở cách ly của so-tu-phap" in page


def test_it_is_found_by_the_code_that_it_gives_though_its_key_is_another(console: FlaskClient, store: Store) -> None:
    code, now = "000.00.15.H29-260530-0404", datetime.now(UTC)
    wrong = Problem("received_at", "NgayNhan", "31/02/2026", "a day that exists, as dd/MM/yyyy")
    bring(store.database, "so-tu-phap", now, {"K-9": Draft({"code": code}, (wrong,), rejected=True)})
    assert "so-tu-phap K-9" in told(console, code.lower())
    readable = Draft({"code": code, "status": "processing", "received_at": "2026-05-30T01:00:00Z"})
    bring(store.database, "so-tu-phap", now + timedelta(minutes=1), {"K-9": readable})
    assert "Vào cách ly" not in text_of(console.get(f"/trace?q={code}").text.split("trace-line", 1)[1])
    with store.database.read() as connection:
        assert connection.execute(select(quarantine_codes)).all() == []


def test_what_was_dropped_unread_says_who_did_it_and_why(console: FlaskClient, store: Store) -> None:
    signed = Signature("an", "thử nghiệm", datetime.now(UTC))
    connector = connectors.named(store.database, "so-tu-phap")
    assert connector is not None
    assert quarantine.drop(store.database, connector.id, Wanted(key="TP-404"), signed) == 1
    page = told(console, "TP-404")
    assert "Bị bỏ khỏi cách ly so-tu-phap TP-404 an, lý do: thử nghiệm" in page
    assert "Hãy chạy lại đầu nối so-tu-phap." in page


def test_a_code_that_never_came_says_who_would_bring_it(console: FlaskClient) -> None:
    answer = console.get("/trace?q=H29.15-260530-9999")
    assert answer.status_code == 404
    page = text_of(answer.text)
    assert "Hub chưa từng nhận mã này" in page
    assert "Sở Tư pháp – Lý lịch tư pháp so-tu-phap · Đang dùng" in page
    assert "Hãy kiểm tra lại mã" in text_of(console.get("/trace?q=<b>no</b>").text)


def test_several_dossiers_of_one_code_are_told_apart(console: FlaskClient) -> None:
    page = console.get(f"/trace?q={AMBIGUOUS}").text
    assert "2 hồ sơ khớp" in text_of(page)
    (first, second) = re.findall(r'href="(/trace\?q=[^"]+id=\d+)"', page)
    for address in (first, second):
        assert "Mọi việc đã xảy ra" in console.get(address.replace("&amp;", "&")).text


@pytest.mark.parametrize("what", ["", " ", "x" * 5000, "'; drop", "%", "\u202e", "é" * 300])
def test_whatever_is_typed_is_no_fault(console: FlaskClient, what: str) -> None:
    assert console.get("/trace", query_string={"q": what}).status_code in (200, 404)


def test_a_parting_tells_who_and_why(console: FlaskClient, store: Store, now: datetime) -> None:
    parting.part(store.database, ("mot-cua", "65a"), SHARED, Signature("an", "gõ nhầm", now))
    page = told(console, "65a")
    assert "Mã bị coi là sai mot-cua 65a 000.00.15.H29-260518-0007 an, lý do: gõ nhầm" in page
    assert "an, lý do: gõ nhầm" in told(console, SHARED)


def test_who_may_not_see_personal_data_sees_what_happened_and_nobodys_data(leader: FlaskClient) -> None:
    page = told(leader, SHARED)
    assert "Các bản ghi nguồn: thêm mot-cua 65a" in page
    assert "và 9 trường bạn không được xem" in page
    assert initials("Vũ Thị Hạnh") in page
    for secret in (*_HIDDEN, "Vũ Thị Hạnh", "không có mục", "Được đọc kiểm thử"):
        assert secret not in page
    assert leader.get(f"/trace?q={OWNER}").status_code == 404
    assert "Bùi Thị Lụa" not in told(leader, "TP-405")


def test_who_read_is_told_to_auditors_alone(reader: FlaskClient, operator: FlaskClient, console: FlaskClient) -> None:
    console.get(f"/dossiers/{SHARED}")
    assert "Được đọc quản trị" in told(reader, SHARED)
    assert "Được đọc quản trị" not in told(operator, SHARED)


def test_a_department_traces_its_own_dossiers_and_records_alone(
    department: FlaskClient, store: Store, now: datetime
) -> None:
    assert "so-tu-phap TP-shared" in told(department, SHARED)
    assert "Vào cách ly" in told(department, "TP-404")
    row = connectors.named(store.database, "mot-cua")
    assert row is not None
    with store.database.write() as transaction:
        deliveries.keep(transaction, row.id, "PUSH-0008", Delivery(b"x" * 16, {"records": []}), now)
    foreign = (SLASHED, "65c", "PUSH-0008", str(dossier_id(store, SLASHED)))
    assert [department.get(f"/trace?q={what}").status_code for what in foreign] == [404] * len(foreign)
    other = dossier_id(store, SLASHED)
    page = told(department, SHARED, id=str(other))
    assert SLASHED not in page
    assert "name=mot-cua" not in department.get(f"/trace?q={SHARED}").text


def test_looking_for_a_person_is_noted_though_nothing_is_found(console: FlaskClient, store: Store) -> None:
    assert console.get("/trace?q=000190009999").status_code == 404
    (row,) = reads_found.page(store.database, Sought(), None, 10)
    assert row.records == 0
    assert "000190009999" not in str(row.what)
    assert row.what["filter"]["q"]["traces"]


def test_the_api_tells_the_same_to_its_own_people_and_to_no_client(api: FlaskClient, subscriber: int) -> None:
    assert subscriber
    answer = api.get(f"/api/v1/dossiers/{SHARED}/trace").get_json()
    assert answer["known"] is True
    assert {one["kind"] for one in answer["entries"]} >= {"received", "joined", "status", "told"}
    (phone,) = [one for one in answer["conflicts"] if one["field"] == "applicant.phone"]
    assert phone["others"] == [
        {"connector": "so-tu-phap", "key": "TP-shared", "value": "0900000001", "ground": "precedence"}
    ]
    assert api.get("/api/v1/dossiers/TP-404/trace").get_json()["known"] is False
    assert api.get("/api/v1/dossiers/none/trace").get_json()["code"] == "dossier_not_found"
    assert api.get(f"/api/v1/dossiers/{AMBIGUOUS}/trace").status_code == 409
    one = api.get(f"/api/v1/dossiers/{AMBIGUOUS}/trace?agency=000.00.15.H29&kind=received").get_json()
    assert [entry["key"] for entry in one["entries"]] == ["TP-own"]


def test_entries_come_newest_first_and_ties_in_the_order_of_cause(api: FlaskClient) -> None:
    entries = api.get(f"/api/v1/dossiers/{SHARED}/trace").get_json()["entries"]
    times = [datetime.fromisoformat(one["at"]) for one in entries]
    assert times == sorted(times, reverse=True)
    assert max(times) - min(times) > timedelta(days=1)


def test_both_databases_tell_the_same(database: Database) -> None:

    fill(database, datetime.now(UTC))
    own = {row.id: row.name for row in connectors.listed(database)}
    sees = Sees(ALL, EVERYTHING, own, audit=True)
    for what in (SHARED, "TP-shared", OWNER):
        (met,) = find(database, what, sees).dossiers
        assert {str(one.kind) for one in trace_of(database, what, met.row, sees).entries} == {
            "received",
            "joined",
            "status",
        }
    assert find(database, "TP-404", sees).aside[0].key == "TP-404"
    assert not find(database, "nothing", sees).is_known


def test_one_dossier_is_fetched_again_from_where_it_was_traced(console: FlaskClient, leader: FlaskClient) -> None:
    page = console.get(f"/trace?q={SHARED}").text
    for name in ("so-tu-phap", "mot-cua"):
        assert f'action="/connectors/{name}/fetch"' in page
    assert 'name="dossier" value="000.00.00.H29-260518-1201"' in page
    never = console.get("/trace?q=000.00.15.H29-260530-9999").text
    assert 'name="dossier" value="000.00.15.H29-260530-9999"' in never
    assert "/fetch" not in leader.get(f"/trace?q={SHARED}").text
