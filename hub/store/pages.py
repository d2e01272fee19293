"""Storing one page of a run: everything that one transaction reads and writes, in sets."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, Select, Table, delete, select

from hub.record.entities import DOSSIER
from hub.record.merge import Source
from hub.store.database import Database
from hub.store.sets import insert_into, rows_with, slices, upsert
from hub.store.tables import payloads, quarantine, source_records

Fields: TypeAlias = dict[str, Any]  # of a row that is written


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of a record: its digest, whether it stands in quarantine, and since when it is as it is."""

    digest: bytes
    quarantined: bool
    changed_at: str  # at the source, UTC ISO 8601: the newest state, readable or not; empty where none says


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A source record as it is to be kept."""

    source: Source
    digest: bytes
    problems: list[dict[str, str]] | None
    dossier_id: int | None
    mapping: str  # that it was read with
    entity: str = DOSSIER


def known_records(database: Database, connector_id: int, keys: Sequence[str]) -> dict[str, Known]:
    """What is stored already of these records; quarantine speaks last, it is the newer word."""
    found: dict[str, Known] = {}
    with database.read() as connection:
        for table in (source_records, quarantine):
            query = _of(connector_id, table, "key", "digest", "changed_at")
            for row in rows_with(connection, query, table.c.key, keys):
                before = found[row.key].changed_at if row.key in found else ""
                found[row.key] = Known(row.digest, table is quarantine, max(before, row.changed_at))
    return found


def save_payload(
    connection: Connection, connector_id: int, media_type: str, body: bytes, digest: bytes, now: datetime
) -> int:
    """Keep an answer as received; the same answer is kept once. Its id."""
    row = {"connector_id": connector_id, "digest": digest, "media_type": media_type, "size": len(body)}
    row |= {"body": zlib.compress(body, level=1), "received_at": now}
    statement = insert_into(connection, payloads).values(**row)
    newer = {name: statement.excluded[name] for name in ("received_at", "media_type")}
    again = newer | {"unused_since": None}
    kept = statement.on_conflict_do_update(index_elements=["connector_id", "digest"], set_=again)
    payload_id: int = connection.execute(kept.returning(payloads.c.id)).scalar_one()
    return payload_id


def save_records(
    connection: Connection, connector_id: int, records: Sequence[StoredRecord], payload_id: int, now: datetime
) -> None:
    """Write source records, each pointing at its dossier."""
    rows = [
        {
            "connector_id": connector_id,
            "key": record.source.key,
            "dossier_id": record.dossier_id,
            "digest": record.digest,
            "version": record.source.version or None,
            "precedence": record.source.precedence,
            "scope": record.source.scope,
            "changed_at": record.source.changed_at,
            "precedence_for": dict(record.source.precedence_for) or None,
            "values": record.source.values,
            "problems": record.problems,
            "payload_id": payload_id,
            "mapping": record.mapping,
            "entity": record.entity,
            "stored_at": now,
        }
        for record in records
    ]
    upsert(connection, source_records, rows)


def release(connection: Connection, connector_id: int, read: Mapping[str, str]) -> None:
    """Let records out of quarantine that could be read, but for those of which a newer state stands there.

    `read` says of each key when its source changed what was read (UTC ISO 8601), empty where it does not say.
    """
    standing = _of(connector_id, quarantine, "id", "key", "changed_at")
    found = list(rows_with(connection, standing, quarantine.c.key, read.keys()))
    out = [row.id for row in found if not read[row.key] or read[row.key] >= row.changed_at]
    for some in slices(out):
        connection.execute(delete(quarantine).where(quarantine.c.id.in_(some)))


def _of(connector_id: int, table: Table, *columns: str) -> Select[Any]:
    return select(*(table.c[name] for name in columns)).where(table.c.connector_id == connector_id)
