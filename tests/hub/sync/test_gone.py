"""What a full listing does not hold any more is marked, told and found; nothing is ever deleted."""

from pathlib import Path
from typing import Any

import pytest

from hub.record.run_state import RunState
from hub.store import connectors, dossiers, feed, removals
from hub.store import gone as store_gone
from hub.store.changes import Kind, changes_after
from hub.store.database import Database
from hub.store.scope import ALL
from hub.sync import gone, removing
from hub.sync.removing import NotWaiting
from hub.sync.threshold import StopWhen
from tests.hub.config.registering import EMBEDDED
from tests.hub.sync.gone_world import Register, World, codes, record, signed


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)


def test_what_a_full_listing_does_not_hold_is_gone_told_and_still_found_by_its_code(world: World) -> None:
    before = feed.latest(world.database)
    world.there = world.without(3, 4)
    run = world.run()
    assert run.sentence is not None
    assert "2 are gone" in run.sentence
    assert world.listed() == ["01", "02", "05", "06", "07", "08", "09", "10"]
    assert world.listed(gone=True) == ["03", "04"]
    assert dossiers.totals(world.database).dossiers == 8
    (one,) = dossiers.with_code(world.database, "24-200003")
    assert one.gone_at is not None
    (said,) = dossiers.revisions_of(world.database, one.id)
    assert said.changes[store_gone.FIELD][0] is None
    assert said.run_id == run.id
    assert [change.kind for change in changes_after(world.database, before, 1000, ALL).items] == [Kind.GONE, Kind.GONE]


def test_a_gone_record_that_is_listed_again_comes_back_by_itself(world: World) -> None:
    everything = world.there
    world.there = world.without(3)
    world.run()
    before = feed.latest(world.database)
    world.there = everything
    world.run("incremental")  # goes on behind the bookmark: it sees none of them
    assert world.listed(gone=True) == ["03"]
    run = world.run()
    assert (run.created, run.fetched) == (0, 10)
    assert world.listed(gone=True) == []
    (change,) = changes_after(world.database, before, 1000, ALL).items
    assert change.kind is Kind.CHANGED
    newest = dossiers.revisions_of(world.database, change.dossier_id)[0]
    assert newest.changes[store_gone.FIELD][1] is None


def test_more_than_the_threshold_waits_for_a_person_who_approves(world: World) -> None:
    world.there = world.without(1, 2, 3)
    run = world.run()
    assert codes(run) == ["removal_waits"]
    assert world.listed(gone=True) == []
    waiting = world.waiting()
    assert (waiting.records, waiting.held, waiting.run_id) == (3, 10, run.id)
    assert removals.keys_of(world.database, waiting.id) == ["1", "2", "3"]
    assert removing.approve(world.database, waiting.id, signed()) == 3
    assert world.listed(gone=True) == ["01", "02", "03"]
    (one,) = dossiers.with_code(world.database, "24-200001")
    assert dossiers.revisions_of(world.database, one.id)[0].author == "an operator"
    with pytest.raises(NotWaiting, match="approved by an operator"):
        removing.approve(world.database, waiting.id, signed())


def test_what_was_seen_again_meanwhile_is_spared_whatever_became_of_it(world: World) -> None:
    everything = [record(number, changed="2026-05-20T01:00:00+00:00") for number in range(1, 11)]
    world.there = Register(everything)
    world.run()
    world.there = world.without(7, 8, 9, 10)
    world.run()
    unreadable, older = everything[6] | {"code": "-"}, everything[7] | {"changed": "2026-05-19T01:00:00+00:00"}
    world.there = Register([*everything[:6], unreadable, older, everything[8]])  # 10 alone is still missing
    with world.database.write() as transaction:
        connectors.advance_bookmark(transaction, world.row.id, "6")
    assert world.run("incremental").fetched == 3
    assert removing.approve(world.database, world.waiting().id, signed()) == 1
    assert world.listed(gone=True) == ["10"]


@EMBEDDED
def test_a_full_run_that_gave_way_goes_on_and_what_it_listed_before_still_counts(world: World) -> None:
    world.there = world.without(9)
    ways = iter((False, True))
    first = world.run(give_way=lambda: next(ways, False))
    assert (first.state, first.fetched) == (RunState.QUEUED, 4)
    ended = world.go_on(first.id)
    assert (ended.state, ended.fetched, ended.gone) == (RunState.SUCCEEDED, 9, 1)
    assert world.listed(gone=True) == ["09"]


@EMBEDDED
def test_what_was_seen_again_meanwhile_is_spared_though_too_many_could_not_be_read(world: World) -> None:
    everything = world.there.records
    world.there = world.without(8, 9, 10)
    world.run()
    world.there, world.stop_when = Register([one | {"code": "-"} for one in everything]), StopWhen(share=0.5, after=1)
    with world.database.write() as transaction:
        connectors.advance_bookmark(transaction, world.row.id, "7")
    assert world.run("incremental").state == RunState.FAILED
    assert removing.approve(world.database, world.waiting().id, signed()) == 1
    assert world.listed(gone=True) == ["10"]


@EMBEDDED
def test_approving_that_was_killed_half_way_is_healed_by_approving_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.there = world.without(1, 2, 3)
    world.run()
    number, mark = world.waiting().id, store_gone.mark
    monkeypatch.setattr(removing, "SLICE", 1)
    calls = iter((None, None))

    def killed(*given: Any, **more: Any) -> int:
        if next(calls, "killed"):
            raise KeyboardInterrupt
        return mark(*given, **more)

    monkeypatch.setattr(store_gone, "mark", killed)
    with pytest.raises(KeyboardInterrupt):
        removing.approve(world.database, number, signed())
    monkeypatch.setattr(store_gone, "mark", mark)
    assert world.waiting().id == number
    assert world.listed(gone=True) == ["01", "02"]
    assert removing.approve(world.database, number, signed()) == 1
    assert world.listed(gone=True) == ["01", "02", "03"]


@EMBEDDED
def test_marking_that_was_killed_half_way_goes_on_when_the_run_is_taken_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gone, "SLICE", 1)
    world.there = world.without(1, 2)
    work_of, found = gone.after_listing, []

    def twice(*given: Any, **more: Any) -> gone.Missing:
        mark = store_gone.mark
        calls = iter((None,))

        def killed(*marked: Any) -> int:
            if next(calls, "killed"):
                raise RuntimeError("killed")
            return mark(*marked)

        monkeypatch.setattr(store_gone, "mark", killed)
        with pytest.raises(RuntimeError):
            work_of(*given, **more)
        monkeypatch.setattr(store_gone, "mark", mark)
        found.append(world.listed(gone=True))
        return work_of(*given, **more)

    monkeypatch.setattr(gone, "after_listing", twice)
    run = world.run()
    assert found == [["01"]]
    assert world.listed(gone=True) == ["01", "02"]
    assert "2 are gone" in (run.sentence or "")
