"""Puts trouble between a department and whoever asks it: a test arms a fault, and the next requests meet it."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Condition, Event, Lock
from typing import Literal, TypeAlias, get_args
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.test import run_wsgi_app
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from tests.departments import hostile
from tests.departments.altered import ALTERED, Alter
from tests.departments.wire import NOTHING, SENDERS, WITHOUT_ANSWER, Answered

Kind: TypeAlias = Literal[
    "latency",  # the answer comes when `release()` is called
    # on its way, by what `wire` says of each
    "reset",  # the connection is reset before any answer
    "hang_up",  # it ends before any answer
    "half_a_head",
    "reset_after_headers",
    "reset_mid_body",
    "truncated",  # half of the body, though Content-Length promised all
    "truncated_without_length",  # half of the body, and nothing tells so
    "chunked_cut_off",  # half of the body in chunks, without the last one
    "trickle",  # the body comes a byte at a time
    "trickling_headers",  # a byte at a time, and they never end
    "trickling_chunk",  # a byte at a time, of the line that says how long a chunk is
    "gzip_of_nothing",  # empty blocks that never end
    "http_1_0",  # without a length: it ends when the connection does
    "continue_first",  # three times 100 Continue before the answer
    "closed_between_requests",  # the connection is said to stay, and does not
    "cut_on_the_next_request",  # the connection stays, and is cut when it is used again
    # the right answer in another dress, by what `altered` says of each
    "gzip",
    "corrupt_gzip",
    "half_a_gzip",
    "not_gzip",  # said to be, and is not compressed
    "deflate",  # as zlib writes it
    "raw_deflate",  # without its envelope, as some servers write it
    "deflate_called_gzip",
    "unknown_encoding",
    "called_octets",
    "called_html",
    "called_image",
    "without_type",
    "with_mark",  # a byte-order mark
    "utf_16",
    # another answer
    "answer_before",  # what the request before this one was answered
    "html_login",  # 200 with a login page
    "html_login_as_data",  # the same under the type of data
    "500",
    "502",
    "503",  # with Retry-After
    "504",
    "429",  # with Retry-After
    "401",
    "empty",  # 200 with no body
    "invalid_json",
    "invalid_xml",
    "external_entity",  # DOCTYPE with an entity that names a file
    "billion_laughs",  # ten entities that grow to two gigabytes
    "utf_16_doctype",  # the laughs, in an encoding in which no search for "DOCTYPE" finds them
    "deep_xml",  # 100 000 elements inside each other
    "deep_json",  # 100 000 lists inside each other
    "redirect_elsewhere",  # to another host
    "redirect_loop",  # to itself
    "endless",  # a body that never ends
    "gzip_bomb",  # a megabyte that unpacks to a gigabyte
]


@dataclass(slots=True)
class _Armed:
    kind: str
    alter: Alter | None
    times: int
    after: int
    matching: str
    retry_after: int | str


class Faults:
    """A WSGI application that hands every request on to `app`, save those for which a fault is armed."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._lock = Lock()
        self._armed: deque[_Armed] = deque()
        self._released = Event()
        self._held = 0
        self._changed = Condition(self._lock)
        self._before: Answered | None = None
        self.requests: list[str] = []  # every request so far, as "GET /path?query"

    def arm(
        self, kind: Kind | Alter, times: int = 1, *, after: int = 0, matching: str = "", retry_after: int | str = 1
    ) -> None:
        """Let the next `times` requests meet this fault; faults armed one after another come one after another.

        Only requests whose "GET /path?query" contains `matching` count, and the first `after` of those still pass.
        A fault of one's own is a function that takes the right answer and gives another one.
        """
        alter = kind if callable(kind) else None
        name = "" if callable(kind) else kind
        if alter is None and name not in get_args(Kind):
            raise ValueError(f"{kind!r} is no fault of this department")
        with self._lock:
            if name in _HELD:
                self._released.clear()
            self._armed.append(_Armed(name, alter or ALTERED.get(name), times, after, matching, retry_after))

    def disarm(self) -> None:
        """Forget what is armed and let go of every request that is held."""
        with self._lock:
            self._armed.clear()
        self.release()

    def release(self) -> None:
        """Answer the requests that `latency` holds, and let go of those that trickle."""
        self._released.set()

    def wait_until_held(self, requests: int = 1, timeout: float = 30) -> None:
        """Return once `latency` holds this many requests; TimeoutError if that does not come about."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._held >= requests, timeout):
                raise TimeoutError(f"{self._held} of {requests} requests are held")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        armed = self._next(_line(environ))
        if armed is not None and armed.kind in _ANSWERS:
            return _ANSWERS[armed.kind](environ["REQUEST_URI"], armed.retry_after)(environ, start_response)
        if armed is not None and armed.kind == "latency":
            self._hold()
        if armed is None and not self._armed:
            return self._app(environ, start_response)
        answered = NOTHING if armed is not None and armed.kind in WITHOUT_ANSWER else self._answered(environ)
        before, self._before = self._before, answered
        if armed is None or armed.kind == "latency":
            return _response(answered)(environ, start_response)
        if armed.alter is not None:
            return _response(armed.alter(answered))(environ, start_response)
        if armed.kind == "answer_before":
            self._before = before or answered
            return _response(self._before)(environ, start_response)
        SENDERS[armed.kind](environ["werkzeug.socket"], answered, self._released)
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

    def _answered(self, environ: WSGIEnvironment) -> Answered:
        body, status, headers = run_wsgi_app(self._app, environ, buffered=True)
        return Answered(status, tuple(headers), b"".join(body))


def _response(answered: Answered) -> Response:
    return Response(answered.body, answered.status, list(answered.headers))


def _line(environ: WSGIEnvironment) -> str:
    return f"{environ['REQUEST_METHOD']} {environ['REQUEST_URI']}"


_XML = "text/xml; charset=utf-8"
_HELD = ("latency", "trickle", "trickling_headers", "trickling_chunk", "gzip_of_nothing")
_Answering: TypeAlias = Callable[[str, int | str], Response]  # from what is asked for and when to come again


def _always(body: bytes, media_type: str, status: int = 200, **headers: str) -> _Answering:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda *_: Response(body, status, named, content_type=media_type)


def _later(status: int) -> _Answering:
    return lambda _, told: Response("Try again later.", status, {"Retry-After": str(told)}, mimetype="text/plain")


_ANSWERS: dict[str, _Answering] = {
    "html_login": _always(hostile.LOGIN_PAGE, "text/html; charset=utf-8"),
    "html_login_as_data": _always(hostile.LOGIN_PAGE, "application/json"),
    "500": _always(b"Object reference not set to an instance of an object.", "text/plain", 500),
    "502": _always(b"<html><title>502 Bad Gateway</title></html>", "text/html", 502),
    "503": _later(503),
    "504": _always(b"", "text/plain", 504),
    "429": _later(429),
    "401": _always(b"Unauthorized", "text/plain", 401, WWW_Authenticate='Basic realm="department"'),
    "empty": _always(b"", "application/octet-stream"),
    "invalid_json": _always(hostile.INVALID_JSON, "application/json"),
    "invalid_xml": _always(hostile.INVALID_XML, _XML),
    "external_entity": _always(hostile.EXTERNAL_ENTITY, _XML),
    "billion_laughs": _always(hostile.BILLION_LAUGHS, _XML),
    "utf_16_doctype": _always(hostile.UTF_16_DOCTYPE, "text/xml; charset=utf-16"),
    "deep_xml": _always(hostile.DEEP_XML, _XML),
    "deep_json": _always(hostile.DEEP_JSON, "application/json"),
    "redirect_elsewhere": lambda place, _: redirect(f"http://elsewhere.example{place}", 307),
    "redirect_loop": lambda place, _: redirect(place, 307),
    "endless": lambda *_: Response(hostile.endless(), content_type=_XML),
    "gzip_bomb": lambda *_: Response(hostile.gzip_bomb(), content_type=_XML, headers={"Content-Encoding": "gzip"}),
}
