"""Which records of a connector the hub holds for a period, to be compared with what its source says."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, exists, func, select

from hub.store.quarantine_tables import quarantine
from hub.store.sets import rows_with
from hub.store.tables import source_records


@dataclass(frozen=True, slots=True)
class Standing:
    """What the hub knows of one record."""

    changed_at: str  # at the source, the newest that came (UTC text); empty where none says
    quarantined: bool
    gone: bool  # its source did not hold it any more


def keys_changed(connection: Connection, connector_id: int, start: str, end: str) -> set[str]:
    """The records whose newest change at the source lies from `start` up to, not including, `end` (UTC text)."""
    query = select(source_records.c.key).where(_changed(source_records, connector_id, start, end), _newest_read())
    return set(connection.scalars(query))


def count_changed(connection: Connection, connector_id: int, start: str, end: str) -> tuple[int, int]:
    """How many records the hub holds of that period, and of how many more the newest state stands in quarantine."""
    here = select(func.count()).select_from(source_records)
    held = connection.scalar(here.where(_changed(source_records, connector_id, start, end), _newest_read())) or 0
    read_later = exists().where(
        source_records.c.connector_id == quarantine.c.connector_id,
        source_records.c.key == quarantine.c.key,
        source_records.c.changed_at >= quarantine.c.changed_at,
        source_records.c.gone_at.is_(None),
    )
    aside = select(func.count()).select_from(quarantine)
    return held, connection.scalar(aside.where(_changed(quarantine, connector_id, start, end), ~read_later)) or 0


def standing(connection: Connection, connector_id: int, keys: Collection[str]) -> dict[str, Standing]:
    """What is known of these records; one that is not there is not known at all."""
    found: dict[str, Standing] = {}
    kept = select(source_records.c.key, source_records.c.changed_at, source_records.c.gone_at)
    for row in rows_with(connection, _of(kept, source_records, connector_id), source_records.c.key, keys):
        found[row.key] = Standing(row.changed_at, quarantined=False, gone=row.gone_at is not None)
    aside = select(quarantine.c.key, quarantine.c.changed_at)
    for row in rows_with(connection, _of(aside, quarantine, connector_id), quarantine.c.key, keys):
        before = found[row.key].changed_at if row.key in found else ""
        changed_at = max(before, row.changed_at) if row.changed_at else ""
        found[row.key] = Standing(changed_at, quarantined=True, gone=False)
    return found


def has_undated(connection: Connection, connector_id: int) -> bool:
    """Whether it has records, read or set aside, of which no source says when they changed."""
    tables = (source_records, quarantine)
    undated = (exists().where(table.c.connector_id == connector_id, table.c.changed_at == "") for table in tables)
    return any(connection.scalar(select(one)) for one in undated)


def _of(query: Any, table: Table, connector_id: int) -> Any:
    return query.where(table.c.connector_id == connector_id)


def _changed(table: Table, connector_id: int, start: str, end: str) -> ColumnElement[bool]:
    return (table.c.connector_id == connector_id) & (table.c.changed_at >= start) & (table.c.changed_at < end)


def _newest_read() -> ColumnElement[bool]:
    """It is there, and no newer state of it stands in quarantine."""
    newer_aside = exists().where(
        quarantine.c.connector_id == source_records.c.connector_id,
        quarantine.c.key == source_records.c.key,
        quarantine.c.changed_at > source_records.c.changed_at,
    )
    return source_records.c.gone_at.is_(None) & ~newer_aside
