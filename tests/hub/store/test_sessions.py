"""PostgreSQL's sessions: a process that froze in the middle of its transaction holds nobody up for long."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import psycopg
import pytest
from sqlalchemy import text

from hub.store import laid_out, sessions
from hub.store.database import Database, StoreError, connect
from hub.store.frozen import Frozen
from hub.store.schema import upgrade
from tests.hub.sync.fixtures import Listing, mapping, registered, source
from tests.hub.sync.running import A, B, record, run_once
from tests.postgres import Server, served

ROOT = Path(__file__).parents[3]
WRITER = """
import sys
from hub.store import laid_out, sessions
from hub.store.database import connect
sessions.WRITING = sessions.WRITING.replace("'10s'", "'1s'")  # the test has not so much time
tries = 0
def work(transaction):
    global tries
    tries += 1
    laid_out.take_turn(transaction)
    print("holding", flush=True)
    if tries == 1:
        sys.stdin.readline()
    transaction.exec_driver_sql("SELECT 1")
database = connect(sys.argv[1])
database.write_again(work)
print(f"stored at try {tries}", flush=True)
"""


# SQLite has one writer on one machine, and its lock goes with its process.
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@contextmanager
def writer(url: str) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock of all who write, in a transaction."""
    command = [sys.executable, "-c", WRITER, url]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        assert process.stdout.readline() == "holding\n"
        yield process
    finally:
        process.kill()
        process.communicate()


@on_postgresql
def test_a_frozen_writer_loses_its_locks_within_seconds_and_begins_again_when_it_wakes(
    database: Database, database_url: str
) -> None:
    with writer(database_url) as process:
        process.send_signal(signal.SIGSTOP)
        began = monotonic()
        with database.write() as transaction:
            laid_out.take_turn(transaction)
        assert monotonic() - began < 10
        process.send_signal(signal.SIGCONT)
        assert process.communicate("go on\n", timeout=60)[0] == "holding\nstored at try 2\n"


@on_postgresql
def test_a_process_that_froze_while_it_sent_rows_is_ended_by_another_and_one_that_goes_on_sending_is_not(
    database: Database,
) -> None:
    watching = Frozen(database, silent_seconds=0.2)
    with psycopg.connect(database.address) as silent, silent.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7)")
        cursor.execute("CREATE TEMPORARY TABLE sent (row integer)")
        with pytest.raises(psycopg.errors.AdminShutdown):
            _send_half(database, watching, silent, cursor)
    assert watching.end() == 0


def _send_half(
    database: Database, watching: Frozen, silent: psycopg.Connection, cursor: psycopg.Cursor[tuple[object, ...]]
) -> None:
    with cursor.copy("COPY sent FROM STDIN") as rows:
        never, deadline = threading.Event(), monotonic() + 1
        while monotonic() < deadline:  # five times as long as it may be silent
            rows.write("1\n" * 40_000)  # more than the driver and the server keep back
            silent.pgconn.flush()
            assert watching.end() == 0
            never.wait(0.05)
        while not watching.end():
            never.wait(0.05)
        with database.write() as transaction:  # the lock is free again
            transaction.execute(text("SELECT pg_advisory_xact_lock(7)"))


@on_postgresql
def test_a_writer_is_bound_and_a_reader_and_a_migration_are_not(database: Database) -> None:
    asked = text("SELECT current_setting('idle_in_transaction_session_timeout'), current_setting('statement_timeout')")
    with database.write() as transaction:
        assert transaction.execute(asked).one() == ("10s", "1min")
    with database.write(patient=True) as transaction:
        assert transaction.execute(asked).one() == ("0", "0")
    with database.read() as connection:
        assert connection.execute(asked).one() == ("0", "0")


def test_what_an_address_says_of_the_line_goes_before_what_the_hub_says() -> None:
    told = connect("postgresql://hub@db.example/hub?connect_timeout=30").address
    assert "connect_timeout=30" in told
    assert f"tcp_user_timeout={sessions.CLIENT['tcp_user_timeout']}" in told


def test_a_restart_of_the_database_is_over_when_it_is_over() -> None:
    with served() as server:
        database = connect(server.url)
        upgrade(database)
        _restart(server, database)
        database.close()


def _restart(server: Server, database: Database) -> None:
    with database.read() as connection:
        connection.execute(text("SELECT 1"))
    server.stop()
    with pytest.raises(StoreError, match="does not answer"), database.read():
        pass
    server.start()
    with database.write() as transaction:  # a connection that the restart cut is replaced unseen
        transaction.execute(text("SELECT 1"))


@on_postgresql
def test_a_large_page_gets_more_time_and_the_usual_one_does_not(database: Database) -> None:
    """Python computes between two statements, longer than a usual page's transaction may be silent."""

    def time_for(records: int) -> str:
        with database.write() as transaction:
            database.take_time(transaction, records)
            found: str = transaction.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar_one()
            return found

    assert [time_for(records) for records in (1_000, 5_000, 100_000)] == ["10s", "10s", "200s"]


@on_postgresql
def test_a_run_asks_for_the_time_that_its_page_takes(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(database, "a")
    asked: list[int] = []
    monkeypatch.setattr(Database, "take_time", lambda _self, _transaction, records: asked.append(records))
    run_once(database, source("a", Listing([[record(1, A), record(2, B), record(3, "-")]]), mapping(tmp_path)))
    assert asked == [3]
