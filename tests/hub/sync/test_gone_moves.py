"""A dossier is gone exactly while all its records are, wherever its records went, and whoever moved them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.record.signature import Signature
from hub.store import dossiers, feed
from hub.store.changes import Kind, changes_after
from hub.store.database import Database
from hub.store.scope import ALL
from hub.sync.parting import part, rejoin
from tests.hub.config.registering import EMBEDDED
from tests.hub.sync.gone_world import Register, World, record

NATIONAL = "000.00.15.H29-260520-0001"
SIGNED = Signature("an operator", "two dossiers under one number", datetime.now(UTC))


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    """The records 1 and 2 are one dossier."""
    world = World(database, tmp_path)
    world.there.records[:2] = [record(number, national=NATIONAL) for number in (1, 2)]
    world.run()
    return world


def is_gone(world: World, number: int) -> bool:
    (one,) = dossiers.with_code(world.database, f"24-2{number:05}")
    return one.gone_at is not None


def test_parting_leaves_a_dossier_of_gone_records_alone_and_rejoining_brings_it_back(world: World) -> None:
    world.there = world.without(1)
    world.run()
    assert not is_gone(world, 1)
    before = feed.latest(world.database)
    part(world.database, ("a", "1"), NATIONAL, SIGNED)
    assert (is_gone(world, 1), is_gone(world, 2)) == (True, False)
    assert Kind.GONE in [change.kind for change in changes_after(world.database, before, 1000, ALL).items]
    rejoin(world.database, ("a", "1"), NATIONAL, SIGNED)
    assert (is_gone(world, 1), is_gone(world, 2)) == (False, False)


@EMBEDDED
def test_a_record_that_joins_an_older_dossier_that_is_gone_brings_it_back(world: World) -> None:
    part(world.database, ("a", "2"), NATIONAL, SIGNED)
    world.there = world.without(1)
    world.run()
    assert (is_gone(world, 1), is_gone(world, 2)) == (True, False)
    rejoin(world.database, ("a", "2"), NATIONAL, SIGNED)
    assert (is_gone(world, 1), is_gone(world, 2)) == (False, False)


@EMBEDDED
def test_a_record_that_leaves_by_itself_leaves_a_dossier_of_gone_records_alone(world: World) -> None:
    world.there = world.without(1)
    world.run()
    world.there = Register([record(2, national="000.00.15.H29-260520-0002"), *world.there.records[1:]])
    world.run()
    assert (is_gone(world, 1), is_gone(world, 2)) == (True, False)


@EMBEDDED
def test_who_follows_the_feed_is_told_of_every_record_that_is_gone_or_back(world: World) -> None:
    everything = world.there
    for there in (world.without(1), everything):
        before = feed.latest(world.database)
        world.there = there
        world.run()
        (change,) = changes_after(world.database, before, 1000, ALL).items
        assert change.kind is Kind.CHANGED  # record 2 is there all the time
