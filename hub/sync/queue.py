"""The executor for several machines: runs become jobs in PostgreSQL, in the transaction that queues them."""

import threading
from collections.abc import Callable
from typing import Any

import structlog

from hub import jobs
from hub.record.run_state import RunState
from hub.record.to_do import ToDo
from hub.store import runs, schedules, waiting
from hub.store.database import Database, StoreError, Transaction
from hub.sync.source import Source
from hub.sync.turn import to_do
from hub.sync.under_way import SLICE_SECONDS, UnderWay

log = structlog.get_logger()

_LOOK_SECONDS = 1.0
_SWEEP_SECONDS = 2
_NOT_UNDER_WAY_SECONDS = 10.0  # a job that begins, or has just ended, says so sooner


def announce(database: Database) -> None:
    """From now on every run that is queued in this process becomes a job, or neither does."""
    database.on_queued = lambda transaction, run_id, connector_id, priority: _hand_out(
        transaction, [waiting.as_job(run_id, connector_id, priority)]
    )


def _hand_out(transaction: Transaction, wanted: list[ToDo]) -> None:
    # The driver's own connection: so jobs are made in the very transaction that queues their runs.
    driver: Any = transaction.connection.driver_connection
    jobs.hand_out(driver, wanted)


class QueueWorker:
    """Does jobs in threads of this process until it is stopped; any number of such processes share the queue."""

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
        self._stop = threading.Event()
        self._crew = jobs.Crew(database.address, threads, self._do, self._sweep, self._extra)
        self._threads = [
            threading.Thread(target=self._crew.run, name="queue"),
            threading.Thread(target=self._look, name="paused", daemon=True),
        ]

    def start(self) -> None:
        """Begin to look for work."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Nothing to be done: PostgreSQL tells of new jobs."""

    def has_ended(self) -> bool:
        """Whether a thread that looks for work has ended, though nobody stopped it."""
        ended = any(thread.ident is not None and not thread.is_alive() for thread in self._threads)
        return ended and not self._stop.is_set()

    def stop(self) -> None:
        """Let every run go back to the queue at its next page boundary, and wait for that."""
        self._stop.set()
        self._crew.stop()
        self._under_way.drain()
        for thread in self._threads:
            thread.join()

    def _do(self, run_id: int) -> None:
        """What a job says. It must end in any case: what is left to do is handed out again."""
        try:
            run = runs.get(self._database, run_id)
            if run is None or run.state not in (RunState.QUEUED, RunState.RUNNING):
                return
            if self._under_way.begin(run_id, run.connector, run.priority):
                self._under_way.do(run.connector)
                with self._database.write() as transaction:
                    _hand_out(transaction, waiting.of_connector(transaction, run.connector))
        except StoreError as error:
            log.warning("store_unreachable", run=run_id, reason=str(error))
        except Exception:
            log.exception("job_broke", run=run_id)  # nobody else tells of it

    def _sweep(self) -> None:
        """Hand out what has no job: its worker died, it went back to the queue, or nobody handed it out."""
        try:
            if schedules.take_turn(self._database, "hand-out", _SWEEP_SECONDS):
                self._forget_what_nobody_does()
                self._hand_out_what_waits()
        except StoreError as error:
            log.warning("store_unreachable", reason=str(error))

    def _forget_what_nobody_does(self) -> None:
        """A worker that was cut off when its job ended could not say so, and goes on without it."""
        with self._database.write() as transaction:
            driver: Any = transaction.connection.driver_connection
            doing = jobs.doing(driver)
            idle = waiting.not_under_way(transaction, list(doing.values()), _NOT_UNDER_WAY_SECONDS) if doing else set()
            jobs.forget(driver, [job for job, run_id in doing.items() if run_id in idle])

    def _hand_out_what_waits(self) -> None:
        found = [one.run_id for one in to_do(self._database)]
        if found:
            with self._database.write() as transaction:
                _hand_out(transaction, waiting.as_jobs(transaction, found))

    def _extra(self) -> int:
        return self._under_way.overstaying()

    def _look(self) -> None:
        while not self._stop.wait(_LOOK_SECONDS):
            try:
                self._under_way.stop_what_is_paused()
            except StoreError as error:
                log.warning("store_unreachable", reason=str(error))
            except Exception:
                log.exception("worker_stumbled")  # and goes on: or nothing would hear of a pause any more
