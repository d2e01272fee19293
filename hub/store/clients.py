"""Who asks the hub: programs, departments, and (until people have accounts) operators."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, delete, insert, select, update

from hub.record.grant import EVERYTHING, Grant
from hub.store.access_tables import clients
from hub.store.database import Database, Transaction


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
    grant: Grant  # of the role query; others see everything, but for push
    quota: Quota
    subject: Subject | None
    purpose: str  # why it reads, where a request does not say
    author: str
    created_at: datetime
    changed_at: datetime


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


COLUMNS = tuple(clients.c)


def put(transaction: Transaction, wanted: Wanted, now: datetime) -> int:
    """Register a client, or make the one of this name what is wanted; its id. Its keys stay as they are."""
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
    known: int | None = transaction.scalar(select(clients.c.id).where(clients.c.name == wanted.name))
    if known is not None:
        transaction.execute(update(clients).where(clients.c.id == known).values(**values))
        return known
    made = insert(clients).values(name=wanted.name, created_at=now, **values).returning(clients.c.id)
    found: int = transaction.execute(made).scalar_one()
    return found


def remove(transaction: Transaction, name: str) -> bool:
    """Forget a client with its keys, subscriptions and exports; what it read stays told. False: there is none."""
    return transaction.execute(delete(clients).where(clients.c.name == name)).rowcount == 1


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
        Grant.read(row.grant) if role is Role.QUERY else EVERYTHING,
        Quota(**(row.quota or {})),
        Subject(row.issuer, row.subject) if row.issuer and row.subject else None,
        row.purpose,
        row.author,
        row.created_at,
        row.changed_at,
    )


def _one(database: Database, query: Select[Any]) -> Client | None:
    with database.read() as connection:
        row = connection.execute(query).one_or_none()
        return None if row is None else client(row)
