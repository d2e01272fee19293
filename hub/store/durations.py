"""How long runs of connectors usually take: the median of the last few that succeeded."""

from collections.abc import Collection
from statistics import median
from time import monotonic
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Select, bindparam, select, true

from hub.record.run_state import RunState
from hub.store.database import Database
from hub.store.tables import connectors, runs

_LAST = 9  # runs of each connector
_KEPT = 60.0  # seconds for which a process goes by what it has read: a median hardly moves

# Of each database: connector → until when that is good (monotonic), and the median.
_known: WeakKeyDictionary[Database, dict[int, tuple[float, float | None]]] = WeakKeyDictionary()


def medians(database: Database, ids: Collection[int]) -> dict[int, float]:
    """Connector → seconds, as they were within the last minute; those that have not succeeded yet are left out."""
    known, now = _known.setdefault(database, {}), monotonic()
    asked = [one for one in ids if known.get(one, (0.0, None))[0] <= now]
    if asked:
        with database.read() as connection:
            rows = _one_by_one(connection, asked) if database.is_sqlite else _all_at_once(connection, asked)
        known |= {one: (now + _KEPT, median(rows[one]) if rows.get(one) else None) for one in asked}
    return {one: seconds for one in ids if (seconds := known[one][1]) is not None}


def _all_at_once(connection: Connection, ids: Collection[int]) -> dict[int, list[float]]:
    last = _last(connectors.c.id).lateral()
    query = select(connectors.c.id, last.c.started_at, last.c.finished_at).join(last, true())
    found: dict[int, list[float]] = {}
    for row in connection.execute(query.where(connectors.c.id.in_(ids))):
        found.setdefault(row.id, []).append((row.finished_at - row.started_at).total_seconds())
    return found


def _one_by_one(connection: Connection, ids: Collection[int]) -> dict[int, list[float]]:
    """SQLite has no LATERAL, and no way to a server that would cost anything."""
    query = _last(bindparam("connector"))
    return {
        one: [
            (row.finished_at - row.started_at).total_seconds() for row in connection.execute(query, {"connector": one})
        ]
        for one in ids
    }


def _last(connector: object) -> Select[tuple[object, ...]]:
    return (
        select(runs.c.started_at, runs.c.finished_at)
        .where(runs.c.connector_id == connector, runs.c.state == RunState.SUCCEEDED)
        .where(runs.c.started_at.is_not(None), runs.c.finished_at.is_not(None))
        .order_by(runs.c.id.desc())
        .limit(_LAST)
    )
