"""Keeps the lease of an export while its file is written, which may take minutes in which nothing else is stored."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from hub.store import export_leases
from hub.store.database import Database, StoreError
from hub.store.export_leases import ExportLost, Lease

LEASE_SECONDS = 20.0  # an export whose process is gone is gone on with after this long
_BEATS = 8  # within that

log = structlog.get_logger()


class Stopped(Exception):
    """This process ends: another one goes on."""


@dataclass(slots=True)
class Pulse:
    """Whether an export is still ours to write."""

    stopping: threading.Event
    lost: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """Go on, or not.

        Raises:
            ExportLost: another process has it, or it was cancelled.
            Stopped: see there.
        """
        if self.lost.is_set():
            raise ExportLost
        if self.stopping.is_set():
            raise Stopped


@contextmanager
def kept(
    database: Database, lease: Lease, stopping: threading.Event, seconds: float = LEASE_SECONDS
) -> Iterator[Pulse]:
    """Renew the lease while the block lasts."""
    ended, pulse = threading.Event(), Pulse(stopping)

    def beat() -> None:
        while not ended.wait(seconds / _BEATS):
            try:
                export_leases.renew(database, lease, seconds)
            except ExportLost:
                pulse.lost.set()
                return
            except StoreError as error:  # it may be there again before the lease has run out; else the commit says so
                log.warning("lease_not_renewed", export=lease.export_id, reason=str(error))

    thread = threading.Thread(target=beat, name="export lease", daemon=True)
    thread.start()
    try:
        yield pulse
    finally:
        ended.set()
        thread.join()
