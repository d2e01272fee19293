"""What every connector must do, as tests: subclass `ConnectorConformance` in a test file of your own and run pytest.

class TestMine(ConnectorConformance):
    connector_type = MINE

    @pytest.fixture
    def address(self) -> Iterator[str]:
        with my_system() as url:  # running, with more records than one page holds
            yield url

    def settings(self, address: str) -> dict[str, Any]:
        return {"url": address, "password": "a-secret", "page_size": 2}
"""

# ruff: noqa: S101  (asserts are what tests are made of)
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel, ValidationError

from connectors.contract import Bookmark, Connector, ConnectorType, Page, T
from connectors.errors import ConnectorError, Refused, Unavailable
from connectors.scrub import secrets_in


def once(exchange: Callable[[], T]) -> T:
    """A `retry` that never tries again, so that a test sees the first error."""
    return exchange()


class ConnectorConformance:
    """The checks; `connector_type`, `address` and `settings` are what a subclass must give."""

    connector_type: ClassVar[ConnectorType]

    def settings(self, address: str) -> dict[str, Any]:
        """Settings for the system at `address`, with at least one secret if the type knows secrets."""
        raise NotImplementedError("a conformance test gives `settings(address)`: settings that reach the system there")

    @pytest.fixture
    def address(self) -> Iterator[str]:
        """The address of a running system with more records than one page holds."""
        raise NotImplementedError("a conformance test gives the fixture `address`: where a system of the type answers")

    @pytest.fixture
    def refusing_address(self) -> Iterator[str]:
        """The address of a system that lets nobody in; override it where the protocol is not HTTP."""
        with _refusing() as url:
            yield url

    def test_check_can_be_repeated(self, address: str) -> None:
        with self._open(address) as connector:
            first = list(connector.check())
            assert first, "check must say a sentence for each step that passed"
            assert list(connector.check()) == first

    def test_opening_touches_no_network(self) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as listener:
            with self._open(f"http://127.0.0.1:{listener.getsockname()[1]}"):
                pass
            listener.settimeout(0)
            with pytest.raises(BlockingIOError):
                listener.accept()[0].close()

    def test_keys_are_the_same_in_every_pull(self, address: str) -> None:
        assert _contents(self._pull(address, None)) == _contents(self._pull(address, None))

    def test_pulling_from_the_last_bookmark_yields_nothing_new(self, address: str) -> None:
        pages = self._pull(address, None)
        again = _contents(self._pull(address, _last_bookmark(pages, None)))
        assert again.items() <= _contents(pages).items()

    def test_stopping_halfway_and_resuming_loses_nothing(self, address: str) -> None:
        everything = self._pull(address, None)
        assert len(everything) > 1, "the system must have more records than one page holds"
        for stop in range(1, len(everything)):
            with self._open(address) as connector:
                first = list(islice(connector.pull(None), stop))
            rest = self._pull(address, _last_bookmark(first, None))
            assert _contents(first) | _contents(rest) == _contents(everything)

    def test_an_unknown_setting_is_refused(self, address: str) -> None:
        with pytest.raises(ValidationError):
            self._settings({**self.settings(address), "no_such_setting": 1})

    def test_a_dead_host_is_unavailable_and_keeps_secrets(self) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as listener:
            dead = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._fails(dead, Unavailable)

    def test_401_is_refused_and_keeps_secrets(self, refusing_address: str) -> None:
        self._fails(refusing_address, Refused)

    def test_settings_do_not_show_secrets(self, address: str) -> None:
        self._shows_no_secret(repr(self._settings(self.settings(address))))
        with self._open(address) as connector:
            self._shows_no_secret(f"{connector!r} {' '.join(connector.check())}")

    def _fails(self, address: str, kind: type[ConnectorError]) -> None:
        for attempt in ("check", "pull"):
            with self._open(address) as connector, pytest.raises(kind) as caught:
                list(connector.check() if attempt == "check" else connector.pull(None))
            assert str(caught.value), "an error must be a sentence"
            assert caught.value.hint, "an error must have a hint"
            shown = "".join(traceback.format_exception(caught.value))
            self._shows_no_secret(f"{shown} {caught.value!r} {caught.value.hint}")

    def _shows_no_secret(self, text: str) -> None:
        for secret in secrets_in(self._settings(self.settings("http://127.0.0.1:9"))):
            assert secret not in text, "a secret is shown"

    def _settings(self, values: dict[str, Any]) -> BaseModel:
        return self.connector_type.settings.model_validate(values)

    def _open(self, address: str) -> AbstractContextManager[Connector]:
        return self.connector_type.open(self._settings(self.settings(address)), once)

    def _pull(self, address: str, since: Bookmark | None) -> list[Page]:
        with self._open(address) as connector:
            return list(connector.pull(since))


def _contents(pages: list[Page]) -> dict[str, bytes]:
    return {record.key: record.raw for page in pages for record in page.records}


def _last_bookmark(pages: list[Page], before: Bookmark | None) -> Bookmark | None:
    """None in a page means: as before."""
    for page in pages:
        before = page.bookmark or before
    return before


@contextmanager
def _refusing() -> Iterator[str]:
    class Refuse(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline()
            if self.raw_requestline and self.parse_request():
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(401)
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name)
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refuse)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
