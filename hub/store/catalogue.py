"""The catalogues of agencies and procedures: entries from files and from connectors, and what a code means on a day."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Generic

from sqlalchemy import Connection, Row, Select, Table, delete, exists, func, insert, select

from hub.record.catalogue import (
    FILES_FIRST,
    Agency,
    Entry,
    Found,
    Procedure,
    Span,
    codes_of,
    find_agency,
    find_procedure,
    national_code,
)
from hub.record.catalogue_reading import Fault, Values, read_agency, read_procedure
from hub.record.identity import normalise
from hub.store.catalogue_tables import agencies, agency_codes, procedures
from hub.store.sets import insert_into, many, rows_with, slices
from hub.store.tables import connectors

FROM_FILE = "(file)"  # origin of what the catalogue keeper loaded; no connector can be called so


@dataclass(frozen=True, slots=True)
class Kind(Generic[Entry]):
    """One of the two catalogues: its word, its table, and how its values are read."""

    name: str
    table: Table
    read: Callable[[Values], tuple[Entry, list[Fault]]]


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry as it is to be written; `key` tells it from others of its origin."""

    key: str
    code: str
    name: str
    valid: Span
    values: dict[str, Any]


AGENCIES: Kind[Agency] = Kind("agency", agencies, read_agency)
PROCEDURES: Kind[Procedure] = Kind("procedure", procedures, read_procedure)


def agency_on(connection: Connection, code: str, day: date) -> Agency | None:
    """The agency whose code, or alias, this is on a day; None also where several claim it equally well."""
    return find_agency_on(connection, code, day).entry


def procedure_on(connection: Connection, code: str, day: date) -> Procedure | None:
    """The entry of a procedure in force on a day; the local form of a code finds the national entry too."""
    return find_procedure_on(connection, code, day).entry


def find_agency_on(connection: Connection, code: str, day: date) -> Found[Agency]:
    """Like `agency_on`, with what the code finds on other days."""
    wanted = normalise(code)
    same = (agency_codes.c.origin == agencies.c.origin) & (agency_codes.c.key == agencies.c.key)
    by_code = exists().where(same, agency_codes.c.code == wanted)
    return find_agency(_entries(connection, AGENCIES, by_code), wanted, day)


def find_procedure_on(connection: Connection, code: str, day: date) -> Found[Procedure]:
    """Like `procedure_on`, with what the code finds on other days."""
    wanted = normalise(code)
    forms = procedures.c.code.in_({wanted, national_code(wanted)})
    return find_procedure(_entries(connection, PROCEDURES, forms), wanted, day)


def entries(connection: Connection, kind: Kind[Entry]) -> list[Entry]:
    """A whole catalogue, of every origin: by code, the best origin first."""
    return sorted(_entries(connection, kind), key=_order)


def fingerprint(connection: Connection, kind: Kind[Any]) -> tuple[Any, ...]:
    """What differs whenever the catalogue does: whoever keeps it at hand looks at this first."""
    column = kind.table.c
    row = connection.execute(select(func.count(), func.max(column.id), func.max(column.changed_at))).one()
    return tuple(row)


def said(connection: Connection, kind: Kind[Any], *, by_systems: bool) -> list[dict[str, Any]]:
    """What files say, entry by entry as they say it, by code and first day; and what systems say, where wanted."""
    query = select(kind.table.c["values"]).order_by(kind.table.c.code, kind.table.c.effective_from, kind.table.c.id)
    rows = connection.execute(query if by_systems else query.where(kind.table.c.origin == FROM_FILE))
    return list(rows.scalars())


def stored(connection: Connection, kind: Kind[Entry], origin: str) -> dict[str, Kept]:
    """What one origin says, by key."""
    rows = connection.execute(select(kind.table).where(kind.table.c.origin == origin).order_by(kind.table.c.code))
    return {row.key: _kept(row) for row in rows}


def write(
    connection: Connection,
    kind: Kind[Entry],
    origin: str,
    kept: Sequence[Kept],
    now: datetime,
    connector_id: int | None = None,
) -> None:
    """Write entries of one origin, new ones and others."""
    rows = [_row(one) | {"origin": origin, "connector_id": connector_id, "changed_at": now} for one in kept]
    if not rows:
        return
    statement = insert_into(connection, kind.table)
    replaced = {name: statement.excluded[name] for name in rows[0] if name not in ("origin", "key")}
    many(connection, statement.on_conflict_do_update(index_elements=["origin", "key"], set_=replaced), rows)
    if kind.table is agencies:
        _write_codes(connection, origin, kept)


def remove(connection: Connection, kind: Kind[Entry], origin: str, keys: Collection[str]) -> None:
    """Take entries of one origin out."""
    for some in slices(list(keys)):
        gone = (kind.table.c.origin == origin) & kind.table.c.key.in_(some)
        connection.execute(delete(kind.table).where(gone))


def known_keys(
    connection: Connection, kind: Kind[Entry], origin: str, keys: Collection[str]
) -> Mapping[str, dict[str, Any]]:
    """The values that an origin's entries have now, by key."""
    query = select(kind.table.c.key, kind.table.c["values"]).where(kind.table.c.origin == origin)
    return {row.key: row.values for row in rows_with(connection, query, kind.table.c.key, keys)}


def _write_codes(connection: Connection, origin: str, kept: Sequence[Kept]) -> None:
    """What these entries are found by, in place of what they were found by until now."""
    last = {one.key: one for one in kept}
    for some in slices(list(last)):
        gone = (agency_codes.c.origin == origin) & agency_codes.c.key.in_(some)
        connection.execute(delete(agency_codes).where(gone))
    read = {key: AGENCIES.read(one.values)[0] for key, one in last.items()}
    codes = {(key, code) for key, agency in read.items() for code, _ in codes_of(agency) if code}
    rows = [{"origin": origin, "key": key, "code": code} for key, code in sorted(codes)]
    many(connection, insert(agency_codes), rows)


def _entries(connection: Connection, kind: Kind[Entry], *where: Any) -> Iterator[Entry]:
    ranks = {row.id: rank for rank, row in enumerate(connection.execute(_BY_PRECEDENCE), FILES_FIRST + 1)}
    for row in connection.execute(select(kind.table).where(*where).order_by(kind.table.c.id)):
        entry, _ = kind.read(row.values)
        yield replace(entry, origin=row.origin, rank=ranks.get(row.connector_id, FILES_FIRST))


_BY_PRECEDENCE: Select[Any] = select(connectors.c.id).order_by(connectors.c.precedence.desc(), connectors.c.name)


def _order(entry: Agency | Procedure) -> tuple[str, int, date]:
    return entry.code, entry.rank, entry.valid.first or date.min


def _kept(row: Row[Any]) -> Kept:
    first, last = (date.fromisoformat(text) if text else None for text in (row.effective_from, row.effective_to))
    return Kept(row.key, row.code, row.name, Span(first, last), row.values)


def _row(kept: Kept) -> dict[str, Any]:
    return {
        "key": kept.key,
        "code": kept.code,
        "name": kept.name,
        "effective_from": _day(kept.valid.first),
        "effective_to": _day(kept.valid.last),
        "values": kept.values,
    }


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
