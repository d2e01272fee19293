"""Ctrl-C and SIGTERM while a command reads a department: the run says so, and the next one may begin at once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hub.store import connectors, runs
from hub.store.database import Database, connect
from hub.store.runs import RunRow
from hub.store.schema import upgrade
from tests.departments.faults import Faults
from tests.departments.generator import generate
from tests.departments.mot_cua import MotCua
from tests.departments.server import serve
from tests.hub.cli.command import ROOT

SIGNALS = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "hub", *arguments]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def stop(process: subprocess.Popen[str], number: signal.Signals) -> None:
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said
    assert "Stopped. Nothing was lost" in said
    assert "Traceback" not in said


WHILE_LOADING = """
import os, signal, sys
from hub.__main__ import main

class Stop:
    def find_spec(self, name, *_):
        if name == "hub.cli.app":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Stop())
main()
"""


def test_a_command_that_is_stopped_before_it_is_loaded_ends_quietly() -> None:
    ended = subprocess.run([sys.executable, "-c", WHILE_LOADING], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


def leases(database: Database) -> set[str | None]:
    return {row.lease_owner for row in connectors.listed(database)}


@SIGNALS
def test_a_sync_that_is_stopped_leaves_its_run_interrupted_and_its_lease_free(
    tmp_path: Path, number: signal.Signals
) -> None:
    department = Faults(MotCua(generate(judicial=1, one_stop=30, shared=0, faulty=0).one_stop).app)
    department.arm("latency", times=100, matching="/pa/")
    url = f"sqlite:///{tmp_path / 'hub.db'}"
    with serve(department) as address:
        process = start("sync", "mot-cua", MOT_CUA_URL=address, HUB_DATABASE_URL=url)
        department.wait_until_held()
        stop(process, number)
        department.disarm()
    database = connect(url)
    (run,) = runs.listed(database)
    assert (run.state, run.error_code) == ("interrupted", "stopped")
    assert leases(database) == {None}
    database.close()


@SIGNALS
def test_a_demo_that_is_stopped_while_it_syncs_leaves_no_run_that_looks_alive(
    tmp_path: Path, number: signal.Signals
) -> None:
    url = f"sqlite:///{tmp_path / 'hub.db'}"
    database = connect(url)
    upgrade(database)
    process = start("demo", "--once", HUB_DATABASE_URL=url)
    assert under_way(database)
    stop(process, number)
    assert runs.listed(database)[0].state == "interrupted"
    assert leases(database) == {None}
    database.close()


def under_way(database: Database) -> list[RunRow]:
    """Looks until a run has begun: the demo's departments are its own, so the store alone can tell."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if found := runs.listed(database, state="running"):
            return found
    return []
