"""Reading dossiers: one by any of its codes, lists by filter and keyset, and all that is known behind one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, func, or_, select

from hub.record.identity import normalise
from hub.record.merge import Source, Values
from hub.record.text import fold
from hub.store.database import Database
from hub.store.tables import connectors, dossier_codes, dossiers, events, quarantine, source_records


@dataclass(frozen=True, slots=True)
class DossierRow:
    """A dossier as lists and look-ups need it."""

    id: int
    code: str
    values: Values
    received_on: str
    first_seen_at: datetime
    changed_at: datetime  # in the hub


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source record behind a dossier."""

    source: Source
    agency: str
    problems: list[dict[str, str]]
    payload_id: int
    stored_at: datetime
    seen_at: datetime | None  # when its connector was last read to the end


@dataclass(frozen=True, slots=True)
class EventRow:
    """One entry of a dossier's timeline."""

    at: str
    status: str | None
    name: str | None
    actor: str | None
    unit: str | None
    connector: str
    recorded_at: datetime


class Position(NamedTuple):
    """Where a list goes on: the last dossier of the page before."""

    received_on: str
    id: int


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list shows; None means anything. Times are UTC ISO 8601, `received_to` excluded."""

    agency: str | None = None
    status: str | None = None
    procedure: str | None = None
    received_from: str | None = None
    received_to: str | None = None
    words: str | None = None  # of the owner's name, the summary, the procedure or a code; accents do not matter


@dataclass(frozen=True, slots=True)
class Totals:
    """How much the record holds."""

    dossiers: int
    events: int
    quarantined: int


_COLUMNS = tuple(dossiers.c[name] for name in DossierRow.__slots__)
_STANDING = dossiers.c.merged_into.is_(None)


def with_code(database: Database, code: str) -> list[DossierRow]:
    """The dossiers that carry this code: more than one only where agencies gave the same number of their own."""
    wanted = (
        select(*_COLUMNS)
        .join_from(dossiers, dossier_codes)
        .where(dossier_codes.c.value == normalise(code))
        .order_by(dossiers.c.id)
    )
    with database.read() as connection:
        return _rows(connection, wanted)


def page(database: Database, wanted: Filter, after: Position | None = None, limit: int = 50) -> list[DossierRow]:
    """Newest reception first; `after` is the last dossier of the page before."""
    query = select(*_COLUMNS).where(_STANDING, *_conditions(wanted))
    if after is not None:
        same = and_(dossiers.c.received_on == after.received_on, dossiers.c.id < after.id)
        query = query.where(or_(dossiers.c.received_on < after.received_on, same))
    query = query.order_by(dossiers.c.received_on.desc(), dossiers.c.id.desc()).limit(limit)
    with database.read() as connection:
        return _rows(connection, query)


def codes(database: Database, dossier_id: int) -> list[str]:
    """Every code that a dossier is known under."""
    with database.read() as connection:
        mine = select(dossier_codes.c.value).where(dossier_codes.c.dossier_id == dossier_id)
        return list(connection.execute(mine.order_by(dossier_codes.c.value)).scalars())


def sources(database: Database, dossier_id: int) -> list[SourceRow]:
    """The source records behind a dossier."""
    query = (
        select(source_records, connectors.c.name, connectors.c.agency, connectors.c.seen_at)
        .join_from(source_records, connectors)
        .where(source_records.c.dossier_id == dossier_id)
        .order_by(connectors.c.name, source_records.c.key)
    )
    with database.read() as connection:
        return [_source(row) for row in connection.execute(query).mappings()]


def connectors_of(database: Database, dossier_ids: Sequence[int]) -> dict[int, list[str]]:
    """The connectors that speak of each of these dossiers."""
    query = (
        select(source_records.c.dossier_id, connectors.c.name)
        .join_from(source_records, connectors)
        .where(source_records.c.dossier_id.in_(dossier_ids))
        .distinct()
        .order_by(connectors.c.name)
    )
    found: dict[int, list[str]] = {}
    with database.read() as connection:
        for dossier_id, name in connection.execute(query):
            found.setdefault(dossier_id, []).append(name)
    return found


def timeline(database: Database, dossier_id: int) -> list[EventRow]:
    """What happened to a dossier, oldest first."""
    columns = (events.c.at, events.c.status, events.c.name, events.c.actor, events.c.unit)
    query = (
        select(*columns, connectors.c.name.label("connector"), events.c.recorded_at)
        .join_from(events, connectors)
        .where(events.c.dossier_id == dossier_id)
        .order_by(events.c.at, events.c.id)
    )
    with database.read() as connection:
        return [EventRow(*row) for row in connection.execute(query)]


def totals(database: Database) -> Totals:
    """Counts everything: for summaries, not for every page."""
    with database.read() as connection:
        return Totals(
            _count(connection, select(func.count()).select_from(dossiers).where(_STANDING)),
            _count(connection, select(func.count()).select_from(events)),
            _count(connection, select(func.count()).select_from(quarantine)),
        )


def _conditions(wanted: Filter) -> Sequence[ColumnElement[bool]]:
    column = dossiers.c
    equal = {column.agency: wanted.agency, column.status: wanted.status, column.procedure: wanted.procedure}
    conditions: list[ColumnElement[bool]] = [named == value for named, value in equal.items() if value is not None]
    if wanted.received_from is not None:
        conditions.append(column.received_on >= wanted.received_from)
    if wanted.received_to is not None:
        # No time of reception is kept as an empty text, which sorts before every time.
        conditions += [column.received_on < wanted.received_to, column.received_on != ""]
    words = fold(wanted.words or "").split()
    conditions.extend(column.search.contains(word, autoescape=True) for word in words)
    return conditions


def _count(connection: Connection, query: Select[Any]) -> int:
    count: int = connection.execute(query).scalar_one()
    return count


def _rows(connection: Connection, query: Select[Any]) -> list[DossierRow]:
    return [DossierRow(**row) for row in connection.execute(query).mappings()]


def _source(row: RowMapping) -> SourceRow:
    source = Source(row["name"], row["key"], row["precedence"], row["scope"], row["changed_at"], row["values"])
    return SourceRow(source, row["agency"], row["problems"] or [], row["payload_id"], row["stored_at"], row["seen_at"])
