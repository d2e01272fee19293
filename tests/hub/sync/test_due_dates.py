"""What runs bring of due dates: the columns that lists go by, and the trace of every date there was."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hub.record.catalogue import Span
from hub.record.standing import Moment, Standing
from hub.store import catalogue, connectors, dossiers, runs
from hub.store.catalogue import FROM_FILE, PROCEDURES, Kept
from hub.store.database import Database
from hub.store.due import DueTold, due_told
from hub.store.filters import Due, Filter
from hub.store.whole import whole
from hub.sync.run import execute
from tests.hub.sync.fixtures import DOCUMENT, Listing, mapping, registered, source

A = "000.00.15.H29-260520-0001"
NOW = datetime(2026, 6, 15, 3, tzinfo=UTC)
READS = DOCUMENT.replace(
    "  note:",
    """  procedure.code: {from: procedure}
  agency.code: {from: agency}
  due_at: {from: due, date: iso}
  completed_at: {from: completed, date: iso}
  supplements:
    each: supplements
    fields:
      requested_at: {from: asked, date: iso}
      received_at: {from: came, date: iso}
      due_after: {from: due_after, date: iso}
  note:""",
)
Tell = Callable[..., None]


@pytest.fixture
def tell(database: Database, tmp_path: Path) -> Tell:
    """The department says what it knows of one dossier, and the hub reads it."""
    registered(database, "a")

    def run(**said: Any) -> None:
        row = connectors.named(database, "a")
        assert row is not None
        with database.write() as transaction:
            run_id = runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))
        record = {"id": 1, "code": A, "status": "open", "received": "2026-05-20T15:30:00+07:00", **said}
        listing = Listing([[record]])
        assert execute(database, source("a", listing, mapping(tmp_path, READS)), run_id, "t", threading.Event())

    return run


def told(database: Database) -> DueTold:
    (row,) = dossiers.with_code(database, A)
    return due_told(database, whole(database, row), NOW)


def standing_in(database: Database, state: Standing) -> list[str]:
    return [row.code for row in dossiers.page(database, Filter(due=Due(state, Moment.at(NOW))))]


def test_a_due_date_that_moved_twice_is_told_with_both_reasons(database: Database, tell: Tell) -> None:
    for day in (27, 28, 29):
        tell(due=f"2026-05-{day}T17:00:00+07:00")
    dates = told(database).dates
    assert [(one.reason.code, one.at[8:10], one.said_by) for one in dates] == [
        ("promised", "27", "a"),
        ("extended", "28", "a"),
        ("extended_again", "29", "a"),
    ]
    assert [one.current for one in dates] == [False, False, True]


def test_lists_go_by_what_the_newest_run_brought(database: Database, tell: Tell) -> None:
    tell(due="2026-05-27T17:00:00+07:00")
    assert standing_in(database, Standing.OVERDUE) == [A]
    tell(due="2026-06-16T17:00:00+07:00")
    assert (standing_in(database, Standing.OVERDUE), standing_in(database, Standing.NEAR_DUE)) == ([], [A])
    tell(due="2026-06-16T17:00:00+07:00", status="done", completed="2026-06-16T17:00:01+07:00")
    assert standing_in(database, Standing.DONE_LATE) == [A]
    assert told(database).by_dates.verdict == "on_time"
    assert told(database).by_the_portal.verdict == "late"


def test_a_date_that_only_a_supplement_gives_counts_in_lists_too(database: Database, tell: Tell) -> None:
    asked = {"asked": "2026-05-21T10:00:00+07:00", "came": "2026-05-25T09:00:00+07:00"}
    tell(supplements=[asked | {"due_after": "2026-06-01T17:00:00+07:00"}])
    assert standing_in(database, Standing.OVERDUE) == [A]


def test_the_catalogue_s_term_and_policy_of_the_day_of_reception_hold(database: Database, tell: Tell) -> None:
    first, second = Span(None, datetime(2026, 5, 31).date()), Span(datetime(2026, 6, 1).date())
    entries = [
        Kept("old", "1.001193", "x", first, _procedure(5, "extend", effective_to="2026-05-31")),
        Kept("new", "1.001193", "x", second, _procedure(9, "restart", effective_from="2026-06-01")),
    ]
    with database.write() as connection:
        catalogue.write(connection, PROCEDURES, FROM_FILE, entries, NOW)
    asked = {"asked": "2026-05-21T10:00:00+07:00", "came": "2026-05-25T09:00:00+07:00"}
    tell(procedure="1.001193", supplements=[asked])
    computed = told(database)
    assert [(one.reason.code, one.at) for one in computed.dates] == [
        ("term", "2026-05-27T10:00:00Z"),
        ("extend", "2026-05-29T10:00:00Z"),
    ]
    assert computed.missing is None


def test_a_calendar_that_does_not_reach_so_far_leaves_what_the_source_says(database: Database, tell: Tell) -> None:
    with database.write() as connection:
        entry = Kept("1", "1.001193", "x", Span(), _procedure(5, "restart"))
        catalogue.write(connection, PROCEDURES, FROM_FILE, [entry], NOW)
    tell(procedure="1.001193", received="2199-05-20T15:30:00+07:00", due="2199-05-27T17:00:00+07:00")
    computed = told(database)
    assert [one.reason.code for one in computed.dates] == ["promised"]
    assert computed.missing is not None
    assert (computed.missing.code, "1995 to 2099" in computed.missing.en) == ("no_calendar", True)


def _procedure(term: int, policy: str, **more: str) -> dict[str, Any]:
    known = {"code": "1.001193", "name": "x", "term": term, "term_unit": "working_days", "supplement_policy": policy}
    return known | more
