"""What an answer may suffer on its way: each sends one through a socket in its own wrong way."""

import os
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Event
from typing import TypeAlias

_PAUSE_SECONDS = 0.02
_CHUNKED: dict[str, str | None] = {"Content_Length": None, "Transfer_Encoding": "chunked"}


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as the department gave it."""

    status: str  # "200 OK"
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def head(self, version: str = "HTTP/1.1", **changes: str | None) -> bytes:
        """Its head, with headers set or (None) left out; `Content_Length` is named `Content-Length`."""
        named = {name.replace("_", "-"): value for name, value in changes.items()}
        kept = [(name, value) for name, value in self.headers if name not in named]
        lines = [*kept, *((name, value) for name, value in named.items() if value is not None)]
        return "\r\n".join([f"{version} {self.status}", *(f"{k}: {v}" for k, v in lines), "", ""]).encode()

    def whole(self, version: str = "HTTP/1.1", **changes: str | None) -> bytes:
        """Head and body."""
        return self.head(version, **{"Content_Length": str(len(self.body)), **changes}) + self.body

    def with_header(self, name: str, value: str) -> "Answered":
        """The answer with one header set."""
        others = tuple((k, v) for k, v in self.headers if k not in (name, "Content-Length"))
        return replace(self, headers=(*others, (name, value)))


NOTHING = Answered("", (), b"")
_NOTHING = b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + b"\0\0\0\xff\xff" * 2  # a gzip's head and empty blocks
Sender: TypeAlias = Callable[[socket.socket, Answered, Event], None]


def _reset(connection: socket.socket, *_: object) -> None:
    """Close with a lingering time of zero: the other side sees RST, not the end of an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())  # the handler's own references would keep it open


def _sent_then_reset(part: Callable[[Answered], bytes]) -> Sender:
    def send(connection: socket.socket, answered: Answered, _: Event) -> None:
        connection.sendall(part(answered))
        # Else the reset may overtake what was sent before it.
        with suppress(OSError):
            connection.settimeout(_PAUSE_SECONDS)
            connection.recv(1)
        _reset(connection)

    return send


def _sent(part: Callable[[Answered], bytes]) -> Sender:
    def send(connection: socket.socket, answered: Answered, _: Event) -> None:
        connection.sendall(part(answered))
        connection.shutdown(socket.SHUT_RDWR)

    return send


def _trickled(at_once: Callable[[Answered], bytes], slowly: Callable[[Answered], bytes]) -> Sender:
    """A byte at a time, until nobody listens or `over`."""

    def send(connection: socket.socket, answered: Answered, over: Event) -> None:
        with suppress(OSError):
            connection.sendall(at_once(answered))
            for byte in slowly(answered):
                if over.wait(_PAUSE_SECONDS):
                    break
                connection.sendall(bytes([byte]))

    return send


def _half(answered: Answered) -> bytes:
    return answered.body[: len(answered.body) // 2]


def _chunked_half(answered: Answered) -> bytes:
    half = _half(answered)
    return answered.head(**_CHUNKED) + f"{len(half):x}\r\n".encode() + half + b"\r\n"


def _kept_then(ends: Callable[[socket.socket], None]) -> Sender:
    """A whole answer, and a promise that the connection stays for the next request."""

    def send(connection: socket.socket, answered: Answered, _: Event) -> None:
        # Held back, so that the end of the line goes out with the answer and not a moment later.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        connection.sendall(answered.whole(Connection="keep-alive"))
        ends(connection)

    return send


def _takes_the_next_request_and_hangs_up(connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)
    with suppress(OSError):
        connection.recv(65536)
        connection.shutdown(socket.SHUT_RDWR)


SENDERS: dict[str, Sender] = {
    "reset": _reset,
    "hang_up": _sent(lambda _: b""),
    "truncated": _sent(lambda a: a.head(Content_Length=str(len(a.body)), Connection="close") + _half(a)),
    "truncated_without_length": _sent(lambda a: a.head(Content_Length=None, Connection="close") + _half(a)),
    "chunked_cut_off": _sent(_chunked_half),
    "half_a_head": _sent(lambda a: a.head()[:30]),
    "reset_after_headers": _sent_then_reset(lambda a: a.head(Content_Length=str(len(a.body)))),
    "reset_mid_body": _sent_then_reset(lambda a: a.head(Content_Length=str(len(a.body))) + _half(a)),
    "trickle": _trickled(lambda a: a.head(Content_Length=str(len(a.body))), lambda a: a.body),
    "trickling_headers": _trickled(lambda a: a.head()[:-2], lambda _: b"X-Slow: " + b"." * 10_000),
    "trickling_chunk": _trickled(lambda a: a.head(**_CHUNKED), lambda _: b"1;" + b"." * 10_000),
    "gzip_of_nothing": _trickled(
        lambda a: a.head(Content_Length=None, Content_Encoding="gzip") + _NOTHING[:10], lambda _: _NOTHING[10:] * 1000
    ),
    "http_1_0": _sent(lambda a: a.head("HTTP/1.0", Content_Length=None, Connection=None) + a.body),
    "continue_first": _sent(
        lambda a: b"HTTP/1.1 100 Continue\r\nX-Proxy: one\r\n\r\n" * 3 + a.whole(Connection="close")
    ),
    "closed_between_requests": _kept_then(lambda connection: connection.shutdown(socket.SHUT_RDWR)),
    "cut_on_the_next_request": _kept_then(_takes_the_next_request_and_hangs_up),
}
WITHOUT_ANSWER = ("reset", "hang_up")  # the department is not even asked
