"""Quarantine as its pages walk it: reasons with their days, one record, its neighbours, and what is tried first."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from hub.store import payloads, quarantine, replays
from hub.store.database import Database
from hub.store.quarantine_tables import quarantine as table
from hub.store.replays import Wanted
from tests.hub.web.filling import fill

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MINE = "so-tu-phap"


def connector_of(database: Database) -> int:
    with database.read() as connection:
        return int(connection.scalar(table.select().with_only_columns(table.c.connector_id)) or 0)


def test_reasons_tell_how_many_records_came_on_each_of_the_last_days(database: Database) -> None:
    fill(database, NOW)
    newer, older = quarantine.listed(database, MINE)
    with database.write() as transaction:
        transaction.execute(update(table).where(table.c.id == older.id).values(first_seen_at=NOW - timedelta(days=3.5)))
        transaction.execute(update(table).where(table.c.id == newer.id).values(first_seen_at=NOW - timedelta(hours=1)))
    days = {row.since: row.days for row in quarantine.groups(database, MINE, now=NOW)}
    assert days == {
        NOW - timedelta(days=3.5): (0, 0, 0, 1, 0, 0, 0),
        NOW - timedelta(hours=1): (0, 0, 0, 0, 0, 0, 1),
    }
    later = quarantine.groups(database, MINE, now=NOW + timedelta(days=30))
    assert [row.days for row in later] == [(0,) * 7] * 2
    assert quarantine.groups(database, among=[]) == []
    assert quarantine.groups(database, MINE, now=NOW, exact=False) == quarantine.groups(database, MINE, now=NOW)
    assert quarantine.counts(database, [connector_of(database)]) == {MINE: 2}
    assert quarantine.counts(database, []) == {}


def test_what_is_asked_every_few_seconds_is_counted_up_to_a_bound(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database, NOW)
    assert quarantine.counts(database, exact=False) == quarantine.counts(database) == {MINE: 2}
    monkeypatch.setattr("hub.store.quarantine.MOST_COUNTED", 0)
    assert quarantine.counts(database, exact=False) == {MINE: 1}


def test_a_record_has_neighbours_within_its_connector_and_its_reason(database: Database) -> None:
    fill(database, NOW)
    mine = connector_of(database)
    newer, older = quarantine.listed(database, MINE)
    assert quarantine.neighbours(database, mine, newer.id) == (None, older.id)
    assert quarantine.neighbours(database, mine, older.id) == (newer.id, None)
    group = quarantine.groups(database, MINE)[0].code
    assert quarantine.neighbours(database, mine, newer.id, group) == (None, None)
    assert quarantine.one(database, mine, newer.id) == newer
    assert quarantine.one(database, mine + 1, newer.id) is None
    assert replays.any_wanted(database, mine, Wanted(group=group))
    assert not replays.any_wanted(database, mine + 1, Wanted())


def test_payloads_with_trouble_are_looked_at_first_and_no_more_than_was_asked_for(database: Database) -> None:
    fill(database, NOW)
    mine = connector_of(database)
    troubled = {row.payload_id for row in quarantine.listed(database, MINE)}
    assert payloads.newest(database, mine, 1) == sorted(troubled)
    assert payloads.newest(database, mine, 5) == payloads.in_use(database, [mine])
    assert payloads.newest(database, mine + 10, 5) == []
