"""A department's desk in a test: answers over a real socket what the test wants, remembers what it was asked."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel
from werkzeug.wrappers import Request, Response

from connectors.contract import Bookmark, ConnectorType, Page
from tests.departments.server import serve

T = TypeVar("T")
Answering = Callable[[Request], Response]


def once(exchange: Callable[[], T]) -> T:
    return exchange()


def say(value: Any, status: int = 200, **headers: str) -> Response:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(orjson.dumps(value), status, named, mimetype="application/json")


class Desk:
    """Answers each request by `answer`; `asked` holds the requests so far."""

    def __init__(self, answer: Answering) -> None:
        self.answer = answer
        self.asked: list[Request] = []
        self.url = ""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        request.get_data()
        self.asked.append(request)
        return self.answer(request)(environ, start_response)


@contextmanager
def desk(answer: Answering) -> Iterator[Desk]:
    opened = Desk(answer)
    with serve(opened) as opened.url:
        yield opened


@contextmanager
def raw_desk(*answers: bytes, hold: bool = False) -> Iterator[str]:
    """Sends these bytes, one answer a connection, and hangs up; with `hold` it keeps the line open instead."""
    released = threading.Event()

    def answer_all(listener: socket.socket) -> None:
        for answer in answers:
            connection, _ = listener.accept()
            with closing(connection), suppress(OSError):  # the client may hang up first
                connection.recv(65536)
                connection.sendall(answer)
                if hold:
                    released.wait()
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        thread = threading.Thread(target=answer_all, args=(listener,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        released.set()
        thread.join(10)


def dead_address() -> str:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def pull(kind: ConnectorType, settings: dict[str, Any], since: Bookmark | None = None) -> list[Page]:
    read = kind.settings.model_validate(settings)
    with kind.open(read, once) as connector:
        pages = list(connector.pull(since))
    for page in pages:
        _is_enough_by_itself(kind, read, page)
    return pages


def _is_enough_by_itself(kind: ConnectorType, settings: BaseModel, page: Page) -> None:
    """Whatever a test pulls can be read again from its payload."""
    if kind.reread is not None and (page.records or page.bad):
        again = {(item.key, item.raw) for item in kind.reread(settings, page.payload, page.media_type)}
        assert {(item.key, item.raw) for item in (*page.records, *page.bad)} <= again


def check(kind: ConnectorType, settings: dict[str, Any]) -> list[str]:
    with kind.open(kind.settings.model_validate(settings), once) as connector:
        return list(connector.check())


def keys(pages: list[Page]) -> list[str]:
    return [record.key for page in pages for record in page.records]


def last_bookmark(pages: list[Page]) -> Bookmark | None:
    return next((page.bookmark for page in reversed(pages) if page.bookmark), None)
