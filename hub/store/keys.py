"""API keys: long random texts of which only a digest is kept. A client may have several at a time."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, or_, select, update

from hub.store import clients as asking
from hub.store.access_tables import client_keys, clients
from hub.store.clients import Client, Role, Wanted
from hub.store.database import Database

__all__ = ["ApiKey", "Holder", "Role", "add", "held", "holder", "issue", "listed", "numbered", "revoke"]

_PREFIX = "mch_"  # so that a leaked key is recognised for what it is
_SHOWN = 10  # letters that are kept to tell a client's keys apart


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept; the key itself is known to its holder alone."""

    id: int
    name: str  # of the client
    role: Role
    connector: str | None
    hint: str  # how it begins; empty of one that an older hub made
    created_at: datetime
    expires_at: datetime | None  # None: never
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who came with a key, and which of its keys it was."""

    client: Client
    key_id: int
    since: datetime  # when that key was made
    expires_at: datetime | None

    @property
    def name(self) -> str:
        """The client's name."""
        return self.client.name

    @property
    def role(self) -> Role:
        """What the client may do."""
        return self.client.role

    @property
    def connector(self) -> str | None:
        """Of a client that pushes: where to."""
        return self.client.connector


def issue(database: Database, name: str, now: datetime, role: Role = Role.READ, connector: str | None = None) -> str:
    """A new key for `name`, shown this once; its older keys stop working. Its grant and the like stay as they are."""
    with database.write() as transaction:
        known = transaction.execute(select(clients.c.id).where(clients.c.name == name)).one_or_none()
        if known is None:
            client_id = asking.put(transaction, Wanted(name, role, connector=connector), now)
        else:
            client_id = known.id
            mine = clients.c.id == client_id
            transaction.execute(update(clients).where(mine).values(role=role, connector=connector, changed_at=now))
        transaction.execute(delete(client_keys).where(client_keys.c.client_id == client_id))
        return _made(transaction, client_id, now, None)


def add(database: Database, name: str, now: datetime, expires_at: datetime | None, old_until: datetime) -> str:
    """One more key for a client, shown this once; its older keys work until `old_until` at most.

    Raises:
        LookupError: there is no such client.
    """
    with database.write() as transaction:
        client_id: int | None = transaction.scalar(select(clients.c.id).where(clients.c.name == name))
        if client_id is None:
            raise LookupError(name)
        longer = or_(client_keys.c.expires_at.is_(None), client_keys.c.expires_at > old_until)
        older = update(client_keys).where(client_keys.c.client_id == client_id, longer)
        transaction.execute(older.values(expires_at=old_until))
        return _made(transaction, client_id, now, expires_at)


def holder(database: Database, key: str, now: datetime) -> Holder | None:
    """Whose key this is, or None: also where it has expired."""
    return _holder(database, client_keys.c.digest == _digest(key), now)


def numbered(database: Database, key_id: int, now: datetime) -> Holder | None:
    """Whose key has this id, or None: also where it has expired."""
    return _holder(database, client_keys.c.id == key_id, now)


def listed(database: Database) -> list[ApiKey]:
    """Every key, by client and age."""
    query = select(client_keys, clients.c.name, clients.c.role, clients.c.connector).join_from(client_keys, clients)
    with database.read() as connection:
        return [_key(row) for row in connection.execute(query.order_by(clients.c.name, client_keys.c.id))]


def held(database: Database, name: str) -> list[ApiKey]:
    """The keys of one client."""
    return [key for key in listed(database) if key.name == name]


def revoke(database: Database, name: str, key_id: int | None = None) -> bool:
    """Stop every key of a client working, or one of them; False where there is none."""
    mine = client_keys.c.client_id.in_(select(clients.c.id).where(clients.c.name == name))
    which = mine if key_id is None else mine & (client_keys.c.id == key_id)
    with database.write() as transaction:
        return transaction.execute(delete(client_keys).where(which)).rowcount > 0


def _holder(database: Database, which: ColumnElement[bool], now: datetime) -> Holder | None:
    columns = (client_keys.c.id.label("key_id"), client_keys.c.created_at.label("since"), client_keys.c.expires_at)
    query = select(*asking.COLUMNS, *columns).join_from(client_keys, clients).where(which)
    with database.read() as connection:
        row = connection.execute(query).one_or_none()
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    return Holder(asking.client(row), row.key_id, row.since, row.expires_at)


def _made(transaction: Any, client_id: int, now: datetime, expires_at: datetime | None) -> str:
    key = _PREFIX + secrets.token_urlsafe(24)
    values = {"client_id": client_id, "digest": _digest(key), "hint": key[:_SHOWN]}
    transaction.execute(insert(client_keys).values(**values, created_at=now, expires_at=expires_at))
    return key


def _key(row: Any) -> ApiKey:
    names = (row.id, row.name, Role(row.role), row.connector)
    return ApiKey(*names, row.hint, row.created_at, row.expires_at, row.used_at)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
