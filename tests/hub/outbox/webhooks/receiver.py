"""Receivers that behave, and receivers that do not, over real sockets."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE = 60.0  # seconds that something may take on a busy machine before a test fails


@dataclass(frozen=True, slots=True)
class Got:
    """One request."""

    path: str
    headers: dict[str, str]  # by lower-case name
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass(slots=True)
class Reply:
    """What is answered."""

    status: int = 204
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Receiver:
    """Answers each request as `reply` says, and keeps it."""

    def __init__(self, reply: Callable[[Got], Reply | None]) -> None:
        self.reply = reply
        self.got: list[Got] = []
        self._changed = threading.Condition()

    url: str

    def note(self, got: Got) -> None:
        with self._changed:
            self.got.append(got)
            self._changed.notify_all()

    def wait_for(self, enough: Callable[[list[Got]], bool]) -> list[Got]:
        """What came, once it is enough."""
        with self._changed:
            assert self._changed.wait_for(lambda: enough(self.got), PATIENCE), [got.event for got in self.got]
            return list(self.got)

    def wait(self, how_many: int) -> list[Got]:
        return self.wait_for(lambda got: len(got) >= how_many)


@contextmanager
def receiving(reply: Callable[[Got], Reply | None] = lambda _: Reply()) -> Iterator[Receiver]:
    """A server; a reply of None closes the connection without a word."""
    receiver = Receiver(reply)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if len(body) < int(self.headers["Content-Length"]):
                self.close_connection = True  # its sender was killed in the middle
                return
            got = Got(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            receiver.note(got)
            said = receiver.reply(got)
            if said is None:
                self.close_connection = True
                return
            self.send_response(said.status)
            for name, value in ({"Content-Length": str(len(said.body))} | said.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a sender that was killed
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def misbehaving(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does with each connection what it likes; its address."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    ended = threading.Event()

    def one(connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the hub has hung up, as it should
            serve(connection)

    def accept() -> None:
        while not ended.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
    finally:
        ended.set()
        listener.close()


def hangs(connection: socket.socket) -> None:
    """Reads and never answers."""
    while connection.recv(65536):
        pass
