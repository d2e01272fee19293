"""Ledgers that break the contract, each in one way that third parties do: the conformance suite must find every one."""

# ruff: noqa: ARG002  (what a connector should look at and does not)
import json as plain_json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from connectors.contract import Bookmark, Connector, Page, Record, Retry
from connectors.errors import Changed, Refused, Unavailable
from connectors.new_type.ledger import LATER, Ledger, LedgerSettings

NUMBERS = count()


def each(page: Page, **changes: Any) -> Page:
    """The page with something changed in each of its records."""
    return replace(page, records=[record._replace(**changes) for record in page.records])


# what pages hold


class BookmarkAhead(Ledger):
    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        pages = list(super().pull(since))
        for page in pages:
            yield replace(page, bookmark=pages[-1].bookmark)


class ResumesTooLate(Ledger):
    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        return super().pull(since and str(int(since) + 1))


class NewKeys(Ledger):
    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        for page in super().pull(since):
            yield each(page, key=f"entry {next(NUMBERS)}")


class AlwaysNew(NewKeys):
    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        return super().pull(None)


class RawWithTimeOfReading(Ledger):
    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        for page in super().pull(since):
            yield each(page, raw=b"read: %d" % next(NUMBERS))


class RawIsEmpty(Ledger):
    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        for page in super().pull(since):
            yield each(page, raw=b"")


class NumberAsKey(Ledger):
    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        for page in super().pull(since):
            yield each(page, key=7)


class KeyOfTwoLines(Ledger):
    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        for page in super().pull(since):
            yield each(page, key="26-001\n")


class NaiveTimes(Ledger):
    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        for page in super().pull(since):
            yield each(page, changed_at=datetime(2026, 5, 20))


class TextAsPayload(Ledger):
    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        for page in super().pull(since):
            yield replace(page, payload=page.payload.decode())  # type: ignore[arg-type]


class NumberAsBookmark(Ledger):
    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        for page in super().pull(since):
            yield replace(page, bookmark=int(page.bookmark or 0))  # type: ignore[arg-type]


class LeavesOutPages(Ledger):
    def _page(self, known: Bookmark, size: int) -> Page:
        page = super()._page(known, size)
        return replace(page, bookmark=str(int(page.bookmark or 0) + len(page.records)))


class OnePageForAll(Ledger):
    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        pages = list(super().pull(since))
        if pages:
            yield replace(pages[-1], records=[record for page in pages for record in page.records])


class TwicePageSize(Ledger):
    def _page(self, known: Bookmark, size: int) -> Page:
        return super()._page(known, size * 2)


class Endless(Ledger):
    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        while True:
            yield self._page("0", 2)


class GoesRoundInSilence(Ledger):
    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        while self._page("0", 2).records:
            pass
        yield from super().pull(since)


class OneForAllLines(Ledger):
    known = "0"

    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        OneForAllLines.known = since or "0"
        while (page := self._retry(lambda: self._page(OneForAllLines.known, 2))).records:
            OneForAllLines.known = page.bookmark or "0"
            yield page


class TripsOverBookmarks(Ledger):
    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        return super().pull(str(int(since or 0)))


# check and settings


class SaysNothing(Ledger):
    def check(self) -> Iterator[str]:
        yield from ()


class SaysOtherThings(Ledger):
    def check(self) -> Iterator[str]:
        yield f"check number {next(NUMBERS)}"


class SaysTwoLines(Ledger):
    def check(self) -> Iterator[str]:
        yield "connected\nauthenticated"


class Lax(LedgerSettings):
    model_config = ConfigDict(extra="ignore")


class Undescribed(LedgerSettings):
    desk: str = "1"


class PlainSecret(BaseModel):
    model_config = ConfigDict(extra="forbid")
    host: str = Field(description="Host.")
    port: int = Field(description="Port.")
    password: str = Field(description="Password.")
    page_size: int = Field(default=2, description="Page size.")


@contextmanager
def connecting(settings: LedgerSettings, retry: Retry) -> Iterator[Connector]:
    socket.create_connection((settings.host, settings.port), 5).close()
    yield Ledger(settings, retry)


class KeepsTheLineOpen(Ledger):
    lines: ClassVar[list[socket.socket]] = []

    def _ask(self, request: str) -> bytes:
        self.lines.append(socket.create_connection((self._settings.host, self._settings.port), 5))
        return super()._ask(request)


# secrets


class ShowsItself(Ledger):
    def __repr__(self) -> str:
        return f"Ledger({self._settings.password.get_secret_value()})"


class CheckTells(Ledger):
    def check(self) -> Iterator[str]:
        yield f"authenticated with {self._settings.password.get_secret_value()}"


class ErrorTells(Ledger):
    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        password = self._settings.password.get_secret_value()
        try:
            yield from super().pull(since)
        except Refused:
            raise Refused(f"{password} is not accepted", code="refused", hint="Renew it.") from None


class CauseTells(Ledger):
    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        password = self._settings.password.get_secret_value()
        try:
            yield from super().pull(since)
        except Refused as error:
            raise Refused("not accepted", code="refused", hint="Renew it.") from ValueError(f"{error}: {password}")


# errors


class Raw(Ledger):
    """Asks over a line of its own making; what breaks, breaks as it does."""

    seconds: float | None = 0.3

    def _ask(self, request: str) -> bytes:
        given, answer = self._settings, bytearray()
        with socket.create_connection((given.host, given.port), self.seconds) as line:
            line.sendall(f"{given.password.get_secret_value()} {request}\n".encode())
            while chunk := line.recv(65536):
                answer += chunk
        return bytes(answer)


class WithoutTimeOut(Raw):
    seconds = None


class TimeOutForEachByte(Raw):
    def _ask(self, request: str) -> bytes:
        try:
            return super()._ask(request)
        except OSError as error:
            raise Unavailable(f"no answer: {error}", code="timeout", hint=LATER) from None


class ReadsPlainJson(Ledger):
    def _page(self, known: Bookmark, size: int) -> Page:
        plain_json.loads(self._ask(f"LIST {known} {size}"))
        return super()._page(known, size)


class HalfIsWhole(Ledger):
    """Takes the end of the line for the end of the answer."""

    def _page(self, known: Bookmark, size: int) -> Page:
        try:
            return super()._page(known, size)
        except Unavailable as error:
            if error.code == "no_connection":
                raise
            return Page(b"", "text/plain", [], known)


class HalfARecord(Ledger):
    """Cuts its records out of an answer as far as it came."""

    def _page(self, known: Bookmark, size: int) -> Page:
        answer = self._ask(f"LIST {known} {size}")
        try:
            return super()._page(known, size)
        except Unavailable:
            if len(answer) > 60:
                return Page(answer, "text/plain", [Record("26-000", {}, answer[:60])], known + "0")
            raise


class CutIsChanged(Ledger):
    def _page(self, known: Bookmark, size: int) -> Page:
        try:
            return super()._page(known, size)
        except Unavailable as error:
            raise Changed(str(error), code="not_json", hint=error.hint) from None


class RefusedIsUnavailable(Ledger):
    def _page(self, known: Bookmark, size: int) -> Page:
        try:
            return super()._page(known, size)
        except Refused as error:
            raise Unavailable(str(error), hint=error.hint) from None


class WithoutHint(Ledger):
    def _ask(self, request: str) -> bytes:
        try:
            return super()._ask(request)
        except Unavailable as error:
            raise Unavailable(str(error), hint="") from None


class WithoutSentence(Ledger):
    def _ask(self, request: str) -> bytes:
        try:
            return super()._ask(request)
        except Unavailable as error:
            raise Unavailable("", hint=error.hint) from None


class KeepsQuiet(Ledger):
    def check(self) -> Iterator[str]:
        try:
            yield from super().check()
        except Unavailable:
            yield "it is not there just now"


# retry


class WithoutRetry(Ledger):
    def __init__(self, settings: LedgerSettings, retry: Retry) -> None:
        super().__init__(settings, lambda exchange: exchange())


class TriesByItself(Ledger):
    def _page(self, known: Bookmark, size: int) -> Page:
        try:
            return super()._page(known, size)
        except Unavailable:
            return super()._page(known, size)


class WaitsByItself(Ledger):
    def _ask(self, request: str) -> bytes:
        time.sleep(0.01)
        return super()._ask(request)
