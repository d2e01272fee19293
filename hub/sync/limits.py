"""How fast, and how many requests at once, a department is asked from this process."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TypeAlias

Wait: TypeAlias = Callable[[float], bool]  # waits for so many seconds, and says whether the hub is stopping

_LOOK_AGAIN_SECONDS = 0.2  # who waits for others learns this soon that the hub is stopping


class Stopped(Exception):
    """The hub is shutting down; the run ends here and the next one goes on at the bookmark."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a department bears. Connectors that name one `group` are one department and share it."""

    requests_per_second: float | None = None
    at_once: int = 1
    group: str | None = None


class Gate:
    """The door to one department: whoever comes first goes first, whatever he waits for."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._inside = 0
        self._free_at = 0.0

    @contextmanager
    def entered(self, at_once: int, wait: Wait) -> Iterator[None]:
        """Be one of at most `at_once` that ask.

        Raises:
            Stopped: the hub stops before that comes about.
        """
        self._enter(at_once, wait)
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    def pace(self, requests_per_second: float, wait: Wait) -> None:
        """Wait until the next request is due; the one after it is due so much later.

        Raises:
            Stopped: the hub stops before that.
        """
        with self._changed:
            now = self._clock()
            due = max(now, self._free_at)
            self._free_at = due + 1 / requests_per_second
        if due > now and wait(due - now):
            raise Stopped

    def _enter(self, at_once: int, wait: Wait) -> None:
        me = object()
        with self._changed:
            self._waiting.append(me)
            try:
                while self._waiting[0] is not me or self._inside >= at_once:
                    self._changed.wait(_LOOK_AGAIN_SECONDS)
                    if wait(0):
                        raise Stopped
                self._inside += 1
            finally:
                self._waiting.remove(me)
                self._changed.notify_all()


class Turns(threading.local):
    """The turns of one run, or of one look by hand; each thread that asks has turns of its own.

    `before` is called when a turn has come, and may raise: then nothing is asked.
    """

    def __init__(self, gate: Gate, limits: Limits, wait: Wait, before: Callable[[], None] = lambda: None) -> None:
        self._gate, self._limits, self._wait, self._before = gate, limits, wait, before
        self._inside = False
        self._paid = False  # this exchange's first request has waited already

    @contextmanager
    def exchange(self) -> Iterator[None]:
        """Around what a connector calls one exchange, which may be several requests or none that we can see."""
        if self._inside:
            yield
            return
        with self._held():
            self._pace()
            self._paid = True
            try:
                yield
            finally:
                self._paid = False

    @contextmanager
    def request(self) -> Iterator[None]:
        """Around one request."""
        if not self._inside:
            with self._held():
                self._pace()
                yield
            return
        if not self._paid:
            self._pace()
        self._paid = False
        yield

    @contextmanager
    def _held(self) -> Iterator[None]:
        with self._gate.entered(self._limits.at_once, self._wait):
            self._inside = True
            try:
                yield
            finally:
                self._inside = False

    def _pace(self) -> None:
        if self._limits.requests_per_second is not None:
            self._gate.pace(self._limits.requests_per_second, self._wait)
        self._before()


# One department is asked from many places of a process (runs, checks, the console), so its gate is the process's.
_gates: dict[tuple[str, str], Gate] = {}
_gates_lock = threading.Lock()


def turns(connector: str, limits: Limits, wait: Wait, before: Callable[[], None] = lambda: None) -> Turns:
    """Turns at the gate of this connector, or of the group that it belongs to."""
    key = ("connector", connector) if limits.group is None else ("group", limits.group)
    with _gates_lock:
        gate = _gates.setdefault(key, Gate())
    return Turns(gate, limits, wait, before)
