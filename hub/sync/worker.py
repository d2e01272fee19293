"""The worker: does queued runs, several connectors at once, one run at a time for each."""

import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime

import structlog

from hub.store import runs
from hub.store.database import Database, StoreError
from hub.sync.run import Source, end_abandoned, execute

log = structlog.get_logger()

_LOOK_AGAIN_SECONDS = 1.0  # runs that another process queued are found after this long


class Worker:
    """Runs in threads of this process until it is stopped; `wake` makes it look at once."""

    def __init__(self, database: Database, sources: Mapping[str, Source], owner: str, threads: int = 4) -> None:
        self._database = database
        self._sources = sources
        self._owner = owner
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="run")
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._busy: dict[str, Future[None]] = {}
        self._thread = threading.Thread(target=self._loop, name="worker", daemon=True)

    def start(self) -> None:
        """Begin to look for work."""
        self._thread.start()

    def wake(self) -> None:
        """There is a new run."""
        self._wake.set()

    def stop(self) -> None:
        """Let every run end at its next page boundary, and wait for that."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self._pool.shutdown(wait=True, cancel_futures=True)  # what has not begun stays queued

    def _loop(self) -> None:
        while not self._stop.is_set():
            try:
                self._look()
            except StoreError as error:
                log.warning("store_unreachable", reason=str(error))
            self._wake.wait(_LOOK_AGAIN_SECONDS)
            self._wake.clear()

    def _look(self) -> None:
        end_abandoned(self._database, self._owner, datetime.now(UTC))
        self._busy = {name: future for name, future in self._busy.items() if not future.done()}
        for run_id, name in runs.queued(self._database):
            if name in self._sources and name not in self._busy:
                self._busy[name] = self._pool.submit(self._do, name, run_id)

    def _do(self, name: str, run_id: int) -> None:
        if self._stop.is_set():
            return
        try:
            execute(self._database, self._sources[name], run_id, self._owner, self._stop)
        except Exception:
            # Not handled but told: the run itself is marked by `execute`; the other connectors go on.
            log.exception("run_broke", connector=name, run=run_id)
