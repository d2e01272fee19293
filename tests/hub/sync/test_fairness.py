"""Many connectors, few workers: a slow or a huge department keeps nobody from being read; both executors."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import update

from connectors.contract import Connector, Page, Retry
from hub.store import runs
from hub.store.database import Database
from hub.store.tables import connectors as table
from hub.sync.executor import Executor
from hub.sync.queue import QueueWorker, announce
from hub.sync.retry import RetryBudget
from hub.sync.source import Source
from hub.sync.worker import Worker
from tests.hub.sync.fixtures import Listing, _records, mapping, registered, source

SLICE = 0.3  # seconds: a minute, in the time of this test
OTHERS = [f"c{number:02}" for number in range(18)]
Make = Callable[..., Executor]


class Endless:
    """A department that never comes to its end; `seconds` pass before each page."""

    def __init__(self, first: int, seconds: float) -> None:
        self._first, self._seconds = first, seconds
        self._closed = threading.Event()
        self.pages = 0

    @contextmanager
    def open(self, _: Retry) -> Iterator[Connector]:
        yield self

    def check(self) -> list[str]:
        return []

    def pull(self, since: str | None) -> Iterator[Page]:
        for number in count(int(since or 0)):
            self._closed.wait(self._seconds)
            self.pages += 1
            key = self._first + number
            records = [{"id": key, "code": f"000.00.15.H29-260520-{key:07}", "status": "open"}]
            yield Page(b"[]", "application/json", _records(records), str(number + 1), [], None)


@pytest.fixture(params=["local", "procrastinate"])
def make(request: pytest.FixtureRequest) -> Make:
    """How to make a worker; the second needs PostgreSQL."""
    return Worker if request.param == "local" else QueueWorker


@pytest.mark.parametrize(
    ("database_url", "make"), [("sqlite", "local"), ("postgresql", "procrastinate")], indirect=True
)
def test_every_other_connector_is_read_while_one_is_slow_and_one_has_no_end(
    database: Database, make: Make, tmp_path: Path
) -> None:
    rows = registered(database, "huge", "slow", *OTHERS)
    reads = mapping(tmp_path)
    endless = {"huge": Endless(1_000_000, 0.02), "slow": Endless(2_000_000, 1.0)}

    def source_of(name: str) -> Source:
        if name in endless:
            return Source(name, endless[name].open, reads, RetryBudget())
        key = int(name[1:])
        return source(name, Listing([[{"id": key, "code": f"000.00.15.H29-260520-{key:04}", "status": "open"}]]), reads)

    if make is QueueWorker:
        announce(database)
    queue(database, *(rows[name].id for name in endless))
    workers = [make(database, source_of, f"test:{at}", threads=1, slice_seconds=SLICE) for at in range(2)]
    for worker in workers:
        worker.start()
    try:
        await_(lambda: all(one.pages for one in endless.values()))
        for _ in range(2):
            began = monotonic()
            for one in queue(database, *(rows[name].id for name in OTHERS)):
                await_(lambda one=one: state(database, one) == "succeeded")
            assert monotonic() - began < 30
        before = {name: one.pages for name, one in endless.items()}
        await_(
            lambda: all(one.pages > before[name] for name, one in endless.items())
        )  # nor are they kept from going on
    finally:
        for worker in workers:
            worker.stop()
    assert [state(database, one) for one in (1, 2)] == ["queued", "queued"]  # they go on where they were


def test_one_slot_is_kept_for_what_cannot_wait(database: Database, tmp_path: Path) -> None:
    rows = registered(database, "a", "b", "c")
    reads, release, inside = mapping(tmp_path), threading.Event(), threading.Semaphore(0)

    def hold(_: int) -> None:
        inside.release()
        release.wait(30)

    sources = {name: source(name, Listing([[]], before_page=hold), reads) for name in rows}
    with database.write() as transaction:
        transaction.execute(update(table).values(bookmark="0"))  # were nothing read yet, listing could not wait either
    full = queue(database, rows["a"].id, rows["b"].id, kind="full")
    worker = Worker(database, sources.__getitem__, "test", threads=2)
    worker.start()
    try:
        assert inside.acquire(timeout=30)
        (urgent,) = queue(database, rows["c"].id)
        assert inside.acquire(timeout=30)
        assert [state(database, one) for one in (*full, urgent)] == ["running", "queued", "running"]
    finally:
        release.set()
        worker.stop()


def queue(database: Database, *connector_ids: int, kind: str = "incremental") -> list[int]:
    with database.write() as transaction:
        now = datetime.now(UTC)
        return [runs.enqueue(transaction, connector_id, kind, "hand", now) for connector_id in connector_ids]


def state(database: Database, run_id: int) -> str:
    run = runs.get(database, run_id)
    assert run is not None
    return run.state


def await_(true: Callable[[], bool]) -> None:
    """Until it is true; rows say it, and nothing signals them."""
    never = threading.Event()
    for _ in range(1200):
        if true():
            return
        never.wait(0.05)
    raise AssertionError("it did not become true within a minute")
