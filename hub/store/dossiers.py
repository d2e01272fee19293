"""Reading dossiers: one by any of its codes, lists by filter and keyset, and all that is known behind one."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, RowMapping, Select, func, select

from hub.record.dossier import Name
from hub.record.event import Event
from hub.record.identity import Code
from hub.record.merge import Source
from hub.record.timeline import Step
from hub.record.timeline import timeline as steps
from hub.store import finding, looking_up
from hub.store.database import Database
from hub.store.dossier_rows import DossierRow
from hub.store.filters import Filter
from hub.store.finding import Place, Sort
from hub.store.laid_out import believed, source_of, wrong_codes
from hub.store.quarantine_tables import quarantine
from hub.store.scope import ALL
from hub.store.sets import rows_with
from hub.store.tables import connectors, disowned, dossiers, events, revisions, source_records


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


@dataclass(frozen=True, slots=True)
class Totals:
    """How much the record holds, without dossiers that are gone."""

    dossiers: int
    events: int
    quarantined: int


MOST_REVISIONS = 200  # that are shown of one dossier

_STANDING = dossiers.c.merged_into.is_(None)
_GONE = dossiers.c.gone_at.is_not(None)


def with_code(database: Database, code: str) -> list[DossierRow]:
    """All dossiers that carry this code, for whoever sees everything: `looking_up.with_code`."""
    return [found.row for found in looking_up.with_code(database, code, ALL)]


def page(database: Database, wanted: Filter, after: Place | None = None, limit: int = 50) -> list[DossierRow]:
    """All that a filter finds, newest reception first: for whoever sees everything."""
    return finding.page(database, wanted, ALL, Sort.RECEIVED, after, limit)


def sources(database: Database, dossier_id: int) -> list[SourceRow]:
    """The source records behind a dossier."""
    return sources_of(database, [dossier_id]).get(dossier_id, [])


def sources_of(database: Database, dossier_ids: Sequence[int]) -> dict[int, list[SourceRow]]:
    """The source records behind each of these dossiers."""
    found: dict[int, list[SourceRow]] = {}
    with database.read() as connection:
        wrong = wrong_codes(connection)
        for row in rows_with(connection, _SOURCES, source_records.c.dossier_id, dossier_ids):
            found.setdefault(row.dossier_id, []).append(_source(row, wrong))
    return found


def timeline(database: Database, dossier_id: int) -> list[EventRow]:
    """What happened to a dossier, oldest first, each happening once."""
    return timelines(database, [dossier_id]).get(dossier_id, [])


def timelines(database: Database, dossier_ids: Sequence[int]) -> dict[int, list[EventRow]]:
    """What happened to each of these dossiers."""
    told: dict[int, list[RowMapping]] = {}
    with database.read() as connection:
        for row in rows_with(connection, _EVENTS, events.c.dossier_id, dossier_ids):
            told.setdefault(row.dossier_id, []).append(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it
    return {
        dossier_id: [_event(step, rows[step.teller]) for step in steps([_told(row) for row in rows])]
        for dossier_id, rows in told.items()
    }


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


_SOURCES = (
    select(source_records, connectors.c.name, connectors.c.agency, connectors.c.seen_at)
    .join_from(source_records, connectors, connectors.c.id == source_records.c.connector_id)
    .order_by(connectors.c.name, source_records.c.key)
)
_EVENTS = (
    select(events, connectors.c.name.label("connector"))
    .join_from(events, connectors, connectors.c.id == events.c.connector_id)
    .order_by(connectors.c.name, events.c.key)
)
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
