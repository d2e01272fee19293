"""Which records of a connector the hub holds for a period, to be compared with what its source says."""

from sqlalchemy import select

from hub.store.database import Database
from hub.store.tables import source_records


def keys_changed(database: Database, connector_id: int, start: str, end: str) -> set[str]:
    """The records whose newest change at the source lies from `start` up to, not including, `end` (UTC text)."""
    in_period = (source_records.c.changed_at >= start) & (source_records.c.changed_at < end)
    query = select(source_records.c.key).where(source_records.c.connector_id == connector_id, in_period)
    with database.read() as connection:
        return set(connection.scalars(query))
