"""What a job costs: runs of one tiny page, carried by Procrastinate's jobs or by threads of the process itself."""

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from bench.result import Result
from hub.store import connectors, runs
from hub.store.database import Database, connect
from hub.store.schema import upgrade
from hub.sync.executor import Executor
from hub.sync.queue import QueueWorker, announce
from hub.sync.source import Source
from hub.sync.worker import Worker
from tests.hub.sync.fixtures import Listing, mapping, registered, source
from tests.postgres import postgres

ONE_BY_ONE = 200  # runs, each queued when the one before has ended
AT_ONCE = 100  # runs of as many connectors, queued together
NAMES = [f"c{number:03}" for number in range(AT_ONCE)]
RECORD = {"id": 1, "code": "000.00.15.H29-260520-0001", "status": "open"}


def measure() -> list[Result]:
    """Milliseconds a run, and the ratio of in-process time to it."""
    with postgres() as url, tempfile.TemporaryDirectory() as folder:
        database = connect(url)
        upgrade(database)
        registered(database, *NAMES)
        local = _measured(database, Path(folder), Worker)
        announce(database)
        queued = _measured(database, Path(folder), QueueWorker)
        database.close()
    what = ("one by one: from queued to ended (median)", "100 at once, 4 threads", "CPU of the process, 100 at once")
    results = []
    for name, ours, theirs in zip(what, local, queued, strict=True):
        results.append(Result(f"{name}: in process", ours, "ms a run", "", 1.0))
        results.append(Result(f"{name}: procrastinate", theirs, "ms a run", "in process", ours / theirs))
    overhead = queued[0] - local[0]
    results.append(Result("overhead of a job, one by one", overhead, "ms a run", "in process", local[0] / queued[0]))
    return results


def _measured(database: Database, folder: Path, make: Callable[..., Executor]) -> tuple[float, float, float]:
    """Milliseconds a run: one by one (median), at once, and at once of CPU."""
    reads = mapping(folder)

    def source_of(name: str) -> Source:
        return source(name, Listing([[RECORD]]), reads)

    with _working(make(database, source_of, "bench", threads=4)) as worker:
        _queue(database, worker, NAMES)  # so that everything is loaded, and nothing has changed from now on
        one_by_one = []
        for _ in range(ONE_BY_ONE):
            began = perf_counter()
            _queue(database, worker, NAMES[:1])
            one_by_one.append(perf_counter() - began)
        began, cpu = perf_counter(), process_time()
        _queue(database, worker, NAMES)
        at_once, cpu = perf_counter() - began, process_time() - cpu
    return 1000 * median(one_by_one), 1000 * at_once / AT_ONCE, 1000 * cpu / AT_ONCE


@contextmanager
def _working(worker: Executor) -> Iterator[Executor]:
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


def _queue(database: Database, worker: Executor, names: list[str]) -> None:
    """Queue a run of each, and wait for the last of them to end."""
    ids = {row.name: row.id for row in connectors.listed(database)}
    with database.write() as transaction:
        for name in names:
            runs.enqueue(transaction, ids[name], "incremental", "hand", datetime.now(UTC))
    worker.wake()
    never = threading.Event()
    while _not_ended(database):
        never.wait(0.005)


def _not_ended(database: Database) -> bool:
    with database.read() as connection:
        return bool(connection.exec_driver_sql("SELECT 1 FROM runs WHERE finished_at IS NULL LIMIT 1").first())
