"""Reading dossiers: one by any of its codes, lists by filter and keyset, and all that is known behind one."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, RowMapping, Select, and_, func, literal_column, or_, select

from hub.record.dossier import Name
from hub.record.entities import DOSSIER
from hub.record.event import Event
from hub.record.identity import Code, codes_of, normalise
from hub.record.merge import Source, Values
from hub.record.shown import agency_key, procedure_key, words
from hub.record.standing import Moment, Standing
from hub.record.timeline import Step
from hub.record.timeline import timeline as steps
from hub.store.database import Database
from hub.store.laid_out import believed, source_of, wrong_codes
from hub.store.standing import stands
from hub.store.tables import (
    connectors,
    disowned,
    dossier_codes,
    dossiers,
    events,
    quarantine,
    revisions,
    source_records,
)


@dataclass(frozen=True, slots=True)
class DossierRow:
    """A dossier as lists and look-ups need it."""

    id: int
    code: str
    values: Values
    received_on: str
    first_seen_at: datetime
    changed_at: datetime  # in the hub
    gone_at: datetime | None  # since then none of its sources holds it any more


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source record behind a dossier."""

    source: Source
    agency: str
    problems: list[dict[str, str]]
    payload_id: int
    mapping: str  # that it was read with, as a run names it
    stored_at: datetime
    seen_at: datetime | None  # when its connector was last read to the end
    gone_at: datetime | None  # since then its source does not list it any more


@dataclass(frozen=True, slots=True)
class EventRow:
    """One entry of a dossier's timeline."""

    at: str
    status: str | None
    name: str | None
    actor: str | None
    title: str | None  # the actor's
    unit: str | None
    started_at: str | None
    due_at: str | None
    inferred: bool  # no source tells it; what one says of the dossier shows it
    unusual_after: str | None  # the status before, where a dossier does not usually move from it to this one
    connector: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """What one arrival, or one person, changed of a dossier."""

    changes: dict[str, list[Any]]  # by field: before and after
    connector: str | None
    run_id: int | None
    author: str | None
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class DisownedRow:
    """A code that a record gives but that a person found to be wrong."""

    connector: str
    key: str
    code: str
    author: str
    reason: str
    at: datetime


class Position(NamedTuple):
    """Where a list goes on: the last dossier of the page before."""

    received_on: str
    id: int


class Due(NamedTuple):
    """Dossiers that stand so against their due date at a moment."""

    stands: Standing
    at: Moment


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list shows; None means anything. Times are UTC ISO 8601, `received_to` excluded."""

    agency: str | None = None
    status: str | None = None
    procedure: str | None = None
    received_from: str | None = None
    received_to: str | None = None
    words: str | None = None  # of the owner's name, the summary, the procedure or a code; accents do not matter
    due: Due | None = None
    conflicts: bool | None = None  # whether sources disagree on one of its fields
    gone: bool | None = False  # whether its sources do not hold it any more


@dataclass(frozen=True, slots=True)
class Totals:
    """How much the record holds, without dossiers that are gone."""

    dossiers: int
    events: int
    quarantined: int


MOST_REVISIONS = 200  # that are shown of one dossier

_COLUMNS = tuple(dossiers.c[name] for name in DossierRow.__slots__)
_STANDING = dossiers.c.merged_into.is_(None)
_GONE = dossiers.c.gone_at.is_not(None)


def with_code(database: Database, code: str) -> list[DossierRow]:
    """The dossiers that carry this code: more than one only where agencies gave the same number of their own.

    Those that no record gives it for any more are only found where there is no other.
    """
    mine = select(dossier_codes.c.dossier_id).where(dossier_codes.c.value == normalise(code))
    wanted = select(*_COLUMNS).where(dossiers.c.id.in_(mine)).order_by(dossiers.c.id)
    with database.read() as connection:
        found = _rows(connection, wanted)
    if len(found) < 2:
        return found
    return [row for row in found if givers(database, row.id, code)] or found


def givers(database: Database, dossier_id: int, code: str) -> list[Name]:
    """The records of a dossier that give this code now, each by its connector and key."""
    said = [source.source for source in sources(database, dossier_id)]
    wanted = normalise(code)
    return [one.name for one in said if any(wanted == given.value for given in codes_of(one.values, one.scope))]


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
        mine = select(dossier_codes.c.value).distinct().where(dossier_codes.c.dossier_id == dossier_id)
        return list(connection.execute(mine.order_by(dossier_codes.c.value)).scalars())


def sources(database: Database, dossier_id: int) -> list[SourceRow]:
    """The source records behind a dossier."""
    query = (
        select(source_records, connectors.c.name, connectors.c.agency, connectors.c.seen_at)
        .join_from(source_records, connectors, connectors.c.id == source_records.c.connector_id)
        .where(source_records.c.dossier_id == dossier_id)
        .order_by(connectors.c.name, source_records.c.key)
    )
    with database.read() as connection:
        wrong = wrong_codes(connection)
        return [_source(row, wrong) for row in connection.execute(query)]


def connectors_of(database: Database, dossier_ids: Sequence[int]) -> dict[int, list[str]]:
    """The connectors that each of these dossiers is as fresh as: those that brought it.

    Those that only told steps of it count where nobody brought it: steps come when something happens, not on time.
    """
    query = (
        select(source_records.c.dossier_id, connectors.c.name, source_records.c.entity == DOSSIER)
        .join_from(source_records, connectors, connectors.c.id == source_records.c.connector_id)
        .where(source_records.c.dossier_id.in_(dossier_ids))
        .distinct()
        .order_by(connectors.c.name)
    )
    brought: dict[int, list[str]] = {}
    told: dict[int, list[str]] = {}
    with database.read() as connection:
        for dossier_id, name, whole in connection.execute(query):
            (brought if whole else told).setdefault(dossier_id, []).append(name)
    return told | brought


def timeline(database: Database, dossier_id: int) -> list[EventRow]:
    """What happened to a dossier, oldest first, each happening once."""
    query = (
        select(events, connectors.c.name.label("connector"))
        .join_from(events, connectors, connectors.c.id == events.c.connector_id)
        .where(events.c.dossier_id == dossier_id)
        .order_by(connectors.c.name, events.c.key)
    )
    with database.read() as connection:
        rows = connection.execute(query).mappings().all()
    return [_event(step, rows[step.teller]) for step in steps([_told(row) for row in rows])]


def revisions_of(database: Database, dossier_id: int, limit: int = MOST_REVISIONS) -> list[RevisionRow]:
    """The last that was changed of a dossier, and of those that turned out to be the same one, newest first."""
    same = select(dossiers.c.id).where((dossiers.c.id == dossier_id) | (dossiers.c.merged_into == dossier_id))
    columns = (revisions.c.changes, connectors.c.name, revisions.c.run_id, revisions.c.author, revisions.c.reason)
    query = (
        select(*columns, revisions.c.at)
        .join_from(revisions, connectors, connectors.c.id == revisions.c.connector_id, isouter=True)
        .where(revisions.c.dossier_id.in_(same))
        .order_by(revisions.c.at.desc(), revisions.c.id.desc())
        .limit(limit)
    )
    with database.read() as connection:
        return [RevisionRow(*row) for row in connection.execute(query)]


def disowned_of(database: Database, dossier_id: int) -> list[DisownedRow]:
    """The codes that records of a dossier give, but that a person found to be wrong."""
    record = (source_records.c.connector_id == disowned.c.connector_id) & (source_records.c.key == disowned.c.key)
    columns = (connectors.c.name, *(disowned.c[name] for name in ("key", "value", "author", "reason", "at")))
    query = (
        select(*columns)
        .join_from(disowned, connectors)
        .join(source_records, record)
        .where(source_records.c.dossier_id == dossier_id)
        .order_by(disowned.c.id)
    )
    with database.read() as connection:
        return [DisownedRow(*row) for row in connection.execute(query)]


def totals(database: Database) -> Totals:
    """Counts everything: for summaries, not for every page."""
    with database.read() as connection:
        return Totals(
            _count(connection, select(func.count()).select_from(dossiers).where(_STANDING, ~_GONE)),
            _count(connection, select(func.count()).select_from(events)),
            _count(connection, select(func.count()).select_from(quarantine)),
        )


def _conditions(wanted: Filter) -> Sequence[ColumnElement[bool]]:
    column = dossiers.c
    agency = None if wanted.agency is None else agency_key(wanted.agency)
    procedure = None if wanted.procedure is None else procedure_key(wanted.procedure)
    equal = {column.agency: agency, column.status: wanted.status, column.procedure: procedure}
    conditions: list[ColumnElement[bool]] = [named == value for named, value in equal.items() if value is not None]
    if wanted.received_from is not None:
        conditions.append(column.received_on >= wanted.received_from)
    if wanted.received_to is not None:
        # No time of reception is kept as an empty text, which sorts before every time.
        conditions += [column.received_on < wanted.received_to, column.received_on != ""]
    if wanted.gone is not None:
        conditions.append(_GONE if wanted.gone else ~_GONE)
    if wanted.conflicts is not None:
        # Written out, not bound: a partial index is only used where the planner sees its condition.
        none: ColumnElement[int] = literal_column("0")
        conditions.append(column.conflicts > none if wanted.conflicts else column.conflicts == none)
    if wanted.due is not None:
        conditions.append(stands(*wanted.due))
    conditions.extend(column.search.contains(word, autoescape=True) for word in words(wanted.words or ""))
    return conditions


_OF_EVENT = ("at", "status", "name", "actor", "unit", "title", "started_at", "due_at", "inferred")


def _told(row: RowMapping) -> Event:
    return Event(**{name: row[name] for name in _OF_EVENT})


def _event(step: Step, row: RowMapping) -> EventRow:
    told = {name: row[name] for name in _OF_EVENT}
    return EventRow(
        **told, unusual_after=step.unusual_after, connector=row["connector"], recorded_at=row["recorded_at"]
    )


def _count(connection: Connection, query: Select[Any]) -> int:
    count: int = connection.execute(query).scalar_one()
    return count


def _rows(connection: Connection, query: Select[Any]) -> list[DossierRow]:
    return [DossierRow(**row) for row in connection.execute(query).mappings()]


def _source(row: Row[Any], wrong: Mapping[Name, Set[Code]]) -> SourceRow:
    return SourceRow(
        believed(source_of(row), wrong),
        row.agency,
        row.problems or [],
        row.payload_id,
        row.mapping,
        row.stored_at,
        row.seen_at,
        row.gone_at,
    )
