"""Samples of what a run asked of a department: the first exchange, the last one and those that failed."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

from connectors.witness import Exchange, Sight

MOST_FAILED = 20
LETTERS = 4096  # of each text
_DIGEST = 16  # bytes, as the store knows payloads


@dataclass(frozen=True, slots=True)
class Sample:
    """One exchange that is kept."""

    at: datetime  # when it was over
    exchange: Exchange
    failed: bool
    digest: bytes | None  # of the answer's body: where it was kept as a payload, it is found by that


class Samples:
    """A witness who keeps a few; what they keep is taken from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._untold: list[Sample] = []
        self._last: tuple[datetime, Sight] | None = None  # made fit to be shown only where it stays the last
        self._failed = 0
        self.seen = 0  # exchanges, also those that are not kept

    def saw(self, sight: Sight) -> None:
        """Keep it, or keep it in mind as the last one so far."""
        at, failed = datetime.now(UTC), sight.failed
        with self._lock:
            self.seen += 1
            first, kept = self.seen == 1, failed and self._failed < MOST_FAILED
            self._failed += kept
            self._last = None if first or kept else (at, sight)
            if first or kept:
                self._untold.append(_sample(at, sight))

    def take(self) -> list[Sample]:
        """What is kept and was not taken yet, without the last one."""
        with self._lock:
            untold, self._untold = self._untold, []
            return untold

    def end(self) -> None:
        """There is no exchange after the last one."""
        with self._lock:
            if self._last is not None:
                self._untold.append(_sample(*self._last))
                self._last = None


def _sample(at: datetime, sight: Sight) -> Sample:
    body, failed = sight.body, sight.failed
    whole = body.whole() if body.size and body.is_small else None
    digest = None if whole is None or failed else blake2b(whole, digest_size=_DIGEST).digest()
    return Sample(at, sight.exchange(LETTERS), failed, digest)
