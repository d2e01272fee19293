import json
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from hub.store import newest, ranked
from hub.store.database import Database
from hub.store.filters import Filter
from hub.store.ranked import AFTER_THE_NAMED, Ranked, RankedPlace, Tier, ranked_page
from hub.store.scope import ALL, Scope
from hub.store.tables import dossiers
from tests.hub.store.searchable import Reference, Told, clear, expected, learn, put

FAMILIES, MIDDLES, GIVEN = ("Nguyễn", "Trần", "Ngô"), ("Văn", "Thị", "Vân"), ("An", "Anh", "Đức", "Hương")
SAID = ("cấp", "phiếu", "lý", "lịch", "tư", "pháp", "hương", "nguyên", "2026", "h29", "260302")
TYPED = ("nguyen", "nguyne", "tran", "van", "vna", "vam", "thi", "an", "a", "duc", "huong", "hung", "phieu", "phiu")
NAMES = st.builds(" ".join, st.tuples(*(st.sampled_from(part) for part in (FAMILIES, MIDDLES, GIVEN))))
DOSSIERS = st.builds(
    Told,
    NAMES,
    st.lists(st.sampled_from(SAID), max_size=4).map(" ".join),
    st.sampled_from(("2026-03-02T01:00:00Z", "2026-03-01T01:00:00Z", "")),
    st.sampled_from(("HS-260302/01", "24-0171")),
)
QUERIES = st.one_of(
    NAMES, st.lists(st.sampled_from(TYPED + SAID + ("24", "2603", "0")), min_size=1, max_size=4).map(" ".join)
)
FEW_LOOKS = ((2, 0), (5, 2))  # so that a handful of dossiers is what a million is to the hub


def whole(database: Database, typed: str, limit: int, scope: Scope = ALL) -> Reference:
    """All pages of a search."""
    found: list[int] = []
    page, after = Ranked([]), None
    while True:
        page = ranked_page(database, Filter(words=typed), scope, after, limit)
        found += [row.id for row in page.rows]
        assert len(page.rows) == limit or page.next in (None, AFTER_THE_NAMED)
        if page.next is None:
            return Reference(found, page.corrected)
        after = RankedPlace.read(json.loads(json.dumps(page.next)))
        assert after == page.next


@given(told=st.lists(DOSSIERS, min_size=1, max_size=12), typed=QUERIES, limit=st.integers(1, 5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@pytest.mark.parametrize("looks", [newest._LOOKS, FEW_LOOKS])
def test_both_databases_find_what_plain_python_finds_in_the_same_order(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    looks: Sequence[tuple[int, int]],
    told: list[Told],
    typed: str,
    limit: int,
) -> None:
    monkeypatch.setattr(newest, "_LOOKS", looks)
    clear(database)
    ids = put(database, told)
    learn(database)
    assert whole(database, typed, limit) == expected(list(zip(ids, told, strict=True)), typed)


def test_who_is_named_so_comes_first_and_then_who_holds_the_words_each_newest_first(database: Database) -> None:
    told = [
        Told("Nguyễn Văn An", received_at="2026-03-01T01:00:00Z"),
        Told("Nguyễn Văn Anh", received_at="2026-03-05T01:00:00Z"),
        Told("NGUYEN VAN AN", received_at="2026-03-02T01:00:00Z"),
        Told("Trần Thị Bình", "ủy quyền cho Nguyễn Văn An", received_at="2026-03-04T01:00:00Z"),
        Told("Trần Thị Bình", "của Nguyễn Thị An", received_at="2026-03-06T01:00:00Z"),
    ]
    ids = put(database, told)
    assert whole(database, "nguyễn văn an", 2) == Reference([ids[2], ids[0], ids[1], ids[3]], {})


@pytest.mark.parametrize("looks", [newest._LOOKS, FEW_LOOKS])
def test_only_the_last_word_and_numbers_may_be_the_beginning_of_one(
    database: Database, monkeypatch: pytest.MonkeyPatch, looks: Sequence[tuple[int, int]]
) -> None:
    monkeypatch.setattr(newest, "_LOOKS", looks)
    ids = put(database, [Told("Nguyễn Văn An", code="HS-260302/01") for _ in range(7)])
    for typed in ("van nguy", "2603 nguyen", "an v", "0 van", "n"):
        assert set(whole(database, typed, 3).found) == set(ids)
    for typed in ("nguy van", "0302 van", "a van", "guyen", "n van"):
        assert whole(database, typed, 3).found == []


def test_a_slip_is_only_looked_for_where_nothing_holds_what_was_typed(database: Database) -> None:
    right, slip = put(database, [Told("Nguyễn Văn Hương"), Told("Nguyễn Vna Đức")])
    learn(database)
    assert whole(database, "nguyen vna", 5) == Reference([slip], {})
    assert whole(database, "nguyne van huong", 5) == Reference([right], {"nguyne": ["nguyen"]})
    assert whole(database, "nguyen vna huong", 5) == Reference([right], {"vna": ["van"]})
    assert whole(database, "nguyen van huogn", 5) == Reference([right], {"huogn": ["huong"]})
    assert whole(database, "xxxx van huogn", 5) == Reference([], {})


def test_nobody_learns_words_of_dossiers_that_are_not_theirs_to_see(database: Database) -> None:
    put(database, [Told("Trần Văn Quyết", agency="H02"), Told("Trần Văn Quyên", agency="H01")])
    learn(database)
    mine = Scope(frozenset({"H01"}), None, None, ALL.rank)
    found = whole(database, "tran van quyem", 5, mine)
    assert (len(found.found), found.corrected) == (1, {"quyem": ["quyen"]})
    assert whole(database, "tran van quyeet", 5, mine) == Reference([], {})
    assert whole(database, "tran van quyeet", 5).corrected == {"quyeet": ["quyet"]}


def test_a_filter_holds_for_every_tier(database: Database) -> None:
    told = [Told("Nguyễn Văn An", agency=agency) for agency in ("H01", "H02")]
    ids = put(database, told)
    learn(database)
    for typed in ("nguyen van an", "van nguyen", "nguyne van"):
        page = ranked_page(database, Filter(words=typed, agency="h02"), ALL)
        assert [row.id for row in page.rows] == [ids[1]]
    named = ranked_page(database, Filter(words="van nguyen", name_is="Nguyễn Văn An"), ALL)
    assert {row.id for row in named.rows} == set(ids)
    assert ranked_page(database, Filter(words="van nguyen", name_is="Nguyễn Văn"), ALL).rows == []


@pytest.mark.parametrize("typed", ["nguyen van an", "van nguyen", "nguyne van"])
def test_pages_neither_repeat_nor_leave_out_what_was_there_while_others_come_and_go(
    database: Database, typed: str
) -> None:
    days = [f"2026-03-{day:02}T01:00:00Z" for day in range(1, 13)]
    ids = put(
        database, [Told(("Nguyễn Văn An", "An Nguyễn Văn")[at % 2], received_at=day) for at, day in enumerate(days)]
    )
    learn(database)
    whole_list = whole(database, typed, 100).found
    assert set(whole_list) == set(ids)
    seen: list[int] = []
    after = None
    while True:
        page = ranked_page(database, Filter(words=typed), ALL, after, 3)
        seen += [row.id for row in page.rows]
        if page.next is None:
            break
        after = page.next
        put(database, [Told("Nguyễn Văn An", received_at="2026-04-01T01:00:00Z")])  # before every place
        with database.write() as transaction:
            transaction.execute(delete(dossiers).where(dossiers.c.id == after.id))  # its place remains
    assert seen == whole_list


def test_a_place_goes_on_with_the_same_corrections(database: Database) -> None:
    put(database, [Told("Nguyễn Văn An"), Told("Nguyễn Văn Đức"), Told("Nguyễn Văn Anh")])
    learn(database)
    first = ranked_page(database, Filter(words="nguyne van"), ALL, None, 2)
    assert first.next is not None
    assert (first.next.tier, first.next.corrections) == (Tier.MEANT, {"nguyne": ["nguyen"]})
    put(database, [Told("Nguyne Văn An", received_at="2026-04-01T01:00:00Z")])
    second = ranked_page(database, Filter(words="nguyne van"), ALL, first.next, 2)
    assert (len(second.rows), second.corrected) == (1, first.corrected)


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        [1, "2026-03-01T01:00:00Z", 1],
        [4, "", 1, {}],
        [True, "", 0, {}],
        [1, "\0", 1, {}],
        [1, "", 2**63, {}],
        [1, 5, 1, {}],
        [3, "", 1, {"a' | 'b": ["c"]}],
        [3, "", 1, {"van": ["c:*"]}],
        [3, "", 1, {"van": "vang"}],
        [3, "", 1, {"van": [""]}],
        [3, "", 1, {f"w{number}": [] for number in range(ranked.MOST_CORRECTED + 1)}],
        [3, "", 1, {"van": ["vang"] * 21}],
    ],
)
def test_what_is_no_place_is_told_so(document: object) -> None:
    with pytest.raises(ValueError, match="no place in a search"):
        RankedPlace.read(document)


def test_a_place_that_somebody_changed_finds_only_what_may_be_seen(database: Database) -> None:
    put(database, [Told("Trần Văn Quyết", agency="H02")])
    learn(database)
    mine = Scope(frozenset({"H01"}), None, None, ALL.rank)
    made = RankedPlace.read([3, "9999", 2**63 - 1, {"xxxx": ["quyet"]}])
    assert ranked_page(database, Filter(words="xxxx"), mine, made).rows == []
    assert len(ranked_page(database, Filter(words="xxxx"), ALL, made).rows) == 1


def test_whoever_types_a_whole_name_is_shown_those_first_and_asks_for_the_others(database: Database) -> None:
    named, other = put(database, [Told("Nguyễn Văn An"), Told("An Nguyễn Văn")])
    learn(database)
    first = ranked_page(database, Filter(words="nguyễn văn an"), ALL, None, 50)
    assert ([row.id for row in first.rows], first.next) == ([named], AFTER_THE_NAMED)
    second = ranked_page(database, Filter(words="nguyễn văn an"), ALL, first.next, 50)
    assert ([row.id for row in second.rows], second.next) == ([other], None)
