"""Lists find what their filter says in plain Python, for every combination, on both databases, and nothing else."""

import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.record.moments import as_text
from hub.store import asking, catalogue, known_catalogue
from hub.store.catalogue import AGENCIES, FROM_FILE, PROCEDURES
from hub.store.counting import count
from hub.store.database import Database
from hub.store.filters import Due, Filter, narrowed
from hub.store.finding import Sort, by_id, keys_of, matches, page, place_of, walk
from hub.store.scope import ALL, Scope
from hub.store.walking import by_order, value_by_value
from tests.hub.store import found_rows as made
from tests.hub.store.found_rows import AT, NOW, Row, filled, holds, in_order
from tests.hub.store.test_catalogue import _agency, _procedure

TODAY = date(2026, 5, 20)
BELOW = frozenset({"H29.1", "H29.2", "H29.3"})
FULL = frozenset({"1.000001", "1.000002"})
DESCENDING = (Sort.RECEIVED, Sort.COMPLETED, Sort.CHANGED)


def some(chance: random.Random, *values: Any) -> Any:
    """One of these, mostly none: what is asked for together should find something."""
    return chance.choice(values) if chance.random() < 0.15 else None


def asked(chance: random.Random) -> Filter:
    periods = {
        f"{name}_{end}": made.time(chance) or None
        for name in ("received", "due", "completed", "changed")
        for end in ("from", "to")
        if chance.random() < 0.08
    }
    return Filter(
        **periods,
        agency=some(chance, "H29.1", "h29.4", "nobody"),
        procedure=some(chance, "1.000001", "1.000002.000.00.00.H29", "9.999999"),
        field=some(chance, "g15-tp01", "none"),
        status=some(chance, "processing", ("processing",), ("accepted", "completed", "processing"), ()),
        channel=some(chance, "online"),
        connector=some(chance, *made.CONNECTORS, "none"),
        due=some(chance, *(Due(state, AT) for state in made.STANDINGS)),
        conflicts=some(chance, True, False),
        gone=chance.choice((False, False, True, None)),
        identity=some(chance, "000190000001", "000 190 000002", "-"),
        phone=some(chance, "+84 90 000 0001", "abc"),
        name_is=some(chance, "NGUYEN VAN AN", "Đặng Thị Bình", "..."),
        name_is_not=some(chance, "Nguyễn Văn Ân"),
        level=some(chance, "full", "partial"),
        confidentiality=some(chance, "normal", "sensitive"),
        words=some(chance, "nguyen", "24 dang"),
        day=TODAY,
    )


def seen(chance: random.Random) -> Scope:
    if chance.random() < 0.4:
        return ALL
    agencies = chance.choice((None, frozenset({"H29.2"}), frozenset({"H29.2", "H29.4", "H29.5"}), frozenset()))
    procedures = chance.choice((None, None, None, frozenset({"1.000001", "2.000003"})))
    fields = chance.choice((None, None, None, frozenset({"G15-TP01", "G15-TP02"})))
    return Scope(agencies, procedures, fields, chance.choice((0, 1, 2)))


@pytest.fixture
def rows(database: Database) -> list[Row]:
    """Three hundred, some of them part of others; three agencies are one below the other."""
    chance = random.Random(6)
    kept = [made.row(chance, number) for number in range(1, 301)]
    for one in kept[::20]:
        one["merged_into"] = 1
    kept[0]["merged_into"] = None
    parents = {"H29.1": "", "H29.2": "H29.1", "H29.3": "H29.2", "H29.4": ""}
    agencies = [_agency({"code": code, "name": code, "parent_code": above}) for code, above in parents.items()]
    levels = {"1.000001": "full", "1.000002.000.00.00.H29": "full", "2.000003": "partial"}
    procedures = [_procedure({"code": code, "name": code, "online_level": level}) for code, level in levels.items()]
    with database.write() as transaction:
        catalogue.write(transaction, AGENCIES, FROM_FILE, agencies, NOW)
        catalogue.write(transaction, PROCEDURES, FROM_FILE, procedures, NOW)
    return filled(database, kept)


def found(rows: list[Row], wanted: Filter, scope: Scope) -> list[Row]:
    agencies = BELOW if wanted.agency == "H29.1" else frozenset({(wanted.agency or "").upper()})
    levels = FULL if wanted.level == "full" else frozenset({"2.000003"})
    return [one for one in rows if holds(wanted, scope, one, agencies, levels)]


def test_every_combination_of_filter_scope_and_sort_finds_what_it_says(database: Database, rows: list[Row]) -> None:
    chance, some_found = random.Random(9), 0
    for _ in range(400):
        wanted, scope, sort = asked(chance), seen(chance), chance.choice(list(Sort))
        right = in_order(found(rows, wanted, scope), keys_of(sort), descending=sort in DESCENDING)
        paged: list[int] = []
        after, size = None, chance.choice((3, 7, 50))
        while got := page(database, wanted, scope, sort, after, size):
            paged += [one.id for one in got]
            after = place_of(got[-1], sort)
        assert paged == [one["id"] for one in right], (wanted, scope, sort)
        ids = [one["id"] for one in rows]
        assert matches(database, ids, wanted, scope) == {one["id"] for one in right}
        walked = walk(database, wanted, scope, 10, 250, 1000)
        assert [one.id for one in walked] == sorted(one["id"] for one in right if 10 < one["id"] <= 250)
        some_found += bool(right)
    assert some_found > 120


def test_a_row_is_read_as_it_was_stored(database: Database, rows: list[Row]) -> None:
    stored = {one["id"]: one for one in rows}
    listed = page(database, Filter(gone=None), ALL, limit=1000)
    assert len(listed) > 250
    for one in [*listed, *by_id(database, list(stored), ALL).values()]:
        for name in one._fields:
            assert getattr(one, name) == stored[one.id][name], name
        assert str(one.changed_at.tzinfo) == "UTC"


def test_by_id_finds_what_is_part_of_another_or_gone_but_nothing_outside_of_the_scope(
    database: Database, rows: list[Row]
) -> None:
    ids = [one["id"] for one in rows]
    assert set(by_id(database, ids, ALL)) == set(ids)
    scope = Scope(frozenset({"H29.2"}), None, None, 0)
    inside = {one["id"] for one in rows if one["agency"] == "H29.2" and one["confidentiality"] == 0}
    assert set(by_id(database, [*ids, 10**9], scope)) == inside != set()
    assert by_id(database, [], ALL) == {}


def test_a_place_of_one_order_is_none_of_another(database: Database, rows: list[Row]) -> None:
    (first,) = page(database, Filter(), ALL, limit=1)
    with pytest.raises(ValueError, match="in which it began"):
        page(database, Filter(), ALL, Sort.DUE, place_of(first, Sort.RECEIVED))


def test_words_that_cannot_be_searched_are_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="neither a letter nor a digit"):
        page(database, Filter(words="---"), ALL)


def test_an_empty_set_of_ids_or_agencies_finds_nothing(database: Database, rows: list[Row]) -> None:
    assert matches(database, [], Filter(), ALL) == set()
    assert page(database, Filter(), Scope(frozenset(), None, None, 2)) == []
    assert page(database, Filter(), Scope(None, frozenset(), None, 2)) == []


def test_a_dossier_without_agency_is_in_no_limited_scope(database: Database, rows: list[Row]) -> None:
    every = frozenset(made.AGENCIES) - {""}
    listed = page(database, Filter(gone=None), Scope(every, None, None, 2), limit=1000)
    assert listed
    assert all(one.agency for one in listed)


def test_what_the_catalogue_says_is_kept_for_seconds_only(
    database: Database, rows: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = Filter(agency="H29.4", day=TODAY, gone=None)
    before = len(page(database, wanted, ALL, limit=1000))
    with database.write() as transaction:
        moved = _agency({"code": "H29.5", "name": "H29.5", "parent_code": "H29.4"})
        catalogue.write(transaction, AGENCIES, FROM_FILE, [moved], NOW)
    assert len(page(database, wanted, ALL, limit=1000)) == before
    passed = known_catalogue.monotonic() + known_catalogue.SECONDS
    monkeypatch.setattr(known_catalogue, "monotonic", lambda: passed)
    assert len(page(database, wanted, ALL, limit=1000)) > before


@pytest.mark.parametrize("sort", [Sort.RECEIVED, Sort.RECEIVED_FIRST])
def test_walking_value_by_value_finds_the_same_as_sorting_all(database: Database, rows: list[Row], sort: Sort) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no LATERAL")
    chance, descending, walked = random.Random(3), sort is Sort.RECEIVED, 0
    while walked < 60:
        agencies = frozenset(chance.sample(made.AGENCIES, chance.randint(1, 5)))
        statuses = chance.choice((None, "processing", tuple(chance.sample(made.STATUSES, 3))))
        scope = Scope(agencies if chance.random() < 0.8 else None, None, None, chance.choice((0, 2)))
        wanted = Filter(status=statuses, received_from=chance.choice((None, as_text(NOW))))
        left = narrowed(database, wanted, scope)
        assert left is not None
        if (values := left.walked) is None:
            continue
        walked += 1
        limit, few = chance.randint(1, 60), chance.randint(1, 60)
        walk_one = value_by_value(left.names, values.columns, limit, few, descending=descending, goes_on=False)
        sorted_ = by_order("postgresql", left.all_names, keys_of(sort), limit, descending=descending, goes_on=False)
        one = asking.ask(database, walk_one, {**left.values, **values.values})
        assert one == asking.ask(database, sorted_, left.all_values)


def test_only_lists_that_ask_for_nothing_rare_are_walked_value_by_value(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no LATERAL")
    two = Scope(frozenset({"A", "B"}), None, None, 0)

    def is_walked(wanted: Filter, scope: Scope = two) -> bool:
        left = narrowed(database, wanted, scope)
        return left is not None and left.walked is not None

    common = Filter(received_from="2026-05-01T00:00:00Z")
    assert is_walked(common)
    assert is_walked(replace(common, status="processing"))
    assert is_walked(replace(common, status=("processing", "accepted")))
    assert is_walked(replace(common, status=("processing", "accepted")), ALL)
    assert not is_walked(common, ALL)
    for rare in ({"identity": "000190000001"}, {"words": "an"}, {"connector": "c"}, {"gone": True}, {"field": "f"}):
        assert not is_walked(Filter(**rare))
    assert not is_walked(common, Scope(frozenset(map(str, range(3000))), None, None, 0))


def test_lists_that_are_asked_alike_are_one_statement(database: Database, rows: list[Row]) -> None:
    if database.is_sqlite:
        pytest.skip("only PostgreSQL is asked by text")
    for agency in ("H29.2", "H29.3", "H29.4"):
        page(database, Filter(agency="H29.5", received_from="2026-05-01T00:00:00Z"), ALL)
        known = asking._compiled.cache_info().misses
        page(database, Filter(agency=agency, received_from="2026-06-01T00:00:00Z"), ALL, limit=50)
    assert count(database, Filter(), ALL, exact=True).number > 0
    assert asking._compiled.cache_info().misses <= known + 1
