"""A line of our own between the hub and what it talks to: it can be refused, cut, held, and cut at a chosen word."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HOST = "127.0.0.1"
_RESET = struct.pack("ii", 1, 0)


def _nothing() -> None:
    """What happens beside a cut."""


class Proxy:
    """Listens on a port that stays the same and hands everything on to `target`: (host, port), or a Unix socket.

    `word`: once armed with `cut_after`, the next client that says it is cut when it is answered: it cannot know whether
    what it asked for was done.
    """

    def __init__(self, target: tuple[str, int] | Path) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._pairs: set[_Pair] = set()
        self._flows = threading.Event()
        self._flows.set()
        self._word, self._then = b"", _nothing
        self.taken = 0  # connections so far
        self._listener = socket.create_server((HOST, 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._accept(self._listener)

    @property
    def taking(self) -> bool:
        """Whether it is not refusing."""
        return self._listener.fileno() >= 0

    def refuse(self) -> None:
        """Take nobody any more, and cut those that are there."""
        # A shutdown, because closing alone leaves the accepting thread waiting, with the port open.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def open(self) -> None:
        """Take everybody again."""
        self._listener = socket.create_server((HOST, self.port), backlog=128)
        self._accept(self._listener)

    def cut(self) -> None:
        """Reset every connection that is there."""
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            pair.reset()

    def hold(self) -> None:
        """Hand nothing on any more, and say nothing of it: a black hole, until `flow`."""
        self._flows.clear()

    def flow(self) -> None:
        """Hand on what was held."""
        self._flows.set()

    def cut_after(self, word: bytes, then: Callable[[], None] = _nothing) -> None:
        """Cut the connection that next says this, with the answer on its way; `then` happens before it is handed on."""
        self._word, self._then = word, then

    def calm(self) -> None:
        """As it was in the beginning."""
        self._word = b""
        self._flows.set()
        if not self.taking:
            self.open()

    def close(self) -> None:
        """End for good."""
        self._flows.set()
        if self.taking:
            self.refuse()
        self.cut()

    def _accept(self, listener: socket.socket) -> None:
        threading.Thread(target=self._take, args=(listener,), daemon=True).start()

    def _take(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return  # refused from now on
            try:
                server = _connected(self._target)
            except OSError:
                _reset(client)  # what is behind is not there: so it seems to be refused
                continue
            pair = _Pair(client, server)
            with self._lock:
                self._pairs.add(pair)
                self.taken += 1
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._carry, args=(pair, source, sink), daemon=True).start()

    def _carry(self, pair: "_Pair", source: socket.socket, sink: socket.socket) -> None:
        asks = source is pair.client
        with suppress(OSError):
            while data := source.recv(262144):
                self._flows.wait()
                if asks and self._word and self._word in data:
                    pair.doomed, self._word = True, b""
                    self._then()
                elif not asks and pair.doomed:
                    pair.reset()
                sink.sendall(data)
        with suppress(OSError):  # however it ended: the other side must not wait for more
            sink.shutdown(socket.SHUT_WR)
        with self._lock:
            pair.ended += 1
            if pair.ended == 2:
                self._pairs.discard(pair)
                pair.client.close()
                pair.server.close()


class _Pair:
    """Both sides of one connection."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client, self.server = client, server
        self.doomed = False
        self.ended = 0

    def reset(self) -> None:
        """Both sides see a reset, whatever was on its way."""
        for side in (self.client, self.server):
            with suppress(OSError):
                side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                side.shutdown(socket.SHUT_RDWR)


def _connected(target: tuple[str, int] | Path) -> socket.socket:
    if isinstance(target, Path):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.connect(str(target))
        except OSError:
            line.close()
            raise
        return line
    return socket.create_connection(target)


def _reset(line: socket.socket) -> None:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    line.close()


@contextmanager
def proxy(target: tuple[str, int] | Path) -> Iterator[Proxy]:
    """A proxy while the block lasts."""
    line = Proxy(target)
    try:
        yield line
    finally:
        line.close()
