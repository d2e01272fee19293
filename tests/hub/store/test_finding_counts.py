"""Counting: exactly, about, by groups; and what happens where that takes too long."""

import random
from collections import Counter

import pytest
from sqlalchemy import insert, text

from hub.store import counting
from hub.store.counting import Count, TooManyToCount, count, counted
from hub.store.database import Database
from hub.store.filters import Filter
from hub.store.finding import page
from hub.store.scope import ALL, Scope
from hub.store.tables import dossiers
from tests.hub.store import found_rows as made
from tests.hub.store.found_rows import filled

MINE = Scope(frozenset({"H29.1", "H29.2"}), None, None, 1)


@pytest.fixture
def _filled(database: Database) -> None:
    chance = random.Random(4)
    filled(database, (made.row(chance, number) for number in range(1, 201)))


@pytest.mark.usefixtures("_filled")
@pytest.mark.parametrize("scope", [ALL, MINE, Scope(frozenset(), None, None, 2)])
@pytest.mark.parametrize("wanted", [Filter(), Filter(status=("processing", "accepted")), Filter(words="dang")])
def test_an_exact_count_is_that_of_the_list(database: Database, wanted: Filter, scope: Scope) -> None:
    listed = page(database, wanted, scope, limit=1000)
    assert count(database, wanted, scope, exact=True) == Count(len(listed), "exact")


@pytest.mark.usefixtures("_filled")
@pytest.mark.parametrize("wanted", [Filter(), Filter(words="dang", changed_from="2020-01-01T00:00:00Z")])
def test_an_estimate_says_what_it_is_and_is_near(database: Database, wanted: Filter) -> None:
    exact = count(database, wanted, ALL, exact=True).number
    if not database.is_sqlite:
        with database.write() as connection:
            connection.execute(text("ANALYZE dossiers"))
    about = count(database, wanted, ALL, exact=False)
    assert about.how == ("exact" if database.is_sqlite else "estimate")
    assert exact / 10 <= about.number <= exact * 2


@pytest.mark.usefixtures("_filled")
def test_sqlite_counts_up_to_a_bound_and_says_so(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL has statistics")
    monkeypatch.setattr(counting, "MOST_COUNTED", 50)
    assert count(database, Filter(), ALL, exact=False) == Count(50, "at_least")


@pytest.mark.usefixtures("_filled")
@pytest.mark.parametrize("by", [("status",), ("agency", "status"), ("procedure", "field"), ("channel",)])
@pytest.mark.parametrize("scope", [ALL, MINE])
def test_groups_are_counted_as_the_list_has_them(database: Database, by: tuple[counting.By, ...], scope: Scope) -> None:
    wanted = Filter(received_from="2026-05-16T00:00:00Z")
    rows = page(database, wanted, scope, limit=1000)
    values = [{"channel": one["channel"]} for one in _channels(database, [row.id for row in rows])]
    keys = [
        tuple(values[at]["channel"] if name == "channel" else getattr(row, name, row.values.get(name)) for name in by)
        for at, row in enumerate(rows)
    ]
    groups = counted(database, by, wanted, scope)
    assert dict(groups) == dict(Counter(keys))
    assert [keys for keys, _ in groups] == sorted(
        (keys for keys, _ in groups), key=lambda k: [(x is not None, x or "") for x in k]
    )


def _channels(database: Database, ids: list[int]) -> list[dict[str, str | None]]:
    with database.read() as connection:
        told = dict(connection.execute(dossiers.select().with_only_columns(dossiers.c.id, dossiers.c.channel)).all())
    return [{"channel": told[one]} for one in ids]


@pytest.mark.parametrize("by", [(), ("agency", "status", "field"), ("status", "status"), ("identity",)])
def test_what_is_not_counted_by_is_refused(database: Database, by: tuple[counting.By, ...]) -> None:
    with pytest.raises(ValueError, match="one or two of agency, status"):
        counted(database, by, Filter(), ALL)


@pytest.mark.usefixtures("_filled")
def test_too_many_groups_are_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST_GROUPS", 3)
    with pytest.raises(TooManyToCount, match="more than 3 groups"):
        counted(database, ("agency", "status"), Filter(), ALL)


def test_a_count_that_takes_too_long_ends_with_a_sentence_and_the_connection_goes_on(database: Database) -> None:
    chance = random.Random(1)
    rows = [made.row(chance, number) for number in range(1, 20_001)]
    with database.write() as connection:
        connection.execute(insert(dossiers), rows)
    slow = Filter(gone=None, conflicts=False, name_is_not="x", received_from="2026-01-01T00:00:00Z")
    with pytest.raises(TooManyToCount, match=r"counting took more than 0\.001 seconds"):
        count(database, slow, ALL, exact=True, seconds=0.001)
    with pytest.raises(TooManyToCount):
        counted(database, ("agency", "status"), slow, ALL, seconds=0.001)
    assert count(database, slow, ALL, exact=True, seconds=60).how == "exact"
