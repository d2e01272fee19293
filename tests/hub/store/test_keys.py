"""API keys."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hub.store import clients, keys
from hub.store.access_tables import client_keys
from hub.store.clients import Subject, Wanted
from hub.store.database import Database
from hub.store.keys import LastManager, Role

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_key_names_its_holder_and_is_nowhere_to_be_read(database: Database) -> None:
    key = keys.issue(database, "portal", NOW)
    found = keys.holder(database, key, NOW)
    assert found
    assert (found.name, found.role, found.connector, found.since) == ("portal", Role.READ, None, NOW)
    with database.read() as connection:
        row = connection.execute(select(client_keys)).one()
    assert key.encode() not in b"".join(value for value in row if isinstance(value, bytes))
    assert key not in [value for value in row if isinstance(value, str)]


def test_a_new_key_replaces_the_old_one_and_a_revoked_one_opens_nothing(database: Database) -> None:
    old, new = keys.issue(database, "portal", NOW), keys.issue(database, "portal", NOW)
    assert keys.holder(database, old, NOW) is None
    assert [key.name for key in keys.listed(database)] == ["portal"]
    assert keys.revoke(database, "portal")
    assert not keys.revoke(database, "portal")
    assert keys.holder(database, new, NOW) is None


def test_a_key_opens_what_its_role_says(database: Database) -> None:
    keys.issue(database, "an", NOW, Role.MANAGE)
    keys.issue(database, "phần mềm một cửa", NOW, Role.PUSH, "mot-cua")
    found = {key.name: (key.role, key.connector) for key in keys.listed(database)}
    assert found == {"an": (Role.MANAGE, None), "phần mềm một cửa": (Role.PUSH, "mot-cua")}


def test_what_is_no_key_opens_nothing(database: Database) -> None:
    assert keys.holder(database, "", NOW) is None
    assert keys.holder(database, "mch_' OR 1=1 --", NOW) is None


def test_a_key_works_until_it_expires_and_not_a_moment_longer(database: Database) -> None:
    key = keys.issue(database, "portal", NOW, expires_at=NOW + DAY)
    found = keys.holder(database, key, NOW + DAY - timedelta(microseconds=1))
    assert found
    assert keys.numbered(database, found.key_id, NOW)
    assert keys.holder(database, key, NOW + DAY) is None
    assert keys.numbered(database, found.key_id, NOW + DAY) is None


def test_an_added_key_shortens_the_older_ones_and_never_lengthens_one(database: Database) -> None:
    soon = keys.issue(database, "portal", NOW, expires_at=NOW + timedelta(hours=1))
    endless = keys.add(database, "portal", NOW, None, None).key
    newest = keys.add(database, "portal", NOW, NOW + 30 * DAY, NOW + DAY).key
    ends = {key.hint: key.expires_at for key in keys.listed(database)}
    assert [ends[key[:10]] for key in (soon, endless, newest)] == [NOW + timedelta(hours=1), NOW + DAY, NOW + 30 * DAY]
    with pytest.raises(LookupError):
        keys.add(database, "nobody", NOW, None, None)


def test_one_key_of_several_is_revoked(database: Database) -> None:
    first = keys.issue(database, "portal", NOW)
    second = keys.add(database, "portal", NOW, None, None)
    assert not keys.revoke(database, "another", second.id)
    assert keys.revoke(database, "portal", second.id)
    assert keys.holder(database, first, NOW)
    assert keys.holder(database, second.key, NOW) is None


def test_a_new_key_leaves_a_clients_role_and_grant_as_they_are(database: Database) -> None:
    with database.write() as transaction:
        clients.put(transaction, Wanted("portal", Role.QUERY, purpose="tra cứu"), NOW)
    found = keys.holder(database, keys.issue(database, "portal", NOW), NOW)
    assert found
    assert (found.role, found.client.purpose, found.client.grant.sees_all) == (Role.QUERY, "tra cứu", False)
    elsewhere = keys.holder(database, keys.issue(database, "portal", NOW, Role.MANAGE), NOW)
    assert elsewhere
    assert elsewhere.role is Role.MANAGE


def test_the_last_use_of_a_key_never_goes_back(database: Database) -> None:
    keys.issue(database, "portal", NOW)
    (key,) = keys.listed(database)
    for minutes, expected in ((5, 5), (3, 5), (6, 6)):
        keys.note_uses(database, {key.id: NOW + timedelta(minutes=minutes), 999: NOW})
        assert keys.listed(database)[0].used_at == NOW + timedelta(minutes=expected)


def test_of_two_managers_that_remove_each_other_at_once_one_stays(database: Database) -> None:
    for name in ("an", "bình"):
        keys.issue(database, name, NOW, Role.MANAGE)

    def remove(name: str) -> bool:
        try:
            with database.write() as transaction, keys.keeping_a_manager(transaction, NOW):
                return clients.remove(transaction, name)
        except LastManager:
            return False

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove, ("an", "bình"))) == [False, True]
    assert len(keys.listed(database)) == 1


def test_a_manager_with_tokens_is_one_and_one_whose_key_has_expired_is_none(database: Database) -> None:
    keys.issue(database, "an", NOW, Role.MANAGE)
    keys.issue(database, "cũ", NOW - 2 * DAY, Role.MANAGE, expires_at=NOW - DAY)
    with pytest.raises(LastManager), database.write() as transaction, keys.keeping_a_manager(transaction, NOW):
        keys.remove(transaction, "an")
    assert keys.held(database, "an")
    with database.write() as transaction:
        clients.put(transaction, Wanted("sso", Role.MANAGE, subject=Subject("https://sso.example", "admin")), NOW)
    with database.write() as transaction, keys.keeping_a_manager(transaction, NOW):
        assert keys.remove(transaction, "an")
