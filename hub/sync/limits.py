"""How fast, and how many requests at once, a department is asked from this process."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Protocol, TypeAlias

Wait: TypeAlias = Callable[[float], bool]  # waits for so many seconds, and says whether the hub is stopping
Gone: TypeAlias = Callable[[], bool]  # whether nobody wants the answer any more

_LOOK_AGAIN_SECONDS = 0.2  # who waits for others learns this soon that the hub is stopping
_HANGS_SECONDS = 30.0  # a request whose run is over counts so long, if it does not end: the department may work on it


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
        self._inside: dict[object, Gone] = {}
        self._given_up: dict[object, float] = {}  # of those whose run is over: until when they count
        self._free_at = 0.0

    @contextmanager
    def entered(self, at_once: int, wait: Wait, gone: Gone = lambda: False) -> Iterator[None]:
        """Be one of at most `at_once` that ask; one that is `gone` does not count for ever if it never comes back.

        Raises:
            Stopped: the hub stops before that comes about.
        """
        me = self._enter(at_once, wait, gone)
        try:
            yield
        finally:
            with self._changed:
                self._inside.pop(me)
                self._given_up.pop(me, None)
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

    def _enter(self, at_once: int, wait: Wait, gone: Gone) -> object:
        me = object()
        with self._changed:
            self._waiting.append(me)
            try:
                while self._waiting[0] is not me or self._crowd() >= at_once:
                    self._changed.wait(_LOOK_AGAIN_SECONDS)
                    if wait(0):
                        raise Stopped
                self._inside[me] = gone
            finally:
                self._waiting.remove(me)
                self._changed.notify_all()
        return me

    def _crowd(self) -> int:
        """How many count as being inside."""
        now = self._clock()
        for one, gone in self._inside.items():
            if gone():
                self._given_up.setdefault(one, now + _HANGS_SECONDS)
        return sum(self._given_up.get(one, now) >= now for one in self._inside)


class Exchanges(Protocol):
    """Something that an exchange waits for."""

    def exchange(self) -> AbstractContextManager[None]:
        """To be held around it."""
        ...


class Turns(threading.local):
    """The turns of one run, or of one look by hand; each thread that asks has turns of its own.

    `before` is called when a turn has come, and may raise: then nothing is asked.
    """

    def __init__(
        self,
        gate: Gate,
        limits: Limits,
        wait: Wait,
        before: Callable[[], None] = lambda: None,
        gone: Gone = lambda: False,
    ) -> None:
        self._gate, self._limits, self._wait, self._before, self._gone = gate, limits, wait, before, gone
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
        with self._gate.entered(self._limits.at_once, self._wait, self._gone):
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


def turns(
    connector: str,
    limits: Limits,
    wait: Wait,
    before: Callable[[], None] = lambda: None,
    gone: Gone = lambda: False,
) -> Turns:
    """Turns at the gate of this connector, or of the group that it belongs to."""
    key = ("connector", connector) if limits.group is None else ("group", limits.group)
    with _gates_lock:
        gate = _gates.setdefault(key, Gate())
    return Turns(gate, limits, wait, before, gone)
