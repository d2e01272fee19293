"""Nothing is lost while records move: every way of paging over a source that changes between two pages."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.changes import to_bookmark
from connectors.contract import Bookmark, Page, Record
from connectors.documents import Contents
from connectors.errors import Changed
from connectors.plan import Ending, Part, Plan, Query, Response, whole
from connectors.settings import ChangedAt
from connectors.walk import walk

START = datetime(2026, 5, 20, tzinfo=UTC)
CHANGED_AT = ChangedAt.model_validate({"from": "x", "zone": "UTC"})
SIZE = 3
OLDEST = Plan(order="oldest_first", asks_since=True, steps=True, page_size=SIZE, changed_at=CHANGED_AT)
NEWEST = Plan(order="newest_first", asks_since=False, steps=True, page_size=SIZE, changed_at=CHANGED_AT)
UNSORTED = Plan(order="none", asks_since=True, steps=True, page_size=SIZE, changed_at=CHANGED_AT)
FULL = Plan(order="none", asks_since=False, steps=True, page_size=SIZE)


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def record(key: int, second: float) -> Record:
    return Record(str(key), None, f"{key} {second}".encode(), at(second))


@dataclass
class Source:
    """A department's register that may change before each answer."""

    records: dict[int, Any]  # key: second of its last change
    plan: Plan
    most: int = 1000  # records that one answer may hold at most
    tells_total: bool = False
    has_clock: bool = True
    leaves_out_since: bool = False  # compares with > where >= is meant
    before_answer: Callable[["Source"], None] = lambda _: None
    asked: list[Query] = field(default_factory=list)

    def ask(self, query: Query) -> Response:
        self.before_answer(self)
        self.asked.append(query)
        found = [record(*item) for item in self.records.items()]
        if self.plan.asks_since and query.since is not None:
            since = query.since
            found = [each for each in found if each.changed_at and each.changed_at >= since]
            if self.leaves_out_since:
                found = [each for each in found if each.changed_at != since]
        if self.plan.order != "none":
            found.sort(key=lambda r: (r.changed_at, r.key), reverse=self.plan.order == "newest_first")
        size = min(self.plan.page_size or (SIZE if self.plan.steps else 1000), self.most)
        first = (query.page - self.plan.first_page) * size
        page = tuple(found[first : first + size])
        last = first + size >= len(found) if self.plan.tells_end else None
        clock = at(max(self.records.values(), default=0)) if self.has_clock else None
        total = len(found) if self.tells_total else None
        return whole(b"", "x", Contents(page, ()), Ending(last, total), clock)

    def pull(self, since: Bookmark | None = None) -> list[Page]:
        return list(walk(self.plan, self.ask, since, "http://source.example/"))


def last_bookmark(pages: list[Page], before: Bookmark | None = None) -> Bookmark | None:
    for page in pages:
        before = page.bookmark or before
    return before


def brought(pages: list[Page]) -> dict[str, bytes]:
    return {each.key: each.raw for page in pages for each in page.records}


def told(response: Response, **says: int) -> Response:
    return replace(response, parts=[replace(part, ending=Ending(**says)) for part in response.parts])  # type: ignore[arg-type]


def held(source: Source) -> dict[str, bytes]:
    return {str(key): record(key, second).raw for key, second in source.records.items()}


PLANS = {
    "oldest first": OLDEST,
    "newest first": NEWEST,
    "unsorted": UNSORTED,
    "full": FULL,
    "oldest first, end told": replace(OLDEST, tells_end=True),
    "newest first, end told": replace(NEWEST, tells_end=True),
    "oldest first, size unknown": replace(OLDEST, page_size=None),
    "no page numbers": replace(OLDEST, steps=False),
    "no page numbers, size unknown": replace(OLDEST, steps=False, page_size=None),
    "one answer": Plan(order="none", asks_since=False, steps=False, page_size=1000),
    "from page 0": replace(NEWEST, first_page=0),
}


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
@pytest.mark.parametrize("count", range(11))
def test_every_record_is_brought_once(plan: Plan, count: int) -> None:
    source = Source({key: key for key in range(count)}, plan)
    pages = source.pull()
    assert brought(pages) == held(source)
    assert sum(len(page.records) for page in pages) == count


@pytest.mark.parametrize("plan", [plan for plan in PLANS.values() if plan.keeps_bookmark])
def test_the_next_pull_brings_only_ties_and_changes(plan: Plan) -> None:
    source = Source({key: key for key in range(10)}, plan)
    bookmark = last_bookmark(source.pull())
    assert bookmark == to_bookmark(at(9))
    known = {"8", "9"} if plan == UNSORTED else {"9"}  # whether its `{since}` leaves out what is at it, does not show
    assert set(brought(source.pull(bookmark))) == known
    source.records[4] = 20
    assert set(brought(source.pull(bookmark))) == known | {"4"}


CHANGES = st.lists(st.tuples(st.sampled_from(["update", "insert", "nothing"]), st.integers(0, 60)), max_size=12)


@pytest.mark.parametrize("has_clock", [True, False])
@pytest.mark.parametrize("leaves_out_since", [False, True])
@pytest.mark.parametrize("plan", [OLDEST, NEWEST, UNSORTED, replace(OLDEST, tells_end=True)])
@given(times=st.lists(st.integers(0, 15), max_size=20), changes=CHANGES, stop=st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_changes_while_paging_and_a_stop_lose_nothing(
    plan: Plan, leaves_out_since: bool, has_clock: bool, times: list[int], changes: list[tuple[str, int]], stop: int
) -> None:
    pending = list(changes)

    def move(source: Source) -> None:
        kind, which = pending.pop() if pending else ("nothing", 0)
        now = max(source.records.values(), default=0) + 1
        if kind == "insert":
            source.records[len(source.records)] = now
        elif kind == "update" and source.records:
            source.records[which % len(source.records)] = now

    source = Source(dict(enumerate(times)), plan, has_clock=has_clock, before_answer=move)
    source.leaves_out_since = leaves_out_since
    steps = walk(plan, source.ask, None, "http://source.example/")
    first = list(islice(steps, stop))
    second = source.pull(last_bookmark(first))
    pending.clear()
    third = source.pull(last_bookmark(second, last_bookmark(first)))
    assert brought(first) | brought(second) | brought(third) == held(source)


@pytest.mark.parametrize("ties", [SIZE - 1, SIZE, SIZE + 1, 3 * SIZE, 3 * SIZE + 1])
def test_ties_across_pages_are_all_brought(ties: int) -> None:
    records = {0: 0} | dict.fromkeys(range(1, ties + 1), 5) | {99: 9}
    source = Source(records, OLDEST)
    assert brought(source.pull()) == held(source)
    assert brought(source.pull(to_bookmark(at(5)))) == {k: v for k, v in held(source).items() if k != "0"}


@pytest.mark.parametrize("ties", [1, SIZE - 1, SIZE, SIZE + 1, 3 * SIZE + 1])
@pytest.mark.parametrize("milliseconds", [0, 250])
def test_a_system_that_leaves_out_changes_at_since_loses_no_ties(ties: int, milliseconds: int) -> None:
    start = START + timedelta(milliseconds=milliseconds)
    times = [start + timedelta(seconds=5 * (key // ties)) for key in range(4 * ties)]
    source = Source({key: (time - START) / timedelta(seconds=1) for key, time in enumerate(times)}, OLDEST)
    source.leaves_out_since = True
    assert brought(source.pull()) == held(source)


def test_ties_that_come_late_are_not_left_out_by_the_next_pull() -> None:
    source = Source({key: key for key in range(SIZE)}, OLDEST, leaves_out_since=True)
    bookmark = last_bookmark(source.pull())
    source.records[99] = SIZE - 1
    assert "99" in brought(source.pull(bookmark))


def test_whether_changes_at_since_are_left_out_is_asked_once_and_only_where_it_does_not_show() -> None:
    shows = Source({key: key for key in range(10)}, OLDEST)
    hides = Source({key: key for key in range(10)}, OLDEST, leaves_out_since=True)
    shows.pull(), hides.pull()
    assert [each.since for each in shows.asked[1:]] == [at(2), at(4), at(6), at(8)]
    assert len(hides.asked) == len(shows.asked) + 1


def test_an_overlap_asks_again_from_before_the_bookmark() -> None:
    overlapping = ChangedAt.model_validate({"from": "x", "zone": "UTC", "overlap_seconds": 3})
    source = Source({key: key for key in range(10)}, replace(OLDEST, changed_at=overlapping))
    assert set(brought(source.pull(to_bookmark(at(9))))) == {"6", "7", "8", "9"}
    newest = Source(source.records, replace(NEWEST, changed_at=overlapping))
    assert set(brought(newest.pull(to_bookmark(at(9))))) == {"6", "7", "8", "9"}


def test_an_overlap_makes_up_for_a_system_that_leaves_out_changes_at_since() -> None:
    overlapping = ChangedAt.model_validate({"from": "x", "zone": "UTC", "overlap_seconds": 1})
    plan = replace(OLDEST, steps=False, changed_at=overlapping, page_size=5)
    records = {key: 3 * (key // 4) for key in range(21)}  # four of each time, pages of five
    source = Source(records, plan, leaves_out_since=True)
    assert brought(source.pull()) == held(source)


def test_newest_first_stops_at_the_bookmark() -> None:
    source = Source({key: key for key in range(1000)}, NEWEST)
    source.pull(to_bookmark(at(995)))
    assert [query.page for query in source.asked] == [1, 2, 1, 2]


def test_the_bookmark_of_newest_first_comes_only_with_the_last_page() -> None:
    pages = Source({key: key for key in range(10)}, NEWEST).pull()
    *others, last = [page.bookmark for page in pages]
    assert set(others) == {None}
    assert last == to_bookmark(at(9))


def test_a_record_that_slips_onto_a_page_that_was_read_is_brought_all_the_same() -> None:
    def delete_one(source: Source) -> None:
        if len(source.asked) == 1:
            del source.records[9]  # on the first page, which was read: what follows moves up

    source = Source({key: key for key in range(10)}, NEWEST, before_answer=delete_one)
    pages = source.pull()
    assert set(held(source)) <= set(brought(pages))
    assert last_bookmark(pages) == to_bookmark(at(9))


@pytest.mark.parametrize("plan", [OLDEST, NEWEST, UNSORTED])
def test_a_record_from_the_future_does_not_carry_the_bookmark_away(plan: Plan) -> None:
    source = Source({1: 1, 2: 2, 3: 10**9}, plan)
    today = replace(source.ask(Query(None, 1)), date=at(2)).date
    pages = list(walk(plan, lambda query: replace(source.ask(query), date=today), None, "here"))
    assert last_bookmark(pages) == to_bookmark(at(2))


@pytest.mark.parametrize("plan", [OLDEST, NEWEST, UNSORTED, FULL])
def test_a_system_that_allows_fewer_records_than_asked_for_is_read_to_its_end(plan: Plan) -> None:
    source = Source({key: key for key in range(10)}, plan, most=2)
    assert brought(source.pull()) == held(source)


def test_a_total_ends_a_short_first_page_without_another_question() -> None:
    source = Source({1: 1, 2: 2}, FULL, tells_total=True)
    assert [page.total for page in source.pull()] == [2]
    assert len(source.asked) == 1


def test_a_total_that_is_too_small_ends_nothing() -> None:
    source = Source({key: key for key in range(10)}, FULL)
    pages = list(walk(FULL, lambda query: told(source.ask(query), total=1), None, "here"))
    assert brought(pages) == held(source)


def test_a_total_of_a_whole_list_is_not_the_total_of_this_pull() -> None:
    source = Source({key: key for key in range(10)}, NEWEST, tells_total=True)
    assert {page.total for page in source.pull()} == {10}
    assert {page.total for page in source.pull(to_bookmark(at(9)))} == {None}


def test_repeated_records_are_counted() -> None:
    pages = Source(dict.fromkeys(range(4), 5), OLDEST).pull()
    assert sum(page.repeated for page in pages) == 6  # asked again from their time, and once more to be sure
    assert len(brought(pages)) == 4


COUNTED = [FULL, NEWEST, UNSORTED, replace(FULL, tells_end=True)]


@pytest.mark.parametrize(
    ("plan", "count"), [(OLDEST, SIZE), *((plan, count) for plan in COUNTED for count in (SIZE, SIZE - 1))]
)
def test_a_page_that_comes_for_ever_ends_as_stuck(plan: Plan, count: int) -> None:
    always = tuple(record(key, 1) for key in range(count))
    with pytest.raises(Changed, match="same records") as caught:
        list(
            walk(plan, lambda _: whole(b"", "x", Contents(always, ()), Ending(last=False)), to_bookmark(START), "here")
        )
    assert caught.value.code == "stuck"


def test_a_since_that_is_not_kept_to_is_not_taken_for_the_end() -> None:
    source = Source({key: key * 90_000 for key in range(10)}, replace(OLDEST, asks_since=False))
    with pytest.raises(Changed, match="same records"):
        list(walk(OLDEST, lambda _: source.ask(Query(None, 1)), None, "here"))


def test_more_records_of_one_time_than_fit_without_pages_is_stuck() -> None:
    with pytest.raises(Changed, match="no way to ask"):
        Source(dict.fromkeys(range(4), 5), replace(OLDEST, steps=False)).pull()


def test_links_are_followed_to_their_end_and_never_twice() -> None:
    plan = Plan(order="none", asks_since=False, steps=False, follows_links=True)
    links = {None: "b", "b": "c", "c": None}

    def ask(query: Query) -> Response:
        contents = Contents((record(hash(query.link), 1),), ())
        return whole(b"", "x", contents, Ending(next_link=links[query.link]))

    assert len(list(walk(plan, ask, None, "here"))) == 3
    links["c"] = "b"
    with pytest.raises(Changed, match="read already"):
        list(walk(plan, ask, None, "here"))


def test_an_empty_page_ends_links_that_never_end() -> None:
    plan = Plan(order="none", asks_since=False, steps=False, follows_links=True)
    assert list(walk(plan, lambda _: whole(b"", "x", Contents((), ()), Ending(next_link="more")), None, "here")) == []


@pytest.mark.parametrize(("plan", "seconds"), [(OLDEST, (2, 1)), (NEWEST, (1, 2))])
def test_records_in_another_order_than_told_are_refused(plan: Plan, seconds: tuple[int, int]) -> None:
    contents = Contents(tuple(record(s, s) for s in seconds), ())
    with pytest.raises(Changed, match="do not come") as caught:
        list(walk(plan, lambda _: whole(b"", "x", contents), None, "here"))
    assert caught.value.code == "order"


def test_an_end_that_is_not_told_though_it_should_be_is_refused() -> None:
    contents = Contents((record(1, 1),), ())
    with pytest.raises(Changed, match="whether it is the last"):
        list(walk(replace(FULL, tells_end=True), lambda _: whole(b"", "x", contents), None, "here"))


@pytest.mark.parametrize("says", [{"total": 5}, {"last": False}])
def test_records_that_are_promised_but_not_found_are_not_taken_for_none(says: dict[str, int]) -> None:
    with pytest.raises(Changed, match="none is found"):
        list(walk(FULL, lambda _: whole(b"", "x", Contents((), ()), Ending(**says)), None, "here"))  # type: ignore[arg-type]


def test_records_without_any_change_time_cannot_be_followed() -> None:
    timeless = Contents((Record("1", None, b""),), ())
    with pytest.raises(Changed, match="says when it changed"):
        list(walk(OLDEST, lambda _: whole(b"", "x", timeless), None, "here"))


def in_parts(*parts: tuple[int, ...], ending: Ending | None) -> Response:
    contents = [Contents(tuple(record(second, second) for second in part), ()) for part in parts]
    made = [Part(b"", "x", each) for each in contents]
    return Response((*made[:-1], replace(made[-1], ending=ending)), at(99))


def test_each_part_of_an_answer_is_a_page_and_only_the_last_earns_the_bookmark() -> None:
    answers = iter([in_parts((1, 2), (3,), (4, 5), ending=Ending(total=5, last=True))])
    plan = replace(UNSORTED, tells_end=True, tells_total=True)
    pages = list(walk(plan, lambda _: next(answers), None, "here"))
    assert [[each.key for each in page.records] for page in pages] == [["1", "2"], ["3"], ["4", "5"]]
    assert [page.bookmark for page in pages] == [None, None, to_bookmark(at(5))]
    assert [page.total for page in pages] == [None, None, 5]


def test_the_order_is_looked_at_over_the_edges_of_parts() -> None:
    with pytest.raises(Changed, match="do not come"):
        list(walk(OLDEST, lambda _: in_parts((1, 5), (2, 6), ending=Ending()), None, "here"))


def test_a_huge_answer_that_comes_for_ever_ends_as_stuck() -> None:
    with pytest.raises(Changed, match="same records"):
        list(walk(FULL, lambda _: in_parts((1, 2), (3, 4), ending=Ending()), None, "here"))


def test_an_answer_without_an_ending_is_a_mistake_of_ours() -> None:
    with pytest.raises(RuntimeError, match="without an ending"):
        list(walk(FULL, lambda _: in_parts((1,), ending=None), None, "here"))


def test_cursors_are_followed_to_their_end_and_never_twice() -> None:
    plan = Plan(order="none", asks_since=False, steps=False, follows_cursor=True)
    cursors = {None: "b", "b": "c", "c": None}

    def ask(query: Query) -> Response:
        contents = Contents((record(hash(query.cursor), 1),), ())
        return whole(b"", "x", contents, Ending(next_cursor=cursors[query.cursor]))

    assert len(list(walk(plan, ask, None, "here"))) == 3
    cursors["c"] = "b"
    with pytest.raises(Changed, match="read already") as caught:
        list(walk(plan, ask, None, "here"))
    assert caught.value.code == "stuck"


def test_the_last_key_as_a_cursor_ends_on_an_empty_answer() -> None:
    plan = Plan(order="none", asks_since=False, steps=False, follows_cursor=True, page_size=SIZE)

    def ask(query: Query) -> Response:
        first = int(query.cursor or -1) + 1
        found = Contents(tuple(record(key, 1) for key in range(first, min(first + SIZE, 7))), ())
        return whole(b"", "x", found, Ending(next_cursor=found.records[-1].key if found.records else None))

    pages = list(walk(plan, ask, None, "here"))
    assert sorted(brought(pages)) == [str(key) for key in range(7)]
