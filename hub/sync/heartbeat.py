"""Keeps a run's lease while a slow department is waited for, and hears meanwhile what others want of the run."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

import structlog

from hub.store import changing_hands, connectors
from hub.store.connectors import Lease, LeaseLost
from hub.store.database import Database, StoreError, Transaction

_LOOK_SECONDS = 1.0  # a run that waits for its department learns so soon that it is to stop
_BEATS = 4  # within the time of one lease

log = structlog.get_logger()


@dataclass(slots=True)
class Heard:
    """What others want of a run."""

    database: Database
    lease: Lease
    run_id: int
    lost: bool = False  # another worker has its connector
    cancelled: bool = False
    paused: bool = False  # its connector is not to be run any more

    def look(self) -> None:
        """Ask the store."""
        self.cancelled, active = changing_hands.told(self.database, self.run_id)
        self.paused = not active


@contextmanager
def kept(
    database: Database,
    lease: Lease,
    seconds: float,
    run_id: int,
    also: Callable[[Transaction], None] = lambda _: None,
    done: Callable[[], None] = lambda: None,
) -> Iterator[Heard]:
    """Renew the lease while the block lasts. Where it is lost nothing more can be stored, and `lost` says so.

    `also` does more in the transactions that renew it, and `done` hears when one of them is committed.
    """
    ended, heard = threading.Event(), Heard(database, lease, run_id)

    def beat() -> None:
        due, told = monotonic() + seconds / _BEATS, ""  # what was told last, of trouble that is not over
        while not ended.wait(min(_LOOK_SECONDS, seconds / _BEATS)):
            try:
                heard.look()
                if monotonic() >= due:
                    with database.write() as transaction:
                        connectors.renew_lease(transaction, lease, seconds)
                        also(transaction)
                    done()
                    due = monotonic() + seconds / _BEATS
                told = ""
            except LeaseLost:
                heard.lost = True
                return
            except StoreError as error:
                if told != "store":
                    log.warning("lease_not_renewed", connector=lease.connector_id, reason=str(error))
                told = "store"
            except Exception as error:
                # Not handled but told: without it the run would be deaf, and its lease run out while it lives.
                if told != repr(error):
                    log.exception("lease_not_renewed", connector=lease.connector_id)
                told = repr(error)

    thread = threading.Thread(target=beat, name=f"lease-{lease.connector_id}", daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        ended.set()
        thread.join()
