"""Removing what is older than some time from tables that grow with it: no index on times is needed for that."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Table, delete, func, select

from hub.store.database import Database

_AT_ONCE = 5_000


def remove(database: Database, table: Table, before: datetime) -> Iterator[int]:
    """Remove what is older from a table that grows with time, from its beginning: how many went in each step."""
    first = select(table.c.id, table.c.at).order_by(table.c.id).limit(_AT_ONCE).subquery()
    while True:
        with database.write(patient=True) as connection:
            last, newest = connection.execute(select(func.max(first.c.id), func.max(first.c.at))).one()
            if last is None:
                return
            old = (table.c.id <= last) & (table.c.at < before)
            gone = connection.execute(delete(table).where(old)).rowcount
        yield gone
        if newest >= before:
            return
