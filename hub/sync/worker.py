"""The executor inside one process: threads, and the table of runs, looked at every second and whenever one ends."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from hub.record.run_kind import SOON
from hub.store.database import Database, StoreError
from hub.sync.source import Source
from hub.sync.turn import to_do
from hub.sync.under_way import SLICE_SECONDS, UnderWay

log = structlog.get_logger()

_LOOK_AGAIN_SECONDS = 1.0  # runs that another process queued are found after this long
_LONGEST_WAIT = 5.0  # between two looks that failed


class Worker:
    """Runs in threads of this process until it is stopped; `wake` makes it look at once.

    `source_of` gives a connector as it is in use at that moment: it is asked anew for each run. Several processes may
    share a store: leases tell them apart. A run that overstays its time slice opens a slot beside `threads`, and as
    many more as that at the most; one slot is kept for what cannot wait.
    """

    def __init__(
        self,
        database: Database,
        source_of: Callable[[str], Source],
        owner: str,
        threads: int = 4,
        slice_seconds: float = SLICE_SECONDS,
    ) -> None:
        self._database = database
        self._under_way = UnderWay(database, source_of, owner, slice_seconds)
        self._threads = threads
        self._pool = ThreadPoolExecutor(2 * threads, thread_name_prefix="run")
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="worker", daemon=True)

    def start(self) -> None:
        """Begin to look for work."""
        self._thread.start()

    def wake(self) -> None:
        """There is a new run."""
        self._wake.set()

    def has_ended(self) -> bool:
        """Whether nothing looks for work any more, though nobody stopped it."""
        return self._thread.ident is not None and not self._thread.is_alive() and not self._stop.is_set()

    def stop(self) -> None:
        """Let every run go back to the queue at its next page boundary, and wait for that."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self._under_way.drain()
        self._pool.shutdown(wait=True)

    def _loop(self) -> None:
        wait = _LOOK_AGAIN_SECONDS
        while not self._stop.is_set():
            try:
                self._under_way.stop_what_is_paused()
                self._begin_what_waits()
                wait = _LOOK_AGAIN_SECONDS
            except StoreError as error:
                log.warning("store_unreachable", reason=str(error))
            except Exception:
                # Not handled but told: a worker that has ended would be missed by nobody, and its queue stand still.
                log.exception("worker_stumbled")
                wait = min(1.5 * wait, _LONGEST_WAIT)
            self._wake.wait(wait)
            self._wake.clear()

    def _begin_what_waits(self) -> None:
        for run in to_do(self._database):
            if self._has_room(run.priority) and self._under_way.begin(run.run_id, run.connector, run.priority):
                self._pool.submit(self._do, run.connector)

    def _has_room(self, priority: int) -> bool:
        held = self._under_way.count()
        if held >= self._threads or held + self._under_way.overstaying() >= 2 * self._threads:
            return False
        can_wait = priority > SOON and self._threads > 1
        return not can_wait or self._under_way.count(above=SOON) < self._threads - 1

    def _do(self, connector: str) -> None:
        self._under_way.do(connector)
        self._wake.set()  # there is a place, and its connector may have more to do
