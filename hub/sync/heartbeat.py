"""Keeps a run's lease while a slow department is waited for."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog

from hub.store import connectors
from hub.store.connectors import Lease, LeaseLost
from hub.store.database import Database, StoreError

log = structlog.get_logger()


@contextmanager
def kept(database: Database, lease: Lease, seconds: float, now: Callable[[], datetime]) -> Iterator[None]:
    """Renew the lease while the block lasts. A lost one is noticed by the next page's own renewal."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(seconds / 4):
            try:
                with database.write() as transaction:
                    connectors.renew_lease(transaction, lease, now(), seconds)
            except LeaseLost:
                return
            except StoreError as error:
                log.warning("lease_not_renewed", connector=lease.connector_id, reason=str(error))

    thread = threading.Thread(target=beat, name=f"lease-{lease.connector_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
