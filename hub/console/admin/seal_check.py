"""Verifying the log of reads beside the requests: one walk at a time, and what it found is noted as an act."""

import threading
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

from hub.record.signature import Signature
from hub.store import acts
from hub.store.acts import Act, ActRow, Kind, Sought
from hub.store.database import Database, StoreError
from hub.store.reads import Keys
from hub.store.reads_verified import verify
from hub.store.secrets import SecretsLocked

log = structlog.get_logger()

_NAME = "seal"  # of the act


class SealCheck:
    """The walk of one process, if one is under way."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database, self._keys = database, keys
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether a walk is under way here."""
        return self._thread is not None and self._thread.is_alive()

    def begin(self, by: Signature, since: datetime | None) -> bool:
        """Walk along the chain, from the first read of a time on; False: one is under way already."""
        with self._lock:
            if self.running:
                return False
            self._thread = threading.Thread(target=self._walk, args=(by, since), name="seal-check", daemon=True)
            self._thread.start()
            return True

    def wait(self, seconds: float) -> None:
        """Until the walk that is under way has ended."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _walk(self, by: Signature, since: datetime | None) -> None:
        try:
            found = asdict(verify(self._database, self._keys(), since))
            told = found | {"seal": found["seal"].hex(), "since": None if since is None else since.isoformat()}
        except SecretsLocked as locked:
            told = {"sentence": str(locked), "locked": True}
        except StoreError as error:
            log.warning("seal_check_ended", reason=str(error))
            return
        signature = Signature(by.author, by.reason, datetime.now(UTC))
        self._database.write_again(
            lambda transaction: acts.note(
                transaction, signature, Kind.READS, _NAME, Act.VERIFIED, after=acts.told(told)
            )
        )


def last_check(database: Database) -> tuple[ActRow, dict[str, Any]] | None:
    """Who verified the log last, and what was found: of all processes."""
    rows = acts.listed(database, Sought(kind=Kind.READS, name=_NAME), limit=1)
    return (rows[0], orjson.loads(rows[0].after or "{}")) if rows else None
