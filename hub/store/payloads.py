"""What was received, byte for byte: one payload at a time, and how many there are."""

import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, not_, select

from hub.store.database import Database
from hub.store.quarantine_tables import quarantine
from hub.store.setting_aside import newer_aside
from hub.store.tables import connectors, payloads, source_records


@dataclass(frozen=True, slots=True)
class Payload:
    """An answer, or a part of a huge one, exactly as received."""

    id: int
    connector_id: int
    media_type: str
    body: bytes
    received_at: datetime


def read(database: Database, payload_id: int) -> Payload | None:
    """A payload, decompressed; None: there is none of this number (any more)."""
    columns = [payloads.c[name] for name in Payload.__slots__]
    with database.read() as connection:
        row = connection.execute(select(*columns).where(payloads.c.id == payload_id)).mappings().one_or_none()
    return None if row is None else Payload(**(dict(row) | {"body": zlib.decompress(row["body"])}))


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one connector."""

    connector: str
    payloads: int
    size: int  # bytes as received
    kept_bytes: int  # bytes in the store
    troubled: int  # in which something could not be read
    unused: int  # that no record points at any more, so far as was noticed
    oldest: datetime  # when the one was received that came longest ago


def sizes(database: Database) -> list[Kept]:
    """How many payloads are kept of each connector, and how large they are."""
    query = (
        select(
            connectors.c.name,
            func.count(),
            func.sum(payloads.c.size),
            func.sum(func.length(payloads.c.body)),
            func.count().filter(payloads.c.troubled),
            func.count(payloads.c.unused_since),
            func.min(payloads.c.received_at),
        )
        .join_from(payloads, connectors)
        .group_by(connectors.c.name)
        .order_by(connectors.c.name)
    )
    with database.read() as connection:
        return [Kept(row[0], row[1], int(row[2]), int(row[3]), *row[4:]) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the newest state of one record is kept."""

    connector: str
    connector_id: int
    key: str
    payload_id: int
    mapping: str  # that it was read with, as a run names it
    raw: bytes | None  # of a record in quarantine its own bytes; others are found in the payload


def pointer(database: Database, connector: str, key: str) -> Pointer | None:
    """Where a record came from; what stands in quarantine is the newer word. None: the hub has no such record."""
    with database.read() as connection:
        for table in (quarantine, source_records):
            columns = [table.c[name] for name in ("connector_id", "key", "payload_id", "mapping")]
            raw = [table.c.raw] if table is quarantine else []
            query = select(*columns, *raw).join_from(table, connectors, connectors.c.id == table.c.connector_id)
            row = connection.execute(query.where(connectors.c.name == connector, table.c.key == key)).one_or_none()
            if row is not None:
                own = zlib.decompress(row.raw) if raw else None
                return Pointer(connector, row.connector_id, row.key, row.payload_id, row.mapping, own)
    return None


def pointers(database: Database, dossier_id: int) -> list[tuple[str, str]]:
    """Connector and key of every record that speaks of a dossier, in the order in which they came."""
    query = select(connectors.c.name, source_records.c.key).join_from(
        source_records, connectors, connectors.c.id == source_records.c.connector_id
    )
    with database.read() as connection:
        rows = connection.execute(query.where(source_records.c.dossier_id == dossier_id).order_by(source_records.c.id))
        return [(row.name, row.key) for row in rows]


def in_use(database: Database, connector_ids: Collection[int]) -> list[int]:
    """The payloads that records of these connectors point at, the quarantined ones too, oldest first."""
    found: set[int] = set()
    with database.read() as connection:
        for table in (source_records, quarantine):
            query = select(table.c.payload_id).where(table.c.connector_id.in_(connector_ids)).distinct()
            found.update(connection.scalars(query))
    return sorted(found)


def newest(database: Database, connector_id: int, limit: int) -> list[int]:
    """The payloads of a connector that are looked at first: those with records in quarantine, then the newest."""
    aside = select(quarantine.c.payload_id).where(quarantine.c.connector_id == connector_id)
    mine = select(payloads.c.id).where(payloads.c.connector_id == connector_id, payloads.c.unused_since.is_(None))
    with database.read() as connection:
        found = list(connection.scalars(mine.order_by(payloads.c.id.desc()).limit(limit)))
        troubled: list[int] = []
        below = aside
        while len(troubled) < limit:  # from one to the next: a payload may hold thousands of them
            last = connection.scalar(below.order_by(quarantine.c.payload_id.desc()).limit(1))
            if last is None:
                break
            troubled.append(last)
            below = aside.where(quarantine.c.payload_id < last)
    return list(dict.fromkeys([*troubled, *found]))[:limit]


def keys_in(database: Database, payload_id: int) -> list[str]:
    """The records whose newest state came in a payload; of one in quarantine that is the newer word."""
    mine = source_records.c.payload_id == payload_id
    queries = (
        select(source_records.c.key).where(mine, not_(newer_aside(source_records))),
        select(quarantine.c.key).where(quarantine.c.payload_id == payload_id),
    )
    with database.read() as connection:
        return [key for query in queries for key in connection.scalars(query)]
