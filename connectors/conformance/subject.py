"""The connector type under test: what a subclass says of it, and how the tests ask it without ever hanging."""

# ruff: noqa: S101  (asserts are what tests are made of)
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from threading import Thread
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel

from connectors.conformance.network import free_port, moved
from connectors.contract import Bookmark, Connector, ConnectorType, Page, Record, Retry, T
from connectors.errors import BadRecord
from connectors.scrub import secrets_in

WHOLE_PERIOD = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))

ASKING = "asking"  # the thread that a connector under test runs in
MOST_PAGES = 1000  # more than any system for tests has
SHORT_SECONDS = 0.25
SMALL_BYTES = 1_000_000


def once(exchange: Callable[[], T]) -> T:
    """A `retry` that never tries again, so that a test sees the first error."""
    return exchange()


class Subject:
    """What a subclass gives, or may override."""

    connector_type: ClassVar[ConnectorType]

    over_network: ClassVar[bool] = True
    """False for a type that reads files: the tests of trouble on the line are then skipped."""

    answer_begins: ClassVar[bytes] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
    """What an answer of the protocol begins with, so that a broken one is not known by its first bytes."""

    patience_seconds: ClassVar[float] = 20
    """How long a test waits before it says that the connector hangs."""

    all_keys: ClassVar[Collection[str]] = ()
    """The keys of all that the system at `address` has, so that a pull that leaves some out every time is found."""

    public_settings: ClassVar[frozenset[str]] = frozenset()
    """Settings that are no secrets, though their names look like it."""

    def settings(self, address: str) -> dict[str, Any]:
        """Settings for the system at `address`, with at least one secret if the type knows secrets."""
        raise NotImplementedError("a conformance test gives `settings(address)`: settings that reach the system there")

    def impatient_settings(self, address: str) -> dict[str, Any]:
        """The settings with short time-outs and a small limit; override it where they have other names than these."""
        quick = {
            name: SHORT_SECONDS if name.endswith("timeout_seconds") else SMALL_BYTES
            for name in self.connector_type.settings.model_fields
            if name.endswith(("timeout_seconds", "max_answer_bytes"))
        }
        return {**self.settings(address), **quick}

    @pytest.fixture
    def address(self) -> Iterator[str]:
        """The address of a running system with more records than one page holds."""
        raise NotImplementedError("a conformance test gives the fixture `address`: where a system of the type answers")

    @pytest.fixture
    def dead_address(self, address: str) -> str:
        """The address of a system that is not there; override it where the type does not read a network."""
        self._needs_network()
        return moved(address, free_port())

    def _needs_network(self) -> None:
        if not self.over_network:
            pytest.skip("the type reads no network")

    def _settings(self, values: dict[str, Any]) -> BaseModel:
        return self.connector_type.settings.model_validate(values)

    def _open(self, address: str, retry: Retry = once, *, impatient: bool = False) -> AbstractContextManager[Connector]:
        values = self.impatient_settings(address) if impatient else self.settings(address)
        return self.connector_type.open(self._settings(values), retry)

    def _pull(self, address: str, since: Bookmark | None, retry: Retry = once) -> list[Page]:
        """Every page of a pull, which must end."""
        pages: list[Page] = []
        self._ends(lambda: self._pull_into(pages, address, since, retry), "`pull`")
        return pages

    def _pull_into(self, pages: list[Page], address: str, since: Bookmark | None, retry: Retry = once) -> None:
        with self._open(address, retry) as connector:
            for page in connector.pull(since):
                pages.append(page)
                assert len(pages) <= MOST_PAGES, (
                    f"`pull` does not end: more than {MOST_PAGES:,} pages came from the test's own system"
                )

    def _ends(self, call: Callable[[], T], what: str) -> T:
        """What `call` returns or raises; a call that never returns is a failed test, not one that hangs."""
        outcome = Future[T]()

        def run() -> None:
            try:
                outcome.set_result(call())
            except BaseException as error:  # noqa: BLE001  (handed over to whoever waits for the outcome)
                outcome.set_exception(error)

        Thread(target=run, name=ASKING, daemon=True).start()
        try:
            return outcome.result(self.patience_seconds)
        except NotYet:
            if outcome.done():
                raise
        raise AssertionError(
            f"{what} has not ended after {self.patience_seconds:g} s: it waits, or goes round, for ever. A type must "
            "have time-outs; the tests shorten every setting whose name ends in `timeout_seconds`"
        )

    def _shows_no_secret(self, address: str, text: str, where: str) -> None:
        for secret in secrets_in(self._settings(self.settings(address))):
            assert not secret or secret not in text, f"a secret of the settings is shown in {where}"


def items_of(pages: list[Page]) -> Iterator[Record | BadRecord]:
    """Everything that pages bring, set aside or not."""
    for page in pages:
        yield from page.records
        yield from page.bad


def keys_of(pages: list[Page]) -> list[str]:
    """The key of everything that pages bring."""
    return [item.key for item in items_of(pages)]


def contents(pages: list[Page]) -> dict[str, bytes]:
    """The bytes of everything that pages bring, by its key."""
    return {item.key: item.raw for item in items_of(pages)}


def last_bookmark(pages: list[Page], before: Bookmark | None = None) -> Bookmark | None:
    """Where to go on; None in a page means: as before."""
    for page in pages:
        before = page.bookmark or before
    return before


def some(keys: Iterable[str]) -> str:
    """A few of them, for a sentence."""
    found = sorted(keys)
    return ", ".join(map(repr, found[:3])) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
