"""The console in a real browser, served by the real server: what a person does, by mouse and by keyboard."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from hub.record.run_state import RunState
from hub.store import connectors, keys, runs
from hub.store.database import connect
from hub.store.people import Person
from hub.store.runs import Counts, Ending
from tests.hub.web.browsing import IN_A_BROWSER, Watched, chromium, let_in, watch
from tests.hub.web.filling import Store, fill
from tests.hub.web.served import FILE
from tests.hub.web.serving import Server, serving
from tests.hub.web.visitor import PASSWORD, person

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, sqlite_store: Path) -> Iterator[Store]:
    """One for all tests here: each begins the runs that it looks at."""
    folder = tmp_path_factory.mktemp("browser")
    shutil.copy(sqlite_store, folder / "hub.db")
    database, now = connect(FILE, folder), datetime.now(UTC)
    yield Store(folder, database, fill(database, now), keys.issue(database, "kiểm thử", now), now, "")
    database.close()


@pytest.fixture(scope="module")
def server(store: Store) -> Iterator[Server]:
    with serving(store.folder, 0, "", FILE, "whole", errors=None) as running:
        yield running


@pytest.fixture(scope="module")
def someone(store: Store) -> Person:
    return person(store.database, "quan-tri")


@pytest.fixture
def visitor(browser: Browser, server: Server) -> Iterator[tuple[Page, Watched]]:
    """A page before the sign-in; in the end nothing went wrong and nothing left the machine."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    watched = watch(page, server.url)
    yield page, watched
    context.close()
    assert watched.errors == []
    assert watched.strangers == []


@pytest.fixture
def page(visitor: tuple[Page, Watched], server: Server, store: Store, someone: Person) -> Page:
    """A page of somebody who has signed in."""
    let_in(visitor[0].context, server.url, store, someone)
    visitor[0].goto("/")
    return visitor[0]


def begun(store: Store, name: str) -> int:
    """A run of a connector that has begun just now."""
    row, now = connectors.named(store.database, name), datetime.now(UTC)
    assert row is not None
    with store.database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, "full", "hand", now)
    runs.start(store.database, run_id, "", None, now)
    return run_id


def count(store: Store, run_id: int, fetched: int, created: int) -> None:
    with store.database.write() as transaction:
        runs.count_page(transaction, run_id, Counts(fetched=fetched, created=created), 100, "x")


def end(store: Store, run_id: int, ending: Ending) -> None:
    with store.database.write() as transaction:
        runs.finish(transaction, run_id, ending, datetime.now(UTC))


def test_signing_in_with_a_wrong_password_and_then_the_right_one(visitor: tuple[Page, Watched], store: Store) -> None:
    person(store.database, "an")
    page, watched = visitor
    page.goto("/dossiers")
    page.get_by_label("Tên đăng nhập").fill("an")
    page.get_by_label("Mật khẩu").fill("không phải mật khẩu")
    page.get_by_role("button", name="Vào bảng điều khiển").click()
    expect(page.get_by_role("status")).to_contain_text("Không đăng nhập được")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Hồ sơ", exact=True)).to_be_visible()
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()
    assert len(watched.errors) == 1  # Chromium itself reports the 401
    watched.errors.clear()


def test_a_run_is_followed_live_without_loading_the_page_again(page: Page, store: Store) -> None:
    run_id = begun(store, "du-lieu-mo")
    count(store, run_id, 1, 1)
    page.goto(f"/runs/{run_id}")
    page.evaluate("window.neverLoadedAgain = true")
    expect(page.locator("progress")).to_have_attribute("value", "1")
    count(store, run_id, 41, 40)
    expect(page.locator("progress")).to_have_attribute("value", "42")
    expect(page.locator("#fetched")).to_have_text("42")
    end(store, run_id, Ending(RunState.SUCCEEDED, "42 fetched."))
    expect(page.get_by_role("status")).to_contain_text("Thành công")
    expect(page.locator("#run[hx-trigger]")).to_have_count(0)
    assert page.evaluate("window.neverLoadedAgain")


def test_the_overview_refreshes_and_keeps_the_focus(page: Page, store: Store) -> None:
    run_id = begun(store, "mot-cua")
    page.goto("/")
    button = page.get_by_role("button", name="Chạy ngay Cổng một cửa điện tử")
    button.focus()
    end(store, run_id, Ending(RunState.FAILED, "x", "refused"))
    expect(page.get_by_text("Cơ quan từ chối quyền truy cập.")).to_be_visible(timeout=10_000)
    expect(button).to_be_focused()


def test_a_run_is_asked_for_and_followed(page: Page) -> None:
    page.get_by_role("button", name="Chạy ngay Sở Tư pháp").click()
    expect(page.get_by_role("status")).to_contain_text("Đang chờ")


def test_search_without_accents_leads_to_a_dossier_and_its_provenance(page: Page) -> None:
    page.get_by_role("searchbox").fill("dang thuy duong")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="000.00.00.H29-260518-1201", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("000.00.00.H29-260518-1201")
    expect(page.get_by_text("ghi khác: “Yêu cầu bổ sung giấy tờ”")).to_be_visible()
    expect(page.locator("[aria-labelledby=timeline] li")).to_have_count(4)


def test_the_raw_record_in_quarantine_is_only_shown(page: Page) -> None:
    page.on("dialog", lambda _: pytest.fail("a foreign script ran"))
    page.goto("/quarantine?connector=so-tu-phap")
    page.get_by_role("link", name="TP-404").click()
    expect(page.get_by_text("<script>alert(1)</script>").first).to_be_visible()


def test_english_at_a_click_and_back(page: Page) -> None:
    page.goto("/runs?state=failed")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    assert page.url.endswith("/runs?state=failed")
    page.get_by_role("button", name="Tiếng Việt").click()
    expect(page.get_by_role("heading", name="Lượt chạy")).to_be_visible()


def test_everything_is_reached_by_keyboard_and_shows_the_focus(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Đến nội dung chính")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    kinds = ("a", "button", "input:not([type=hidden])", "select", "summary")
    wanted = page.locator(", ".join(f"main {kind}:visible" for kind in kinds)).count()
    reached = 0
    for _ in range(wanted):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('main') !== null"):
            reached += 1
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert reached == wanted


def test_a_phone_folds_the_menu_away_without_a_script(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 700})
    menu = page.get_by_role("navigation", name="Trang chính")
    expect(menu).to_be_hidden()
    page.get_by_text("Các trang", exact=True).click()
    menu.get_by_role("link", name="Lượt chạy").click()
    expect(page.get_by_role("heading", name="Lượt chạy", level=1)).to_be_visible()
    expect(menu).to_be_hidden()


def test_dark_where_the_system_is_dark(page: Page) -> None:
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_a_hub_that_went_away_is_told_while_the_page_stays(
    page: Page, store: Store, visitor: tuple[Page, Watched]
) -> None:
    run_id = begun(store, "du-lieu-mo")
    page.goto(f"/runs/{run_id}")
    page.context.set_offline(True)
    expect(page.get_by_role("alert")).to_contain_text("Mất liên lạc với hub")
    expect(page.get_by_role("heading", name=f"Lượt {run_id}")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("alert")).to_be_hidden()
    end(store, run_id, Ending(RunState.SUCCEEDED, "0 fetched."))
    visitor[1].errors.clear()  # Chromium reports every request that found nobody


def test_the_api_docs_work_without_network(page: Page, store: Store) -> None:
    page.goto("/api/v1/docs")
    expect(page.get_by_role("link", name="/api/v1/dossiers/{code}", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Một Cửa Hub")).to_be_visible()
