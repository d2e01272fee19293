"""A department fails: from the fault to the alert to the repair, in the browser alone; clicks and fields are counted.

`hub serve`, the departments, the mailbox and the browser are real. What the docs say of clicks and fields is held here
against what it took.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from hub.alerts.kinds import Rule
from hub.store import alerts, people_sessions, removals
from hub.store.people_tables import sessions
from tests.departments.generator import generate
from tests.departments.so_tu_phap import SoTuPhap
from tests.hub.web.browsing import IN_A_BROWSER, chromium, watch
from tests.hub.web.failing import (
    CHANGES,
    NEW,
    OPERATOR,
    PATIENCE,
    REFUSES,
    ROOT,
    SHRINKS,
    TITLES,
    UNKNOWN,
    Failing,
    failing,
    link_of,
    read_all,
    until,
)
from tests.hub.web.visitor import PASSWORD

pytestmark = IN_A_BROWSER
OVER = "Đã hết: "
_LONG = PATIENCE * 1000


@dataclass(slots=True)
class Hand:
    """What a person does at a page, counted."""

    page: Page
    clicks: int = 0
    fields: int = 0

    def follow(self, address: str) -> None:
        """Click a link in a letter."""
        self.clicks += 1
        self.page.goto(address)

    def click(self, what: Locator) -> None:
        self.clicks += 1
        what.click(timeout=_LONG)

    def fill(self, what: Locator, text: str) -> None:
        self.fields += 1
        what.fill(text, timeout=_LONG)

    def button(self, name: str) -> None:
        self.click(self.page.get_by_role("button", name=name))

    def link(self, name: str) -> None:
        self.click(self.page.get_by_role("link", name=name))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, sqlite_store: Path) -> Iterator[Failing]:
    folder = tmp_path_factory.mktemp("failing")
    shutil.copy(sqlite_store, folder / "hub.db")
    with failing(generate(judicial=30, one_stop=90, shared=0, faulty=0), folder) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def signed_in(browser: Browser, world: Failing) -> Iterator[Page]:
    """The operator on duty, who signed in this morning."""
    context = browser.new_context(base_url=world.url, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    watched = watch(page, world.url)
    page.goto("/sign-in")
    page.get_by_label("Tên đăng nhập").fill(OPERATOR)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Tổng quan")).to_be_visible()
    yield page
    context.close()
    assert (watched.errors, watched.strangers) == ([], [])


@pytest.fixture
def hand(signed_in: Page) -> Hand:
    return Hand(signed_in)


def succeeded(page: Page) -> None:
    """The run whose page this is has ended well; the page tells it by itself."""
    expect(page.locator("#run").get_by_role("status")).to_contain_text("Thành công", timeout=_LONG)


def is_over(world: Failing, rule: Rule, name: str) -> None:
    until(lambda: not [one for one in alerts.going_on(world.database) if (one.rule, one.connector) == (rule, name)])


def as_the_docs_say(hand: Hand, story: str) -> None:
    """Both languages tell the same number of clicks and fields of this story."""
    for name in ("console.md", "console.vi.md"):
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        row = re.search(rf"\| {story}\. .*\| (\d+) \| (\d+) \|", text)
        assert row, f"docs/{name} does not tell story {story}"
        assert (hand.clicks, hand.fields) == (int(row[1]), int(row[2])), name


def test_a_department_that_refuses_the_password_is_read_again_after_a_new_one(world: Failing, hand: Hand) -> None:
    mails, hooks = len(world.box.mails), len(world.hook.got)
    world.justice.app = SoTuPhap(world.city.judicial, credentials=NEW).app
    told = world.mail("Cảnh báo: Đọc nguồn chậm hơn cam kết", TITLES[REFUSES], mails)
    assert "Các lượt trước bị lỗi nên hub tạm ngừng hỏi." in told.get_content()
    page = hand.page
    hand.follow(link_of(told))
    expect(page.get_by_role("heading", level=1)).to_contain_text(TITLES[REFUSES])
    expect(page.get_by_text("Cơ quan từ chối quyền truy cập.")).to_be_visible()
    hand.fill(page.get_by_label("Giá trị mới của so-tu-phap.password"), NEW[1])
    hand.button("Giữ bí mật")
    hand.button("Kiểm tra từng bước")
    expect(page.get_by_text("Mọi bước đều đạt")).to_be_visible()
    hand.button("Chạy ngay")
    succeeded(page)
    world.mail(OVER, TITLES[REFUSES], mails)
    (opened,) = [got.event for got in world.hook.got[hooks:] if got.event["type"].endswith("opened")]
    assert opened["data"]["alerts"][0]["link"] == link_of(told)
    is_over(world, Rule.FRESHNESS, REFUSES)
    assert (world.row(REFUSES).open_until, world.row(REFUSES).failures) == (None, 0)
    as_the_docs_say(hand, "A")


def test_an_unknown_status_is_put_into_the_mapping_and_what_waited_is_read(world: Failing, hand: Hand) -> None:
    world.answers[UNKNOWN].words = {b'"dossierStatus":{"id":2,': b'"dossierStatus":{"id":27,'}
    gateway = world.gateways[UNKNOWN]
    for dossier in [one for one in gateway.dossiers() if one.status != "processing"][:5]:
        gateway.change(dossier.code, status="processing")
    told = world.mail("Cảnh báo: Nhiều bản ghi bị cách ly", TITLES[UNKNOWN])
    page = hand.page
    hand.follow(link_of(told))
    hand.click(page.get_by_role("table").first.get_by_role("link"))
    hand.link("Sửa ánh xạ")
    hand.button("Thêm các dòng đã chọn vào văn bản")
    editor = page.get_by_label("Văn bản của ánh xạ")
    expect(editor).to_have_value(re.compile('"27": '))
    hand.fill(editor, re.sub('"27":.*', '"27": processing', editor.input_value()))
    hand.button("Xem trước trên dữ liệu đã nhận")
    expect(page.locator("#released")).to_have_text(str(world.quarantined(UNKNOWN)))
    hand.fill(page.get_by_label("Lý do"), "đã hỏi cơ quan")
    hand.button("Đưa vào dùng")
    succeeded(page)
    until(lambda: world.quarantined(UNKNOWN) == 0)
    world.mail(OVER, TITLES[UNKNOWN])
    is_over(world, Rule.QUARANTINE, UNKNOWN)
    as_the_docs_say(hand, "B")


def test_a_changed_interface_is_looked_at_and_accepted(world: Failing, hand: Hand) -> None:
    world.answers[CHANGES].words = {b'"procedureLevel"': b'"mucDoDichVu"'}
    gateway = world.gateways[CHANGES]
    for dossier in gateway.dossiers()[:25]:
        gateway.change(dossier.code)
    told = world.mail("Cảnh báo: Dữ liệu của cơ quan đổi dạng", TITLES[CHANGES])
    page = hand.page
    hand.follow(link_of(told))
    expect(page.get_by_text("mucDoDichVu").first).to_be_visible()
    hand.button("Xem thử dữ liệu mới")
    expect(page.get_by_role("article").first).to_be_visible()
    hand.button("Chấp nhận thay đổi")
    expect(page.get_by_text("đã chấp nhận")).to_be_visible()
    world.mail(OVER, TITLES[CHANGES])
    is_over(world, Rule.DRIFT, CHANGES)
    as_the_docs_say(hand, "C")


def test_a_listing_without_many_records_waits_for_a_person(world: Failing, hand: Hand) -> None:
    gateway = world.gateways[SHRINKS]
    left_out = [one.code for one in gateway.dossiers()[:12]]
    for code in left_out:
        gateway.remove(code)
    read_all(world.database, SHRINKS)
    told = world.mail("Cảnh báo: Bản ghi không thấy ở nguồn chờ quyết định", TITLES[SHRINKS])
    with world.database.write() as transaction:  # the operator signed in this morning
        for session_id in transaction.scalars(select(sessions.c.id)).all():
            people_sessions.prove(transaction, session_id, datetime.now(UTC) - timedelta(hours=1))
    page = hand.page
    page.goto("/")
    expect(page.get_by_role("link", name="12 bản ghi không thấy ở nguồn đang chờ quyết định")).to_be_visible()
    hand.follow(link_of(told))
    waiting = page.get_by_role("article").filter(has_text="12 trong 30 bản ghi không thấy")
    hand.fill(waiting.get_by_label("Lý do").first, "cơ quan đã bỏ sổ cũ")
    hand.click(waiting.get_by_role("button", name="Đúng, không còn ở nguồn"))
    hand.fill(page.get_by_label("Mật khẩu"), PASSWORD)
    hand.button("Xác nhận")
    hand.fill(waiting.get_by_label("Lý do").first, "cơ quan đã bỏ sổ cũ")
    hand.click(waiting.get_by_role("button", name="Đúng, không còn ở nguồn"))
    expect(page.get_by_text("12 bản ghi được đánh dấu là không còn ở nguồn")).to_be_visible()
    assert removals.listed(world.database) == []
    world.mail(OVER, TITLES[SHRINKS])
    is_over(world, Rule.REMOVAL, SHRINKS)
    as_the_docs_say(hand, "D")
