"""Requests that wait for the change feed: few at a time, and one thread that looks for all of them.

A waiting request holds a thread of the server and no connection of the database. So only so many may wait, in all and
of one client; whoever finds no place is answered at once. The thread looks at the feed's last position alone, and only
while somebody waits.
"""

import threading
from collections import Counter
from collections.abc import Callable, Hashable
from time import monotonic

import structlog

log = structlog.get_logger()

EVERY = 0.3  # seconds between two looks
MOST = 3  # of the eight threads of a process, of which downloads hold as many (`hub.api.downloads`)
EACH = 2  # of one client
_WENT_BACK = "the database was restored; stop the hub, run `hub feed renew --reason …` and start it again"


class Waiters:
    """Those of one process."""

    def __init__(self, latest: Callable[[], int], *, every: float = EVERY, most: int = MOST, each: int = EACH) -> None:
        """`latest` tells the feed's last position; what it raises is raised by whoever waits then."""
        self._ask = latest
        self._every, self._most, self._each = every, most, each
        self._lock = threading.Lock()
        self._moved = threading.Condition(self._lock)  # for those that wait
        self._alone = threading.Condition(self._lock)  # for the thread that looks
        self._waiting: Counter[Hashable] = Counter()
        self._latest = 0
        self._looking = False
        self._failures = 0
        self._failure: Exception | None = None
        self._closed = False

    def wait(self, who: Hashable, position: int, seconds: float) -> bool:
        """Wait until the feed is past a position, or the time is over; False: at once, or as soon as the hub ends.

        At once: no more may wait, or nobody can look at the feed for them.

        Raises:
            Exception: what looking at the feed raised.
        """
        with self._lock:
            full = self._waiting.total() >= self._most or self._waiting[who] >= self._each
            if self._closed or full:
                return False
            self._waiting[who] += 1
            try:
                if not self._look():
                    return False
                return self._until(position, monotonic() + seconds)
            finally:
                self._waiting[who] -= 1
                self._waiting += Counter()  # without those of whom none waits
                if not self._waiting:
                    self._alone.notify()

    def close(self) -> None:
        """Nobody waits any more, from now on. Made for a signal's handler: it waits for nothing but a short lock."""
        with self._lock:
            self._closed = True
            self._moved.notify_all()
            self._alone.notify()

    def count(self) -> int:
        """How many wait."""
        with self._lock:
            return self._waiting.total()

    def _look(self) -> bool:
        """Whether somebody looks: where the system has no thread to give, nobody would be woken."""
        if not self._looking:
            try:
                threading.Thread(target=self._watch, name="change feed", daemon=True).start()
            except RuntimeError as error:
                log.warning("change_feed_not_watched", reason=str(error))
                return False
            self._looking = True
        return True

    def _until(self, position: int, deadline: float) -> bool:
        failures = self._failures
        while self._latest <= position and not self._closed and self._failures == failures:
            if not self._moved.wait(max(deadline - monotonic(), 0)) and monotonic() >= deadline:
                return True
        if self._failures != failures and self._failure is not None:
            raise self._failure
        return not self._closed

    def _watch(self) -> None:
        while True:
            try:
                latest = self._ask()
            except Exception as error:  # noqa: BLE001  # it is theirs who wait
                self._tell_failure(error)
                return
            with self._lock:
                if latest < self._latest:
                    log.error("feed_went_back", position=latest, before=self._latest, hint=_WENT_BACK)
                if latest != self._latest:
                    self._latest = latest
                    self._moved.notify_all()
                over = self._alone.wait_for(lambda: self._closed or not self._waiting, self._every)
                if over:
                    self._looking = False
                    return

    def _tell_failure(self, error: Exception) -> None:
        with self._lock:
            self._looking = False
            self._failure, self._failures = error, self._failures + 1
            self._moved.notify_all()
