"""Connector type `ledger`: a register that answers one line of JSON to one line of text, over plain TCP."""

import socket
from collections.abc import Iterator
from contextlib import nullcontext
from functools import partial
from time import monotonic

from pydantic import Field, SecretStr

from connectors import json
from connectors.contract import Bookmark, ConnectorType, Page, Retry
from connectors.documents import JsonDocument, RecordReader
from connectors.errors import Changed, Refused, Unavailable
from connectors.scrub import without_secrets
from connectors.settings import ChangedAt, Settings

ENTRIES = RecordReader(where="entries", key="number", changed_at=ChangedAt.model_validate({"from": "changed"}))
LATER = "Nothing is lost; the hub tries again later. If it lasts, ask the department whether its ledger is up."


class LedgerSettings(Settings):
    host: str = Field(min_length=1, description="The ledger's host name or address.")
    port: int = Field(gt=0, lt=65536, description="Its port.")
    password: SecretStr = Field(description="The password that the department gave to the hub.")
    page_size: int = Field(default=100, gt=0, description="How many entries to ask for at a time.")
    timeout_seconds: float = Field(default=30, gt=0, description="How long one whole answer may take.")
    max_answer_bytes: int = Field(default=2**24, gt=0, description="The largest answer that is accepted.")


class Ledger:
    def __init__(self, settings: LedgerSettings, retry: Retry) -> None:
        self._settings, self._retry = settings, retry
        self._name = f"{settings.host}:{settings.port}"

    def check(self) -> Iterator[str]:
        with without_secrets(self._settings):
            self._page("0", 0)
            yield f"{self._name} answers and accepts the password"

    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        known = since or "0"
        with without_secrets(self._settings):
            while (page := self._retry(partial(self._page, known, self._settings.page_size))).bookmark != known:
                yield page
                known = page.bookmark or known

    def _page(self, known: Bookmark, size: int) -> Page:
        answer = self._ask(f"LIST {known} {size}")
        document = JsonDocument(json.parse(answer, self._name), self._name)
        match document.text("status"), document.text("last"):
            case "OK", str(last):
                found = ENTRIES.read(document, self._name)
                return Page(answer, "application/json", found.records, last, found.bad)
            case "DENIED", _:
                raise Refused(f"{self._name} denies the password", code="refused", hint="Ask for the present one.")
            case "BUSY", _:
                raise Unavailable(f"{self._name} is busy", code="busy", hint=LATER, retry_after=60)
        raise Changed(f"{self._name} does not answer as a ledger", code="bad_request", hint="Is `port` right?")

    def _ask(self, request: str) -> bytes:
        given, answer, end = self._settings, bytearray(), monotonic() + self._settings.timeout_seconds
        try:
            with socket.create_connection((given.host, given.port), given.timeout_seconds) as line:
                line.sendall(f"{given.password.get_secret_value()} {request}\n".encode())
                while len(answer) <= given.max_answer_bytes and (chunk := line.recv(65536)):
                    answer += chunk
                    line.settimeout(max(end - monotonic(), 0.001))
        except OSError as error:
            raise Unavailable(f"no answer from {self._name}: {error}", code="no_connection", hint=LATER) from None
        if len(answer) > given.max_answer_bytes:
            raise Changed(f"{self._name} answers too much at once", code="too_large", hint="Lower `page_size`.")
        return bytes(answer)


CONNECTOR_TYPE = ConnectorType(settings=LedgerSettings, open=lambda given, retry: nullcontext(Ledger(given, retry)))
