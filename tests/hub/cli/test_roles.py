"""`hub web`, `hub worker`, `hub scheduler`: several of each on one PostgreSQL, and what becomes of them."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import func, select, text

from hub.store import runs
from hub.store.database import Database, connect
from hub.store.schema import upgrade
from hub.store.tables import runs as runs_table
from tests.departments.faults import Faults
from tests.departments.generator import generate
from tests.departments.mot_cua import MotCua
from tests.departments.server import serve
from tests.departments.so_tu_phap import SoTuPhap
from tests.hub.cli.command import ROOT
from tests.hub.cli.inside import hub
from tests.postgres import Server, served


@dataclass
class Programs:
    """Those that were started; each tells its log to a list."""

    config: Path
    environment: dict[str, str]
    started: list[subprocess.Popen[str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    listeners: list[threading.Thread] = field(default_factory=list)

    def start(self, role: str, *more: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "hub", role, "-c", str(self.config), *more]
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | self.environment, stderr=subprocess.PIPE, text=True
        )
        self.started.append(process)
        self.listeners.append(threading.Thread(target=self._listen, args=(process,), daemon=True))
        self.listeners[-1].start()
        return process

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        with process.stderr:
            self.said.extend(process.stderr)

    def address(self) -> str:
        """Where `hub web` answers."""
        found: list[str] = []

        def is_there() -> bool:
            found[:] = [match[0] for line in [*self.said] if (match := re.search(r"http://[\d.:]+/", line))]
            return bool(found)

        await_(is_there, self.said)
        return found[0]

    def end(self) -> None:
        for process in self.started:
            process.kill()
            process.wait()
        for listener in self.listeners:
            listener.join()


@dataclass
class World:
    """A city of two departments, a PostgreSQL of its own, and programs on it."""

    server: Server
    database: Database
    programs: Programs
    faults: Faults

    def ended(self) -> int:
        query = select(func.count()).where(runs_table.c.state == "succeeded")
        with self.database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def await_more_runs(self, how_many: int = 4) -> float:
        """Until so many more runs have succeeded: how long that took."""
        began, wanted = monotonic(), self.ended() + how_many
        await_(lambda: self.ended() >= wanted, self.programs.said)
        return monotonic() - began


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Each connector is due every second."""
    city = generate(judicial=20, one_stop=30, shared=5, faulty=0)
    config = tmp_path / "config.yaml"
    written = (ROOT / "config.yaml").read_text(encoding="utf-8").replace("{every: 1m, jitter: 5s}", "{every: 1s}")
    config.write_text(written, encoding="utf-8")
    faults = Faults(MotCua(city.one_stop).app)
    with served() as server, serve(SoTuPhap(city.judicial).app) as judicial, serve(faults) as one_stop:
        database = connect(server.url)
        upgrade(database)
        environment = {"SO_TU_PHAP_URL": judicial, "MOT_CUA_URL": one_stop, "HUB_DATABASE_URL": server.url}
        programs = Programs(config, environment)
        yield World(server, database, programs, faults)
        programs.end()
        database.close()


@pytest.mark.timeout(300)
def test_two_of_each_share_the_work_outlive_a_restart_a_kill_and_a_drain_and_fire_once(world: World) -> None:
    programs = world.programs
    web = programs.start("web", "--port", "0", "--processes", "2")
    workers = [programs.start("worker") for _ in range(2)]
    schedulers = [programs.start("scheduler") for _ in range(2)]
    world.await_more_runs()
    address = programs.address()

    world.server.stop()
    world.server.start()
    world.await_more_runs()
    with urllib.request.urlopen(address, timeout=30) as answer:
        assert answer.status == 200

    workers[0].kill()
    schedulers[0].kill()
    assert world.await_more_runs(6) < 60

    # A run that waits for its department goes back to the queue, and the other worker goes on with it.
    world.faults.arm("latency", after=1)
    world.faults.wait_until_held()
    workers.append(programs.start("worker"))
    await_(lambda: sum("worker_started" in line for line in [*programs.said]) == 3, programs.said)
    workers[1].send_signal(signal.SIGTERM)
    assert workers[1].wait(30) == 0
    world.faults.release()
    world.faults.disarm()
    world.await_more_runs()

    for process in (workers[2], schedulers[1], web):
        process.send_signal(signal.SIGTERM)
    assert [process.wait(30) for process in (workers[2], schedulers[1], web)] == [0, 0, 0]
    instant = (runs_table.c.connector_id, runs_table.c.fire_at)
    twice = select(*instant).group_by(*instant).having(func.count() > 1)
    with world.database.read() as connection:
        assert connection.execute(twice).all() == []
        left = connection.execute(text("SELECT status, count(*) FROM procrastinate.procrastinate_jobs GROUP BY 1"))
        assert {status: number for status, number in left if status != "todo"} == {}
    states = {run.state for run in runs.listed(world.database, limit=500)}
    assert states <= {"succeeded", "queued"}, [json.loads(line) for line in programs.said if "run_ended" in line][-3:]


@pytest.mark.parametrize("role", ["web", "worker", "scheduler"])
def test_on_sqlite_the_roles_refuse_in_a_sentence(role: str, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("database: {url: sqlite:///hub.db}\n", encoding="utf-8")
    refused = hub(role, "-c", config)
    assert refused.code == 2
    assert f"`hub {role}` needs PostgreSQL" in refused.err


def await_(true: Callable[[], bool], said: list[str]) -> None:
    """Until it is true; rows of other processes say it, and nothing signals them."""
    never = threading.Event()
    for _ in range(1200):
        if true():
            return
        never.wait(0.05)
    raise AssertionError("it did not become true within a minute:\n" + "".join(said[-20:]))
