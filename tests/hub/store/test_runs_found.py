"""Runs are found by what they are, page by page, and no question sorts or scans them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import insert, text
from sqlalchemy.dialects import postgresql

from hub.record.run_kind import RunKind
from hub.record.run_state import RunState
from hub.store import registrations, runs_found, strips
from hub.store.database import Database
from hub.store.registrations import Registration
from hub.store.runs_found import Wanted
from hub.store.tables import runs

NOW = datetime(2026, 5, 20, 8, 0, tzinfo=UTC)
NAMES = ("mot-cua", "so-tu-phap", "so-y-te")
KINDS = (RunKind.INCREMENTAL, RunKind.FULL)
STATES = (RunState.SUCCEEDED, RunState.FAILED)


@pytest.fixture
def many(database: Database) -> Database:
    """600 runs of three connectors, one a minute; every third has failed, every fifth was full."""
    registrations.register(
        database, [Registration(name, name, "rest", "000.00.15.H29", "a/b", 0, 600, "") for name in NAMES]
    )
    with database.write() as transaction:
        transaction.execute(insert(runs), [_run(number) for number in range(600)])
    return database


def _run(number: int) -> dict[str, object]:
    at = NOW - timedelta(minutes=600 - number)
    state, kind = STATES[number % 3 == 0], KINDS[number % 5 == 0]
    times = {"queued_at": at, "started_at": at, "finished_at": at + timedelta(seconds=20)}
    trigger = "hand" if number % 7 == 0 else "schedule"
    return {"connector_id": number % 3 + 1, "kind": kind, "trigger": trigger, "state": state, **times}


def _all(database: Database, wanted: Wanted, limit: int = 50) -> list[int]:
    return [one for page in _pages(database, wanted, limit) for one in page]


def _pages(database: Database, wanted: Wanted, limit: int) -> Iterator[list[int]]:
    before = None
    while True:
        found = runs_found.found(database, wanted, before=before, limit=limit)
        yield [run.id for run in found.runs]
        if found.following is None:
            return
        assert before is None or found.following < before
        before = found.following


EVERY = [
    Wanted(connectors, state, kind, trigger, since, until)
    for connectors, state, kind, trigger, since, until in product(
        (None, (1,), (1, 3)),
        (None, RunState.SUCCEEDED, RunState.FAILED),
        (None, RunKind.FULL),
        (None, "hand"),
        (None, NOW - timedelta(minutes=350)),
        (None, NOW - timedelta(minutes=150)),
    )
]


def test_every_combination_lists_each_of_its_runs_once_newest_first(
    many: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs_found, "WALKED", 200)  # so that walks stop half-way
    monkeypatch.setattr(runs_found, "_LEAST_WALKED", 50)
    rows = {number + 1: _run(number) for number in range(600)}
    for wanted in EVERY:
        expected = [number for number, row in sorted(rows.items(), reverse=True) if _fits(row, wanted)]
        assert _all(many, wanted) == expected, wanted


def _fits(row: dict[str, object], wanted: Wanted) -> bool:
    at = row["started_at"]
    assert isinstance(at, datetime)
    plain = ((wanted.state, "state"), (wanted.kind, "kind"), (wanted.trigger, "trigger"))
    return (
        (wanted.connectors is None or row["connector_id"] in wanted.connectors)
        and all(value is None or row[name] == value for value, name in plain)
        and (wanted.since is None or at >= wanted.since)
        and (wanted.until is None or at < wanted.until)
    )


def test_a_list_that_finds_little_says_how_far_it_has_looked(many: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs_found, "WALKED", 100)
    monkeypatch.setattr(runs_found, "_LEAST_WALKED", 100)
    found = runs_found.found(many, Wanted((1,), trigger="anyway"))
    assert (found.runs, found.looked_to, found.following) == ([], 301, 301)


def test_nothing_is_found_before_the_first_run(many: Database) -> None:
    assert runs_found.found(many, Wanted(until=NOW - timedelta(days=30))).runs == []
    assert runs_found.found(many, Wanted(since=NOW + timedelta(days=30))).runs == []


def test_the_newest_runs_of_many_connectors_come_at_once(many: Database) -> None:
    found = strips.newest(many, [1, 2, 3], 5)
    assert {one: [run.id for run in briefs] for one, briefs in found.items()} == {
        1: [598, 595, 592, 589, 586],
        2: [599, 596, 593, 590, 587],
        3: [600, 597, 594, 591, 588],
    }
    assert [run.id for run in strips.newest(many, [2], 2, ("full",))[2]] == [596, 581]
    assert strips.newest(many, [], 5) == {}


def test_no_question_sorts_or_scans_the_runs_on_postgresql(many: Database) -> None:
    if many.is_sqlite:
        pytest.skip("SQLite tells no costs")
    statements = _statements(many)
    with many.read() as connection:
        for way in ("seqscan", "bitmapscan", "sort"):  # cheaper for so few rows; what must be, is all the same
            connection.execute(text(f"SET enable_{way} = off"))
        for statement, wanted in statements:
            plan = "\n".join(connection.scalars(text(f"EXPLAIN {statement}")))
            assert "Seq Scan" not in plan, (wanted, plan)
            assert "Sort" not in plan, (wanted, plan)


def _statements(database: Database) -> list[tuple[str, Wanted]]:
    """Every statement that the questions make, with its values in it."""
    said: list[tuple[str, Wanted]] = []
    for wanted in EVERY:
        for connector in runs_found._each(wanted):
            by = [*runs_found._by_index(wanted, connector), runs.c.id < 1000]
            walk = runs_found._walked(by, 10_000)
            told = {"dialect": postgresql.dialect(), "compile_kwargs": {"literal_binds": True}}  # type: ignore[no-untyped-call]
            said.append((str(walk.element.compile(**told)), wanted))
    return said
