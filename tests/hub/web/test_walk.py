"""Every page of the console in a real browser, in both languages, as everybody who may open it; axe looks at each."""

import ast
import inspect
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, Page

from hub import console
from hub.console.blueprint import PAGES
from hub.record.rights import RIGHTS, Role
from hub.store import keys
from hub.store.database import connect
from tests.hub.web import filling, furnishing
from tests.hub.web import test_alerts as alerting
from tests.hub.web import test_catalogue_shown as listing
from tests.hub.web import test_keepers_pages as keeping
from tests.hub.web.browsing import IN_A_BROWSER, Watched, chromium, let_in, watch
from tests.hub.web.filling import Store, fill
from tests.hub.web.furnishing import Furnished, furnish
from tests.hub.web.served import FILE
from tests.hub.web.serving import Server, serving
from tests.hub.web.visitor import person

pytestmark = IN_A_BROWSER

# Not pages: pieces of them that they fetch themselves, and files.
PIECES = {"overview_connectors", "overview_totals", "alert_news", "run_progress"}
FILES = {page.endpoint for page in PAGES.values() if page.rule.endswith((".csv", "/file", "<form>"))}
SHOWN = [page for page in PAGES.values() if page.method == "GET" and page.endpoint not in PIECES | FILES]
WALKERS = (Role.DEPARTMENT, Role.OPERATOR, Role.LEADER, Role.ADMINISTRATOR)
PERSONAL = {"received"}  # shown to those who may see personal data; others are told so, with 403
MASKED = re.compile(r"\w\*+")  # a name as who may not see it is shown it
LETTERS = re.compile(r"[À-ÖØ-öø-ỹĐđ]")
ENGLISH = re.compile(r"\b(the|of|and|is|are|was|were|with|from|for|this|that|has|have|not|be|by|to)\b", re.IGNORECASE)
# What a person sees or hears of a page in its language: not what is marked as another's, or as nobody's.
SEEN = """() => {
  const own = document.documentElement.lang, said = new Set();
  const foreign = "script, style, code, pre, textarea, .technical, [translate=no]";
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walk.currentNode; node; node = walk.nextNode()) {
    const at = node.nodeType === 3 ? node.parentElement : node;
    if (at.closest(foreign) || at.closest("[lang]").lang !== own) continue;
    if (node.nodeType === 3) said.add(node.data.trim());
    else for (const name of ["aria-label", "title", "placeholder", "alt", "data-label"])
      if (at.hasAttribute(name)) said.add(at.getAttribute(name).trim());
  }
  const width = document.documentElement.scrollWidth, room = innerWidth;
  return {lang: own, width, room, headings: document.querySelectorAll("h1").length, texts: [...said].filter(Boolean)};
}"""
# Who walks with a phone, in the dark: so each page is seen by day in one language, and that way in the other.
PHONES = {(Role.ADMINISTRATOR, "en"), (Role.OPERATOR, "vi"), (Role.LEADER, "vi"), (Role.DEPARTMENT, "en")}
PHONE, DESK = 360, 1280


@dataclass(frozen=True, slots=True)
class House:
    """A furnished hub behind the real server, and the browser."""

    server: Server
    browser: Browser
    store: Store
    furnished: Furnished

    def addresses(self, endpoint: str, rule: str, role: Role) -> dict[str, int]:
        """Where a page can be looked at, and how it answers this role."""
        if endpoint == "connector_draft":
            return {_address(rule, {"draft_id": self.furnished.draft_of[role]}): 200}
        samples = self.furnished.of_page.get(endpoint, [{}])
        assert all(set(re.findall(r"<(?:\w+:)?(\w+)>", rule)) <= set(one) for one in samples), (
            f"{endpoint} ({rule}) is a page of which this walk has no sample: give it one in furnishing.py"
        )
        if role is Role.LEADER and endpoint in PERSONAL:
            return {_address(rule, one): 403 for one in samples}
        others = self.furnished.runs_of_others if role is Role.DEPARTMENT else ()
        return {_address(rule, one): 404 if one.get("run_id") in others else 200 for one in samples}


def _address(rule: str, sample: Any) -> str:
    inside = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: quote(str(sample[found[1]])), rule)
    more = {name: value for name, value in sample.items() if f"{name}>" not in rule}
    return inside + (f"?{urlencode(more)}" if more else "")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, sqlite_store: Path) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("walk")
    shutil.copy(sqlite_store, folder / "hub.db")
    database, now = connect(FILE, folder), datetime.now(UTC)
    store = Store(folder, database, fill(database, now), keys.issue(database, "kiểm thử", now), now, "")
    furnished = furnish(store)
    with serving(folder, 0, "", FILE, "whole", errors=None) as server, chromium() as browser:
        yield House(server, browser, store, furnished)
    database.close()


@pytest.fixture(scope="module")
def catalogue() -> dict[str, str]:
    """Every Vietnamese text of the console that has no blank, and its English."""
    path = Path(console.__file__).parent / "translations/en/LC_MESSAGES/messages.po"
    with path.open("rb") as file:
        found = read_po(file)
    return {str(one.id): str(one.string) for one in found if isinstance(one.id, str) and one.id and "%" not in one.id}


def _data() -> list[str]:
    """What people and sources said that is in the store: every Vietnamese text of the modules that filled it."""
    said = {"Một Cửa Hub"}
    for module in (filling, furnishing, alerting, keeping, listing):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said |= {part.strip() for part in re.split(r"[,:\n]", node.value)} | {node.value}
    return sorted((text for text in said if LETTERS.search(text)), key=len, reverse=True)


DATA = _data()


def half_translated(texts: list[str], language: str, catalogue: dict[str, str]) -> list[str]:
    """The texts of a page that are in the other language; what people and sources say is in their own."""
    if language == "vi":
        english = {text for own, text in catalogue.items() if LETTERS.search(own)}
        return [
            text for text in texts if not LETTERS.search(text) and (text in english or len(ENGLISH.findall(text)) > 1)
        ]
    return [text for text in texts if LETTERS.search(_without_data(text))]


def _without_data(text: str) -> str:
    for one in (*DATA, "Ngày Văn hóa Việt Nam", "NĐ-CP", " đ"):  # a holiday's, a decree's, the currency's own name
        text = text.replace(one, "")
    return MASKED.sub("", text)


@dataclass(frozen=True, slots=True)
class Walk:
    """One person's way through the console."""

    page: Page
    watched: Watched
    language: str
    catalogue: dict[str, str]

    def look(self, address: str, status: int) -> Iterator[str]:
        """What is wrong with a page at first sight."""
        answer = self.page.goto(address, wait_until="domcontentloaded")
        assert answer is not None
        shown = self.page.evaluate(SEEN)
        if answer.status != status:
            yield f"it answers {answer.status}"
        if shown["lang"] != self.language:
            yield f"it says that its language is {shown['lang']}"
        if shown["width"] > shown["room"]:
            yield f"it is {shown['width']} px wide where there is room for {shown['room']}"
        if shown["headings"] != 1:
            yield f"it has {shown['headings']} headings of the first rank"
        other = half_translated(shown["texts"], self.language, self.catalogue)
        yield from (f"not in its language: {text!r}" for text in other)
        if status == 200:  # else Chromium itself reports it
            yield from self.watched.errors
        yield from self.watched.strangers
        self.watched.errors.clear()
        self.watched.strangers.clear()

    def axe(self) -> Iterator[str]:
        """What axe-core finds on the page."""
        for one in Axe().run(self.page).response["violations"]:
            node = one["nodes"][0]
            yield f"axe {one['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("role", WALKERS)
def test_every_page_is_whole(house: House, catalogue: dict[str, str], role: Role, language: str) -> None:
    """axe goes with the administrator everywhere once, and else to every third page, each time to other ones."""
    found = person(house.store.database, f"di-{role}", role, sees_personal=role is not Role.LEADER)
    is_phone = (role, language) in PHONES
    context = house.browser.new_context(
        base_url=house.server.url,
        viewport={"width": PHONE if is_phone else DESK, "height": 900},
        color_scheme="dark" if is_phone else "light",
    )
    let_in(context, house.server.url, house.store, found)
    context.add_cookies([{"name": "hub_language", "value": language, "url": house.server.url}])
    page = context.new_page()
    walk = Walk(page, watch(page, house.server.url), language, catalogue)
    wrong, third = [], WALKERS.index(role) % 3
    pages = [each for each in SHOWN if each.right is None or each.right in RIGHTS[role]]
    ways = [way for each in pages for way in house.addresses(each.endpoint, each.rule, role).items()]
    for number, (address, status) in enumerate(ways):
        wrong += [f"{address}: {one}" for one in walk.look(address, status)]
        if (role, language) == (Role.ADMINISTRATOR, "vi") or number % 3 == third:
            wrong += [f"{address}: {one}" for one in walk.axe()]
    context.close()
    wrong += walk.watched.errors
    assert not wrong, "\n".join(wrong)
