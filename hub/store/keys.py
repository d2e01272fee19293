"""API keys: long random texts of which only a digest is kept. A client may have several at a time."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, exists, func, insert, or_, select, update

from hub.record.signature import Signature
from hub.store import acts
from hub.store import clients as asking
from hub.store.access_tables import client_keys, clients
from hub.store.acts import Act, Kind
from hub.store.clients import Client, Role, Wanted
from hub.store.database import Database, Transaction

__all__ = [
    "PREFIX",
    "ApiKey",
    "Holder",
    "LastManager",
    "Made",
    "Role",
    "add",
    "digest",
    "expire",
    "held",
    "holder",
    "issue",
    "keeping_a_manager",
    "listed",
    "note_uses",
    "numbered",
    "remove",
    "revoke",
    "with_digest",
]

PREFIX = "mch_"  # so that a leaked key is recognised for what it is
_SHOWN = 10  # letters that are kept to tell a client's keys apart


class LastManager(Exception):
    """After this nobody could change the hub through the API any more."""


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

    def works(self, now: datetime) -> bool:
        """Whether the key has not expired."""
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, slots=True)
class Made:
    """A new key, and the number that it goes by from now on."""

    id: int
    key: str


def issue(
    database: Database,
    name: str,
    now: datetime,
    role: Role | None = None,
    connector: str | None = None,
    *,
    expires_at: datetime | None = None,
    author: str = "",
    reason: str = "",
) -> str:
    """A new key for `name`, shown this once; its older keys stop working. Its grant and the like stay as they are.

    Without a role the client keeps the one that it has; a new client then reads.
    """
    by = Signature(author or acts.HUB, reason, now)
    with database.write() as transaction:
        known = transaction.execute(select(clients.c.id).where(clients.c.name == name)).one_or_none()
        if known is None:
            wanted = Wanted(name, role or Role.READ, connector=connector, author=author)
            client_id = asking.put(transaction, wanted, now).id
        else:
            client_id = known.id
            if role is not None:
                before = asking.noted(transaction, name)
                _change_role(transaction, client_id, role, connector, author, now)
                if asking.noted(transaction, name) != before:
                    asking.note(transaction, by, name, before)
        before = _noted(transaction, name)
        transaction.execute(delete(client_keys).where(client_keys.c.client_id == client_id))
        made = _made(transaction, client_id, now, expires_at)
        _note(transaction, by, name, Act.MADE if before is None else Act.RENEWED, before)
        return made.key


def add(
    database: Database,
    name: str,
    now: datetime,
    expires_at: datetime | None,
    old_until: datetime | None,
    by: Signature | None = None,
) -> Made:
    """One more key for a client, shown this once; its older keys work until `old_until` at most (None: as they did).

    Raises:
        LookupError: there is no such client.
    """
    with database.write() as transaction:
        client_id: int | None = transaction.scalar(select(clients.c.id).where(clients.c.name == name))
        if client_id is None:
            raise LookupError(name)
        before = _noted(transaction, name)
        if old_until is not None:
            longer = or_(client_keys.c.expires_at.is_(None), client_keys.c.expires_at > old_until)
            older = update(client_keys).where(client_keys.c.client_id == client_id, longer)
            transaction.execute(older.values(expires_at=old_until))
        made = _made(transaction, client_id, now, expires_at)
        _note(transaction, acts.signed(by, now), name, Act.MADE, before)
        return made


def holder(database: Database, key: str, now: datetime) -> Holder | None:
    """Whose key this is, or None: also where it has expired."""
    found = with_digest(database, digest(key))
    return found if found is not None and found.works(now) else None


def with_digest(database: Database, key_digest: bytes) -> Holder | None:
    """Whose key has this digest, or None; it may have expired."""
    return _holder(database, client_keys.c.digest == key_digest)


def numbered(database: Database, key_id: int, now: datetime) -> Holder | None:
    """Whose key has this id, or None: also where it has expired."""
    found = _holder(database, client_keys.c.id == key_id)
    return found if found is not None and found.works(now) else None


def listed(database: Database) -> list[ApiKey]:
    """Every key, by client and age."""
    query = select(client_keys, clients.c.name, clients.c.role, clients.c.connector).join_from(client_keys, clients)
    with database.read() as connection:
        return [_key(row) for row in connection.execute(query.order_by(clients.c.name, client_keys.c.id))]


def held(database: Database, name: str) -> list[ApiKey]:
    """The keys of one client."""
    query = select(client_keys, clients.c.name, clients.c.role, clients.c.connector).join_from(client_keys, clients)
    with database.read() as connection:
        rows = connection.execute(query.where(clients.c.name == name).order_by(client_keys.c.id))
        return [_key(row) for row in rows]


def revoke(database: Database, name: str, key_id: int | None = None, by: Signature | None = None) -> bool:
    """Stop every key of a client working, or one of them; False where there is none."""
    with database.write() as transaction:
        return remove(transaction, name, key_id, by)


def remove(transaction: Transaction, name: str, key_id: int | None = None, by: Signature | None = None) -> bool:
    """Like `revoke`, within a transaction."""
    mine = client_keys.c.client_id.in_(select(clients.c.id).where(clients.c.name == name))
    which = mine if key_id is None else mine & (client_keys.c.id == key_id)
    before = _noted(transaction, name)
    removed = transaction.execute(delete(client_keys).where(which)).rowcount > 0
    if removed:
        _note(transaction, acts.signed(by, datetime.now(UTC)), name, Act.REMOVED, before)
    return removed


def expire(transaction: Transaction, name: str, key_id: int, until: datetime, by: Signature) -> bool:
    """Let one key of a client end at a time, if it would not end sooner; False where there is nothing to do."""
    mine = client_keys.c.client_id.in_(select(clients.c.id).where(clients.c.name == name))
    longer = or_(client_keys.c.expires_at.is_(None), client_keys.c.expires_at > until)
    before = _noted(transaction, name)
    ended = update(client_keys).where(mine, client_keys.c.id == key_id, longer).values(expires_at=until)
    if transaction.execute(ended).rowcount != 1:
        return False
    _note(transaction, by, name, Act.CHANGED, before)
    return True


@contextmanager
def keeping_a_manager(transaction: Transaction, now: datetime) -> Iterator[None]:
    """Around what changes clients or keys: somebody who may change the hub must be left, with a key or with tokens.

    Raises:
        LastManager: nobody is; the transaction must be undone.
    """
    managers = clients.c.role == Role.MANAGE
    transaction.execute(select(clients.c.id).where(managers).with_for_update())  # two must not each spare the other
    yield
    working = or_(client_keys.c.expires_at.is_(None), client_keys.c.expires_at > now)
    keyed = exists().where(client_keys.c.client_id == clients.c.id, working)
    left = select(func.count()).select_from(clients).where(managers, or_(keyed, clients.c.subject.is_not(None)))
    if not transaction.scalar(left):
        raise LastManager


def note_uses(database: Database, uses: Mapping[int, datetime]) -> None:
    """When keys were last used, by their numbers; an earlier time never goes before a later one."""
    older = or_(
        client_keys.c.used_at.is_(None), client_keys.c.used_at < bindparam("at", type_=client_keys.c.used_at.type)
    )
    used = update(client_keys).where(client_keys.c.id == bindparam("key"), older).values(used_at=bindparam("at"))
    rows = [{"key": key, "at": at} for key, at in sorted(uses.items())]
    database.write_again(lambda transaction: transaction.execute(used, rows))


def digest(key: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def _change_role(
    transaction: Transaction, client_id: int, role: Role | None, connector: str | None, author: str, now: datetime
) -> None:
    if role is not None:
        values = {"role": role, "connector": connector, "changed_at": now, "author": author}
        transaction.execute(update(clients).where(clients.c.id == client_id).values(**values))


def _holder(database: Database, which: ColumnElement[bool]) -> Holder | None:
    columns = (client_keys.c.id.label("key_id"), client_keys.c.created_at.label("since"), client_keys.c.expires_at)
    query = select(*asking.COLUMNS, *columns).join_from(client_keys, clients).where(which)
    with database.read() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else Holder(asking.client(row), row.key_id, row.since, row.expires_at)


def _note(transaction: Transaction, by: Signature, name: str, act: Act, before: str | None) -> None:
    acts.note(transaction, by, Kind.KEY, name, act, before=before, after=_noted(transaction, name))


def _noted(transaction: Transaction, name: str) -> str | None:
    """A client's keys by number and last moment, as changes are told: nothing of a key itself. None: it has none."""
    columns = (client_keys.c.id, client_keys.c.expires_at)
    query = select(*columns).join_from(client_keys, clients).where(clients.c.name == name).order_by(client_keys.c.id)
    until = {str(row.id): row.expires_at and row.expires_at.isoformat() for row in transaction.execute(query)}
    return acts.told(until) if until else None


def _made(transaction: Transaction, client_id: int, now: datetime, expires_at: datetime | None) -> Made:
    key = PREFIX + secrets.token_urlsafe(24)
    values = {"client_id": client_id, "digest": digest(key), "hint": key[:_SHOWN]}
    made = insert(client_keys).values(**values, created_at=now, expires_at=expires_at).returning(client_keys.c.id)
    return Made(transaction.execute(made).scalar_one(), key)


def _key(row: Any) -> ApiKey:
    names = (row.id, row.name, Role(row.role), row.connector)
    return ApiKey(*names, row.hint, row.created_at, row.expires_at, row.used_at)
