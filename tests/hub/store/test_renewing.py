"""After a restore the feed begins anew: nobody goes on from a position that another change has, or will have."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.record.signature import Signature
from hub.store import feed, followers, renewing
from hub.store.changes import Kind, changes_after
from hub.store.database import Database
from hub.store.engine_tables import departures
from hub.store.feed import UnknownPosition
from hub.store.finding import by_id
from hub.store.scope import ALL, Scope
from tests.hub.store.moving import AGENCIES, CODES, World, listed, said

A, B, _ = AGENCIES
EMBEDDED = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LARGEST_OF_JSON = 2**53  # programs that read a larger number as a float lose its last digits


def _signed() -> Signature:
    return Signature("an.nguyen", "the disk of the database died", datetime.now(UTC))


@pytest.fixture
def world(database: Database) -> World:
    """Three dossiers."""
    made = World(database)
    made.tell("a", {str(at): said(CODES[at], A) for at in range(3)})
    return made


def test_every_position_is_above_all_that_were_given_and_in_the_order_that_was(
    database: Database, world: World
) -> None:
    world.tell("a", {"0": said(CODES[0], B), "1": said(CODES[1], A), "2": said(CODES[2], A)})
    before, upto = changes_after(database, 0, 10, ALL).items, feed.latest(database)
    with database.write() as transaction:
        followers.go_on(transaction, "one", 0, upto - 1)
    made = renewing.renew(database, _signed())
    after = changes_after(database, 0, 10, ALL).items
    assert [one.code for one in after] == [one.code for one in before]
    assert upto < made.since < after[0].position
    assert after[-1].position == feed.latest(database) < LARGEST_OF_JSON / 4
    with database.read() as connection:
        assert followers.come_to(connection, "one") == feed.latest(database) - 1
        assert not connection.execute(select(departures)).all()
    assert renewing.listed(database) == [made]


def test_who_kept_a_position_is_refused_and_who_begins_again_has_what_the_list_shows(
    database: Database, world: World
) -> None:
    kept = feed.latest(database)
    made = renewing.renew(database, _signed())
    for position in (1, kept, kept + 1, made.since - 1):
        with pytest.raises(UnknownPosition, match=f"began anew at {made.since}, and {position} is of before"):
            changes_after(database, position, 10, ALL)
    held, position = {}, 0
    while (found := changes_after(database, position, 2, ALL)).items:
        held |= {one.dossier_id: one.row for one in found.items}
        position = found.upto  # of no page on the way is one refused
    assert held == listed(database)
    world.tell("a", {"0": said(CODES[0], A, note="new")})
    assert [one.kind for one in changes_after(database, position, 10, ALL).items] == [Kind.CHANGED]


def test_a_database_that_is_restored_twice_gives_no_position_twice(database: Database, world: World) -> None:
    given = set()
    for _ in range(3):
        made = renewing.renew(database, _signed())
        positions = {row.position for row in by_id(database, range(20), ALL).values()}
        assert not given & positions
        assert min(positions) > made.since > max(given, default=0)
        given |= positions
    assert feed.latest(database) < LARGEST_OF_JSON / 4
    assert [one.upto for one in renewing.listed(database)][-1] < 100


def test_a_record_without_dossiers_can_begin_anew_too(database: Database) -> None:
    made = renewing.renew(database, _signed())
    assert feed.latest(database) == made.since
    assert changes_after(database, made.since, 10, ALL).items == ()


@EMBEDDED  # the backup is SQLite's own; what follows is the same statements on both
def test_after_a_real_restore_a_follower_misses_nothing_though_its_position_was_given_again(
    tmp_path: Path, database: Database, world: World
) -> None:
    kept = tmp_path / "kept.db"
    with closing(sqlite3.connect(str(database.engine.url.database))) as live, closing(sqlite3.connect(kept)) as copy:
        live.backup(copy)
    world.tell("a", {"1": said(CODES[1], A, note="lost"), "2": said(CODES[2], A, note="lost")})
    follower = feed.latest(database)
    database.close()
    with closing(sqlite3.connect(kept)) as copy, closing(sqlite3.connect(str(database.engine.url.database))) as live:
        copy.backup(live)
    renewing.renew(database, _signed())
    world.tell("a", {str(at): said(CODES[at], A, note="read again") for at in range(3)})
    with pytest.raises(UnknownPosition):
        changes_after(database, follower, 10, ALL)
    lowest = min(one.position for one in changes_after(database, 0, 10, Scope(frozenset({A}), None, None, 2)).items)
    assert lowest > follower
