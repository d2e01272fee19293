"""Registration, and whose turn it is."""

from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from hub.store import connectors, registrations
from hub.store.connectors import LeaseLost
from hub.store.database import Database
from hub.store.registrations import Registration

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def registration(name: str = "a", cadence: str = "", mapping: str = "m") -> Registration:
    return Registration(name, name.upper(), "rest", "H29.1", mapping, 0, 3600, cadence)


def registered(database: Database, name: str = "a") -> int:
    registrations.register(database, [registration(name)])
    row = connectors.named(database, name)
    assert row is not None
    return row.id


def test_registering_again_changes_what_is_said_and_keeps_what_was_reached(database: Database) -> None:
    connector_id = registered(database)
    with database.write() as transaction:
        connectors.advance_bookmark(transaction, connector_id, "here")
    registrations.register(database, [registration(mapping="m2")])
    row = connectors.named(database, "a")
    assert row is not None
    assert (row.id, row.mapping, row.bookmark) == (connector_id, "m2", "here")


def test_a_connector_that_left_the_configuration_is_not_listed_and_comes_back_with_its_bookmark(
    database: Database,
) -> None:
    connector_id = registered(database)
    registrations.register(database, [registration("b")])
    assert [row.name for row in connectors.listed(database)] == ["b"]
    assert connectors.named(database, "a") is None
    assert registered(database) == connector_id


def test_only_one_worker_has_a_connector(database: Database) -> None:
    connector_id = registered(database)
    assert connectors.take_lease(database, connector_id, "one", 10)
    assert connectors.take_lease(database, connector_id, "two", 10) is None


def test_a_lease_that_ran_out_is_taken_over_and_its_old_owner_cannot_come_back(database: Database) -> None:
    connector_id = registered(database)
    old = connectors.take_lease(database, connector_id, "one", -1)
    new = connectors.take_lease(database, connector_id, "two", 10)
    assert old
    assert new
    assert new.epoch > old.epoch
    with pytest.raises(LeaseLost), database.write() as transaction:
        connectors.renew_lease(transaction, old, 10)
    connectors.release_lease(database, old)  # what the old owner gives back is no longer his
    assert connectors.take_lease(database, connector_id, "three", 10) is None


def test_a_renewed_lease_lasts_and_a_released_one_is_free_at_once_and_cannot_be_renewed(database: Database) -> None:
    connector_id = registered(database)
    lease = connectors.take_lease(database, connector_id, "one", -1)
    assert lease
    with database.write() as transaction:
        connectors.renew_lease(transaction, lease, 10)
    assert connectors.take_lease(database, connector_id, "two", 10) is None
    connectors.release_lease(database, lease)
    with pytest.raises(LeaseLost), database.write() as transaction:
        connectors.renew_lease(transaction, lease, 10)
    assert connectors.take_lease(database, connector_id, "two", 10)


def test_a_lease_is_judged_by_the_databases_clock_and_lasts_as_long_as_it_says(database: Database) -> None:
    connector_id = registered(database)
    before = database.now()
    assert connectors.take_lease(database, connector_id, "one", 7)
    row = connectors.named(database, "a")
    assert row is not None
    assert row.lease_until is not None
    slack = timedelta(milliseconds=1)  # SQLite's clock is as fine as that
    assert before - slack <= row.lease_until - timedelta(seconds=7) <= database.now()


def test_a_source_is_late_when_it_was_last_read_longer_ago_than_promised(database: Database) -> None:
    connector_id = registered(database)
    never = connectors.named(database, "a")
    with database.write() as transaction:
        connectors.mark_seen(transaction, connector_id, NOW)
    seen = connectors.named(database, "a")
    assert never
    assert seen
    assert never.stale(NOW)
    assert not seen.stale(NOW + timedelta(minutes=59))
    assert seen.stale(NOW + timedelta(minutes=61))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_wants_the_lease_of_one_that_is_storing_goes_away_at_once(database: Database) -> None:
    connector_id = registered(database)
    lease = connectors.take_lease(database, connector_id, "slow", -1)  # it has run out
    assert lease is not None
    with database.write() as page:
        connectors.renew_lease(page, lease, 10)
        began = monotonic()
        assert connectors.take_lease(database, connector_id, "other", 10) is None
        assert monotonic() - began < 5
    assert connectors.take_lease(database, connector_id, "other", 10) is None
