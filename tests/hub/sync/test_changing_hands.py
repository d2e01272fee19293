"""A run changes hands: taken over where its worker is gone, given way, cancelled, put back when the hub is stopped."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hub.record.connector_state import Move
from hub.record.signature import Signature
from hub.store import connectors, dossiers, laid_out, listings, registrations, runs
from hub.store.database import Database, StoreError
from hub.store.runs import RunRow
from hub.sync import claiming, page, reading, storing
from hub.sync.cancelling import CannotCancel, cancel
from hub.sync.closing import Closing
from hub.sync.endings import MOST_DEATHS
from hub.sync.owner import this_process
from hub.sync.run import execute
from hub.sync.source import Source
from hub.sync.turn import to_do
from hub.sync.under_way import UnderWay
from mappings.engine.reading import Mapping
from tests.hub.sync.fixtures import Listing, mapping, registered, source

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PAGES = 4
# SQLite has one writer: nobody waits for a turn.
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def pages() -> list[list[dict[str, Any]]]:
    return [[{"id": at, "code": f"000.00.15.H29-260520-000{at}", "status": "open"}] for at in range(1, PAGES + 1)]


def done_within(done: Future[bool], seconds: float) -> bool:
    return bool(wait_for([done], seconds).done)


class Desk:
    """One connector and what is done with its runs."""

    def __init__(self, database: Database, reads: Mapping) -> None:
        self.database, self.reads = database, reads
        self.row = registered(database, "a")["a"]

    def source(self, **more: Any) -> Source:
        return source("a", Listing(pages(), **more), self.reads)

    def queue(self, kind: str = "full") -> int:
        with self.database.write() as transaction:
            return runs.enqueue(transaction, self.row.id, kind, "hand", NOW)

    def run(self, run_id: int) -> RunRow:
        found = runs.get(self.database, run_id)
        assert found is not None
        return found

    def do(self, run_id: int, mine: Source | None = None, **more: Any) -> bool:
        stop = more.pop("stop", threading.Event())
        return execute(self.database, mine or self.source(), run_id, more.pop("owner", "tests"), stop, **more)

    def leave_half_way(self, kind: str = "full", at: int = 2) -> int:
        """What a worker leaves that is killed when `at` pages are stored: nothing is said of it, its lease runs out."""
        run_id = self.queue(kind)
        with pytest.raises(Killed):
            self.do(run_id, owner="killed:1", on_page=killed_at(at))
        lease = connectors.take_lease(self.database, self.row.id, "killed:1", -1)
        assert lease is not None
        return run_id


class Killed(BaseException):
    """Stands for kill -9 where a process of its own would take too long."""


def killed_at(at: int) -> Callable[[Any], None]:
    def show(progress: Any) -> None:
        if progress.counts.fetched == at:
            raise Killed

    return show


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, mapping(tmp_path))


@pytest.mark.parametrize("kind", ["incremental", "full"])
def test_a_run_whose_worker_is_gone_goes_on_as_the_same_run_where_it_was(desk: Desk, kind: str) -> None:
    run_id = desk.leave_half_way(kind)
    left = desk.run(run_id)
    assert (left.state, left.pages, left.owner) == ("running", 2, "killed:1")
    (one,) = to_do(desk.database)
    assert (one.run_id, one.abandoned) == (run_id, True)
    asked: list[int] = []
    assert desk.do(run_id, desk.source(before_page=asked.append), owner="other:2")
    run = desk.run(run_id)
    assert (run.state, run.pages, run.fetched, run.created, asked) == ("succeeded", 4, 4, 4, [2, 3])
    assert (run.taken_over, run.owner, run.started_at) == (1, "other:2", left.started_at)
    (died,) = run.attempts
    assert (died["code"], died["pages"]) == ("worker_died", 2)
    assert died["sentence"].startswith("Its worker killed:1 died, or was cut off, at page 3.")
    assert run.bytes > left.bytes > 0
    assert set(run.timings) == {"wait", "fetch", "decode", "map", "store"}


def test_what_other_runs_do_as_well_ends_when_they_begin_and_what_they_do_not_waits_for_another_worker(
    desk: Desk,
) -> None:
    incremental = desk.leave_half_way("incremental", at=1)
    full = desk.leave_half_way("full", at=1)
    assert desk.run(incremental).state == "interrupted"  # the full run does as well what it did
    assert desk.run(incremental).error_code == "worker_died"
    assert str(desk.run(incremental).sentence).endswith(f"run {full} reads what it would have read.")
    mine = desk.queue("incremental")
    assert desk.do(mine)
    assert desk.run(mine).state == "succeeded"
    waiting = desk.run(full)
    assert (waiting.state, waiting.taken_over, waiting.fetched) == ("queued", 1, 1)
    assert [one["code"] for one in waiting.attempts] == ["worker_died"]
    assert desk.do(full)
    assert (desk.run(full).state, desk.run(full).fetched) == ("succeeded", PAGES)


def test_a_page_that_kills_every_worker_ends_the_run_in_a_sentence(desk: Desk) -> None:
    run_id = desk.leave_half_way()
    for times in range(MOST_DEATHS):
        assert desk.run(run_id).state == "running"
        lease = claiming.leased(desk.database, desk.row, f"killed:{times}")
        assert lease is not None
        claimed = claiming.claimed(desk.database, desk.row, lease, run_id, "m v1", lambda: NOW)
        assert (claimed is None) == (times == MOST_DEATHS - 1)
        connectors.release_lease(desk.database, lease)
    run = desk.run(run_id)
    assert (run.state, run.error_code, run.taken_over) == ("failed", "worker_dies", MOST_DEATHS - 1)
    assert str(run.sentence).startswith("a: 5 workers in a row died, or were cut off, at page 3, before it was stored.")
    assert "memory" in str(run.hint)


def shifted(hours: int) -> datetime:
    return datetime.now(UTC) + timedelta(hours=hours)


def test_workers_whose_clocks_differ_by_an_hour_never_read_one_connector_at_once(desk: Desk) -> None:
    run_id, second = desk.queue(), desk.queue()
    taken: list[bool] = []

    def others(_: int) -> None:
        clocks = [partial(shifted, hours) for hours in (1, -1)]
        taken.extend(desk.do(second, now=clock) for clock in clocks)

    for hours in (-1, 1):  # the one who reads is behind, then ahead
        assert desk.do(run_id, desk.source(before_page=others), now=partial(shifted, hours))
        run_id = desk.queue()
    assert len(taken) == 4 * PAGES
    assert not any(taken)


def test_a_run_gives_way_at_the_end_of_a_page_and_goes_on_later_with_what_it_has(desk: Desk) -> None:
    run_id = desk.queue()
    told: list[tuple[int, int]] = []
    desk.database.on_queued = lambda *what: told.append((what[1], what[3]))
    assert desk.do(run_id, give_way=lambda: True)
    waiting = desk.run(run_id)
    assert (waiting.state, waiting.fetched, waiting.finished_at) == ("queued", 1, None)
    assert told == [(run_id, waiting.priority)]
    while desk.run(run_id).state == "queued":
        assert desk.do(run_id, give_way=lambda: True)
    run = desk.run(run_id)
    assert (run.state, run.fetched, run.pages, run.taken_over) == ("succeeded", PAGES, PAGES, 0)
    assert [one["code"] for one in run.attempts] == ["gave_way"] * PAGES
    assert run.started_at == waiting.started_at


class Hanging:
    """A department that hangs at its second page until it is let go."""

    def __init__(self) -> None:
        self.hangs, self.goes_on, self.closed = threading.Event(), threading.Event(), threading.Event()

    def __call__(self, number: int) -> None:
        if number == 1:
            self.hangs.set()
            self.goes_on.wait(60)


def test_a_run_is_cancelled_also_while_its_department_hangs_and_what_comes_then_is_not_stored(desk: Desk) -> None:
    run_id, hanging = desk.queue(), Hanging()
    with ThreadPoolExecutor() as pool:
        done = pool.submit(desk.do, run_id, desk.source(before_page=hanging))
        assert hanging.hangs.wait(30)
        asked = cancel(desk.database, run_id, "an", "wrong day", NOW)
        assert asked.state == "running"
        assert done.result(30)  # though the department hangs
        assert not hanging.goes_on.is_set()
    run = desk.run(run_id)
    assert (run.state, run.error_code, run.stop_author, run.fetched) == ("cancelled", "cancelled", "an", 1)
    assert run.sentence == (
        "a: an cancelled this run (wrong day). Stored before that: 1 records; the next run goes on at the bookmark."
    )
    hanging.goes_on.set()
    for thread in threading.enumerate():
        if thread.name == "pull-a":
            thread.join(10)
    assert dossiers.totals(desk.database).dossiers == 1
    with pytest.raises(CannotCancel, match=f"Run {run_id} has ended already: cancelled"):
        cancel(desk.database, run_id, "an", "", NOW)


def test_a_run_that_waits_is_cancelled_at_once_and_one_whose_worker_is_gone_by_who_finds_it(desk: Desk) -> None:
    waiting, left = desk.queue(), desk.leave_half_way()
    assert cancel(desk.database, waiting, "an", "", NOW).state == "cancelled"
    assert desk.run(waiting).sentence == (
        "a: an cancelled this run. Nothing was changed; the next run starts from the same bookmark."
    )
    assert not desk.do(waiting)
    cancel(desk.database, left, "bình", "", NOW)
    assert not desk.do(left)
    assert (desk.run(left).state, desk.run(left).stop_author) == ("cancelled", "bình")
    with pytest.raises(LookupError):
        cancel(desk.database, 999, "an", "", NOW)


def test_when_the_hub_is_stopped_a_run_waits_for_another_worker_also_while_its_department_hangs(desk: Desk) -> None:
    run_id, hanging, stop = desk.queue(), Hanging(), threading.Event()
    with ThreadPoolExecutor() as pool:
        done = pool.submit(desk.do, run_id, desk.source(before_page=hanging), stop=stop, give_way=stop.is_set)
        assert hanging.hangs.wait(30)
        stop.set()
        assert done.result(30)
    hanging.goes_on.set()
    run = desk.run(run_id)
    assert (run.state, run.owner, run.attempts[-1]["code"]) == ("queued", None, "stopped")
    assert desk.do(run_id)
    assert (desk.run(run_id).state, desk.run(run_id).fetched) == ("succeeded", PAGES)


def test_the_next_page_is_asked_for_while_this_one_is_stored(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [threading.Event() for _ in range(PAGES)]
    store = page.store_sorted

    def late(work: Any, answer: Any, *more: Any) -> Any:
        following = int(answer.page.bookmark)  # how many pages there are up to this one
        assert following == PAGES or asked[following].wait(30)  # else it would wait for ever
        return store(work, answer, *more)

    monkeypatch.setattr(page, "store_sorted", late)
    run_id = desk.queue()
    assert desk.do(run_id, desk.source(before_page=lambda number: asked[number].set()))
    assert desk.run(run_id).fetched == PAGES


def test_a_page_whose_commit_nobody_heard_of_counts_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    store = page.store_sorted
    broke: list[bool] = []

    def cut_off(*arguments: Any) -> Any:
        found = store(*arguments)
        if not broke:
            broke.append(True)
            raise StoreError("the line broke with the commit")
        return found

    monkeypatch.setattr(page, "store_sorted", cut_off)
    run_id = desk.queue()
    assert desk.do(run_id)
    run = desk.run(run_id)
    assert (run.state, run.pages, run.fetched, run.created, run.unchanged) == ("succeeded", PAGES, PAGES, PAGES, 0)
    assert [(one["code"], one["sentence"]) for one in run.attempts] == [
        ("store_away", "the line broke with the commit")
    ]


def away(*_: Any) -> Any:
    raise StoreError("the database does not answer")


def test_a_database_that_stays_away_leaves_the_run_to_who_finds_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "AWAY_SECONDS", 0.3)
    run_id = desk.queue()
    with monkeypatch.context() as broken:
        broken.setattr(page, "store_sorted", away)
        broken.setattr(Closing, "close", away)
        with pytest.raises(StoreError, match="does not answer"):
            desk.do(run_id)
    assert desk.run(run_id).state == "running"
    assert [one.abandoned for one in to_do(desk.database)] == [True]
    assert desk.do(run_id)
    assert (desk.run(run_id).state, desk.run(run_id).fetched) == ("succeeded", PAGES)


def test_nobody_dies_of_a_disk_that_stays_full(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "AWAY_SECONDS", 0.0)
    run_id = desk.queue()
    with monkeypatch.context() as full:
        full.setattr(page, "store_sorted", away)
        for _ in range(MOST_DEATHS + 1):
            with pytest.raises(StoreError):
                desk.do(run_id)
            assert desk.run(run_id).state == "queued"  # a few bytes can be stored even then
        monkeypatch.setattr(Closing, "close", away)
        for _ in range(MOST_DEATHS + 1):
            with pytest.raises(StoreError):
                desk.do(run_id, owner=this_process())
        monkeypatch.undo()
    assert desk.do(run_id)
    run = desk.run(run_id)
    assert (run.state, run.fetched, run.taken_over) == ("succeeded", PAGES, MOST_DEATHS + 1)
    assert {one["code"] for one in run.attempts} == {"store_away", "lease_lost"}
    assert sum(one["code"] == "store_away" for one in run.attempts) < MOST_DEATHS  # it may be so for days


@on_postgresql
def test_a_worker_whose_page_waits_for_its_turn_is_not_taken_for_dead(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (claiming, reading):
        monkeypatch.setattr(module, "LEASE_SECONDS", 1.0)
    run_id = desk.queue()
    with ThreadPoolExecutor() as pool:
        with desk.database.write() as others:
            laid_out.take_turn(others)
            done = pool.submit(desk.do, run_id)
            assert not done_within(done, 2.5)
            assert to_do(desk.database) == []
        assert done.result(30)
    assert (desk.run(run_id).state, desk.run(run_id).taken_over) == ("succeeded", 0)


def test_a_run_outside_of_its_hours_waits_for_their_end_unless_the_next_run_does_the_same(desk: Desk) -> None:
    later = desk.database.now() + timedelta(hours=1)
    for kind, state in (("full", "queued"), ("incremental", "interrupted")):
        run_id = desk.queue(kind)
        closed = Source("a", desk.source().open, desk.reads, closed_until=lambda _: later)
        assert desk.do(run_id, closed)
        run = desk.run(run_id)
        assert run.state == state
        assert (run.not_before == later) == (kind == "full")
    assert to_do(desk.database) == []


def test_a_run_that_is_cancelled_in_the_instant_it_gives_way_does_not_wait_on(desk: Desk) -> None:
    run_id = desk.queue()

    def give_way() -> bool:
        cancel(desk.database, run_id, "an", "not needed", NOW)
        return True

    assert desk.do(run_id, give_way=give_way)
    assert (desk.run(run_id).state, desk.run(run_id).stop_author, desk.run(run_id).fetched) == ("cancelled", "an", 1)


def test_of_a_full_run_that_waits_half_way_nothing_is_left_when_its_connector_is_paused(desk: Desk) -> None:
    run_id = desk.queue()
    assert desk.do(run_id, give_way=lambda: True)
    assert list(listings.of_run(desk.database, run_id))
    with desk.database.write() as transaction:
        registrations.move(transaction, "a", Move.PAUSE, Signature("an", "they move house", NOW))
    assert desk.run(run_id).state == "interrupted"
    assert not list(listings.of_run(desk.database, run_id))


def test_a_run_whose_connector_is_resumed_before_it_heard_of_the_pause_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = Hanging()
    run_id = desk.queue("incremental")
    under_way = UnderWay(desk.database, lambda _: desk.source(before_page=hanging), "tests")
    assert under_way.begin(run_id, "a", 10)
    with ThreadPoolExecutor() as pool:
        done = pool.submit(under_way.do, "a")
        assert hanging.hangs.wait(30)
        with monkeypatch.context() as paused:  # for so short a time that the run itself never sees it
            paused.setattr(connectors, "active_names", lambda _: set())
            under_way.stop_what_is_paused()
        done.result(30)
    hanging.goes_on.set()
    assert desk.run(run_id).state == "queued"
    assert desk.do(run_id)
    assert (desk.run(run_id).state, desk.run(run_id).fetched) == ("succeeded", PAGES)
