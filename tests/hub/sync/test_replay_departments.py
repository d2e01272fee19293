"""Replays of what real systems sent, SOAP and REST: with prefixes declared far above, and several records a payload."""

import shutil
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.store import connectors, quarantine, replays, runs
from hub.store.replays import Wanted
from hub.sync.run import execute
from hub.sync.source import Source
from hub.wiring import Hub, record_targets
from mappings.engine.compile import compile as compile_mapping
from mappings.engine.document import load
from tests.departments.generator import generate
from tests.hub.sync.world import ROOT, Departments, sync

MAPPINGS = {"so-tu-phap": "so-tu-phap/ly-lich-tu-phap", "mot-cua": "mot-cua/ho-so"}


def forgetful(hub: Hub, name: str, folder: Path) -> Source:
    """The connector with a mapping whose table of statuses lacks an entry."""
    shutil.copytree(ROOT / "mappings/agencies" / MAPPINGS[name], folder / MAPPINGS[name])
    tables = folder / MAPPINGS[name] / "tables.yaml"
    lines = tables.read_text(encoding="utf-8").splitlines()
    tables.write_text("\n".join(line for line in lines if ": processing" not in line) + "\n", encoding="utf-8")
    return replace(
        hub.source(name), mapping=compile_mapping(load(folder / MAPPINGS[name] / "mapping.yaml"), record_targets())
    )


def run(hub: Hub, source: Source, kind: str, wanted: Wanted | None = None) -> runs.RunRow:
    row = connectors.named(hub.database, source.name)
    assert row is not None
    with hub.database.write() as transaction:
        asked = wanted.written() if wanted else None
        run_id = runs.enqueue(transaction, row.id, kind, "anyway", datetime.now(UTC), wanted=asked)
    assert execute(hub.database, source, run_id, "test", threading.Event())
    found = runs.get(hub.database, run_id)
    assert found is not None
    return found


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("name", MAPPINGS)
def test_what_a_system_sent_is_read_again_without_asking_it(name: str, database_url: str, tmp_path: Path) -> None:
    departments = Departments(generate(judicial=60, one_stop=60, shared=10, faulty=0))
    with departments.hub(database_url, tmp_path) as hub:
        wrong = run(hub, forgetful(hub, name, tmp_path), "full")
        assert 0 < wrong.quarantined < wrong.fetched
        departments.arm(name, "reset", times=1000)
        done = run(hub, hub.source(name), replays.REPLAY, Wanted())
        departments.faults[name].disarm()
        assert (done.state, done.notes) == ("succeeded", [])
        assert done.created + done.updated == wrong.quarantined
        assert replays.let_out(hub.database, done.id)[0] == wrong.quarantined
        assert quarantine.counts(hub.database) == {}
        full = sync(hub, name, kind="full")
        assert (full.created, full.quarantined) == (0, 0)
        assert full.unchanged >= wrong.quarantined
