"""The reads of a few dossiers, found fast: all that were of one alone by index, lists only among the newest reads."""

from collections.abc import Collection

from sqlalchemy import func, select

from hub.store.access_tables import reads
from hub.store.database import Database
from hub.store.reads_found import ReadRow, numbered

NEWEST = 500  # reads among which lists and files are looked through: what one holds is packed, no index can see it


def of_one(database: Database, ids: Collection[int], limit: int) -> list[ReadRow]:
    """The reads that showed one of these dossiers and no other, newest first."""
    column = reads.c
    query = select(column.id).where(column.dossier_id.in_(ids)).order_by(column.at.desc()).limit(limit)
    with database.read() as connection:
        found = list(connection.scalars(query))
    return numbered(database, found)


def in_lists(database: Database, ids: Collection[int]) -> list[ReadRow]:
    """The lists and files among the newest reads that showed one of these dossiers, newest first."""
    column = reads.c
    with database.read() as connection:
        last = connection.scalar(select(func.max(column.id))) or 0
        query = select(column.id, column.dossiers).where(column.id > last - NEWEST, column.dossiers.is_not(None))
        wanted = {one.to_bytes(8) for one in ids}
        found = [row.id for row in connection.execute(query) if _holds(bytes(row.dossiers), wanted)]
    return numbered(database, found)


def _holds(packed: bytes, wanted: Collection[bytes]) -> bool:
    return any(packed[at : at + 8] in wanted for at in range(0, len(packed), 8))
