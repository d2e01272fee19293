"""What a source has and the hub has not is noticed by day, fetched and counted again; nothing is asked for ever."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.record.connector_state import Move
from hub.record.signature import Signature
from hub.store import connectors, registrations, runs
from hub.store.database import Database, StoreError
from hub.sync import completeness, counting, judging, repair
from hub.sync.counting import can_list
from tests.hub.config.registering import EMBEDDED
from tests.hub.sync.counted import MONDAY, Register, Watched
from tests.hub.sync.fixtures import registered

DAY = timedelta(days=1)


@pytest.fixture
def hub(database: Database, tmp_path: Path) -> Watched:
    """Three records a day from Monday to Wednesday, all read on Thursday morning."""
    return read(database, tmp_path)


def read(database: Database, folder: Path, name: str = "a", **able: Any) -> Watched:
    register = Register(**able)
    for day in range(3):
        for number in range(3):
            register.put(f"{day}{number}", MONDAY + day * DAY + timedelta(hours=number))
    watched = Watched(database, register, folder, name)
    watched.run()
    return watched


def lost(hub: Watched) -> None:
    """On Tuesday a record came and another changed, and the list of changes told neither."""
    hub.register.put("late", MONDAY + DAY + timedelta(hours=5))
    hub.register.put("01", MONDAY + DAY + timedelta(hours=6), status="done")
    hub.register.hidden = {"late", "01"}
    hub.run()
    hub.register.log.clear()


@EMBEDDED
def test_days_that_agree_are_compared_by_key_once_they_are_over_and_cost_one_question_each_from_then_on(
    hub: Watched,
) -> None:
    hub.count()
    assert hub.states() == dict.fromkeys(("16", "17", "18", "19"), "complete")
    assert [day.by_key for day in hub.days().values()] == [True, True, True, False]
    assert [line[:7] for line in hub.register.log if line.startswith("keys")] == ["keys 16", "keys 17", "keys 18"]
    hub.register.log.clear()
    (run,) = hub.count()
    assert [day.by_key for day in hub.days().values()] == [True, True, True, False]
    assert [(day.there, day.here, day.missing) for day in hub.days().values()] == [(3, 3, 0)] * 3 + [(0, 0, 0)]
    assert hub.register.log == [
        "count 16 00:00",
        "count 17 00:00",
        "count 18 00:00",
        "count 19 00:00",
        "count 19 07:45",
    ]
    assert (run.state, run.sentence) == ("succeeded", "4 days counted: nothing is known to be missing.")


@EMBEDDED
def test_one_that_is_missing_and_one_too_many_do_not_hide_each_other(hub: Watched) -> None:
    hub.register.put("late", MONDAY + DAY + timedelta(hours=5))
    hub.register.hidden = {"late"}
    del hub.register.rows["11"]
    hub.run()
    hub.count()
    assert hub.states()["17"] == "repaired"
    assert "late" in hub.held()


def test_a_count_waits_for_a_database_that_is_away(hub: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    broke: list[bool] = []

    def away(*arguments: Any) -> Any:
        if not broke:
            broke.append(True)
            raise StoreError("the database does not answer")
        return judging.judged(*arguments)

    monkeypatch.setattr(counting, "judged", away)
    (run,) = hub.count()
    assert hub.states() == dict.fromkeys(("16", "17", "18", "19"), "complete")
    assert (run.state, [one["code"] for one in run.attempts]) == ("succeeded", ["store_away"])


def test_what_is_missing_and_nothing_else_is_fetched_and_the_day_counted_again(hub: Watched) -> None:
    lost(hub)
    before = connectors.named(hub.database, "a")
    counted, mended, again = hub.count()
    assert [note["code"] for note in counted.notes] == ["incomplete"]
    assert "17/11/2026: 5 there, 3 here; 2 missing (“01”, “late”)" in counted.notes[0]["sentence"]
    assert (mended.kind, mended.wanted, mended.created, mended.updated) == (
        "repair",
        {"day": "2026-11-17", "keys": ["01", "late"]},
        1,
        1,
    )
    assert [line for line in hub.register.log if line.startswith("fetch")] == ["fetch 01", "fetch late"]
    assert (again.kind, again.wanted) == ("count", {"days": ["2026-11-17"], "after_repair": True})
    assert hub.states() == {"16": "complete", "17": "repaired", "18": "complete", "19": "complete"}
    assert {"late", "01"} <= hub.held()
    after = connectors.named(hub.database, "a")
    assert before
    assert after
    assert (after.bookmark, after.seen_at, after.failures) == (before.bookmark, before.seen_at, 0)
    hub.count()
    assert set(hub.states().values()) == {"complete"}


@EMBEDDED
def test_a_record_that_is_listed_and_never_given_is_asked_for_twice_and_then_left_to_a_person(hub: Watched) -> None:
    lost(hub)
    hub.register.refused = {"late"}
    _, mended, _ = hub.count()
    assert [note["code"] for note in mended.notes] == ["not_given"]
    assert hub.states()["17"] == "drift"
    for _ in range(3):
        hub.count()
    assert hub.register.log.count("fetch late") == 2
    assert hub.register.log.count("fetch 01") == 1
    assert "1 were asked for and not given: `hub fetch a late` shows why" in hub.days()["17"].sentence
    hub.register.refused = set()
    hub.count(anew=True)
    assert hub.states()["17"] == "repaired"


@EMBEDDED
def test_more_than_one_repair_may_fetch_is_fetched_by_several(hub: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repair, "MOST_KEYS", 3)
    for number in range(7):
        hub.register.put(f"late{number}", MONDAY + DAY + timedelta(hours=5))
        hub.register.hidden.add(f"late{number}")
    done = hub.count()
    assert [run.fetched for run in done if run.kind == "repair"] == [3, 3, 1]
    assert hub.states()["17"] == "repaired"


def test_records_in_quarantine_are_not_missing(hub: Watched) -> None:
    hub.register.put("bad", MONDAY + DAY + timedelta(hours=5), status="nonsense")
    hub.register.rows["bad"][1]["id"] = "bad"
    hub.run("full")
    hub.register.log.clear()
    (counted,) = hub.count()
    tally = hub.days()["17"]
    assert (tally.state, tally.there, tally.here, tally.quarantined) == ("complete", 4, 3, 1)
    assert not counted.notes
    hub.count(keys=True)
    tally = hub.days()["17"]
    assert (tally.state, tally.by_key, tally.quarantined) == ("complete", True, 1)


@EMBEDDED
def test_what_has_changed_since_the_hub_last_read_is_no_drift(hub: Watched) -> None:
    hub.now += timedelta(hours=2)
    hub.register.put("00", hub.now - timedelta(minutes=20), status="done")  # Monday has one less, today one more
    hub.register.put("new", hub.now - timedelta(minutes=10))
    (counted,) = hub.count()
    assert set(hub.states().values()) == {"complete"}
    assert (hub.days()["16"].extra, hub.days()["19"].until) == (0, MONDAY + 3 * DAY - timedelta(minutes=15))
    assert not counted.notes


@EMBEDDED
def test_what_moves_on_while_the_days_are_counted_is_no_drift(hub: Watched) -> None:
    def move() -> None:
        hub.register.put("22", hub.now, status="done")

    lost(hub)
    hub.register.before_keys = move
    hub.count()
    assert hub.states() == {"16": "complete", "17": "repaired", "18": "complete", "19": "complete"}


@EMBEDDED
def test_what_the_source_does_not_list_any_more_is_told_and_stays(hub: Watched) -> None:
    del hub.register.rows["11"]
    (counted,) = hub.count()
    tally = hub.days()["17"]
    assert (tally.state, tally.extra, tally.keys.extra) == ("complete", 1, ["11"])
    assert "1 here that the source does not list (“11”)" in counted.notes[0]["sentence"]
    assert "11" in hub.held()
    lost(hub)  # one more, and one less: the numbers alone would hide one of them
    hub.count()
    assert hub.states()["17"] == "repaired"


@EMBEDDED
def test_what_can_be_done_depends_on_what_the_source_can(database: Database, tmp_path: Path) -> None:
    kinds: list[tuple[dict[str, Any], str, list[str], str]] = [
        ({"keys": False, "spans": True}, "repaired", ["span 17 00:00"], "It was missing and has been fetched."),
        ({"keys": False}, "drift", [], "The source does not tell which: `hub sync b --full` reads everything"),
        ({"fetches": False, "spans": True}, "repaired", ["span 17 00:00"], "It was missing and has been fetched."),
        ({"fetches": False}, "drift", [], "d can fetch neither single records nor a period"),
        ({"counts": False}, "repaired", ["fetch 01", "fetch late"], "It was missing and has been fetched."),
    ]
    registered(database, *"abcde")
    for name, (able, state, asks, says) in zip("abcde", kinds, strict=True):
        hub = read(database, tmp_path, name, **able)
        lost(hub)
        hub.count()
        assert hub.states()["17"] == state, able
        assert [line for line in hub.register.log if line.startswith(("fetch", "span"))] == asks
        assert says in hub.days()["17"].sentence
        hub.count()
        assert [line for line in hub.register.log if line.startswith(("fetch", "span"))] == asks


@EMBEDDED
def test_a_repair_that_fails_is_tried_again_by_the_next_count(hub: Watched) -> None:
    lost(hub)
    hub.run("count", {"last": 4})
    hub.register.down = True
    (mended,) = hub.follow()
    assert (mended.kind, mended.state) == ("repair", "failed")
    assert hub.states()["17"] == "drift"
    assert f"run {mended.id} did not do it: a: it does not answer" in hub.days()["17"].sentence
    row = connectors.named(hub.database, "a")
    assert row
    assert (row.failures, row.open_until) == (0, None)  # that is for its syncs to say
    hub.register.down = False
    hub.count()
    assert hub.states()["17"] == "repaired"


@EMBEDDED
def test_what_is_missing_of_an_older_day_is_counted_until_it_is_there(hub: Watched) -> None:
    lost(hub)
    hub.register.refused = {"late"}
    hub.count()
    hub.now += 10 * DAY
    hub.register.refused = set()
    hub.run()
    hub.count()
    assert (hub.states()["17"], "18" in hub.states()) == ("repaired", True)


def test_a_repair_that_has_ended_is_followed_once_however_many_schedulers_there_are(hub: Watched) -> None:
    lost(hub)
    hub.run("count", {"last": 4})
    (repair_id,) = (run.id for run in runs.listed(hub.database, state="queued"))
    hub.do(repair_id)
    queued: list[int] = []
    schedulers = [threading.Thread(target=lambda: queued.extend(hub.plan())) for _ in range(4)]
    for one in schedulers:
        one.start()
    for one in schedulers:
        one.join()
    assert [run.id for run in runs.listed(hub.database, state="queued")] == queued
    assert len(queued) == 1
    hub.follow()
    assert hub.states()["17"] == "repaired"


@EMBEDDED
def test_a_count_that_only_looks_fetches_nothing(hub: Watched) -> None:
    lost(hub)
    hub.count(repair=False)
    assert hub.states()["17"] == "drift"
    assert "`hub completeness a --repair` fetches them." in hub.days()["17"].sentence


def test_days_are_counted_by_the_clock_once_however_many_schedulers_there_are(
    database: Database, tmp_path: Path
) -> None:
    hub = Watched(database, Register(), tmp_path)
    assert hub.plan() == []  # never read: nothing to count against
    hub.run()
    hub.plan()
    hub.now += timedelta(minutes=11)
    first, second = hub.plan(), hub.plan()
    assert (len(first), second) == (1, [])
    assert hub.do(first[0]).wanted == {"last": 4}
    hub.now += timedelta(hours=23)
    assert hub.plan() == []
    hub.now += timedelta(hours=2)
    signed = Signature("an", "moving house", hub.now)
    with database.write() as transaction:
        registrations.move(transaction, "a", Move.PAUSE, signed)
    assert hub.plan() == []
    with database.write() as transaction:
        registrations.move(transaction, "a", Move.RESUME, signed)
    held = hub.now + timedelta(hours=3)
    assert completeness.plan(database, hub.now, hub.rule, lambda _cadence, _now: held) == []  # a blackout window
    assert len(hub.plan()) == 1


@EMBEDDED
def test_a_source_that_cannot_list_says_what_would_let_it(hub: Watched) -> None:
    assert can_list(hub.register.open)
    hub.register.counts = hub.register.keys = False
    assert not can_list(hub.register.open)
    (run,) = hub.count()
    assert (run.state, run.error_code) == ("failed", "cannot_list")
    assert "`count` in its settings" in (run.hint or "")
