"""Records that could not be read, with their reasons and their bytes."""

import zlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from hub.store.database import Database
from hub.store.tables import connectors, quarantine


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """One record that stands in quarantine."""

    id: int
    connector: str
    key: str
    reasons: list[dict[str, str]]
    raw: bytes  # as received
    mapping: str
    first_seen_at: datetime
    last_seen_at: datetime


def listed(
    database: Database, connector: str | None = None, before: int | None = None, limit: int = 50
) -> list[QuarantineRow]:
    """Newest first; `before` is the id of the last record of the page before."""
    columns = [quarantine.c[name] for name in QuarantineRow.__slots__ if name != "connector"]
    query = select(connectors.c.name.label("connector"), *columns).join_from(quarantine, connectors)
    if connector is not None:
        query = query.where(connectors.c.name == connector)
    if before is not None:
        query = query.where(quarantine.c.id < before)
    with database.read() as connection:
        rows = connection.execute(query.order_by(quarantine.c.id.desc()).limit(limit)).mappings()
        return [QuarantineRow(**(dict(row) | {"raw": zlib.decompress(row["raw"])})) for row in rows]


def counts(database: Database) -> dict[str, int]:
    """How many records of each connector stand in quarantine."""
    held = func.count().label("held")
    query = select(connectors.c.name, held).join_from(quarantine, connectors).group_by(connectors.c.name)
    with database.read() as connection:
        return {row.name: row.held for row in connection.execute(query)}
