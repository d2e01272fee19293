"""One run: what it stores, counts and says."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import BadRecord, Changed, Refused, Unavailable
from hub.store import connectors, dossiers, quarantine, runs
from hub.store.database import Database
from hub.sync.orders import Progress
from hub.sync.run import execute
from tests.hub.sync.fixtures import DOCUMENT, Listing, mapping, registered, source
from tests.hub.sync.running import A, B, Do, counts, record, stored


def test_a_first_run_creates_a_second_finds_nothing_changed(database: Database, do: Do) -> None:
    listing = Listing([[record(1), record(2, B)]])
    assert counts(do(listing)) == (2, 2, 0, 0, 0)
    assert counts(do(listing, kind="full")) == (2, 0, 0, 2, 0)
    assert dossiers.totals(database).dossiers == 2


def test_a_changed_record_updates_its_dossier_and_its_status_becomes_an_event(database: Database, do: Do) -> None:
    do(Listing([[record(1)]]))
    assert counts(do(Listing([[record(1, status="done")]]), kind="full")) == (1, 0, 1, 0, 0)
    dossier = stored(database, A)
    assert dossier.values["status"] == "completed"
    assert [event.status for event in dossiers.timeline(database, dossier.id)] == ["processing", "completed"]


def test_an_incremental_run_goes_on_at_the_bookmark(do: Do) -> None:
    do(Listing([[record(1)]]))
    run = do(Listing([[record(1)], [record(2, B)]]))
    assert (run.fetched, run.bookmark_before, run.bookmark_after) == (1, "1", "2")


def test_a_source_is_known_as_of_the_beginning_of_the_run(database: Database, do: Do) -> None:
    asked: list[datetime] = []
    do(Listing([[record(1)]], before_page=lambda _: asked.append(datetime.now(UTC))))
    row = connectors.named(database, "a")
    assert row is not None
    assert row.seen_at is not None
    assert row.seen_at <= asked[0]


@pytest.mark.parametrize("filler", ["0", "-", "000", "Z" * 300])
def test_a_record_without_a_code_that_says_something_is_quarantined(database: Database, do: Do, filler: str) -> None:
    assert counts(do(Listing([[record(1, filler), record(2, B)]]))) == (2, 1, 0, 0, 1)
    assert "a dossier's code" in str(quarantine.listed(database)[0].reasons)


@pytest.mark.parametrize("key", ["", "a\x00b", "k" * 501])
def test_a_record_whose_key_no_database_can_keep_is_quarantined(database: Database, do: Do, key: str) -> None:
    listing = Listing([[record(1), record(2, B) | {"id": key}]])
    assert counts(do(listing)) == (2, 1, 0, 0, 1)
    assert counts(do(listing, kind="full")) == (2, 0, 0, 1, 1)


def test_a_quarantined_record_that_comes_again_was_seen_again(database: Database, do: Do) -> None:
    listing = Listing([[record(2, B, status="treo")]])
    do(listing)
    do(listing, kind="full")
    (aside,) = quarantine.listed(database)
    assert aside.last_seen_at > aside.first_seen_at


def test_further_entries_of_one_file_are_events_and_a_copy_is_a_duplicate(database: Database, do: Do) -> None:
    def entry(key: int, what: str) -> dict[str, Any]:
        return record(key, "24-001", steps=[{"at": "2026-05-20T01:00:00Z", "name": what}])

    run = do(Listing([[entry(1, "deck"), entry(2, "roof"), entry(3, "roof")]]))
    assert counts(run) == (3, 1, 1, 1, 0)


def test_the_same_record_twice_in_one_page_counts_once_and_its_later_state_holds(database: Database, do: Do) -> None:
    run = do(Listing([[record(1, status="open"), record(1, status="done")]]))
    assert counts(run) == (2, 1, 0, 1, 0)
    assert stored(database, A).values["status"] == "completed"


def test_what_cannot_be_read_is_set_aside_with_reasons_and_bytes_and_the_rest_is_stored(
    database: Database, do: Do
) -> None:
    run = do(Listing([[record(1), record(2, B, status="treo")]]))
    assert counts(run) == (2, 1, 0, 0, 1)
    assert run.state == "succeeded"
    (aside,) = quarantine.listed(database)
    assert (aside.connector, aside.key) == ("a", "2")
    assert "treo" in str(aside.reasons)
    assert b'"treo"' in aside.raw


def test_a_quarantined_record_is_counted_every_time_and_kept_once(database: Database, do: Do) -> None:
    listing = Listing([[record(2, B, status="treo")]])
    do(listing)
    assert counts(do(listing, kind="full")) == (1, 0, 0, 0, 1)
    assert dossiers.totals(database).quarantined == 1


def test_what_the_department_mends_leaves_quarantine(database: Database, do: Do) -> None:
    do(Listing([[record(2, B, status="treo")]]))
    assert counts(do(Listing([[record(2, B)]]), kind="full")) == (1, 1, 0, 0, 0)
    assert dossiers.totals(database).quarantined == 0


def test_what_a_better_mapping_reads_leaves_quarantine_at_the_next_full_run(database: Database, do: Do) -> None:
    listing = Listing([[record(2, B, status="treo")]])
    do(listing)
    better = DOCUMENT.replace("{open: processing,", "{open: processing, treo: stopped,").replace(
        "version: 1", "version: 2"
    )
    assert counts(do(listing, kind="full", document=better)) == (1, 1, 0, 0, 0)
    assert stored(database, B).values["status"] == "stopped"


def test_a_record_that_turns_bad_leaves_its_dossier_as_it_was(database: Database, do: Do) -> None:
    do(Listing([[record(1)]]))
    assert counts(do(Listing([[record(1, status="treo")]]), kind="full")) == (1, 0, 0, 0, 1)
    assert stored(database, A).values["status"] == "processing"


def test_a_record_that_the_connector_cannot_tell_apart_is_set_aside(database: Database, do: Do) -> None:
    bad = BadRecord("the record has no id", key="#1", raw=b"{}", hint="Ask the department.")
    assert counts(do(Listing([[record(1)]], [bad]))) == (2, 1, 0, 0, 1)
    assert "no id" in str(quarantine.listed(database)[0].reasons)


def test_a_record_without_an_agency_belongs_to_the_connectors_agency(database: Database, do: Do) -> None:
    do(Listing([[record(1)]]))
    assert stored(database, A).values["agency"] == {"code": "000.00.00.H29"}


def test_a_department_that_comes_back_in_time_is_only_noted(do: Do) -> None:
    tries = iter([Unavailable("no answer", code="timeout", hint="Wait."), None])

    def stutter(number: int) -> None:
        if error := next(tries, None):
            raise error

    run = do(Listing([[record(1)]], before_page=stutter))
    assert run.state == "succeeded"
    assert [attempt["code"] for attempt in run.attempts] == ["timeout"]


def test_a_department_that_stays_away_costs_one_sentence_and_what_came_before_is_kept(
    database: Database, do: Do
) -> None:
    def away(number: int) -> None:
        if number == 1:
            raise Unavailable("no answer from http://x within 30 s", code="timeout", hint="Ask the department.")

    run = do(Listing([[record(1)], [record(2, B)]], before_page=away))
    assert (run.state, run.error_code, run.hint) == ("failed", "timeout", "Ask the department.")
    assert run.sentence is not None
    assert run.sentence.startswith("a: no answer from http://x within 30 s. Stored before that: 1")
    assert len(run.attempts) == 3
    assert stored(database, A)
    assert do(Listing([[record(1)], [record(2, B)]])).bookmark_before == "1"


def test_a_department_that_wants_to_be_left_alone_for_long_is_not_asked_again_in_this_run(do: Do) -> None:
    def busy(number: int) -> None:
        raise Unavailable("it is busy", code="busy", hint="Wait.", retry_after=3600)

    run = do(Listing([[record(1)]], before_page=busy))
    assert (run.state, len(run.attempts)) == ("failed", 1)


@pytest.mark.parametrize("kind", [Refused, Changed])
def test_what_a_person_must_mend_is_not_tried_again(do: Do, kind: type[Refused | Changed]) -> None:
    def no(number: int) -> None:
        raise kind("the password is not accepted", code="rejected", hint="Renew it.")

    run = do(Listing([[record(1)]], before_page=no))
    assert (run.state, run.error_code, len(run.attempts)) == ("failed", "rejected", 1)


def test_a_hub_that_is_stopped_ends_the_run_at_a_page_and_the_next_goes_on(do: Do) -> None:
    stop = threading.Event()
    pages = [[record(1)], [record(2, B)]]
    run = do(Listing(pages), stop=stop, on_page=lambda _: stop.set())
    assert (run.state, run.fetched) == ("interrupted", 1)
    assert counts(do(Listing(pages))) == (1, 1, 0, 0, 0)


def test_a_stop_ends_the_wait_for_a_department_at_once(database: Database, do: Do) -> None:
    stop = threading.Event()

    def away(number: int) -> None:
        stop.set()
        raise Unavailable("no answer", hint="", retry_after=0.002)

    assert do(Listing([[record(1)]], before_page=away), stop=stop).state == "interrupted"


def test_a_fault_of_our_own_is_not_hidden_and_the_run_does_not_look_alive(database: Database, do: Do) -> None:
    def fault(number: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        do(Listing([[record(1)]], before_page=fault))
    (run,) = runs.listed(database)
    assert (run.state, run.error_code) == ("failed", "hub_fault")


def test_a_worker_that_lost_its_lease_stores_nothing_more_and_leaves_the_run_to_its_new_owner(
    database: Database, do: Do
) -> None:
    def usurp(number: int) -> None:
        row = connectors.named(database, "a")
        assert row is not None
        if number == 1:
            assert connectors.take_lease(database, row.id, "other", 10, dead_owner="test")

    run = do(Listing([[record(1)], [record(2, B)]], before_page=usurp))
    assert (run.state, run.sentence, run.finished_at) == ("running", None, None)
    assert dossiers.with_code(database, B) == []
    row = connectors.named(database, "a")
    assert row is not None
    assert row.lease_owner == "other"


def test_a_connector_that_another_worker_has_is_left_alone(database: Database, tmp_path: Path) -> None:
    row = registered(database, "a")["a"]
    connectors.take_lease(database, row.id, "other", 60)
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, "incremental", "hand", datetime.now(UTC))
    mine = source("a", Listing([[record(1)]]), mapping(tmp_path))
    assert not execute(database, mine, run_id, "test", threading.Event())
    run = runs.get(database, run_id)
    assert run is not None
    assert run.state == "queued"


def test_progress_is_told_page_by_page(do: Do) -> None:
    seen: list[tuple[int, int | None]] = []

    def show(progress: Progress) -> None:
        seen.append((progress.counts.fetched, progress.total))

    do(Listing([[record(1)], [record(2, B)]]), on_page=show)
    assert seen == [(1, 2), (2, 2)]


def test_an_answer_is_kept_as_received_once_and_only_when_it_brought_something(database: Database, do: Do) -> None:
    listing = Listing([[record(1)]])
    do(listing)
    do(listing, kind="full")
    (first,) = dossiers.sources(database, stored(database, A).id)
    do(Listing([[record(1, status="done")]]), kind="full")
    (second,) = dossiers.sources(database, stored(database, A).id)
    assert second.payload_id > first.payload_id


def test_a_run_tells_how_many_of_its_records_have_fields_that_cannot_be_read(database: Database, do: Do) -> None:
    wrong = {"id": 1, "code": A, "status": "open", "received": "32/13/2026"}
    listing = Listing([[wrong, {"id": 2, "code": B, "status": "open"}]])
    first, second = do(listing, kind="full"), do(listing, kind="full")
    assert [note["code"] for note in first.notes] == ["problems"]
    assert first.notes[0]["sentence"].startswith("1 record of this run has fields that could not be read")
    assert second.notes == []  # it was not read again
    connector = connectors.named(database, "a")
    assert connector is not None
    assert not connector.warnings  # a note of the run, no trouble of the connector


def test_what_an_arrival_changes_of_a_dossier_is_kept_with_what_was_before(database: Database, do: Do) -> None:
    do(Listing([[record(1, note="old")]]))
    assert dossiers.revisions_of(database, stored(database, A).id) == []
    run = do(Listing([[record(1, note="new")]]), kind="full")
    (revision,) = dossiers.revisions_of(database, stored(database, A).id)
    assert (revision.changes, revision.connector, revision.run_id) == ({"note": ["old", "new"]}, "a", run.id)
    do(Listing([[record(1, note="new")]]), kind="full")
    assert len(dossiers.revisions_of(database, stored(database, A).id)) == 1


def test_a_history_is_asked_for_up_to_a_limit_the_newest_first(database: Database, do: Do) -> None:
    for note in ("first", "second", "third"):
        do(Listing([[record(1, note=note)]]), kind="full")
    (newest,) = dossiers.revisions_of(database, stored(database, A).id, limit=1)
    assert newest.changes == {"note": ["second", "third"]}
