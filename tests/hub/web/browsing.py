"""The system's Chromium, and a page of it whose every fault is noted."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from hub.store.people import Person
from hub.store.people_sessions import Way
from hub.web.app import create_app
from tests.hub.web.filling import Store
from tests.hub.web.served import SECRET
from tests.hub.web.visitor import sign_in_as

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
# The network is none of the browser's business here, so it must not try.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: THE CONSOLE IS NOT TESTED IN A BROWSER"),
]


@dataclass
class Watched:
    """What a page did that it should not have."""

    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, without a window."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield running
        running.close()


def watch(page: Page, url: str) -> Watched:
    """Note from now on what goes wrong on a page, a violated content security policy too, and whom it asks."""
    watched = Watched()

    def request(sent: Request) -> None:
        if not sent.url.startswith((url, "data:")):
            watched.strangers.append(sent.url)

    page.on("request", request)
    page.on("pageerror", lambda error: watched.errors.append(str(error)))
    page.on("console", lambda said: watched.errors.append(said.text) if said.type in {"error", "warning"} else None)
    return watched


def let_in(context: BrowserContext, url: str, store: Store, person: Person) -> None:
    """Have somebody signed in without the form, for tests of what comes after it."""
    client = create_app(store.database, SECRET).test_client()
    sign_in_as(client, person, Way.PASSWORD)
    cookie = client.get_cookie("hub_session")
    assert cookie is not None
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])
