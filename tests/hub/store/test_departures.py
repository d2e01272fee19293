"""What is kept of where dossiers were: enough for whoever follows, and no more."""

from random import Random

import pytest
from sqlalchemy import func, select

from hub.store import feed
from hub.store.changes import Kind, changes_after
from hub.store.database import Database
from hub.store.engine_tables import departures
from hub.store.scope import Scope
from tests.hub.store.moving import AGENCIES, CODES, World, said

A, B, C = AGENCIES
ONLY_A = Scope(frozenset({A}), None, None, 2)


@pytest.fixture
def world(database: Database) -> World:
    """One dossier of the first agency."""
    made = World(database)
    made.tell("a", {"1": said(CODES[0], A)})
    return made


def _kept(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(departures)).scalar_one()


def test_a_dossier_that_moves_to_and_fro_leaves_one_row_for_each_place_where_it_is_not(
    database: Database, world: World
) -> None:
    for agency in Random(1).choices((A, B, C), k=20):
        world.tell("a", {"1": said(CODES[0], agency)})
        assert _kept(database) <= 2
    world.tell("a", {"1": said(CODES[0], A)})
    assert [one.kind for one in changes_after(database, 0, 10, ONLY_A).items] == [Kind.CHANGED]
    world.tell("a", {"1": said(CODES[0], C)})
    assert [one.kind for one in changes_after(database, 0, 10, ONLY_A).items] == [Kind.LEFT]
    assert _kept(database) == 2


def test_who_came_to_see_a_place_later_hears_nothing_of_what_had_left_it_before(
    database: Database, world: World
) -> None:
    world.tell("a", {"1": said(CODES[0], B), "2": said(CODES[1], A)})
    came = feed.latest(database)
    assert [one.code for one in changes_after(database, 0, 10, ONLY_A, sees_from=came).items] == [CODES[1]]
    world.tell("a", {"2": said(CODES[1], B)})
    (left,) = changes_after(database, 0, 10, ONLY_A, sees_from=came).items
    assert (left.kind, left.code) == (Kind.LEFT, CODES[1])
