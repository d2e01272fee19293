"""The documents behind connectors and mappings: every version is kept, with who wrote it and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Select, func, insert, select

from hub.record.rights import Role
from hub.record.signature import Signature
from hub.store import acts
from hub.store.acts import Act
from hub.store.database import Database
from hub.store.people_tables import people
from hub.store.tables import versions

CONFIG = "config"  # managed by config.yaml, or a mapping's file
HUB = "hub"  # managed at run time


class Kind(StrEnum):
    """What a document is of."""

    CONNECTOR = "connector"
    MAPPING = "mapping"


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a document; the newest is the one in use."""

    name: str
    version: int
    managed_by: str  # config: recorded from config.yaml or a mapping's file; hub: put here at run time
    text: str
    author: str
    reason: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MappingInUse:
    """A mapping as records are read with it."""

    name: str
    version: int | None  # None: it is in its file only, for no connector was ever run with it
    managed_by: str  # config: its file; hub: put at run time
    text: str


class NoSuchVersion(LookupError):
    """A document has no version of this number."""


class Outdated(Exception):
    """Somebody else was faster: `newest` is the version in use now."""

    def __init__(self, name: str, expected: int, newest: int) -> None:
        super().__init__(f"{name} was changed meanwhile: this change is of version {expected}, in use is {newest}")
        self.newest = newest


_COLUMNS = tuple(versions.c[name] for name in VersionRow.__slots__)


def put(
    transaction: Connection,
    kind: Kind,
    name: str,
    text: str,
    *,
    managed_by: str,
    signature: Signature,
    expected: int | None = None,
) -> VersionRow | None:
    """Put a new version into use; None where that says the same already.

    Raises:
        Outdated: in use is not the `expected` one (0: none).
    """
    used = in_use(transaction, kind, name, managed_by)
    if expected is not None and expected != (used.version if used else 0):
        raise Outdated(name, expected, used.version if used else 0)
    if not differs(used, kind, text, managed_by):
        return None
    last = newest(transaction, kind, name)
    row = VersionRow(
        name, (last.version if last else 0) + 1, managed_by, text, signature.author, signature.reason, signature.at
    )
    values = {column: getattr(row, column) for column in VersionRow.__slots__}
    again = transaction.scalar(_same(kind, name, text)) is not None
    transaction.execute(insert(versions).values(**values, kind=kind))
    act = Act.MADE if last is None else Act.ROLLED_BACK if again else Act.CHANGED
    concerns = name if kind is Kind.CONNECTOR else None
    acts.note(transaction, signature, acts.Kind(kind), name, act, version=row.version, connector=concerns)
    return row


def differs(used: VersionRow | None, kind: Kind, text: str, managed_by: str) -> bool:
    """Whether putting this text would make a new version.

    A mapping that is put into the hub becomes the hub's own even where a file says the same: files may change.
    """
    taken_over = used is not None and kind is Kind.MAPPING and used.managed_by != managed_by
    return used is None or used.text != text or taken_over


def in_use(transaction: Connection, kind: Kind, name: str, managed_by: str) -> VersionRow | None:
    """The version that connectors which are managed so go by.

    A connector has one document. A mapping may stand in a file and in the hub: connectors of config.yaml go by
    the file, those of the hub by the hub's own where there is one.
    """
    if kind is Kind.CONNECTOR:
        return newest(transaction, kind, name)
    if managed_by == HUB and (own := newest(transaction, kind, name, HUB)):
        return own
    return newest(transaction, kind, name, CONFIG)


def is_by_department(database: Database, name: str) -> bool:
    """Whether any version of a connector's document was written by somebody of a department."""
    theirs = select(people.c.name).where(people.c.role == Role.DEPARTMENT)
    query = _of(Kind.CONNECTOR, name).with_only_columns(versions.c.version).where(versions.c.author.in_(theirs))
    with database.read() as connection:
        return connection.execute(query.limit(1)).first() is not None


def newest(transaction: Connection, kind: Kind, name: str, managed_by: str | None = None) -> VersionRow | None:
    """The newest version of a document; only of those that are managed so, if said."""
    query = _of(kind, name).limit(1)
    if managed_by is not None:
        query = query.where(versions.c.managed_by == managed_by)
    row = transaction.execute(query).mappings().one_or_none()
    return None if row is None else VersionRow(**row)


def listed(database: Database, kind: Kind, name: str) -> list[VersionRow]:
    """Every version of a document, newest first."""
    with database.read() as connection:
        return [VersionRow(**row) for row in connection.execute(_of(kind, name)).mappings()]


@dataclass(frozen=True, slots=True)
class Heading:
    """One version of a document without its text."""

    version: int
    managed_by: str
    author: str
    reason: str
    created_at: datetime


def headings(database: Database, kind: Kind, name: str, before: int | None = None, limit: int = 50) -> list[Heading]:
    """Versions of a document without their texts, newest first; those before a number."""
    query = select(*(versions.c[column] for column in Heading.__slots__))
    query = query.where(versions.c.kind == kind, versions.c.name == name)
    if before is not None:
        query = query.where(versions.c.version < before)
    with database.read() as connection:
        rows = connection.execute(query.order_by(versions.c.version.desc()).limit(limit)).mappings()
        return [Heading(**row) for row in rows]


def newest_headings(database: Database, kind: Kind) -> dict[str, Heading]:
    """The newest version of every document of a kind, without its text, by name."""
    last = select(versions.c.name, func.max(versions.c.version).label("version")).where(versions.c.kind == kind)
    ones = last.group_by(versions.c.name).subquery()
    same = (versions.c.name == ones.c.name) & (versions.c.version == ones.c.version)
    query = select(versions.c.name, *(versions.c[column] for column in Heading.__slots__)).join(ones, same)
    with database.read() as connection:
        rows = connection.execute(query.where(versions.c.kind == kind)).mappings()
        return {row["name"]: Heading(**{name: row[name] for name in Heading.__slots__}) for row in rows}


def numbered(database: Database, kind: Kind, name: str, version: int) -> VersionRow | None:
    """One version of a document."""
    with database.read() as connection:
        row = connection.execute(_of(kind, name).where(versions.c.version == version)).mappings().one_or_none()
        return None if row is None else VersionRow(**row)


def newest_of_each(connection: Connection, kind: Kind) -> list[VersionRow]:
    """The newest version of every document of a kind, by name."""
    last = select(versions.c.name, func.max(versions.c.version).label("version")).where(versions.c.kind == kind)
    newest_ones = last.group_by(versions.c.name).subquery()
    same = (versions.c.name == newest_ones.c.name) & (versions.c.version == newest_ones.c.version)
    query = select(*_COLUMNS).join(newest_ones, same).where(versions.c.kind == kind).order_by(versions.c.name)
    return [VersionRow(**row) for row in connection.execute(query).mappings()]


def _same(kind: Kind, name: str, text: str) -> Select[tuple[int]]:
    """Some version that said just this."""
    mine = (versions.c.kind == kind) & (versions.c.name == name) & (versions.c.text == text)
    return select(versions.c.version).where(mine).limit(1)


def _of(kind: Kind, name: str) -> Select[tuple[object, ...]]:
    query = select(*_COLUMNS).where(versions.c.kind == kind, versions.c.name == name)
    return query.order_by(versions.c.version.desc())
