"""kill -9 at any instant of a sync: the next run ends with the store of an undisturbed one."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Table, select

from hub.store.database import Database, connect
from hub.store.schema import upgrade
from hub.store.tables import connectors, dossier_codes, dossiers, events, quarantine, source_records
from tests.departments.generator import generate
from tests.departments.mot_cua import MotCua
from tests.departments.server import serve
from tests.departments.so_tu_phap import SoTuPhap

ROOT = Path(__file__).parents[3]
KILLS = int(os.environ.get("HUB_KILLS", "4"))  # of each connector, on each database

Snapshot = dict[str, Any]


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    """Both departments, for every round."""
    city = generate(judicial=200, one_stop=260, shared=60)
    with ExitStack() as stack:
        judicial = stack.enter_context(serve(SoTuPhap(city.judicial).app))
        one_stop = stack.enter_context(serve(MotCua(city.one_stop).app))
        yield {"SO_TU_PHAP_URL": judicial, "MOT_CUA_URL": one_stop}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The project's own configuration with small pages: many transactions to be killed in."""
    path = tmp_path / "config.yaml"
    written = (ROOT / "config.yaml").read_text(encoding="utf-8").replace("page_size: 100", "page_size: 10")
    path.write_text(written, encoding="utf-8")
    return path


def start(connector: str, config: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "hub", "sync", connector, "--json", "--config", str(config)]
    return subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def finish(connector: str, config: Path, environment: dict[str, str]) -> dict[str, Any]:
    process = start(connector, config, environment)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    summary: dict[str, Any] = json.loads(out)["connectors"][0]
    return summary


def kill_somewhere(connector: str, config: Path, environment: dict[str, str], moment: float) -> None:
    process = start(connector, config, environment)
    try:
        process.communicate(timeout=moment)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def snapshot(database: Database) -> Snapshot:
    """All that a sync stores, without what two runs may differ in: row ids, and times of the hub."""
    with database.read() as connection:
        names = {row.id: row.name for row in connection.execute(select(connectors.c.id, connectors.c.name))}
        codes = {row.id: row.code for row in connection.execute(select(dossiers.c.id, dossiers.c.code))}
        values = select(dossiers.c.code, dossiers.c.status, dossiers.c["values"])
        return {
            "dossiers": sorted(
                (code, status, json.dumps(said, sort_keys=True)) for code, status, said in connection.execute(values)
            ),
            "codes": sorted((row.scope, row.value, codes[row.dossier_id]) for row in rows(connection, dossier_codes)),
            "records": sorted(
                (names[row.connector_id], row.key, row.digest, codes[row.dossier_id])
                for row in rows(connection, source_records)
            ),
            "events": sorted((codes[row.dossier_id], row.at, row.fingerprint) for row in rows(connection, events)),
            "quarantine": sorted(
                (names[row.connector_id], row.key, json.dumps(row.reasons)) for row in rows(connection, quarantine)
            ),
        }


def rows(connection: Connection, table: Table) -> Sequence[Any]:
    return connection.execute(select(table)).all()


@pytest.mark.timeout(600)
def test_a_sync_that_is_killed_again_and_again_ends_like_an_undisturbed_one(
    database_url: str, tmp_path: Path, config: Path, addresses: dict[str, str]
) -> None:
    undisturbed = connect(f"sqlite:///{tmp_path / 'undisturbed.db'}")
    upgrade(undisturbed)
    calm = addresses | {"HUB_DATABASE_URL": f"sqlite:///{tmp_path / 'undisturbed.db'}"}
    for connector in ("so-tu-phap", "mot-cua"):
        finish(connector, config, calm)

    database = connect(database_url)
    upgrade(database)
    rough = addresses | {"HUB_DATABASE_URL": database_url}
    chance = random.Random(2026)
    for connector in ("so-tu-phap", "mot-cua"):
        for _ in range(KILLS):
            kill_somewhere(connector, config, rough, chance.uniform(0.8, 2.4))
        finish(connector, config, rough)
    assert snapshot(database) == snapshot(undisturbed)
    again = finish("so-tu-phap", config, rough)
    assert (again["created"], again["updated"]) == (0, 0)
    database.close()
    undisturbed.close()
