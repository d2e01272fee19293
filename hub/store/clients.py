"""Who asks the hub with keys or tokens: portals, partners and other programs, and departments that push."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, delete, insert, select, update

from hub.record.grant import EVERYTHING, NOTHING, Grant
from hub.record.signature import Signature
from hub.store import acts
from hub.store.access_tables import clients
from hub.store.acts import Act
from hub.store.database import Database, Transaction
from hub.store.engine_tables import feed


class Role(StrEnum):
    """What a client may do."""

    QUERY = "query"  # the record as far as its grant goes, and nothing else: portals and partners
    READ = "read"  # everything that only looks: operators
    MANAGE = "manage"  # that, and what changes connectors, mappings and secrets
    PUSH = "push"  # one connector's door for pushes, and nothing else


@dataclass(frozen=True, slots=True)
class Quota:
    """How many requests a client may make; None: as configured."""

    per_minute: int | None = None
    per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose tokens a client may come with, and what they call it."""

    issuer: str
    name: str


@dataclass(frozen=True, slots=True)
class Client:
    """One that asks."""

    id: int
    name: str
    title: str
    role: Role
    connector: str | None  # of the role push
    grant: Grant  # of the role query; read and manage see everything, push nothing
    quota: Quota
    subject: Subject | None
    purpose: str  # why it reads, where a request does not say
    author: str
    created_at: datetime
    changed_at: datetime
    sees_from: int = 0  # the change feed's position when its role or grant was last changed


@dataclass(frozen=True, slots=True)
class Wanted:
    """A client as it is to be."""

    name: str
    role: Role
    title: str = ""
    connector: str | None = None
    grant: Grant | None = None
    quota: Quota = Quota()
    subject: Subject | None = None
    purpose: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one that was put."""

    id: int
    made: bool  # there was none of this name before


COLUMNS = tuple(clients.c)
_NOTED = ("title", "role", "connector", "grant", "quota", "issuer", "subject", "purpose")


class SubjectTaken(Exception):
    """Another client comes with these tokens already; the sentence says which."""


def put(transaction: Transaction, wanted: Wanted, now: datetime, reason: str = "") -> Done:
    """Register a client, or make the one of this name what is wanted. Its keys stay as they are.

    Raises:
        SubjectTaken: another client comes with tokens of that issuer under that name.
    """
    _not_taken(transaction, wanted)
    values = {
        "title": wanted.title,
        "role": wanted.role,
        "connector": wanted.connector,
        "grant": None if wanted.grant is None else wanted.grant.document(),
        "quota": {"per_minute": wanted.quota.per_minute, "per_day": wanted.quota.per_day},
        "issuer": wanted.subject.issuer if wanted.subject else None,
        "subject": wanted.subject.name if wanted.subject else None,
        "purpose": wanted.purpose,
        "author": wanted.author,
        "changed_at": now,
    }
    known = transaction.execute(select(*COLUMNS).where(clients.c.name == wanted.name)).one_or_none()
    if known is None or (known.role, _kept(known.grant)) != (wanted.role, wanted.grant):
        values["sees_from"] = transaction.scalar(select(feed.c.position))
    before = None if known is None else noted(transaction, wanted.name)
    if known is not None:
        transaction.execute(update(clients).where(clients.c.id == known.id).values(**values))
        done = Done(known.id, made=False)
    else:
        made = insert(clients).values(name=wanted.name, created_at=now, **values).returning(clients.c.id)
        done = Done(transaction.execute(made).scalar_one(), made=True)
    note(transaction, Signature(wanted.author or acts.HUB, reason, now), wanted.name, before)
    return done


def note(transaction: Transaction, signature: Signature, name: str, before: str | None) -> None:
    """Tell what became of a client; `before` is what `noted` said of it before, None of a new one."""
    after = noted(transaction, name)
    act = Act.MADE if before is None else Act.REMOVED if after is None else Act.CHANGED
    acts.note(transaction, signature, acts.Kind.CLIENT, name, act, before=before, after=after)


def noted(transaction: Transaction, name: str) -> str | None:
    """A client as changes of it are told; None where there is none."""
    row = transaction.execute(select(*(clients.c[one] for one in _NOTED)).where(clients.c.name == name)).one_or_none()
    return None if row is None else acts.told(dict(zip(_NOTED, row, strict=True)))


def _not_taken(transaction: Transaction, wanted: Wanted) -> None:
    if wanted.subject is None:
        return
    mine = (clients.c.issuer == wanted.subject.issuer) & (clients.c.subject == wanted.subject.name)
    other: str | None = transaction.scalar(select(clients.c.name).where(mine, clients.c.name != wanted.name))
    if other is not None:
        told = f"tokens of {wanted.subject.issuer} for {wanted.subject.name} are those of the client {other}"
        raise SubjectTaken(f"{told}; take them from it first, or name another")


def remove(transaction: Transaction, name: str, by: Signature | None = None) -> bool:
    """Forget a client with its keys, subscriptions and exports; what it read stays told. False: there is none."""
    before = noted(transaction, name)
    removed = transaction.execute(delete(clients).where(clients.c.name == name)).rowcount == 1
    if removed:
        note(transaction, acts.signed(by, datetime.now(UTC)), name, before)
    return removed


def named(database: Database, name: str) -> Client | None:
    """The client of this name."""
    return _one(database, select(*COLUMNS).where(clients.c.name == name))


def numbered(database: Database, client_id: int) -> Client | None:
    """The client of this id."""
    return _one(database, select(*COLUMNS).where(clients.c.id == client_id))


def with_subject(database: Database, subject: Subject) -> Client | None:
    """The client that comes with tokens of this issuer under this name."""
    mine = (clients.c.issuer == subject.issuer) & (clients.c.subject == subject.name)
    return _one(database, select(*COLUMNS).where(mine))


def listed(database: Database) -> list[Client]:
    """Every client by name."""
    with database.read() as connection:
        return [client(row) for row in connection.execute(select(*COLUMNS).order_by(clients.c.name))]


def client(row: Any) -> Client:
    """A row of `COLUMNS` as a client."""
    role = Role(row.role)
    return Client(
        row.id,
        row.name,
        row.title,
        role,
        row.connector,
        _grant(role, row.grant),
        Quota(**(row.quota or {})),
        Subject(row.issuer, row.subject) if row.issuer and row.subject else None,
        row.purpose,
        row.author,
        row.created_at,
        row.changed_at,
        row.sees_from,
    )


def _kept(grant: dict[str, Any] | None) -> Grant | None:
    return None if grant is None else Grant.read(grant)


def _grant(role: Role, kept: dict[str, Any] | None) -> Grant:
    match role:
        case Role.QUERY:
            return Grant.read(kept)
        case Role.PUSH:
            return NOTHING
    return EVERYTHING


def _one(database: Database, query: Select[Any]) -> Client | None:
    with database.read() as connection:
        row = connection.execute(query).one_or_none()
        return None if row is None else client(row)
