"""API keys: long random texts of which only a digest is kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, insert, select

from hub.store.database import Database
from hub.store.tables import api_keys

_PREFIX = "mch_"  # so that a leaked key is recognised for what it is


class Role(StrEnum):
    """What a key opens."""

    READ = "read"  # everything that only looks
    MANAGE = "manage"  # that, and what changes connectors, mappings and secrets
    PUSH = "push"  # one connector's door for pushes, and nothing else


@dataclass(frozen=True, slots=True)
class ApiKey:
    """Who holds a key, what it opens, and since when; the key itself is known to its holder alone."""

    name: str
    role: Role
    connector: str | None  # with `push`: the one that it may push to
    created_at: datetime


_COLUMNS = (api_keys.c.name, api_keys.c.role, api_keys.c.connector, api_keys.c.created_at)


def issue(database: Database, name: str, now: datetime, role: Role = Role.READ, connector: str | None = None) -> str:
    """A new key for `name`, shown this once; an older key of that name stops working."""
    key = _PREFIX + secrets.token_urlsafe(24)
    values = {"name": name, "role": role, "connector": connector, "digest": _digest(key), "created_at": now}
    with database.write() as connection:
        connection.execute(delete(api_keys).where(api_keys.c.name == name))
        connection.execute(insert(api_keys).values(**values))
    return key


def holder(database: Database, key: str) -> ApiKey | None:
    """Whose key this is, or None."""
    with database.read() as connection:
        row = connection.execute(select(*_COLUMNS).where(api_keys.c.digest == _digest(key))).one_or_none()
        return None if row is None else _key(row)


def listed(database: Database) -> list[ApiKey]:
    """Every key by name."""
    with database.read() as connection:
        return [_key(row) for row in connection.execute(select(*_COLUMNS).order_by(api_keys.c.name))]


def revoke(database: Database, name: str) -> bool:
    """Stop a key working; False where there is none of that name."""
    with database.write() as connection:
        return connection.execute(delete(api_keys).where(api_keys.c.name == name)).rowcount == 1


def _key(row: Any) -> ApiKey:
    return ApiKey(row.name, Role(row.role), row.connector, row.created_at)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
