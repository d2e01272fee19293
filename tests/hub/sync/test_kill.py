"""kill -9 at any instant of a sync: the next run ends with the store of an undisturbed one."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

from hub.store import runs
from hub.store.database import connect
from hub.store.schema import upgrade
from tests.departments.faults import Faults
from tests.departments.generator import generate
from tests.departments.mot_cua import MotCua
from tests.departments.server import serve
from tests.departments.so_tu_phap import SoTuPhap
from tests.hub.sync.snapshot import snapshot

ROOT = Path(__file__).parents[3]
ASKS = {"so-tu-phap": "POST", "mot-cua": "/pa/"}  # what a request for a page looks like
KILLS = int(os.environ.get("HUB_KILLS", "4"))  # of each connector, on each database


@dataclass(frozen=True)
class Departments:
    """Both departments, each behind faults."""

    faults: dict[str, Faults]
    addresses: dict[str, str]


@pytest.fixture(scope="module")
def departments() -> Iterator[Departments]:
    """Real servers, for every round."""
    city = generate(judicial=200, one_stop=260, shared=60)
    faults = {"so-tu-phap": Faults(SoTuPhap(city.judicial).app), "mot-cua": Faults(MotCua(city.one_stop).app)}
    with serve(faults["so-tu-phap"]) as judicial, serve(faults["mot-cua"]) as one_stop:
        yield Departments(faults, {"SO_TU_PHAP_URL": judicial, "MOT_CUA_URL": one_stop})


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The project's own configuration with small pages: many transactions to be killed in."""
    path = tmp_path / "config.yaml"
    written = (ROOT / "config.yaml").read_text(encoding="utf-8").replace("page_size: 100", "page_size: 10")
    path.write_text(written, encoding="utf-8")
    return path


def start(connector: str, config: Path, environment: dict[str, str], *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "hub", "sync", connector, "--json", "--config", str(config), *more]
    return subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def finish(connector: str, config: Path, environment: dict[str, str]) -> dict[str, Any]:
    process = start(connector, config, environment)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    summary: dict[str, Any] = json.loads(out)["connectors"][0]
    return summary


def kill_half_way(connector: str, config: Path, world: dict[str, str], faults: Faults, chance: Random) -> None:
    """Hold the answer of one page back, let it go, and kill the sync a moment later: while it reads, maps or stores.

    It is the third or a later one, so the first is stored.
    """
    faults.arm("latency", after=chance.randrange(2, 16), matching=ASKS[connector])
    process = start(connector, config, world, "--full")  # from its beginning, so that there is a half way
    faults.wait_until_held()
    faults.release()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=chance.uniform(0, 0.08))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    faults.disarm()


@pytest.mark.timeout(600)
def test_a_sync_that_is_killed_again_and_again_ends_like_an_undisturbed_one(
    database_url: str, tmp_path: Path, config: Path, departments: Departments
) -> None:
    undisturbed = connect(f"sqlite:///{tmp_path / 'undisturbed.db'}")
    upgrade(undisturbed)
    calm = departments.addresses | {"HUB_DATABASE_URL": f"sqlite:///{tmp_path / 'undisturbed.db'}"}
    for connector in ("so-tu-phap", "mot-cua"):
        finish(connector, config, calm)

    database = connect(database_url)
    upgrade(database)
    rough = departments.addresses | {"HUB_DATABASE_URL": database_url}
    chance = Random()
    for connector in ("so-tu-phap", "mot-cua"):
        for _ in range(KILLS):
            kill_half_way(connector, config, rough, departments.faults[connector], chance)
        finish(connector, config, rough)
        # One that a later run does as well is done with; the last one waits for a worker: the newest run reads less.
        killed = [run for run in runs.listed(database, connector=connector) if run.state in ("interrupted", "queued")]
        assert len(killed) == KILLS
        assert [run.state for run in killed].count("queued") <= 1
        assert all(run.pages > 0 for run in killed)
    assert snapshot(database) == snapshot(undisturbed)
    again = finish("so-tu-phap", config, rough)
    assert (again["created"], again["updated"]) == (0, 0)
    database.close()
    undisturbed.close()
