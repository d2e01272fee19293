"""Departments in trouble, over real sockets: one sentence each, nothing lost, the others go on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.store import dossiers
from hub.store.database import Database
from hub.wiring import Hub
from tests.departments.generator import City, generate
from tests.hub.sync.world import Departments, sync

PASSING = ["reset", "truncated", "truncated_without_length", "html_login", "500", "empty"]
HOSTILE = ["external_entity", "billion_laughs", "deep_xml", "endless"]


@pytest.fixture(scope="module")
def city() -> City:
    """A small one: trouble does not need many dossiers."""
    return generate(judicial=60, one_stop=60, shared=10, faulty=0)


@pytest.fixture
def departments(city: City) -> Departments:
    return Departments(city)


@pytest.fixture
def hub(departments: Departments, database: Database, database_url: str, tmp_path: Path) -> Iterator[Hub]:
    with departments.hub(database_url, tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("connector", ["so-tu-phap", "mot-cua"])
@pytest.mark.parametrize("kind", [*PASSING, "503", "429"])
def test_trouble_that_passes_costs_a_retry_and_nothing_else(
    hub: Hub, departments: Departments, connector: str, kind: str
) -> None:
    departments.arm(connector, kind, times=1, after=1)
    run = sync(hub, connector)
    assert run.state == "succeeded", run.sentence
    assert (run.fetched, run.created) == (60, 60)
    assert len(run.attempts) == 1


@pytest.mark.parametrize("connector", ["so-tu-phap", "mot-cua"])
@pytest.mark.parametrize("kind", PASSING)
def test_trouble_that_stays_ends_the_run_with_one_sentence_and_the_next_one_completes(
    hub: Hub, departments: Departments, connector: str, kind: str
) -> None:
    departments.arm(connector, kind, times=100, after=1)
    run = sync(hub, connector)
    assert (run.state, run.fetched, len(run.attempts)) == ("failed", 20, 3)
    assert run.sentence is not None
    assert run.sentence.startswith(f"{connector}: ")
    assert "\n" not in run.sentence
    assert run.hint
    departments.faults[connector].disarm()
    assert sync(hub, connector).state == "succeeded"
    assert dossiers.totals(hub.database).dossiers == 60


@pytest.mark.parametrize("connector", ["so-tu-phap", "mot-cua"])
@pytest.mark.parametrize("kind", [*HOSTILE, "gzip_bomb"])
def test_a_hostile_answer_is_refused_and_what_came_before_is_kept(
    hub: Hub, departments: Departments, connector: str, kind: str
) -> None:
    departments.arm(connector, kind, times=100, after=1)
    run = sync(hub, connector)
    assert run.state == "failed"
    assert run.sentence
    assert dossiers.totals(hub.database).dossiers == 20


def test_a_department_that_does_not_answer_in_time_is_waited_for_no_longer(hub: Hub, departments: Departments) -> None:
    departments.arm("mot-cua", "latency", times=100)
    run = sync(hub, "mot-cua")
    departments.faults["mot-cua"].release()
    assert run.state == "failed"
    assert run.sentence is not None
    assert "2 s" in run.sentence


def test_refused_credentials_stop_the_run_at_once(hub: Hub, departments: Departments) -> None:
    departments.faults["mot-cua"].arm("401", 100, matching="/token")
    run = sync(hub, "mot-cua")
    assert (run.state, len(run.attempts)) == ("failed", 1)


def test_while_one_department_is_in_trouble_the_other_is_synced(hub: Hub, departments: Departments) -> None:
    departments.arm("so-tu-phap", "500", times=100)
    assert sync(hub, "so-tu-phap").state == "failed"
    assert sync(hub, "mot-cua").state == "succeeded"


def test_what_changes_at_the_source_is_the_next_incremental_run(hub: Hub, departments: Departments) -> None:
    for connector, department in (("so-tu-phap", departments.judicial), ("mot-cua", departments.one_stop)):
        sync(hub, connector)
        code = department.dossiers()[0].code
        department.change(code, status="completed" if department.dossiers()[0].status != "completed" else "returned")
        run = sync(hub, connector)
        assert (run.updated, run.created) == (1, 0), connector
        assert run.fetched < 60, connector
