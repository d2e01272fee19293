"""Too many unreadable records stop a run before its bookmark or any dossier moves."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from hub.record.run_state import RunState
from hub.store import connectors, dossiers, quarantine, replays, runs
from hub.store.database import Database, StoreError
from hub.store.quarantine_tables import quarantine as table
from hub.store.replays import Wanted
from hub.store.runs import RunRow
from hub.store.watched import Circuit
from hub.sync import page
from hub.sync.circuit import State, state
from hub.sync.run import execute
from hub.sync.threshold import StopWhen, Tally
from tests.hub.sync.fixtures import DOCUMENT, Listing, mapping, registered, source
from tests.hub.sync.test_replay import _reread

RULE = StopWhen(quarantined=10, share=0.5, after=8)


class Runs:
    """A connector `a` with a rule, and runs of it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder
        self.row = registered(database, "a")["a"]
        self.listing = Listing([])
        self.document = DOCUMENT
        self.rule = RULE

    def run(self, kind: str = "full", trigger: str = "hand", wanted: Wanted | None = None) -> RunRow:
        with self.database.write() as transaction:
            now, asked = datetime.now(UTC), wanted.written() if wanted else None
            run_id = runs.enqueue(transaction, self.row.id, kind, trigger, now, wanted=asked)
        made = source("a", self.listing, mapping(self.folder, self.document))
        assert execute(
            self.database, replace(made, stop_when=self.rule, reread=_reread), run_id, "tests", threading.Event()
        )
        ended = runs.get(self.database, run_id)
        assert ended is not None
        return ended

    def aside(self) -> int:
        with self.database.read() as connection:
            return connection.scalar(select(func.count()).select_from(table)) or 0


def good(number: int) -> dict[str, Any]:
    return {"id": number, "code": f"24-1{number:05}", "status": "open"}


def bad(number: int) -> dict[str, Any]:
    return good(number) | {"status": "lạ"}


@pytest.fixture
def made(database: Database, tmp_path: Path) -> Runs:
    return Runs(database, tmp_path)


def test_the_page_that_is_one_too_many_changes_no_dossier_and_not_the_bookmark(made: Runs) -> None:
    made.listing.pages = [[good(1), bad(2)], [good(3), *(bad(number) for number in range(4, 20))], [good(30)]]
    run = made.run()
    assert (run.state, run.error_code) == (RunState.FAILED, "too_many_unreadable")
    assert "a: 17 of the 19 records of this run cannot be read" in (run.sentence or "")
    assert "hub quarantine a" in (run.hint or "")
    row = connectors.named(made.database, "a")
    assert row is not None
    assert row.bookmark == "1"
    assert dossiers.totals(made.database).dossiers == 1
    assert made.aside() == 17  # examples of the page among them
    assert (run.fetched, run.created, run.quarantined) == (18, 1, 17)
    assert state(Circuit(row.failures, row.open_until, row.open_because), datetime.now(UTC)) is State.OPEN


def test_the_same_run_again_stops_again_and_keeps_no_more(made: Runs) -> None:
    made.listing.pages = [[bad(number) for number in range(300)]]
    assert made.run().error_code == "too_many_unreadable"
    assert made.aside() == 100
    assert made.run("incremental").error_code == "too_many_unreadable"
    assert made.aside() == 100


def test_runs_that_follow_a_stopped_one_do_not_bear_as_many_again(made: Runs) -> None:
    made.rule = StopWhen(quarantined=1000, share=0.5, after=8)
    made.listing.pages = [[bad(number) for number in range(page * 2, page * 2 + 2)] for page in range(20)]
    assert made.run().error_code == "too_many_unreadable"
    assert made.aside() == 8
    for _ in range(3):
        run = made.run("incremental")
        assert (run.error_code, connectors.named(made.database, "a").bookmark) == ("too_many_unreadable", "3")  # type: ignore[union-attr]
        assert "records of this run and of those before it that were stopped cannot be read" in (run.sentence or "")
    assert made.aside() == 8


def test_a_good_page_is_stored_after_a_stopped_run_and_enough_of_them_end_it(made: Runs) -> None:
    made.rule = StopWhen(quarantined=1000, share=0.5, after=8)
    made.listing.pages = [[bad(number) for number in range(8)]]
    assert made.run().error_code == "too_many_unreadable"
    made.listing.pages = [[good(number)] for number in range(30, 40)] + [[bad(50)]]
    run = made.run("incremental")
    assert (run.state, run.created, made.aside()) == (RunState.SUCCEEDED, 10, 9)


def test_a_run_that_broke_off_in_between_forgets_nothing(made: Runs) -> None:
    made.rule = StopWhen(quarantined=1000, share=0.5, after=8)
    made.listing.pages = [[bad(number) for number in range(8)], [bad(20)]]
    assert made.run().error_code == "too_many_unreadable"
    with made.database.write() as transaction:
        run_id = runs.enqueue(transaction, made.row.id, "incremental", "hand", datetime.now(UTC))
    assert runs.start(made.database, run_id, "", None, datetime.now(UTC))
    with made.database.write() as transaction:
        runs.finish(transaction, run_id, runs.Ending(RunState.FAILED, "away", "unavailable"), datetime.now(UTC))
    made.listing.pages = [[bad(9)]]
    assert made.run("incremental").error_code == "too_many_unreadable"


def test_a_person_may_read_on(made: Runs) -> None:
    made.listing.pages = [[bad(number) for number in range(20)], [good(30)]]
    made.run()
    run = made.run("incremental", runs.ANYWAY)
    assert (run.state, run.quarantined, run.created) == (RunState.SUCCEEDED, 20, 1)
    made.listing.pages.append([bad(50)])
    assert made.run("incremental").state == RunState.SUCCEEDED  # nothing is left of what was stopped


def test_what_stood_aside_when_the_source_was_last_read_is_no_news(made: Runs) -> None:
    made.listing.pages = [[bad(number) for number in range(20)]]
    made.run("full", runs.ANYWAY)
    assert made.run().state == RunState.SUCCEEDED
    made.listing.pages.append([bad(number) for number in range(30, 41)])
    assert made.run().error_code == "too_many_unreadable"


def test_a_few_records_say_nothing_of_a_share(made: Runs) -> None:
    made.listing.pages = [[bad(number) for number in range(7)]]
    assert made.run().state == RunState.SUCCEEDED
    assert made.aside() == 7


def test_a_corrected_mapping_lets_the_examples_out_and_the_run_goes_on(made: Runs) -> None:
    made.listing.pages = [[good(number) for number in range(8)], [bad(number) for number in range(10, 30)], [good(40)]]
    made.run()
    made.document = DOCUMENT.replace("version: 1", "version: 2").replace("done: completed", "lạ: processing")
    assert made.run(replays.REPLAY, wanted=Wanted(untried=True)).created == 20
    row = connectors.named(made.database, "a")
    assert row is not None
    assert row.open_until is None  # schedules need not wait any more
    run = made.run("incremental")
    assert (run.state, run.fetched, run.created) == (RunState.SUCCEEDED, 21, 1)  # twenty came out before
    assert made.aside() == 0


def test_a_wrong_mapping_does_not_put_a_whole_record_aside_when_everything_is_read_anew(made: Runs) -> None:
    made.listing.pages = [[good(number) for number in range(page * 5, page * 5 + 5)] for page in range(6)]
    made.run()
    made.document = DOCUMENT.replace("version: 1", "version: 2").replace("open: processing, ", "")
    run = made.run(replays.REPLAY, wanted=Wanted(everything=True))
    assert (run.state, run.error_code) == (RunState.FAILED, "too_many_unreadable")
    assert made.aside() <= 10
    row = connectors.named(made.database, "a")
    assert row is not None
    assert row.open_until is None  # it says nothing of the department


def test_what_no_run_has_brought_for_long_is_told_and_can_be_dropped(made: Runs) -> None:
    made.listing.pages = [[bad(1), bad(2)]]
    made.run()
    now = datetime.now(UTC)
    with made.database.write() as connection:
        long_ago = update(table).where(table.c.key == "1").values(last_seen_at=now - timedelta(days=31))
        connection.execute(long_ago)
    assert {row.key: row.unseen(now) for row in quarantine.listed(made.database)} == {"1": True, "2": False}


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=20), st.integers(0, 60), st.integers(1, 60))
def test_a_run_is_stopped_exactly_when_the_rule_says_so(
    batches: list[tuple[int, int]], quarantined: int, after: int
) -> None:
    rule = StopWhen(quarantined, 0.3, after)
    tally = Tally(rule)
    fetched = unreadable = 0
    for good_ones, bad_ones in batches:
        fetched += good_ones + bad_ones
        unreadable += bad_ones
        expected = unreadable > quarantined or (fetched >= after and unreadable * 10 > fetched * 3)
        assert tally.add(good_ones + bad_ones, bad_ones) is expected


def test_a_page_whose_examples_were_stored_though_nobody_heard_is_not_passed_over(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line breaks with the commit of the examples: they are not the page."""
    write, again = page._write_examples, Database.write_again
    wrote: list[bool] = []
    broke: list[bool] = []

    def unheard(database: Database, work: Any) -> Any:
        done = again(database, work)
        if wrote and not broke:
            broke.append(True)
            raise StoreError("the line broke with the commit")
        return done

    def noted(*arguments: Any) -> None:
        write(*arguments)
        wrote.append(True)

    monkeypatch.setattr(page, "_write_examples", noted)
    monkeypatch.setattr(Database, "write_again", unheard)
    hub = Runs(database, tmp_path)
    hub.listing = Listing([[*(bad(at) for at in range(1, 12)), good(12)], [good(13)]])
    run = hub.run("incremental")
    assert broke
    assert (run.state, run.error_code, run.pages, run.fetched) == ("failed", "too_many_unreadable", 0, 11)
    assert connectors.named(database, "a").bookmark is None  # type: ignore[union-attr]
    monkeypatch.undo()
    assert hub.run("incremental", trigger="anyway").created == 2


def test_what_a_worker_that_is_gone_could_not_read_counts_on(database: Database, tmp_path: Path) -> None:
    hub = Runs(database, tmp_path)
    hub.listing = Listing([[bad(at) for at in range(1, 8)], [bad(at) for at in range(8, 12)]])
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, hub.row.id, "full", "hand", datetime.now(UTC))
    made = replace(source("a", hub.listing, mapping(tmp_path)), stop_when=hub.rule)
    stop = threading.Event()
    for _ in range(2):  # it gives way after its first page
        assert execute(database, made, run_id, "tests", stop, give_way=lambda: True)
    run = runs.get(database, run_id)
    assert run is not None
    assert (run.state, run.error_code) == ("failed", "too_many_unreadable")
    assert "11 of the 11 records of this run cannot be read" in str(run.sentence)
