"""Which listings say that records are gone, and which leave it to a person or say nothing."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.errors import BadRecord
from hub.record.run_state import RunState
from hub.store import gone as store_gone
from hub.store import removals, runs
from hub.store.database import Database
from hub.sync import removing
from hub.sync.gone import OnGone, Policy
from tests.hub.config.registering import EMBEDDED
from tests.hub.sync.gone_world import AbleRegister, Register, World, codes, record, signed

pytestmark = EMBEDDED  # what is judged here does not depend on the database


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)


def test_a_failed_listing_says_nothing(world: World) -> None:
    world.there = Register(world.without(3, 4).records, breaks_at=3)
    run = world.run()
    assert run.state == RunState.FAILED
    assert world.listed(gone=True) == []


def test_an_empty_a_short_and_a_shrunk_listing_say_nothing(world: World) -> None:
    world.rule, everything = OnGone(Policy.MARK, share=1, records=100), world.there.records
    for records, total, code in ((0, None, "nothing_listed"), (9, 10, "short_listing"), (4, None, "shrunk_listing")):
        world.there = Register(everything[:records], total=total)
        run = world.run()
        assert run.state == RunState.SUCCEEDED
        assert codes(run) == [code]
    assert world.listed(gone=True) == []
    assert removals.listed(world.database) == []


def test_a_refused_removal_changes_nothing_and_a_newer_listing_supersedes_one_that_waits(world: World) -> None:
    everything = world.there
    world.there = world.without(1, 2, 3)
    world.run()
    first = world.waiting()
    world.run()
    second = world.waiting()
    assert (removals.get(world.database, first.id) or first).state == "superseded"
    removing.refuse(world.database, second.id, signed())
    assert removals.listed(world.database) == []
    assert world.listed(gone=True) == []
    world.run()
    world.there = everything
    world.run()
    assert removals.listed(world.database) == []


def test_unless_told_otherwise_every_removal_waits_and_keep_only_counts(world: World) -> None:
    assert OnGone().policy is Policy.ASK
    world.rule = OnGone(Policy.KEEP)
    world.there = world.without(1)
    assert codes(world.run()) == ["not_listed"]
    world.rule = OnGone()
    assert codes(world.run()) == ["removal_waits"]
    assert world.listed(gone=True) == []


def test_a_listing_with_records_that_nobody_can_name_marks_nothing_by_itself(world: World) -> None:
    world.there = replace(world.without(1), bad=[BadRecord("it has no key", key="ab" * 16, raw=b"{}", hint="")])
    assert codes(world.run()) == ["removal_waits"]
    assert world.listed(gone=True) == []


def test_a_listing_that_may_leave_out_what_is_there_marks_nothing_by_itself(world: World) -> None:
    world.there = replace(world.without(1), steady=False)
    assert codes(world.run()) == ["removal_waits"]
    assert world.listed(gone=True) == []


def test_what_an_attempt_before_listed_does_not_stand_in_for_what_the_last_one_left_out(world: World) -> None:
    listed = world.without(10).records
    world.there = Register(listed, total=9)
    first = world.run(give_way=lambda: True)
    assert (first.state, first.fetched) == (RunState.QUEUED, 2)
    world.there = Register(listed, total=8)  # 10 has come meanwhile, and is announced with the 7 others, and left out
    assert codes(world.go_on(first.id)) == ["short_listing"]


def test_an_announced_number_is_one_of_rows_also_where_several_are_one_record(world: World) -> None:
    listed = [*world.there.records, record(10, note="its second row")]
    world.there = Register([one for one in listed if one["id"] != 1], total=10)
    world.run()
    assert world.listed(gone=True) == ["01"]
    world.there = Register([one for one in listed if one["id"] not in (1, 2)], total=10)
    assert codes(world.run()) == ["short_listing"]


def test_a_record_that_is_listed_but_cannot_be_read_is_not_gone(world: World) -> None:
    world.there.records[0] = record(1, status="no such status")
    run = world.run()
    assert (run.quarantined, codes(run)) == (1, [])
    assert world.listed(gone=True) == []


def test_what_is_there_when_asked_for_by_key_is_kept(world: World) -> None:
    world.there = AbleRegister(world.without(1, 2).records)
    run = world.run()
    assert codes(run) == ["listing_not_whole"]
    assert world.listed(gone=True) == ["02"]


def test_reading_again_what_was_kept_is_no_sign_of_life(world: World) -> None:
    everything = world.there
    world.there = world.without(1)
    world.run()
    assert world.run("replay", wanted={"everything": True}).fetched == 10
    assert world.listed(gone=True) == ["01"]
    world.there = everything
    world.run()
    assert world.listed(gone=True) == []


def test_with_anyway_a_shrunk_listing_asks_a_person(world: World) -> None:
    world.there = Register(world.there.records[:4])
    assert codes(world.run(trigger=runs.ANYWAY)) == ["removal_waits"]
    assert world.waiting().records == 6


def test_a_dossier_of_which_another_source_has_a_record_is_not_gone(world: World) -> None:
    national = {"national": "000.00.15.H29-260520-0001"}
    everything = Register([record(1, **national), *world.there.records[1:]])
    world.there = everything
    world.run()
    world.there = Register([record(77, **national)])
    world.run(name="b")
    world.there = Register(everything.records[1:])
    world.run()
    assert world.listed(gone=True) == []
    world.there = Register([record(78)])
    world.rule = OnGone(Policy.MARK, share=1, records=10)
    world.run(name="b", trigger="hand")
    assert world.listed(gone=True) == []  # 77 would leave nothing: less than half of what the hub has
    world.there = Register([record(78), record(79)])
    world.run(name="b")
    world.run(name="b")
    assert world.listed(gone=True) == ["01"]


def test_records_that_changed_all_at_once_count_as_held_when_others_are_missing(world: World) -> None:
    """As after another mapping, when the listing stores again what it holds."""
    there = world.without(2, 5)
    world.there = Register([{**one, "received": "2026-06-01T01:00:00Z"} for one in there.records])
    run = world.run()
    assert run.updated == 8
    assert codes(run) == []
    assert world.listed(gone=True) == ["02", "05"]


def test_new_records_do_not_count_as_held_before(world: World) -> None:
    world.there = Register([*world.there.records[:4], *(record(number) for number in range(20, 60))])
    assert codes(world.run()) == ["shrunk_listing"]


def test_records_stored_after_the_listing_began_are_not_looked_for(world: World) -> None:
    began = datetime(2026, 1, 1, tzinfo=UTC)
    assert list(store_gone.held(world.database, world.row.id, began, None)) == []
