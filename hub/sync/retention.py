"""How long payloads are kept that no record points at any more, and removing them, a little at a time."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic

import structlog

from hub.store import retention
from hub.store.database import Database, StoreError
from hub.store.retention import Before, Unused

log = structlog.get_logger()

FIRST_AFTER_SECONDS = 300.0  # a hub that has just begun has runs to catch up with
EVERY_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Rule:
    """What a current record or one in quarantine points at is kept for ever; everything else so long after that."""

    keep: timedelta = timedelta(days=30)
    keep_troubled: timedelta = timedelta(days=180)  # payloads in which something could not be read

    def before(self, now: datetime) -> Before:
        """What became unused before these times may go."""
        return Before(now - self.keep, now - self.keep_troubled)


def would_go(database: Database, rule: Rule, now: datetime) -> Unused:
    """What `prune` would remove of what was noticed to be unused."""
    return retention.removable(database, rule.before(now))


def prune(database: Database, rule: Rule, now: datetime) -> Iterator[int]:
    """Notice what is unused and remove what may go: how many went in each step."""
    if retention.mark(database, now):
        yield from retention.remove(database, rule.before(now))


class Housekeeper:
    """Prunes for the worker of this process: not at every look, and only once at a time."""

    def __init__(self, database: Database, rule: Rule, first_after: float = FIRST_AFTER_SECONDS) -> None:
        self._database, self._rule = database, rule
        self._next = monotonic() + first_after

    def is_due(self) -> bool:
        """True once in an hour."""
        if monotonic() < self._next:
            return False
        self._next = monotonic() + EVERY_SECONDS
        return True

    def prune(self, stop: threading.Event) -> None:
        """Remove what may go, until it is done or told to stop."""
        gone = 0
        try:
            for count in prune(self._database, self._rule, datetime.now(UTC)):
                gone += count
                if stop.is_set():
                    break
        except StoreError as error:
            log.warning("store_unreachable", reason=str(error))
        finally:
            if gone:
                log.info("payloads_removed", count=gone)
