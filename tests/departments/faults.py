"""Puts trouble between a department and whoever asks it: a test arms a fault, and the next requests meet it."""

import os
import socket
import struct
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Condition, Event, Lock
from typing import Literal, TypeAlias, get_args
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Response

from tests.departments import hostile

Kind: TypeAlias = Literal[
    "latency",  # the answer comes when `release()` is called
    "reset",  # the connection is reset before any answer
    "truncated",  # half of the body, though Content-Length promised all
    "truncated_without_length",  # half of the body, and nothing tells so
    "html_login",  # 200 with a login page
    "500",
    "503",  # with Retry-After
    "429",  # with Retry-After
    "401",
    "empty",  # 200 with no body
    "invalid_json",
    "invalid_xml",
    "external_entity",  # DOCTYPE with an entity that names a file
    "billion_laughs",  # ten entities that grow to two gigabytes
    "deep_xml",  # 100 000 elements inside each other
    "endless",  # a body that never ends
    "gzip_bomb",  # a megabyte that unpacks to a gigabyte
]


@dataclass(slots=True)
class _Armed:
    kind: str
    times: int
    after: int
    matching: str
    retry_after: int


class Faults:
    """A WSGI application that hands every request on to `app`, save those for which a fault is armed."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._lock = Lock()
        self._armed: deque[_Armed] = deque()
        self._released = Event()
        self._held = 0
        self._changed = Condition(self._lock)
        self.requests: list[str] = []  # every request so far, as "GET /path?query"

    def arm(self, kind: Kind, times: int = 1, *, after: int = 0, matching: str = "", retry_after: int = 1) -> None:
        """Let the next `times` requests meet this fault; faults armed one after another come one after another.

        Only requests whose "GET /path?query" contains `matching` count, and the first `after` of those still pass.
        """
        if kind not in get_args(Kind):
            raise ValueError(f"{kind!r} is no fault of this department")
        with self._lock:
            if kind == "latency":
                self._released.clear()
            self._armed.append(_Armed(kind, times, after, matching, retry_after))

    def disarm(self) -> None:
        """Forget what is armed and let go of every request that is held."""
        with self._lock:
            self._armed.clear()
        self.release()

    def release(self) -> None:
        """Answer the requests that `latency` holds."""
        self._released.set()

    def wait_until_held(self, requests: int = 1, timeout: float = 30) -> None:
        """Return once `latency` holds this many requests; TimeoutError if that does not come about."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._held >= requests, timeout):
                raise TimeoutError(f"{self._held} of {requests} requests are held")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        armed = self._next(_line(environ))
        if armed is None:
            return self._app(environ, start_response)
        if armed.kind in _ANSWERS:
            return _ANSWERS[armed.kind](armed.retry_after)(environ, start_response)
        if armed.kind == "latency":
            self._hold()
            return self._app(environ, start_response)
        if armed.kind == "reset":
            _reset(environ)
        else:
            self._truncate(environ, with_length=armed.kind == "truncated")
        raise ConnectionAbortedError(f"{armed.kind}: nothing more is sent")  # the handler then hangs up

    def _next(self, line: str) -> _Armed | None:
        with self._lock:
            self.requests.append(line)
            for armed in self._armed:
                if armed.matching not in line:
                    continue
                if armed.after:
                    armed.after -= 1
                    return None
                armed.times -= 1
                if armed.times == 0:
                    self._armed.remove(armed)
                return armed
        return None

    def _hold(self) -> None:
        with self._changed:
            self._held += 1
            self._changed.notify_all()
        self._released.wait()
        with self._changed:
            self._held -= 1

    def _truncate(self, environ: WSGIEnvironment, *, with_length: bool) -> None:
        body, status, headers = run_wsgi_app(self._app, environ, buffered=True)
        whole = b"".join(body)
        lines = [f"HTTP/1.1 {status}", "Connection: close", *(f"{k}: {v}" for k, v in headers if k != "Content-Length")]
        if with_length:
            lines.append(f"Content-Length: {len(whole)}")
        connection = _socket(environ)
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + whole[: len(whole) // 2])
        connection.shutdown(socket.SHUT_RDWR)


def _line(environ: WSGIEnvironment) -> str:
    return f"{environ['REQUEST_METHOD']} {environ['REQUEST_URI']}"


def _socket(environ: WSGIEnvironment) -> socket.socket:
    connection: socket.socket = environ["werkzeug.socket"]
    return connection


def _reset(environ: WSGIEnvironment) -> None:
    """Close with a lingering time of zero: the other side sees RST, not the end of an answer."""
    connection = _socket(environ)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())  # the handler's own references would keep it open


_XML = "text/xml; charset=utf-8"


def _always(body: bytes, media_type: str, status: int = 200, **headers: str) -> Callable[[int], Response]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: Response(body, status, named, content_type=media_type)


def _later(status: int) -> Callable[[int], Response]:
    return lambda seconds: Response("Try again later.", status, {"Retry-After": str(seconds)}, mimetype="text/plain")


_ANSWERS: dict[str, Callable[[int], Response]] = {
    "html_login": _always(hostile.LOGIN_PAGE, "text/html; charset=utf-8"),
    "500": _always(b"Object reference not set to an instance of an object.", "text/plain", 500),
    "503": _later(503),
    "429": _later(429),
    "401": _always(b"Unauthorized", "text/plain", 401, WWW_Authenticate='Basic realm="department"'),
    "empty": _always(b"", "application/octet-stream"),
    "invalid_json": _always(hostile.INVALID_JSON, "application/json"),
    "invalid_xml": _always(hostile.INVALID_XML, _XML),
    "external_entity": _always(hostile.EXTERNAL_ENTITY, _XML),
    "billion_laughs": _always(hostile.BILLION_LAUGHS, _XML),
    "deep_xml": _always(hostile.DEEP_XML, _XML),
    "endless": lambda _: Response(hostile.endless(), content_type=_XML),
    "gzip_bomb": lambda _: Response(hostile.gzip_bomb(), content_type=_XML, headers={"Content-Encoding": "gzip"}),
}
