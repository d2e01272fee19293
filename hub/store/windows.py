"""What is counted by the minute over all processes: requests of clients, tries at what may be tried a few times."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from hub.store.access_tables import counters
from hub.store.database import Database, Transaction

Window: TypeAlias = tuple[str, int]  # what is counted, and the first minute of the time in which it is (since 1970)

KEPT_MINUTES = 2 * 24 * 60
_SECONDS = 60


def minute_of(at: datetime) -> int:
    """The minute that a time is in, since 1970."""
    return int(at.timestamp()) // _SECONDS


def add(database: Database, counts: Mapping[Window, int]) -> dict[Window, int]:
    """Add what one process has counted; how much each window holds now, with what all others have counted."""
    if not counts:
        return {}
    # In one order, so that two processes never wait for each other.
    rows = [{"name": name, "minute": minute, "count": counts[name, minute]} for name, minute in sorted(counts)]
    return database.write_again(lambda transaction: _added(transaction, database, rows))


def totals(database: Database, windows: Collection[Window]) -> dict[Window, int]:
    """How much these windows hold now; what none has counted in is left out."""
    if not windows:
        return {}
    wanted = tuple_(counters.c.name, counters.c.minute).in_(sorted(windows))
    with database.read() as connection:
        found = connection.execute(select(counters.c.name, counters.c.minute, counters.c.count).where(wanted))
        return {(name, minute): int(count) for name, minute, count in found}


def exact(database: Database, name: str, now: datetime, minutes: int) -> int:
    """How much was counted in the last minutes, the one of `now` included."""
    with database.read() as connection:
        return _sum(connection, name, now, minutes)


def hit(database: Database, name: str, now: datetime, limit: int, minutes: int) -> bool:
    """Count one try; False, and nothing counted, where there were `limit` in the last `minutes` (this one included).

    Exact over any number of processes, and so dearer than `add`: for what is rare and guarded. Once shut it costs one
    read.
    """
    if exact(database, name, now, minutes) >= limit:
        return False

    def count(transaction: Transaction) -> bool:
        if not database.is_sqlite:  # which has one writer at a time anyway
            transaction.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
        if _sum(transaction, name, now, minutes) >= limit:
            return False
        _added(transaction, database, [{"name": name, "minute": minute_of(now), "count": 1}])
        return True

    return database.write_again(count)


def prune(database: Database, now: datetime) -> int:
    """Forget what is older than two days; how many rows."""
    with database.write() as transaction:
        old = delete(counters).where(counters.c.minute < minute_of(now) - KEPT_MINUTES)
        return transaction.execute(old).rowcount


def _sum(connection: Transaction, name: str, now: datetime, minutes: int) -> int:
    # What a faster clock has counted ahead of `now` counts too.
    within = (counters.c.name == name) & (counters.c.minute > minute_of(now) - minutes)
    return int(connection.execute(select(func.coalesce(func.sum(counters.c.count), 0)).where(within)).scalar_one())


def _added(transaction: Transaction, database: Database, rows: list[dict[str, Any]]) -> dict[Window, int]:
    insert = sqlite.insert if database.is_sqlite else postgresql.insert
    new = insert(counters).values(rows)
    more = counters.c.count + new.excluded.count
    upsert = new.on_conflict_do_update(index_elements=["name", "minute"], set_={"count": more})
    found = transaction.execute(upsert.returning(counters.c.name, counters.c.minute, counters.c.count))
    return {(name, minute): int(count) for name, minute, count in found}
