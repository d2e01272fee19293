"""The console in a real browser, served by the real server: what a person does, by mouse and by keyboard."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from hub.record.run_state import RunState
from hub.store import runs
from hub.store.runs import Counts, Ending
from tests.hub.web.filling import SHARED, Store
from tests.hub.web.serving import Server

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
# The network is none of the browser's business here, so it must not try.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: THE CONSOLE IS NOT TESTED IN A BROWSER"),
]


@dataclass
class Watched:
    """What a page did that it should not have."""

    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def visitor(browser: Browser, server: Server, watched: Watched) -> Iterator[Page]:
    """A page before the sign-in; in the end nothing went wrong and nothing left the machine."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    _watch(page, server, watched)
    yield page
    context.close()
    assert watched.errors == []
    assert watched.strangers == []


@pytest.fixture
def page(visitor: Page, store: Store) -> Page:
    """A page of somebody who has signed in."""
    visitor.goto("/sign-in")
    visitor.get_by_label("Khóa API").fill(store.manager)
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("heading", name="Tổng quan")).to_be_visible()
    return visitor


def _watch(page: Page, server: Server, watched: Watched) -> None:
    def request(sent: Request) -> None:
        if not sent.url.startswith((server.url, "data:")):
            watched.strangers.append(sent.url)

    page.on("request", request)
    page.on("pageerror", lambda error: watched.errors.append(str(error)))
    page.on("console", lambda said: watched.errors.append(said.text) if said.type in {"error", "warning"} else None)


def test_signing_in_with_a_wrong_key_and_then_the_right_one(visitor: Page, store: Store, watched: Watched) -> None:
    visitor.goto("/dossiers")
    visitor.get_by_label("Khóa API").fill("mch_wrong")
    visitor.get_by_role("button", name="Vào bảng điều khiển").click()
    expect(visitor.get_by_role("status")).to_contain_text("Khóa không đúng")
    visitor.get_by_label("Khóa API").fill(store.key)
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("heading", name="Hồ sơ")).to_be_visible()
    visitor.get_by_role("button", name="Đăng xuất").click()
    expect(visitor.get_by_role("heading", name="Đăng nhập")).to_be_visible()
    assert len(watched.errors) == 1  # Chromium itself reports the 401
    watched.errors.clear()


def test_a_run_is_followed_live_without_loading_the_page_again(page: Page, store: Store) -> None:
    run_id = store.filled.running_run
    page.goto(f"/runs/{run_id}")
    page.evaluate("window.neverLoadedAgain = true")
    expect(page.locator("progress")).to_have_attribute("value", "1")
    with store.database.write() as transaction:
        runs.count_page(transaction, run_id, Counts(fetched=41, created=40, unchanged=1), 100, "x")
    expect(page.locator("progress")).to_have_attribute("value", "42")
    expect(page.locator("#fetched")).to_have_text("42")
    with store.database.write() as transaction:
        runs.finish(transaction, run_id, Ending(RunState.SUCCEEDED, "42 fetched."), datetime.now(UTC))
    expect(page.get_by_role("status")).to_contain_text("Thành công")
    expect(page.locator("#run[hx-trigger]")).to_have_count(0)
    assert page.evaluate("window.neverLoadedAgain")


def test_the_overview_refreshes_and_keeps_the_focus(page: Page, store: Store) -> None:
    button = page.locator("article", has_text="Cổng một cửa điện tử").get_by_role("button", name="Chạy ngay")
    button.focus()
    with store.database.write() as transaction:
        runs.finish(transaction, store.filled.running_run, Ending(RunState.FAILED, "x", "refused"), datetime.now(UTC))
    expect(page.get_by_text("Cơ quan từ chối quyền truy cập.")).to_be_visible()
    expect(button).to_be_focused()


def test_a_run_is_asked_for_and_followed(page: Page) -> None:
    page.locator("article", has_text="Sở Tư pháp").get_by_role("button", name="Chạy ngay").click()
    expect(page.get_by_role("status")).to_contain_text("Đang chờ")


def test_search_without_accents_leads_to_a_dossier_and_its_provenance(page: Page) -> None:
    page.get_by_role("searchbox").fill("dang thuy duong")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="000.00.00.H29-260518-1201").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("000.00.00.H29-260518-1201")
    expect(page.get_by_text("so-tu-phap ghi khác: “Yêu cầu bổ sung giấy tờ”")).to_be_visible()
    expect(page.locator("[aria-labelledby=timeline] li")).to_have_count(4)


def test_the_raw_record_in_quarantine_is_only_shown(page: Page) -> None:
    page.on("dialog", lambda _: pytest.fail("a foreign script ran"))
    page.goto("/quarantine")
    page.locator("article", has_text="TP-404").get_by_text("Bản ghi như đã nhận").click()
    expect(page.get_by_text("<script>alert(1)</script>")).to_be_visible()


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
    wanted = page.locator("main a:visible, main button:visible, main input:visible").count()
    reached = 0
    for _ in range(wanted):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('main') !== null"):
            reached += 1
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert reached == wanted


@pytest.mark.parametrize("address", ["/", "/dossiers", f"/dossiers/{SHARED}", "/runs", "/runs/2", "/quarantine"])
def test_a_phone_scrolls_in_one_direction_only(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(page.get_by_role("navigation", name="Trang chính")).to_be_visible()


def test_dark_where_the_system_is_dark(page: Page) -> None:
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_a_hub_that_went_away_is_told_while_the_page_stays(page: Page, server: Server, watched: Watched) -> None:
    server.process.terminate()
    expect(page.get_by_role("alert")).to_contain_text("Mất liên lạc với hub", timeout=15_000)
    expect(page.get_by_role("heading", name="Tổng quan")).to_be_visible()
    watched.errors.clear()  # Chromium reports every refused connection


def test_the_api_docs_work_without_network(page: Page, store: Store) -> None:
    page.goto("/api/v1/docs")
    expect(page.get_by_role("link", name="/api/v1/dossiers/{code}", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Một Cửa Hub")).to_be_visible()
