"""Systems in trouble and lines that break, on real sockets and of no protocol in particular."""

# ruff: noqa: ARG001  (every behaviour is called alike)
import re
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from threading import Condition, Event, Thread
from typing import Any, Literal

HOST = "127.0.0.1"
FLOOD = 64 * 1024 * 1024  # bytes that a flood sends: more than anybody should take

_PLACE = re.compile(r"(?P<host>\[[0-9A-Fa-f:]+\]|[\w.-]+):(?P<port>\d+)")
_CHUNK = 64 * 1024
_TRICKLE_SECONDS = 0.02
_BABBLE = b"\x16\x03\x01 \xff\xfe <<not what was asked for>> {\r\n\r\n" * 3

Behaviour = Callable[[socket.socket, Event], None]


def place_in(address: str) -> tuple[str, int]:
    """The host and port that an address of any form names."""
    found = _PLACE.search(address)
    if found is None:
        raise AssertionError(f"no test can come between the connector and {address!r}, which names no HOST:PORT")
    return found["host"].strip("[]"), int(found["port"])


def moved(address: str, port: int) -> str:
    """The same address, at another port of this machine."""
    place_in(address)
    return _PLACE.sub(f"{HOST}:{port}", address, count=1)


def free_port() -> int:
    """A port where nobody listens."""
    with closing(socket.create_server((HOST, 0))) as listener:
        return int(listener.getsockname()[1])


def silent(_: socket.socket, over: Event) -> None:
    """Says nothing, and does not hang up."""
    over.wait()


def hanging_up(_: socket.socket, over: Event) -> None:
    """Hangs up at once."""


def babbling(connection: socket.socket, over: Event) -> None:
    """Says something of another protocol, and hangs up."""
    connection.sendall(_BABBLE)


def trickling(begins: bytes) -> Behaviour:
    """Begins an answer and goes on byte by byte, for as long as anybody listens."""

    def trickle(connection: socket.socket, over: Event) -> None:
        connection.sendall(begins)
        while not over.wait(_TRICKLE_SECONDS):
            connection.sendall(b" ")

    return trickle


def flooding(begins: bytes, swallowed: Event) -> Behaviour:
    """Begins an answer and sends as fast as it can; `swallowed` is set when somebody took all of the flood."""

    def flood(connection: socket.socket, over: Event) -> None:
        connection.sendall(begins)
        for _ in range(FLOOD // _CHUNK):
            connection.sendall(b" " * _CHUNK)
        swallowed.set()

    return flood


@dataclass
class Door:
    """Where connectors call in a test: a port of this machine, and everybody who has called there."""

    listener: socket.socket
    over: Event = field(default_factory=Event)
    open: list[socket.socket] = field(default_factory=list)  # callers that are still served
    changed: Condition = field(default_factory=Condition)
    _places: list[Any] = field(default_factory=list)
    _own: int = 0

    @property
    def port(self) -> int:
        """Where it is."""
        return int(self.listener.getsockname()[1])

    @property
    def calls(self) -> int:
        """How many connections there were."""
        self._settle()
        return len(self._places) - self._own

    def wait_until_closed(self, seconds: float) -> bool:
        """Whether every caller has hung up before the time is over."""
        self._settle()
        with self.changed:
            return self.changed.wait_for(lambda: not self.open, seconds)

    def _settle(self) -> None:
        """Return when all calls so far have been taken: they are taken in turn, so a call of our own is the last."""
        self._own += 1
        with closing(socket.create_connection((HOST, self.port), timeout=10)) as own, self.changed:
            self.changed.wait_for(lambda: own.getsockname() in self._places, 10)

    def take(self, serve: Callable[[socket.socket], None]) -> None:
        """Let `serve` deal with each caller in a thread of its own, until the door is shut."""
        with suppress(OSError):  # it is shut
            while True:
                caller, place = self.listener.accept()
                with self.changed:
                    self._places.append(place)
                    self.open.append(caller)
                    self.changed.notify_all()
                Thread(target=self._serve, args=(serve, caller), daemon=True).start()

    def _serve(self, serve: Callable[[socket.socket], None], caller: socket.socket) -> None:
        with closing(caller), suppress(OSError):  # whoever called may hang up first
            serve(caller)
        with self.changed:
            self.open.remove(caller)
            self.changed.notify_all()


@contextmanager
def troubled(behave: Behaviour) -> Iterator[Door]:
    """Let `behave` deal with every connection while the block lasts; hung up at the end."""
    with _door() as door:

        def serve(connection: socket.socket) -> None:
            behave(connection, door.over)
            connection.shutdown(socket.SHUT_RDWR)

        Thread(target=door.take, args=(serve,), daemon=True).start()
        yield door


@dataclass
class Line:
    """Hands bytes on between a connector and its system, and breaks after a number of bytes of answers."""

    door: Door
    system: tuple[str, int]
    breaks_after: int | None = None
    breaks: Literal["once", "for good"] = "for good"
    reset: bool = False  # broken off with a reset instead of an end
    brought: int = 0  # bytes of answers so far
    times_broken: int = 0

    def serve(self, caller: socket.socket) -> None:
        """Serve one caller until either side hangs up, or the line breaks."""
        if self.breaks == "for good" and self.times_broken:
            return
        with closing(socket.create_connection(self.system, timeout=30)) as system:
            system.settimeout(None)
            asking = Thread(target=_ask, args=(caller, system), daemon=True)
            asking.start()
            with suppress(OSError):
                self._answer(system, caller)
            asking.join()

    def _answer(self, system: socket.socket, caller: socket.socket) -> None:
        while answer := system.recv(_CHUNK):
            with self.door.changed:
                passed = answer if self.breaks_after is None else answer[: max(0, self.breaks_after - self.brought)]
                self.brought += len(passed)
                broken = len(passed) < len(answer)
            caller.sendall(passed)
            if broken:
                self._break()
                return
        caller.shutdown(socket.SHUT_RDWR)

    def _break(self) -> None:
        with self.door.changed:
            self.times_broken += 1
            if self.breaks == "once":
                self.breaks_after = None
            for each in self.door.open:
                with suppress(OSError):
                    if self.reset:  # with a lingering time of zero, closing is a reset
                        each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    each.shutdown(socket.SHUT_RD if self.reset else socket.SHUT_RDWR)


def _ask(caller: socket.socket, system: socket.socket) -> None:
    with suppress(OSError):
        while asked := caller.recv(_CHUNK):
            system.sendall(asked)
    with suppress(OSError):
        system.shutdown(socket.SHUT_RDWR)


@contextmanager
def line_to(system: tuple[str, int]) -> Iterator[Line]:
    """A line to the system at this host and port while the block lasts."""
    with _door() as door:
        line = Line(door, system)
        Thread(target=door.take, args=(line.serve,), daemon=True).start()
        yield line


@contextmanager
def _door() -> Iterator[Door]:
    """A door that is shut at the end, on everybody who is still there."""
    with closing(socket.create_server((HOST, 0))) as listener:
        door = Door(listener)
        try:
            yield door
        finally:
            door.over.set()
            with door.changed:
                for each in [listener, *door.open]:
                    with suppress(OSError):
                        each.shutdown(socket.SHUT_RDWR)
