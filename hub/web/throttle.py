"""Slows down who guesses: so many failures from one address, then a pause.

It counts in this process alone: the console is served by one. More processes would each allow as many tries,
which keys of 192 random bits can bear.
"""

import threading
from collections import deque


class Throttle:
    """Failures by address within the last `seconds`."""

    def __init__(self, failures: int, seconds: float) -> None:
        self._failures = failures
        self._seconds = seconds
        self._lock = threading.Lock()
        self._seen: dict[str, deque[float]] = {}

    def blocks(self, address: str, now: float) -> bool:
        """Whether this address has to wait."""
        with self._lock:
            self._forget(now)
            return len(self._seen.get(address, ())) >= self._failures

    def note_failure(self, address: str, now: float) -> None:
        """One more."""
        with self._lock:
            self._seen.setdefault(address, deque(maxlen=self._failures)).append(now)

    def _forget(self, now: float) -> None:
        for address, times in list(self._seen.items()):
            while times and now - times[0] > self._seconds:
                times.popleft()
            if not times:
                del self._seen[address]
