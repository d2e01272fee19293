"""Requests over so many connections at once, each sent when the one before on its connection is answered."""

import selectors
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from subprocess import PIPE, Popen
from time import perf_counter

import orjson


@dataclass(frozen=True, slots=True)
class Load:
    """What was answered: how many a second, and after how many milliseconds."""

    per_second: float
    p50: float
    p99: float
    wrong: int  # answers with another status than 200


def load(port: int, requests: list[bytes], connections: int = 16, seconds: float = 10) -> Load:
    """Send `requests` in turn from a process of its own, so that its work is not the caller's.

    Raises:
        RuntimeError: nothing was answered at all.
    """
    command = [sys.executable, "-m", "bench.load", str(port), str(connections), str(seconds)]
    with Popen(command, stdin=PIPE, stdout=PIPE) as process:
        out, _ = process.communicate(b"\0".join(requests))
    told = orjson.loads(out)
    if told["p50"] is None:
        raise RuntimeError(f"no answer came within {seconds:.0f} s")
    return Load(**told)


def get(path: str, key: str | None = None) -> bytes:
    """A GET as a browser or a program sends it, on a connection that stays."""
    shown = f"Authorization: Bearer {key}\r\n" if key else ""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{shown}Accept: application/json\r\n\r\n".encode()


class _Connection:
    """One connection, its request under way, and what has come of the answer."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.came = b""
        self.began = 0.0

    def send(self, request: bytes) -> None:
        self.came, self.began = b"", perf_counter()
        self.socket.sendall(request)

    def receive(self) -> int | None:
        """The status once the whole answer is there; None until then.

        Raises:
            ConnectionError: the server ended the connection.
        """
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError("the server ended the connection")
        self.came += part
        head, found, body = self.came.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return None
        return int(head[9:12])


def _length(head: bytes) -> int:
    low = head.lower()
    at = low.find(b"content-length:")
    if at < 0:
        return 0
    return int(low[at + 15 :].partition(b"\r\n")[0])


def _measured(port: int, requests: Iterator[bytes], connections: int, seconds: float) -> Load:
    selector, took, wrong = selectors.DefaultSelector(), [], 0
    for _ in range(connections):
        connection = _Connection(port)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(next(requests))
    began = perf_counter()
    counted_from, end = began + min(2.0, seconds / 4), began + seconds  # the first moments are for warming up
    while (now := perf_counter()) < end:
        for ready, _ in selector.select(1):
            connection = ready.data
            status = connection.receive()
            if status is None:
                continue
            now = perf_counter()
            if now >= counted_from:
                took.append(now - connection.began)
                wrong += status != 200
            connection.send(next(requests))
    took.sort()
    return Load(len(took) / (now - counted_from), _at(took, 0.5), _at(took, 0.99), wrong)


def _at(took: list[float], share: float) -> float:
    return 1000 * took[int(len(took) * share)] if took else float("inf")


def main() -> None:
    """Requests from standard input, the figures to standard output."""
    port, connections, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    requests = cycle(sys.stdin.buffer.read().split(b"\0"))
    sys.stdout.buffer.write(orjson.dumps(_measured(port, requests, connections, seconds)))


if __name__ == "__main__":
    main()
