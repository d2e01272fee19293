"""How long a run's log and its samples of exchanges are kept, and removing them, a little at a time."""

import threading
from datetime import datetime, timedelta
from itertools import chain

import structlog

from hub.store import exchanges, run_lines
from hub.store.database import Database

KEEP = timedelta(days=30)

log = structlog.get_logger()


class LogKeeper:
    """Removes what is older; the runs themselves stay."""

    def __init__(self, database: Database, keep: timedelta = KEEP) -> None:
        self._database, self._keep = database, keep

    def prune(self, now: datetime, stop: threading.Event) -> None:
        """Remove what may go, until it is done or told to stop."""
        before, gone = now - self._keep, 0
        for count in chain(run_lines.forget(self._database, before), exchanges.forget(self._database, before)):
            gone += count
            if stop.is_set():
                break
        if gone:
            log.info("run_logs_removed", count=gone)
