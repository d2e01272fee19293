"""Looking through the log of reads: who saw this dossier, what did this client see."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, bindparam, func, literal, or_, select, type_coerce

from hub.store.access_tables import reads
from hub.store.database import Database
from hub.store.reads import Action, packed, unpacked
from hub.store.tables import dossiers

_AT_ONCE = 1000
_DEEPEST = 20  # a dossier that was merged into one that was merged …


@dataclass(frozen=True, slots=True)
class Sought:
    """Which reads are asked for; None: any."""

    dossiers: tuple[int, ...] | None = None  # any of these was shown
    client: str | None = None
    person: str | None = None
    action: Action | None = None
    since: datetime | None = None
    until: datetime | None = None  # before it
    traces: tuple[str, ...] | None = None  # any of these was looked for


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A read as it is kept."""

    id: int
    at: datetime
    client: str
    person: str | None
    address: str
    action: str
    purpose: str
    dossiers: list[int]
    records: int
    what: dict[str, Any]
    request: str
    seal: bytes


def page(database: Database, sought: Sought, before: int | None, limit: int) -> list[ReadRow]:
    """Reads, newest first; lists in which a dossier was shown are found by scanning those of the period."""
    found: list[ReadRow] = []
    where = _conditions(database, sought)
    with database.read() as connection:
        while len(found) < limit:
            older = [] if before is None else [reads.c.id < before]
            query = select(*_COLUMNS).where(*where, *older).order_by(reads.c.id.desc()).limit(limit)
            rows = [_row(row) for row in connection.execute(query)]
            found += [row for row in rows if _is_of(row, sought)]
            if len(rows) < limit:
                break
            before = rows[-1].id
    return found[:limit]


def walk(database: Database, sought: Sought) -> Iterator[ReadRow]:
    """Reads, oldest first, in constant memory."""
    where, last = _conditions(database, sought), 0
    while True:
        query = select(*_COLUMNS).where(*where, reads.c.id > last).order_by(reads.c.id).limit(_AT_ONCE)
        with database.read() as connection:
            rows = [_row(row) for row in connection.execute(query)]
        yield from (row for row in rows if _is_of(row, sought))
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1].id


def with_merged(database: Database, ids: Sequence[int]) -> tuple[int, ...]:
    """These dossiers and those that became part of them: what was shown then was shown under their own ids."""
    known, fresh = set(ids), list(ids)
    with database.read() as connection:
        for _ in range(_DEEPEST):
            if not fresh:
                break
            merged = connection.scalars(select(dossiers.c.id).where(dossiers.c.merged_into.in_(fresh)))
            fresh = [one for one in merged if one not in known]
            known |= set(fresh)
    return tuple(sorted(known))


def numbered(database: Database, ids: Collection[int]) -> list[ReadRow]:
    """The reads of these numbers, newest first."""
    query = select(*_COLUMNS).where(reads.c.id.in_(ids)).order_by(reads.c.id.desc())
    with database.read() as connection:
        return [_row(row) for row in connection.execute(query)] if ids else []


_COLUMNS = tuple(column for column in reads.c if column.name not in ("spool", "line"))


def _conditions(database: Database, sought: Sought) -> list[ColumnElement[bool]]:
    column = reads.c
    equal = ((column.client, sought.client), (column.person, sought.person), (column.action, sought.action))
    where = [named == value for named, value in equal if value is not None]
    if sought.since is not None:
        where.append(column.at >= sought.since)
    if sought.until is not None:
        where.append(column.at < sought.until)
    if sought.dossiers is not None:
        several = [_holds(database, one, f"dossier_{at}") for at, one in enumerate(sought.dossiers)]
        where.append(or_(column.dossier_id.in_(sought.dossiers), and_(column.dossiers.is_not(None), or_(*several))))
    if sought.traces is not None:
        where.append(or_(*(type_coerce(column.what, Text).contains(trace, autoescape=True) for trace in sought.traces)))
    return where


def _holds(database: Database, dossier: int, name: str) -> ColumnElement[bool]:
    """Whether the packed ids hold these eight bytes, maybe across two ids: `_is_of` looks closer."""
    wanted = bindparam(name, packed([dossier]), type_=reads.c.dossiers.type)
    if database.is_sqlite:
        return func.instr(reads.c.dossiers, wanted) > 0
    return func.position(wanted.op("IN")(reads.c.dossiers)) > literal(0)


def _is_of(row: ReadRow, sought: Sought) -> bool:
    return sought.dossiers is None or not set(sought.dossiers).isdisjoint(row.dossiers)


def _row(row: Any) -> ReadRow:
    ids = unpacked(row.dossier_id, row.dossiers)
    who = (row.id, row.at, row.client, row.person, row.address, row.action, row.purpose)
    return ReadRow(*who, ids, row.records, row.what, row.request, bytes(row.seal))
