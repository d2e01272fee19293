"""Lists of dossiers at the console: every filter, masked where it must be, nobody's but one's own, and taken along."""

import re
from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.record.rights import Role
from hub.store import removals, runs
from hub.store.connectors import named
from hub.store.database import Database
from hub.store.reads_found import Sought, page
from mappings.engine.draft import Draft
from tests.hub.web.filling import AMBIGUOUS, SHARED, SLASHED, Store, bring
from tests.hub.web.test_console import text_of
from tests.hub.web.visitor import csrf, signed_in

_OWNER, _PHONE = "000190000001", "0900000009"
_SECRETS = ("Đặng Thùy Dương", "Đặng", _OWNER, _PHONE, "0900000001", "12 Đường Số 3", "Vũ Thị Hạnh", "SoBienLai")


def codes(answer: str) -> list[str]:
    return re.findall(r'class="code" href="[^"]+">([^<]+)<', answer)


@pytest.mark.parametrize(
    ("query", "some", "without"),
    [
        (f"identity={_OWNER}", "1201", "07906"),
        (f"phone={_PHONE}", "1201", "07906"),
        ("channel=online", "1201", "07906"),
        ("connector=du-lieu-mo", "24-1", "1201"),
        ("conflicts=1", "1201", "07906"),
        ("procedure=1.001193", "1201", "24-1"),
        ("due=overdue&received_from=2026-05-03&received_to=2026-05-03", "1201", "24-1"),
        ("due_from=2026-05-13&due_to=2026-05-13", "1201", "24-1"),
        ("completed_from=2000-01-01&status=completed", "", "1201"),
        ("agency=000.00.21.H29", "24-1", "1201"),
    ],
)
def test_each_filter_finds_its_own(console: FlaskClient, query: str, some: str, without: str) -> None:
    shown = " ".join(codes(console.get(f"/dossiers?{query}").text))
    assert some in shown
    assert without not in shown


def test_an_order_is_kept_from_page_to_page(console: FlaskClient) -> None:
    first = console.get("/dossiers?sort=received").text
    following = re.search(r'href="([^"]+)" rel="next"', first)
    assert following
    assert "sort=received" in following[1]
    second = console.get(following[1].replace("&amp;", "&")).text
    assert not {*codes(first)} & {*codes(second)} - {AMBIGUOUS}
    assert codes(first)[-1] != codes(console.get("/dossiers").text)[-1]
    # A cursor of another order begins anew.
    assert codes(console.get(following[1].replace("&amp;", "&").replace("sort=received", "sort=due")).text)


def test_what_cannot_be_understood_is_told_and_left_out(console: FlaskClient) -> None:
    page = text_of(console.get("/dossiers?received_from=31/02&status=none&channel=online").text)
    assert "Bỏ qua “31/02” ở mục Tiếp nhận từ ngày." in page
    assert "Bỏ qua “none” ở mục Trạng thái." in page
    assert "000.00.00.H29-260518-1201" in page
    page = text_of(console.get("/dossiers?received_from=2026-05-09&received_to=2026-05-01").text)
    assert "Bỏ qua “2026-05-01” ở mục Tiếp nhận đến hết ngày." in page


@pytest.mark.parametrize("path", ["/dossiers", f"/dossiers/{SHARED}", "/dossiers?channel=online", "/dossiers/alike"])
def test_who_may_not_see_personal_data_sees_none(leader: FlaskClient, path: str) -> None:
    answer = leader.get(path)
    assert answer.status_code == 200
    assert [secret for secret in _SECRETS if secret in answer.text] == []


def test_a_masked_page_says_where_it_stands_and_not_who_said_so(leader: FlaskClient) -> None:
    page = text_of(leader.get(f"/dossiers/{SHARED}").text)
    assert "Họ tên Đ*** T*** D****" in page
    assert "Ngày sinh 1990" in page
    assert "Trạng thái Đang xử lý" in page
    for hidden in ("ghi khác", "so-tu-phap", "TP-shared", "Lịch sử giá trị", "Trích yếu"):
        assert hidden not in page


def test_who_may_not_see_personal_data_searches_for_codes_alone(leader: FlaskClient) -> None:
    found = leader.get("/dossiers?q=h29.15-260518-0007").text
    assert codes(found) == ["000.00.00.H29-260518-1201"]
    for query in ("q=dang+thuy+duong", f"identity={_OWNER}", f"phone={_PHONE}", "conflicts=1", "connector=mot-cua"):
        page = leader.get(f"/dossiers?{query}")
        assert page.status_code == 200
        assert "Tài khoản này không được" in page.text
    assert codes(leader.get("/dossiers?q=dang+thuy+duong").text) == []
    assert len(codes(leader.get(f"/dossiers?identity={_OWNER}").text)) > 1  # left out, not answered by what it finds


def test_a_department_sees_dossiers_of_its_agencies_alone(department: FlaskClient) -> None:
    shown = codes(department.get("/dossiers").text) + codes(department.get("/dossiers?sort=received").text)
    assert "000.00.00.H29-260518-1201" in shown  # the one-stop system's, handled by the department
    assert not {SLASHED, "24-1"} & {*shown}
    assert department.get(f"/dossiers/{SLASHED}").status_code == 404
    assert department.get("/dossiers/24-1").status_code == 404
    assert department.get(f"/dossiers/{AMBIGUOUS}?agency=000.00.00.H29").status_code == 404
    assert "Trần Đức Minh" in department.get(f"/dossiers/{AMBIGUOUS}").text  # its own alone: nothing to choose
    assert codes(department.get("/dossiers?agency=000.00.21.H29").text) == []


def test_received_records_are_for_their_department_and_for_whoever_may_see_personal_data(
    department: FlaskClient, operator: FlaskClient, console: FlaskClient
) -> None:
    for name, key, status in (("so-tu-phap", "TP-404", 200), ("mot-cua", "65a", 404), ("nobody", "1", 404)):
        for part in ("received", "received/file"):
            assert department.get(f"/connectors/{name}/{part}?key={key}").status_code == status, (name, part)
    for part in ("received", "received/file"):
        answer = operator.get(f"/connectors/so-tu-phap/{part}?key=TP-404")
        assert answer.status_code == 403
        assert "Khải" not in answer.text
        assert "Cần quyền xem dữ liệu cá nhân" in answer.text
    assert "Khải" in console.get("/connectors/so-tu-phap/received?key=TP-404").text
    links = console.get(f"/dossiers/{SHARED}").text.count("/received?key=")
    assert (links, department.get(f"/dossiers/{SHARED}").text.count("/received?key=")) == (2, 1)


def test_removals_are_each_departments_own(store: Store, app: Flask, department: FlaskClient) -> None:
    numbers = {}
    for name in ("so-tu-phap", "mot-cua"):
        row = named(store.database, name)
        assert row is not None
        with store.database.write() as transaction:
            run = runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))
            numbers[name] = removals.ask(transaction, row.id, run, [f"{name}-1"], 60, datetime.now(UTC))
    page = department.get("/removals").text
    assert "so-tu-phap-1" in page
    assert "mot-cua-1" not in page
    limited = signed_in(app.test_client(), "van-hanh-1", Role.OPERATOR, agencies=("000.00.15.H29",))
    form = {"csrf_token": csrf(limited, "/removals"), "reason": "đã hỏi"}
    statuses = [limited.post(f"/removals/{numbers[name]}/refuse", data=form).status_code for name in numbers]
    assert statuses in ([302, 404], [302, 302])  # an operator's agencies may limit them, or not
    form = {"csrf_token": csrf(department, "/removals"), "reason": "đã hỏi"}
    assert department.post(f"/removals/{numbers['mot-cua']}/refuse", data=form).status_code == 403


def test_a_list_is_taken_along_as_it_is_shown(console: FlaskClient, leader: FlaskClient, store: Store) -> None:
    text = console.get("/dossiers/list.csv?channel=online").get_data(as_text=True)
    assert text.splitlines()[0].startswith("\ufeff")
    assert len(text.splitlines()) == 2
    assert "Đặng Thùy Dương" in text
    masked = leader.get("/dossiers/list.csv?channel=online").get_data(as_text=True)
    assert "1201" in masked
    assert [secret for secret in _SECRETS if secret in masked] == []
    actions = [(row.person, row.what.get("export")) for row in page(store.database, Sought(), None, 10)]
    assert ("quản trị", "console") in actions


def test_a_workbook_holds_the_whole_list_in_its_order(console: FlaskClient, department: FlaskClient) -> None:
    answer = console.get("/dossiers/list.xlsx?sort=received")
    assert answer.headers["Content-Disposition"].endswith('.xlsx"')
    sheet = openpyxl.load_workbook(BytesIO(answer.data), read_only=True).worksheets[0]
    listed = [str(row[1]) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert [code for code in listed if code in codes(console.get("/dossiers?sort=received").text)][:40] == codes(
        console.get("/dossiers?sort=received").text
    )[:40]
    own = department.get("/dossiers/list.csv").get_data(as_text=True)
    assert SLASHED not in own
    assert "1201" in own
    assert console.get("/dossiers/list.exe").status_code == 404


def twins(database: Database, at: datetime) -> None:
    """One application that reached two systems, each under a number of its own."""
    values = {
        "status": "processing",
        "procedure": {"code": "1.001193", "name": "Đăng ký khai sinh"},
        "applicant": {"name": "Lý Thị Thử", "id_number": "000190000077"},
        "received_at": "2026-06-20T01:00:00Z",
    }
    bring(database, "so-tu-phap", at, {"T-1": Draft(values | {"code": "T-1"}), "T-3": Draft(values | {"code": "T-3"})})
    same, next_day = (values | {"received_at": time} for time in ("2026-06-20T09:00:00Z", "2026-06-20T17:30:00Z"))
    bring(database, "mot-cua", at, {"M-1": Draft(same | {"code": "M-1"}), "M-2": Draft(next_day | {"code": "M-2"})})


def test_what_may_be_the_same_is_shown_with_the_evidence(
    console: FlaskClient, store: Store, department: FlaskClient
) -> None:
    twins(store.database, datetime.now(UTC))
    page = text_of(console.get("/dossiers/alike").text)
    assert "Cùng chủ hồ sơ và thủ tục, tiếp nhận ngày 20/06/2026" in page
    for code in ("T-1", "T-3", "M-1"):
        assert f"{code} Lý Thị Thử" in page
    assert "M-2" not in page
    assert f"Cùng số {AMBIGUOUS} ở nhiều cơ quan" in page
    assert "hub không cho gộp tay" in page
    # Each of one's own system: whether another department has it too is not a department's to see.
    assert "Cùng chủ hồ sơ" not in text_of(department.get("/dossiers/alike").text).split("Đã dò")[1]
    assert "Cùng chủ" not in text_of(console.get("/dossiers/alike?received_to=2026-06-01").text).split("Đã dò")[1]


def test_a_walk_goes_on_where_it_stopped_and_repeats_nothing(
    console: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    twins(store.database, datetime.now(UTC))
    monkeypatch.setattr("hub.store.alike.STEP", 20)
    address, seen, steps = "/dossiers/alike", "", 0
    while address:
        answer = console.get(address).text
        seen, steps = seen + text_of(answer), steps + 1
        following = re.search(r'href="([^"]+)" rel="next"', answer)
        address = following[1].replace("&amp;", "&") if following else ""
    assert steps == 4
    assert seen.count("Cùng chủ hồ sơ và thủ tục, tiếp nhận ngày") == 1
    assert seen.count(f"Cùng số {AMBIGUOUS} ở nhiều cơ quan") == 1
