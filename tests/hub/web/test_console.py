"""The console's pages: what they show, what they offer, and what they do with what nobody expected."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.console import shown
from hub.console.words import CHOICES, FIELDS
from hub.record.fields import DOSSIER_FIELDS, LIST_FIELDS
from hub.store import quarantine, runs
from hub.store.database import Database, connect
from hub.web.app import create_app
from tests.hub.web.filling import AMBIGUOUS, SHARED, SLASHED, Store
from tests.hub.web.served import SECRET
from tests.hub.web.visitor import csrf, signed_in


def text_of(page: str) -> str:
    """What a person reads, without the marks between."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def english(console: FlaskClient) -> FlaskClient:
    console.set_cookie("hub_language", "en")
    return console


def test_the_overview_begins_with_what_is_wrong(console: FlaskClient) -> None:
    page = text_of(console.get("/").text)
    assert page.index("Cổng một cửa điện tử") < page.index("Dữ liệu mở thành phố") < page.index("Sở Tư pháp – Lý lịch")
    assert "Đang lỗi" in page
    assert "Hệ thống của cơ quan không trả lời trong thời gian chờ." in page
    assert "cam kết 10 phút" in page
    assert "64 bản ghi: 62 mới" in page


def test_the_parts_that_refresh_are_those_of_the_page(console: FlaskClient) -> None:
    page = console.get("/").text
    for part in ("/overview/connectors", "/overview/totals"):
        assert f'hx-get="{part}"' in page
        answer = console.get(part)
        assert answer.status_code == 200
        assert "<html" not in answer.text


def test_run_now_queues_a_run_and_a_second_click_adds_none(console: FlaskClient, store: Store) -> None:
    form = {"csrf_token": csrf(console, "/")}
    first = console.post("/connectors/so-tu-phap/runs", data=form)
    second = console.post("/connectors/so-tu-phap/runs", data=form)
    assert first.headers["Location"] == second.headers["Location"]
    page = text_of(console.get(second.headers["Location"]).text)
    assert "đã có một lượt đang chờ" in page
    assert "Phần thay đổi, chạy tay" in page
    assert len(runs.listed(store.database, connector="so-tu-phap", state="queued")) == 1
    assert console.post("/connectors/nobody/runs", data=form).status_code == 404


def test_a_run_that_goes_on_refreshes_and_one_that_ended_does_not(console: FlaskClient, store: Store) -> None:
    running = console.get(f"/runs/{store.filled.running_run}/progress").text
    assert 'hx-trigger="every 1s"' in running
    assert '<progress max="100" value="1"' in running
    ended = console.get(f"/runs/{store.filled.succeeded_run}/progress").text
    assert "hx-trigger" not in ended


def test_a_failed_run_is_explained_with_the_technical_sentence_below(console: FlaskClient, store: Store) -> None:
    page = text_of(console.get(f"/runs/{store.filled.failed_run}").text)
    meaning = page.index("Hệ thống của cơ quan không trả lời trong thời gian chờ.")
    assert meaning < page.index("no answer from http://127.0.0.1:8712")
    assert "Hệ thống của cơ quan đang gặp sự cố." in page
    assert "thử lại sau 2,1 giây" in page
    assert "2026-05-18T00:00:00Z" in page


def test_runs_can_be_filtered(console: FlaskClient) -> None:
    page = text_of(console.get("/runs?state=failed").text)
    assert "Cổng một cửa điện tử Phần thay đổi · Theo lịch" in page
    assert "Sở Tư pháp – Lý lịch tư pháp Phần" not in page
    assert "Không có lượt chạy nào như vậy." in text_of(console.get("/runs?state=interrupted").text)


def test_lists_go_on_at_the_next_page(console: FlaskClient) -> None:
    first = console.get("/dossiers").text
    following = re.search(r'href="([^"]+)" rel="next"', first)
    assert following
    second = console.get(following[1].replace("&amp;", "&")).text
    codes = re.compile(r'class="code" href="[^"]+">([^<]+)<')
    assert not set(codes.findall(first)) & set(codes.findall(second)) - {AMBIGUOUS}
    assert 'rel="next"' not in second
    assert "Về trang đầu" in second


@pytest.mark.parametrize(
    "query", ["q=dang+thuy+duong", "q=ĐẶNG THÙY", "q=260518-0007", "status=processing&q=duong dang"]
)
def test_search_finds_a_dossier(console: FlaskClient, query: str) -> None:
    assert "Đặng Thùy Dương" in console.get(f"/dossiers?{query}").text


@pytest.mark.parametrize(
    "query", ["received_from=x", "after=damaged", "status=none", "received_to=9999-12-31", "q=%25%5F", "after=é"]
)
def test_an_address_that_was_changed_by_hand_is_no_error(console: FlaskClient, query: str) -> None:
    assert console.get(f"/dossiers?{query}").status_code == 200
    assert console.get(f"/runs?{query}").status_code == 200
    assert console.get(f"/quarantine?{query}").status_code == 200


def test_a_dossier_shows_who_said_what(console: FlaskClient) -> None:
    page = text_of(console.get(f"/dossiers/{SHARED}").text)
    assert "Trạng thái Đang xử lý mot-cua ≠ so-tu-phap ghi khác: “Yêu cầu bổ sung giấy tờ”" in page
    assert "Ngày sinh 30/04/1990" in page
    assert "Ngày hẹn trả 13/05/2026 09:15" in page
    assert "200.000 đ" in page
    assert "SoBienLai BL-0042" in page
    assert page.index("Tiếp nhận hồ sơ") < page.index("Chuyển phòng chuyên môn")
    assert "Có mục không đọc được" in page
    assert "Có thể đã cũ" in page


def test_a_code_with_slashes_has_a_page(console: FlaskClient) -> None:
    assert "Hồ sơ có mã chứa dấu gạch chéo" in console.get(f"/dossiers/{SLASHED}").text


def test_a_number_of_several_agencies_offers_the_choice(console: FlaskClient) -> None:
    page = console.get(f"/dossiers/{AMBIGUOUS}").text
    assert f"/dossiers/{AMBIGUOUS}?agency=000.00.00.H29" in page
    assert console.get(f"/dossiers/{AMBIGUOUS}?agency=000.00.00.H29").status_code == 200


def test_an_unknown_code_offers_a_search(console: FlaskClient) -> None:
    answer = console.get("/dossiers/<b>none</b>")
    assert answer.status_code == 404
    assert "<b>none" not in answer.text
    assert "/dossiers?q=%3Cb%3Enone" in answer.text


def test_quarantine_shows_reasons_and_the_record_as_it_came_but_harmless(console: FlaskClient, store: Store) -> None:
    first = quarantine.listed(store.database)
    pages = [console.get(f"/quarantine/so-tu-phap/{row.id}").text for row in first]
    assert not any("<script>alert" in page for page in pages)
    assert any("&lt;script&gt;alert(1)&lt;/script&gt;" in page for page in pages)
    assert any("Nhận được: “31/02/2026 08:15”" in text_of(page) for page in pages)
    assert any("Bùi Thị Lụa" in page for page in pages)
    assert "không có bản ghi nào bị cách ly" in text_of(console.get("/quarantine?connector=mot-cua").text)


def test_english_is_one_click_away_and_stays(console: FlaskClient) -> None:
    form = {"csrf_token": csrf(console, "/runs"), "language": "en", "here": "/runs?state=failed"}
    assert console.post("/language", data=form).headers["Location"] == "/runs?state=failed"
    page = console.get("/").text
    assert '<html lang="en">' in page
    assert "Failing" in page
    console.post("/sign-out", data={"csrf_token": csrf(console, "/")})
    assert "Sign in" in console.get("/sign-in").text


def test_an_unknown_language_changes_nothing(console: FlaskClient) -> None:
    console.post("/language", data={"csrf_token": csrf(console, "/"), "language": "xx", "here": "/"})
    assert '<html lang="vi">' in console.get("/").text


@pytest.mark.parametrize("page", ["/", "/runs", "/dossiers", "/quarantine", f"/dossiers/{SHARED}", "/runs/2", "/none"])
def test_an_english_page_has_no_vietnamese_of_the_console(english: FlaskClient, page: str) -> None:
    words = text_of(english.get(page).text)
    # What departments said stays as they said it.
    for said in ("Hồ sơ có mã chứa dấu gạch chéo", "Tiếp nhận hồ sơ", "Cổng một cửa điện tử", "Phí cung cấp"):
        words = words.replace(said, "")
    for ours in ("Tổng quan", "Lượt", "Cách ly", "Đầu nối", "Trạng thái", "Hồ sơ của", "trước", "giây", "phút"):
        assert ours not in words, (page, ours)


def test_an_empty_hub_says_what_to_do(empty: Database) -> None:
    client = signed_in(create_app(empty, SECRET).test_client())
    assert "/connectors/new" in client.get("/").text
    assert "Chưa có hồ sơ nào." in client.get("/dossiers").text
    assert "Chưa có lượt chạy nào." in client.get("/runs").text
    assert "Mọi bản ghi đã nhận đều đọc được." in client.get("/quarantine").text


def test_a_page_that_is_not_there_offers_a_way_back(console: FlaskClient) -> None:
    for page in ("/nothing", "/runs/999", "/runs/99999999999999999999999"):
        answer = console.get(page)
        assert answer.status_code == 404
        assert "Về trang Tổng quan" in answer.text


def test_a_database_that_is_away_is_told_on_a_page(store: Store, tmp_path: Path, console: FlaskClient) -> None:
    (tmp_path / "no-database").mkdir()
    away = create_app(connect("sqlite:///no-database", tmp_path), SECRET).test_client()
    cookie = console.get_cookie("hub_session")
    assert cookie is not None
    away.set_cookie("hub_session", cookie.value)
    answer = away.get("/")
    assert answer.status_code == 503
    assert "Không mất dữ liệu" in answer.text


def test_a_fault_is_told_without_its_inside(app: Flask, console: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> str:
        raise RuntimeError("the inside")

    app.view_functions["console.quarantine"] = broken
    answer = console.get("/quarantine")
    assert answer.status_code == 500
    assert "the inside" not in answer.text
    assert "the inside" in caplog.text


def test_every_field_of_a_dossier_has_its_words() -> None:
    assert set(FIELDS) == set(DOSSIER_FIELDS) | (set(LIST_FIELDS) - {"events"})
    for name, field in DOSSIER_FIELDS.items():
        assert set(CHOICES.get(name, {})) == set(field.choices), name


@pytest.mark.parametrize(
    ("seconds", "vietnamese", "in_english"),
    [
        (0.31, "0,3 giây", "0.3 seconds"),
        (1, "1 giây", "1 second"),
        (65, "1 phút 5 giây", "1 minute 5 seconds"),
        (3600, "1 giờ", "1 hour"),
        (86_405, "1 ngày", "1 day"),
        (93_784, "1 ngày 2 giờ", "1 day 2 hours"),
    ],
)
def test_spans_are_said_in_words(app: Flask, seconds: float, vietnamese: str, in_english: str) -> None:
    with app.test_request_context():
        assert shown.span(seconds) == vietnamese
    with app.test_request_context(headers={"Cookie": "hub_language=en"}):
        assert shown.span(seconds) == in_english


def test_numbers_and_times_look_as_in_vietnam(app: Flask) -> None:
    with app.test_request_context():
        assert shown.number(1234567) == "1.234.567"
        assert shown.time("2026-05-20T01:15:00Z") == "20/05/2026 08:15"
        assert shown.day("1990-04-30") == "30/04/1990"
        assert shown.ago(datetime(2026, 5, 20, tzinfo=UTC), datetime(2026, 5, 20, 0, 2, tzinfo=UTC)) == "2 phút trước"
