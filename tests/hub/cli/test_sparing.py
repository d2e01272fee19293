"""What commands say and do where a department is to be left alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from hub.cli.app import opened
from hub.store import connectors as store_connectors
from hub.store import registrations, runs, schema
from hub.store.database import connect
from hub.store.registrations import Registration
from hub.store.tables import connectors
from schedules.cadence import ZONE
from tests.departments.faults import Faults
from tests.departments.generator import generate
from tests.departments.mot_cua import MotCua
from tests.departments.server import serve
from tests.hub.cli.command import ROOT
from tests.hub.cli.inside import hub


@dataclass(frozen=True)
class World:
    """One department, and a store of this test's own."""

    department: Faults
    environment: dict[str, str]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    faults = Faults(MotCua(generate(judicial=2, one_stop=5, shared=1, faulty=0).one_stop).app)
    with serve(faults) as url:
        yield World(faults, {"MOT_CUA_URL": url, "HUB_DATABASE_URL": f"sqlite:///{tmp_path / 'hub.db'}"})


def test_sync_by_hand_refuses_inside_a_window_unless_it_is_to_be_asked_anyway(tmp_path: Path, world: World) -> None:
    began = datetime.now(ZONE) - timedelta(hours=1)
    window = f'blackout: [{{from: "{began:%H:%M}", to: "{began + timedelta(hours=2):%H:%M}"}}]'
    config = tmp_path / "config.yaml"
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    config.write_text(text.replace("    fresh_within", f"    {window}\n    fresh_within"), encoding="utf-8")
    refused = hub("sync", "mot-cua", "-c", config, **world.environment)
    assert refused.code == 1
    assert "mot-cua is not to be asked until " in refused.err
    assert "hub sync mot-cua --anyway" in refused.err
    assert world.department.requests == []
    asked = hub("sync", "mot-cua", "--anyway", "-c", config, **world.environment)
    assert asked.code == 0, asked.err
    database = connect(world.environment["HUB_DATABASE_URL"])
    assert [run.trigger for run in runs.listed(database)] == ["anyway"]
    database.close()


def test_the_list_of_connectors_tells_what_is_left_alone_and_what_needs_a_person(world: World) -> None:
    database = connect(world.environment["HUB_DATABASE_URL"])
    schema.upgrade(database)
    registrations.register(database, [Registration("a", "A", "rest", "H29.1", "m", 0, 3600, "")])
    until = datetime.now(UTC) + timedelta(hours=1)
    warning = {"code": "token_ends", "sentence": "the token in `auth.token` ends", "until": None, "since": str(until)}
    trouble = {"failures": 1, "open_until": until, "open_because": "its last run was refused: 401"}
    with database.write() as transaction:
        planned = {"next_fire_at": until - timedelta(minutes=5), "warnings": [warning]}
        transaction.execute(update(connectors).values(**trouble, **planned))
    database.close()
    told = hub("connectors", **world.environment).out
    assert f"a: left alone until {until.astimezone(ZONE):%d/%m/%Y %H:%M:%S}, as its last run was refused: 401" in told
    assert "a: the token in `auth.token` ends" in told
    (row,) = hub("connectors", "--json", **world.environment).document
    assert (row["health"], row["failures"], row["warnings"]) == ("open", 1, [warning])
    assert row["next_run_at"] == row["open_until"]


def test_accepting_a_source_as_it_is_lets_schedules_run_it_again(world: World) -> None:
    assert hub("sync", "mot-cua", **world.environment).code == 0
    database = connect(world.environment["HUB_DATABASE_URL"])
    until = datetime.now(UTC) + timedelta(hours=1)
    with database.write() as transaction:
        transaction.execute(update(connectors).values(failures=1, open_until=until, open_because="drift"))
    accepted = hub("connector", "accept", "mot-cua", **world.environment)
    assert (accepted.code, "schedules run it again" in accepted.out) == (0, True)
    row = store_connectors.named(database, "mot-cua")
    assert row is not None
    assert (row.failures, row.open_until, row.shape) == (0, None, None)
    assert hub("connector", "accept", "nobody", **world.environment).code == 4
    database.close()


def test_a_connector_whose_document_is_another_one_now_is_tried_again_at_once(
    tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)
    config = tmp_path / "config.yaml"
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    config.write_text(text, encoding="utf-8")
    assert hub("sync", "mot-cua", "-c", config, **world.environment).code == 0
    database = connect(world.environment["HUB_DATABASE_URL"])
    until = datetime.now(UTC) + timedelta(hours=1)
    with database.write() as transaction:
        transaction.execute(update(connectors).values(failures=3, open_until=until))
    config.write_text(text.replace('sort: "updatedDate,desc"', 'sort: "updatedDate, desc"'), encoding="utf-8")
    with opened(config) as started:
        rows = {row.name: row.failures for row in store_connectors.listed(started.database)}
    assert rows == {"mot-cua": 0, "so-tu-phap": 3}
    database.close()
