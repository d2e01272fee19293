"""A worker whose process is frozen loses its run to another one, and when it wakes up it leaves that run alone; a
database that is restarted in the middle of a run costs nothing but the time."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from connectors.registry import Registry
from hub.config.file import understand
from hub.store import connectors, runs
from hub.store.database import Database, connect
from hub.store.schema import upgrade
from hub.store.tables import connectors as table
from hub.sync.run import execute
from hub.sync.turn import to_do
from hub.wiring import open_hub
from mappings.engine.yaml_source import parse
from tests.departments.faults import Faults
from tests.departments.generator import generate
from tests.departments.mot_cua import MotCua
from tests.departments.server import serve
from tests.hub.sync.fixtures import Listing, mapping, registered, source
from tests.hub.sync.snapshot import snapshot
from tests.postgres import served

ROOT = Path(__file__).parents[3]
RECORDS, PAGE, STORED = 120, 20, 3  # of six pages three are stored when it freezes


def until_stored(database: Database, pages: int) -> runs.RunRow:
    """The run when so many pages of it are stored: nothing of it is under way in the database then."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        (run,) = runs.listed(database)
        if run.pages == pages:
            return run
        threading.Event().wait(0.02)
    raise TimeoutError(f"{run.pages} of {pages} pages are stored")


def let_it_run_out(database: Database) -> None:
    """What ten seconds do to the lease of a frozen worker."""
    with database.write() as transaction:
        transaction.execute(update(table).values(lease_until=database.now() - timedelta(seconds=1)))


@pytest.mark.timeout(120)
def test_a_frozen_worker_that_wakes_up_finds_its_run_done_by_another_and_changes_nothing(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    faults = Faults(MotCua(generate(judicial=40, one_stop=RECORDS, shared=10).one_stop).app)
    written = (ROOT / "config.yaml").read_text(encoding="utf-8").replace("page_size: 100", f"page_size: {PAGE}")
    config = tmp_path / "config.yaml"
    config.write_text(written, encoding="utf-8")
    with serve(faults) as address:
        environment = {"MOT_CUA_URL": address, "SO_TU_PHAP_URL": address, "HUB_DATABASE_URL": database_url}
        faults.arm("latency", after=STORED, matching="/pa/")
        command = [sys.executable, "-m", "hub", "sync", "mot-cua", "--full", "--config", str(config)]
        frozen = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            faults.wait_until_held()
            left = until_stored(database, STORED)
            frozen.send_signal(signal.SIGSTOP)
            faults.release()
            let_it_run_out(database)
            assert [(one.run_id, one.abandoned) for one in to_do(database)] == [(left.id, True)]
            hub = open_hub(understand(parse(written, "config.yaml"), ROOT, Registry(), environment))
            assert execute(database, hub.source("mot-cua"), left.id, "another:1", threading.Event())
            hub.database.close()
            done, stored = runs.get(database, left.id), snapshot(database)
        finally:
            frozen.send_signal(signal.SIGCONT)
        _, err = frozen.communicate(timeout=60)
    assert done is not None
    assert (done.state, done.taken_over, done.owner) == ("succeeded", 1, "another:1")
    assert done.fetched >= RECORDS > left.fetched > 0
    assert all(done.timings[stage] > left.timings[stage] > 0 for stage in ("fetch", "decode", "map", "store"))
    assert frozen.returncode == 0, err  # what it was asked for is done
    assert (runs.get(database, left.id), snapshot(database)) == (done, stored)
    assert all(row.lease_owner is None for row in connectors.listed(database))


@pytest.mark.timeout(120)
def test_a_database_that_is_restarted_in_the_middle_of_a_run_costs_nothing_but_the_time(tmp_path: Path) -> None:
    records = [[{"id": at, "code": f"000.00.15.H29-260520-00{at:02}", "status": "open"}] for at in range(10)]
    with served("synchronous_commit=on") as server:
        database = connect(server.url)
        upgrade(database)
        row = registered(database, "a")["a"]
        with database.write() as transaction:
            run_id = runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))

        half_way = threading.Event()
        mine = source(
            "a", Listing(records, before_page=lambda at: half_way.set() if at == 5 else None), mapping(tmp_path)
        )
        with ThreadPoolExecutor() as pool:
            done = pool.submit(execute, database, mine, run_id, "tests", threading.Event())
            assert half_way.wait(30)
            server.stop(signal.SIGQUIT)  # as after a crash
            server.start()
            assert done.result(60)
        run = runs.get(database, run_id)
        assert run is not None
        assert (run.state, run.pages, run.fetched, run.created) == ("succeeded", 10, 10, 10)
        assert {one["code"] for one in run.attempts} == {"store_away"}
        assert run.taken_over == 0
        database.close()
