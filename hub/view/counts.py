"""How many dossiers there are of each kind, counted once in a few seconds for all who ask: dashboards ask often."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import NamedTuple, TypeAlias

from hub.store.counting import By, Keys, counted
from hub.store.database import Database
from hub.store.filters import Filter, told_apart
from hub.store.scope import Scope

Groups: TypeAlias = list[tuple[Keys, int]]
_SECONDS = 10.0  # how long a count is told
_MOST = 500  # counts that are remembered


class Counts(NamedTuple):
    """Groups, and when they were counted."""

    groups: Groups
    at: datetime


class KeptCounts:
    """Counts of one process. Whoever asks for a count that is under way waits for it instead of counting too."""

    def __init__(self, database: Database, seconds: float = _SECONDS) -> None:
        self._database, self._seconds = database, seconds
        self._lock = threading.Lock()
        self._known: dict[object, tuple[float, Counts]] = {}
        self._counting: dict[object, threading.Lock] = {}

    def counts(self, by: Sequence[By], wanted: Filter, scope: Scope) -> Counts:
        """How many dossiers a filter finds of each value of these columns; as it was some seconds ago at most.

        Raises:
            TooManyToCount, ValueError: see `hub.store.counting.counted`.
        """
        key = tuple(by), told_apart(wanted, ""), scope
        with self._lock:
            counting = self._counting.setdefault(key, threading.Lock())
        try:
            with counting:
                known = self._known.get(key)
                if known is not None and monotonic() < known[0]:
                    return known[1]
                found = Counts(counted(self._database, by, wanted, scope), datetime.now(UTC))
                with self._lock:
                    if len(self._known) >= _MOST:
                        self._known.clear()
                    self._known[key] = monotonic() + self._seconds, found
                return found
        finally:  # also of what could not be counted: who asks for another such thing each time fills no memory
            with self._lock:
                self._counting.pop(key, None)
