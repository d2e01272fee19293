"""API keys."""

from datetime import UTC, datetime

from sqlalchemy import select

from hub.store import keys
from hub.store.access_tables import client_keys
from hub.store.database import Database
from hub.store.keys import Role

NOW = datetime(2026, 11, 22, tzinfo=UTC)


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
