"""Every fault of the matrix up to the store: one sentence, and in the end the store of an undisturbed run."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from connectors.registry import Registry
from hub.store import connectors, registrations, runs
from hub.store.database import Database, connect
from hub.store.registrations import Registration
from hub.store.runs import RunRow
from hub.store.schema import upgrade
from hub.sync.retry import RetryBudget
from hub.sync.run import execute
from hub.sync.source import Source
from hub.wiring import record_targets
from mappings.engine.library import Library
from tests.departments.department import Department
from tests.departments.dossier import Dossier
from tests.departments.generator import generate
from tests.departments.matrix import (
    BLIND,
    CITY,
    COLUMNS,
    LIES,
    MATRIX,
    ODD,
    PASSES,
    SECRET,
    Column,
    Fault,
    behind_faults,
    cells,
)
from tests.departments.wire import Answered
from tests.hub.sync.snapshot import Snapshot, snapshot

MAPPINGS = {"soap": "so-tu-phap/ly-lich-tu-phap", "rest": "mot-cua/ho-so"}


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store with both connectors registered, to be copied."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    with closing(connect(f"sqlite:///{path}")) as database:
        upgrade(database)
        register(database)
    return path


@pytest.fixture
def store(migrated: Path, tmp_path: Path) -> Iterator[Database]:
    """A store of this test's own."""
    with closing(connect(f"sqlite:///{shutil.copy(migrated, tmp_path / 'hub.db')}")) as database:
        yield database


def register(database: Database) -> None:
    wanted = [Registration(n, n, n, "000.00.00.H29", MAPPINGS[n], 0, 3600, "") for n in COLUMNS]
    registrations.register(database, wanted)


def sync(
    database: Database, column: Column, address: str, fault: Fault | None = None, kind: str = "incremental"
) -> RunRow:
    """One run of the column's connector, by hand; with the patience that a fault calls for."""
    connector_type = Registry().type(column.type)
    settings = connector_type.settings.model_validate(column.settings(address, hurry=bool(fault and fault.hurry)))
    mapping = Library().mapping(MAPPINGS[column.type], record_targets())
    budget = RetryBudget(attempts=2 if fault and fault.again else 1, first_wait=0.001, longest_wait=0.002)
    source = Source(column.type, partial(connector_type.open, settings), mapping, budget)
    row = connectors.named(database, column.type)
    assert row is not None
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, kind, "hand", datetime.now(UTC))
    assert execute(database, source, run_id, "test", threading.Event())
    run = runs.get(database, run_id)
    assert run is not None
    return run


@pytest.fixture(scope="module")
def undisturbed(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Snapshot]:
    """What each column's run leaves in the store when nothing goes wrong."""
    found = {}
    for name, column in COLUMNS.items():
        copy = shutil.copy(migrated, tmp_path_factory.mktemp("undisturbed") / "hub.db")
        with closing(connect(f"sqlite:///{copy}")) as database, behind_faults(column.make(CITY)) as (address, _):
            assert sync(database, column, address).state == "succeeded"
            found[name] = snapshot(database)
    return found


def outcome(run: RunRow) -> str:
    return PASSES if run.state == "succeeded" else str(run.error_code)


def check_sentence(run: RunRow, column: Column) -> None:
    """One sentence that says to which source what happened, and a hint; nothing that anybody must not see."""
    assert run.sentence is not None
    assert run.sentence.startswith(f"{column.type}: ")
    assert "\n" not in run.sentence
    assert "Traceback" not in run.sentence
    assert run.hint
    assert SECRET not in f"{run.sentence} {run.hint} {run.attempts}"


@pytest.mark.parametrize(("fault", "name"), cells(MATRIX), ids=str)
def test_after_a_fault_the_store_is_as_if_there_had_been_none(
    store: Database, undisturbed: dict[str, Snapshot], fault: Fault, name: str
) -> None:
    column = COLUMNS[name]
    with behind_faults(column.make(CITY)) as (address, faults):
        column.arm(faults, fault)
        run = sync(store, column, address, fault)
        faults.disarm()
        assert outcome(run) == (PASSES if fault.again else fault.of(name)), run.sentence
        if run.state == "failed":
            check_sentence(run, column)
        assert sync(store, column, address).state == "succeeded"
        assert snapshot(store) == undisturbed[name]


def mend_after(store: Database, undisturbed: Snapshot, fault: Fault, column: Column) -> None:
    """An odd value or a lie costs at most its own record, until it is over and read again."""
    with behind_faults(column.make(CITY)) as (address, faults):
        column.arm(faults, fault)
        run = sync(store, column, address, fault, kind="full")
        faults.disarm()
        assert outcome(run) == fault.of(column.type), run.sentence
        if run.state == "failed":
            check_sentence(run, column)
        assert sync(store, column, address).state == "succeeded"
        found = snapshot(store)
        assert {row[:2] for row in found["records"]} == {row[:2] for row in undisturbed["records"]}
        assert sum(one != other for one, other in zip(found["dossiers"], undisturbed["dossiers"], strict=True)) <= 1
        assert sync(store, column, address, kind="full").state == "succeeded"
        assert snapshot(store) == undisturbed


@pytest.mark.parametrize(("fault", "name"), cells(ODD, LIES), ids=str)
def test_what_is_odd_or_untrue_costs_its_own_record_and_is_mended(
    store: Database, undisturbed: dict[str, Snapshot], fault: Fault, name: str
) -> None:
    mend_after(store, undisturbed[name], fault, COLUMNS[name])


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("name", COLUMNS)
def test_postgresql_takes_what_sqlite_takes(database: Database, undisturbed: dict[str, Snapshot], name: str) -> None:
    register(database)
    for fault in ODD[1:]:
        mend_after(database, undisturbed[name], fault, COLUMNS[name])


@pytest.mark.parametrize(("fault", "name"), cells(BLIND), ids=str)
def test_what_cannot_be_seen_from_outside_is_mended_by_a_full_run(
    store: Database, undisturbed: dict[str, Snapshot], fault: Fault, name: str
) -> None:
    column = COLUMNS[name]
    with behind_faults(column.make(CITY)) as (address, faults):
        column.arm(faults, fault)
        assert outcome(sync(store, column, address)) == PASSES
        assert sync(store, column, address).state == "succeeded"
        assert snapshot(store) != undisturbed[name]  # when it can be seen, it belongs into the matrix
        assert sync(store, column, address, kind="full").state == "succeeded"
        assert snapshot(store) == undisturbed[name]


@dataclass(frozen=True)
class Shift:
    """What happens in a department at each request for a page, while it is read."""

    what: str
    happens: Callable[[Department, Dossier], None]  # handed the next dossier that the department has not heard of

    def __str__(self) -> str:
        return self.what.replace(" ", "-")


def first(department: Department) -> str:
    return department.dossiers()[0].code


def last(department: Department) -> str:
    return department.dossiers()[-1].code


def middle(department: Department) -> str:
    return department.dossiers()[len(department.dossiers()) // 2].code


def same_second(department: Department, new: Dossier) -> None:
    """A new dossier in the second of the latest change, where a reader may have just been."""
    department.add(new, at=department.dossiers()[-1].updated_at)


SHIFTS = [
    Shift("a new dossier", lambda department, new: department.add(new)),
    Shift("a new dossier in the latest second", same_second),
    Shift("the first changes", lambda department, _: department.change(first(department), officer="Trần Thị Mỹ")),
    Shift("the one in the middle changes", lambda d, _: d.change(middle(d), officer="Trần Thị Mỹ")),
    Shift("the last changes", lambda department, _: department.change(last(department), officer="Trần Thị Mỹ")),
    Shift("the first is deleted", lambda department, _: department.remove(first(department))),
    Shift("the one in the middle is deleted", lambda department, _: department.remove(middle(department))),
    Shift("the last is deleted", lambda department, _: department.remove(last(department))),
]
MORE = generate(judicial=40, one_stop=40, shared=0, faulty=0, seed=7)


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("shift", SHIFTS, ids=str)
def test_pages_that_shift_while_they_are_read_lose_and_double_nothing(
    migrated: Path, store: Database, tmp_path: Path, shift: Shift, name: str
) -> None:
    column = COLUMNS[name]
    department = column.make(CITY)
    known = {dossier.code for dossier in department.dossiers()}
    news = (dossier for dossier in column.make(MORE).dossiers() if dossier.code not in known)

    def meanwhile(answered: Answered) -> Answered:
        shift.happens(department, next(news))
        return answered

    with behind_faults(department) as (address, faults):
        faults.arm(meanwhile, times=12, matching=column.matching)
        assert sync(store, column, address).state == "succeeded"
        faults.disarm()
        assert sync(store, column, address).state == "succeeded"
        with closing(connect(f"sqlite:///{shutil.copy(migrated, tmp_path / 'calm.db')}")) as calm:
            assert sync(calm, column, address).state == "succeeded"
            expected = snapshot(calm)
    found = snapshot(store)
    there = {row[1] for row in expected["records"]}
    assert [row for row in found["records"] if row[1] in there] == expected["records"]
    codes = {row[0] for row in expected["dossiers"]}
    assert [row for row in found["dossiers"] if row[0] in codes] == expected["dossiers"]
