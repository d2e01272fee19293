"""API keys."""

from datetime import UTC, datetime

from sqlalchemy import select

from hub.store import keys
from hub.store.database import Database
from hub.store.keys import ApiKey, Role
from hub.store.tables import api_keys

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_a_key_names_its_holder_and_is_nowhere_to_be_read(database: Database) -> None:
    key = keys.issue(database, "portal", NOW)
    assert keys.holder(database, key) == ApiKey("portal", Role.READ, None, NOW)
    with database.read() as connection:
        row = connection.execute(select(api_keys)).one()
    assert key.encode() not in b"".join(value for value in row if isinstance(value, bytes))
    assert key not in [value for value in row if isinstance(value, str)]


def test_a_new_key_replaces_the_old_one_and_a_revoked_one_opens_nothing(database: Database) -> None:
    old, new = keys.issue(database, "portal", NOW), keys.issue(database, "portal", NOW)
    assert keys.holder(database, old) is None
    assert [key.name for key in keys.listed(database)] == ["portal"]
    assert keys.revoke(database, "portal")
    assert not keys.revoke(database, "portal")
    assert keys.holder(database, new) is None


def test_a_key_opens_what_its_role_says(database: Database) -> None:
    keys.issue(database, "an", NOW, Role.MANAGE)
    keys.issue(database, "phần mềm một cửa", NOW, Role.PUSH, "mot-cua")
    found = {key.name: (key.role, key.connector) for key in keys.listed(database)}
    assert found == {"an": (Role.MANAGE, None), "phần mềm một cửa": (Role.PUSH, "mot-cua")}


def test_what_is_no_key_opens_nothing(database: Database) -> None:
    assert keys.holder(database, "") is None
    assert keys.holder(database, "mch_' OR 1=1 --") is None
