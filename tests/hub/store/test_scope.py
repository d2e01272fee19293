"""What a grant comes to; that rows, conditions of SQL and lists agree on it is held against every kind of dossier."""

import random
from datetime import date

import pytest
from sqlalchemy import select

from hub.record.confidentiality import Level
from hub.record.grant import EVERYTHING, Grant
from hub.store import catalogue
from hub.store.catalogue import AGENCIES, FROM_FILE
from hub.store.database import Database
from hub.store.filters import Filter
from hub.store.finding import page
from hub.store.scope import ALL, Scope, scope_of, within
from hub.store.tables import dossiers
from tests.hub.store import found_rows as made
from tests.hub.store.found_rows import NOW, filled
from tests.hub.store.test_catalogue import _agency

TODAY = date(2026, 5, 20)
GRANTS = [
    EVERYTHING,
    Grant(),
    Grant(level=Level.SENSITIVE, agencies=("H29.1",)),
    Grant(level=Level.LIMITED, agencies=("h29.2", "unknown")),
    Grant(agencies=()),
    Grant(agencies=("",)),
    Grant(level=Level.SENSITIVE, procedures=("1.000001.000.00.00.H29", "2.000003")),
    Grant(fields=("g15-tp01",)),
    Grant(agencies=("H29.1",), procedures=("1.000002",), fields=("G15-TP02",), level=Level.LIMITED),
]


@pytest.fixture
def rows(database: Database) -> list[made.Row]:
    chance = random.Random(8)
    below = [_agency({"code": "H29.2", "name": "2", "parent_code": "H29.1"})]
    with database.write() as transaction:
        catalogue.write(transaction, AGENCIES, FROM_FILE, below, NOW)
    return filled(database, (made.row(chance, number) | {"gone_at": None} for number in range(1, 301)))


@pytest.mark.parametrize("grant", GRANTS, ids=str)
def test_rows_conditions_and_lists_see_the_same(database: Database, rows: list[made.Row], grant: Grant) -> None:
    with database.read() as connection:
        mine = scope_of(connection, grant, TODAY)
        by_condition = set(connection.execute(select(dossiers.c.id).where(*within(mine))).scalars())
    keys = ("agency", "procedure", "field", "confidentiality")
    by_row = {one["id"] for one in rows if mine.holds(*(one[name] for name in keys))}
    assert by_condition == by_row == {one.id for one in page(database, Filter(), mine, limit=1000)}


def test_a_grant_means_what_it_says(database: Database, rows: list[made.Row]) -> None:
    with database.read() as connection:
        scopes = [scope_of(connection, grant, TODAY) for grant in GRANTS]
    assert scopes[0] == ALL
    assert scopes[1] == Scope(None, None, None, 0)
    assert scopes[2] == Scope(frozenset({"H29.1", "H29.2"}), None, None, 2)
    assert scopes[3] == Scope(frozenset({"H29.2", "UNKNOWN"}), None, None, 1)
    assert scopes[4] == scopes[5] == Scope(frozenset(), None, None, 0)
    assert scopes[6].procedures == {"1.000001", "2.000003"}


def test_a_filter_outside_of_the_scope_finds_nothing(database: Database, rows: list[made.Row]) -> None:
    mine = Scope(frozenset({"H29.2"}), frozenset({"1.000001"}), frozenset({"G15-TP01"}), 0)
    assert page(database, Filter(), mine)
    outside = [
        Filter(agency="H29.3"),
        Filter(procedure="1.000002"),
        Filter(field="G15-TP02"),
        Filter(confidentiality="sensitive"),
    ]
    for wanted in outside:
        assert page(database, wanted, ALL)
        assert page(database, wanted, mine) == []
    above = page(database, Filter(agency="H29.1"), mine)
    assert {one.agency for one in above} == {"H29.2"}


def test_a_dossier_without_a_code_is_in_no_scope_that_is_limited_by_it() -> None:
    assert not Scope(frozenset({"A"}), None, None, 2).holds("", None, None, 0)
    assert not Scope(None, frozenset({"1"}), None, 2).holds("A", None, None, 0)
    assert not Scope(None, None, frozenset({"F"}), 2).holds("A", "1", None, 0)
    assert Scope(None, None, None, 0).holds("", None, None, 0)
    assert not Scope(None, None, None, 0).holds("", None, None, 1)
