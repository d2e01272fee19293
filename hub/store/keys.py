"""API keys: long random texts of which only a digest is kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from hub.store.database import Database
from hub.store.tables import api_keys

_PREFIX = "mch_"  # so that a leaked key is recognised for what it is


@dataclass(frozen=True, slots=True)
class ApiKey:
    """Who holds a key, and since when; the key itself is known to its holder alone."""

    name: str
    created_at: datetime


def issue(database: Database, name: str, now: datetime) -> str:
    """A new key for `name`, shown this once; an older key of that name stops working."""
    key = _PREFIX + secrets.token_urlsafe(24)
    with database.write() as connection:
        connection.execute(delete(api_keys).where(api_keys.c.name == name))
        connection.execute(insert(api_keys).values(name=name, digest=_digest(key), created_at=now))
    return key


def holder(database: Database, key: str) -> str | None:
    """Whose key this is, or None."""
    with database.read() as connection:
        found = connection.execute(select(api_keys.c.name).where(api_keys.c.digest == _digest(key)))
        return found.scalar_one_or_none()


def listed(database: Database) -> list[ApiKey]:
    """Every key by name."""
    with database.read() as connection:
        rows = connection.execute(select(api_keys.c.name, api_keys.c.created_at).order_by(api_keys.c.name))
        return [ApiKey(row.name, row.created_at) for row in rows]


def revoke(database: Database, name: str) -> bool:
    """Stop a key working; False where there is none of that name."""
    with database.write() as connection:
        return connection.execute(delete(api_keys).where(api_keys.c.name == name)).rowcount == 1


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
