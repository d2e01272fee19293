"""What is done for the log of reads again and again, by one of all processes: told where it ends, pruned."""

import threading
from datetime import datetime, timedelta

import structlog

from hub.store import reads, reads_kept
from hub.store.database import Database
from hub.store.reads import Keys
from hub.store.secrets import SecretsLocked

log = structlog.get_logger()


class ReadsKeeper:
    """Works at ticks of the scheduler."""

    def __init__(self, database: Database, keys: Keys, keep: timedelta) -> None:
        self._database, self._keys, self._keep = database, keys, keep
        self._trouble = ""  # that was told and is not over

    def tell_head(self, now: datetime) -> None:  # noqa: ARG002  # as a tick is called
        """Write where the chain ends into the program's log, so that an anchor stands outside of the database."""
        head = reads.head_of(self._database)
        log.info("reads_head", anchor=head.anchor)

    def prune(self, now: datetime, stopping: threading.Event) -> bool:
        """Remove what was kept long enough; False where there is nothing to seal with, so that it is tried again."""
        try:
            gone = reads_kept.prune(self._database, self._keys(), now - self._keep, now, stopping.is_set)
        except SecretsLocked as error:
            if self._trouble != str(error):
                log.warning("reads_not_pruned", reason=str(error))
            self._trouble = str(error)
            return False
        self._trouble = ""
        if gone:
            log.info("reads_removed", count=gone, older_than=(now - self._keep).isoformat(timespec="seconds"))
        return not stopping.is_set()
