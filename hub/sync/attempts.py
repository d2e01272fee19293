"""What befell a run: exchanges that failed, and times when the database was away. Each stands in its row at once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.errors import ConnectorError, Unavailable
from hub.store import connectors, runs
from hub.store.connectors import Lease
from hub.store.database import Database, StoreError
from hub.sync.claiming import LEASE_SECONDS
from hub.sync.diary import Diary, Pen
from hub.sync.storing import Patience


@dataclass(slots=True)
class Attempts:
    """Those of one run; only the thread that stores writes them."""

    database: Database
    lease: Lease
    run_id: int
    now: Callable[[], datetime]
    entries: list[dict[str, Any]]
    pause: Callable[[float], bool]
    diary: Diary
    pen: Pen
    patience: Patience = field(init=False)
    _unkept: bool = False

    def __post_init__(self) -> None:
        self.patience = Patience(self.pause, self._away)

    def note(self, error: ConnectorError, wait: float) -> None:
        """An exchange failed; it is tried again after `wait` seconds, or not where that is 0."""
        attempt: dict[str, Any] = {"at": self._at(), "code": error.code, "sentence": str(error)}
        if isinstance(error, Unavailable) and wait:
            attempt["next_try_in_seconds"] = round(wait, 1)
        self.entries.append(attempt)
        told = {"code": error.code, "sentence": str(error), "seconds": attempt.get("next_try_in_seconds")}
        self.diary.say("asked_in_vain", "warning" if wait else "error", **told)
        self.patience.until_done(self._keep)

    def keep(self) -> None:
        """Keep what could not be kept when it happened."""
        if self._unkept:
            self.patience.until_done(self._keep)

    def _away(self, error: StoreError) -> None:
        self.entries.append({"at": self._at(), "code": "store_away", "sentence": str(error)})
        self.diary.say("store_away", "warning", sentence=str(error))
        self._unkept = True

    def _keep(self) -> None:
        with self.database.write() as transaction:
            connectors.renew_lease(transaction, self.lease, LEASE_SECONDS)
            runs.record_attempts(transaction, self.run_id, self.entries)
            self.pen.write(transaction)
        self.pen.done()
        self._unkept = False

    def _at(self) -> str:
        return self.now().isoformat(timespec="seconds")
