"""The queue of jobs: made with its runs or not at all, one at a time for a connector, upgraded with the store."""

import asyncio
import gc
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException
from sqlalchemy import text
from structlog.testing import capture_logs

from hub import jobs
from hub.store import jobs_schema, runs, schema
from hub.store.database import Database, StoreError, Transaction
from hub.sync.queue import QueueWorker, announce
from tests.hub.sync.fixtures import registered

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


TOLD = "procrastinate.procrastinate_trigger_function_status_events_update_v1"


def queue(transaction: Transaction, connector_id: int, *kinds: str) -> list[int]:
    return [runs.enqueue(transaction, connector_id, kind, "hand", datetime.now(UTC)) for kind in kinds]


def there(database: Database) -> Sequence[Any]:
    found = text("SELECT (args->>'run_id')::int, queue_name, priority, lock FROM procrastinate.procrastinate_jobs")
    with database.read() as connection:
        return sorted(tuple(row) for row in connection.execute(found))


@on_postgresql
def test_a_job_is_made_with_its_run_or_not_at_all(database: Database) -> None:
    row = registered(database, "a")["a"]
    announce(database)

    with pytest.raises(ValueError, match="cows"), database.write() as transaction:
        queue(transaction, row.id, "incremental", "cows")  # the second breaks the transaction
    assert there(database) == []
    with database.write() as transaction:
        (first, _, backfill) = queue(transaction, row.id, "incremental", "incremental", "backfill")
    lock = f"connector:{row.id}"  # the second waits for the first's end, so that other connectors have their turn
    assert there(database) == [(first, "soon", -10, lock), (backfill, "later", -40, lock)]


@on_postgresql
def test_the_queue_comes_and_goes_with_the_store(database: Database) -> None:
    assert schema.is_current(database)
    with database.write() as transaction:  # as it was before the last step of its makers
        before = "03.04.00_01_pre_add_retry_failed_job_procedure.sql"
        transaction.execute(text(f"COMMENT ON SCHEMA procrastinate IS '{before}'"))
        transaction.execute(text(f"DROP FUNCTION {TOLD} CASCADE"))
    with pytest.raises(StoreError, match="run `hub db upgrade`"):
        schema.ensure_current(database)
    schema.upgrade(database)  # only what is newer than that
    schema.ensure_current(database)
    with database.read() as connection:
        assert connection.scalar(text(f"SELECT to_regproc('{TOLD}') IS NOT NULL"))
    schema.downgrade(database, "base")
    with database.read() as connection:
        assert not connection.scalar(text("SELECT count(*) FROM pg_namespace WHERE nspname = 'procrastinate'"))


@on_postgresql
@pytest.mark.parametrize("ended", [True, False])
def test_a_job_whose_worker_could_not_say_that_it_is_done_is_forgotten(database: Database, *, ended: bool) -> None:
    rows = registered(database, "a", "b")
    announce(database)
    with database.write() as transaction:
        under_way, lost = (queue(transaction, rows[name].id, "incremental")[0] for name in ("a", "b"))
        for change in (
            "UPDATE procrastinate.procrastinate_jobs SET status = 'doing'",
            "UPDATE procrastinate.procrastinate_events SET at = now() - interval '1 minute'",
            "UPDATE runs SET queued_at = now() - interval '2 minutes'",
            f"UPDATE runs SET state = 'running' WHERE id = {under_way}",
        ):
            transaction.execute(text(change))
        if ended:
            gone = "UPDATE runs SET state = 'failed', finished_at = now() - interval '30 seconds' WHERE id = :run"
            transaction.execute(text(gone), {"run": lost})
    held = ("UPDATE connectors SET lease_until = now() + interval '1 minute' WHERE id = :a", {"a": rows["a"].id})
    with database.write() as transaction:
        transaction.execute(text(held[0]), held[1])
    QueueWorker(database, {}.__getitem__, "test")._sweep()
    with database.read() as connection:
        jobs_now = text("SELECT (args->>'run_id')::int, status FROM procrastinate.procrastinate_jobs ORDER BY 1")
        found = [tuple(row) for row in connection.execute(jobs_now)]
    again = [] if ended else [(lost, "todo")]  # what was not done is handed out anew
    assert found == [(under_way, "doing"), *again]


def test_nothing_is_to_be_done_where_it_is_as_this_version_needs_it() -> None:
    fresh = jobs_schema.upgrade_script(None)
    assert fresh is not None
    assert jobs_schema.upgrade_script(fresh[1]) is None


def test_a_job_that_was_given_to_another_worker_meanwhile_is_told_in_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """As Procrastinate leaves it: a task that nobody waits for fails when it says that its job is done."""

    async def finish() -> None:
        raise ConnectorException from psycopg.errors.RaiseException("Job was not found")

    async def left_alone() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(jobs._told)
        await asyncio.wait([loop.create_task(finish())])
        gc.collect()

    with capture_logs() as told:
        asyncio.run(left_alone())
        gc.collect()
    assert [(one["event"], one["reason"]) for one in told] == [("job_not_finished", "Job was not found")]
    assert not caplog.records
