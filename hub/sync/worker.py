"""The worker: does queued runs, several connectors at once, one run at a time for each."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from hub.store import connectors, runs
from hub.store.connectors import ConnectorRow
from hub.store.database import Database, StoreError
from hub.store.registrations import Unregistered
from hub.sync import replay
from hub.sync.retention import Housekeeper
from hub.sync.run import Source, end_abandoned, end_unusable, execute
from mappings.engine.reading import Mapping
from mappings.engine.yaml_source import Invalid

log = structlog.get_logger()

_LOOK_AGAIN_SECONDS = 1.0  # runs that another process queued are found after this long
_MAPPINGS_SECONDS = 10.0  # what stands in quarantine is tried again so soon after another mapping is in use


@dataclass(frozen=True, slots=True)
class _UnderWay:
    done: Future[None]
    stop: threading.Event


class Worker:
    """Runs in threads of this process until it is stopped; `wake` makes it look at once.

    `source_of` gives a connector as it is in use at that moment: it is asked anew for each run. With `mapping_of`
    it also looks whether another mapping is in use than records in quarantine were read with.
    """

    def __init__(
        self,
        database: Database,
        source_of: Callable[[str], Source],
        owner: str,
        threads: int = 4,
        mapping_of: Callable[[ConnectorRow], Mapping] | None = None,
        housekeeper: Housekeeper | None = None,
    ) -> None:
        self._database = database
        self._source_of = source_of
        self._owner = owner
        self._mapping_of = mapping_of
        self._mappings_at = 0.0  # when they are looked at next
        self._housekeeper = housekeeper
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="run")
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._busy: dict[str, _UnderWay] = {}
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
        for run in self._busy.values():
            run.stop.set()
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
        self._busy = {name: run for name, run in self._busy.items() if not run.done.done()}
        self._stop_what_is_paused()
        self._look_at_mappings()
        if self._housekeeper is not None and self._housekeeper.is_due():
            self._pool.submit(self._housekeeper.prune, self._stop)
        for run_id, name in runs.queued(self._database):
            if name not in self._busy:
                stop = threading.Event()
                self._busy[name] = _UnderWay(self._pool.submit(self._do, name, run_id, stop), stop)

    def _stop_what_is_paused(self) -> None:
        """A connector that is no longer active stops at its next page, whoever paused it in whichever process."""
        if self._busy:
            active = connectors.active_names(self._database)
            for name, run in self._busy.items():
                if name not in active:
                    run.stop.set()

    def _look_at_mappings(self) -> None:
        if self._mapping_of is not None and time.monotonic() >= self._mappings_at:
            self._mappings_at = time.monotonic() + _MAPPINGS_SECONDS
            replay.queue_untried_of_all(self._database, self._mapping_of, datetime.now(UTC))

    def _do(self, name: str, run_id: int, stop: threading.Event) -> None:
        if self._stop.is_set():
            return
        try:
            try:
                source = self._source_of(name)
            except (Invalid, Unregistered) as error:
                end_unusable(self._database, name, run_id, error)
                return
            execute(self._database, source, run_id, self._owner, stop)
        except Exception:
            # Not handled but told: the run itself is marked by `execute`; the other connectors go on.
            log.exception("run_broke", connector=name, run=run_id)
