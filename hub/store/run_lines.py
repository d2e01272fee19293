"""What runs did, step by step, for a person: written with what was done anyway, kept for some weeks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select

from hub.store import older
from hub.store.database import Database
from hub.store.watching_tables import run_lines


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a run did."""

    at: datetime
    level: str  # info, warning, error
    event: str  # its stable name
    data: dict[str, Any]


def add(connection: Connection, run_id: int, lines: Sequence[Line]) -> None:
    """Keep these lines of a run."""
    rows = [
        {"run_id": run_id, "at": each.at, "level": each.level, "event": each.event, "data": each.data} for each in lines
    ]
    if rows:
        connection.execute(_ADDED, rows)


def number(connection: Connection, run_id: int) -> int:
    """How many lines a run has; it never has many."""
    return connection.scalar(_NUMBER, {"of_run": run_id}) or 0


def listed(database: Database, run_id: int, *, after: int = 0, limit: int = 1000) -> list[tuple[int, Line]]:
    """The lines of a run in their order, each with its number; `after` is the number of the last one that is known."""
    columns = (run_lines.c.id, run_lines.c.at, run_lines.c.level, run_lines.c.event, run_lines.c.data)
    query = select(*columns).where(run_lines.c.run_id == run_id, run_lines.c.id > after)
    with database.read() as connection:
        rows = connection.execute(query.order_by(run_lines.c.id).limit(limit))
        return [(row.id, Line(row.at, row.level, row.event, row.data or {})) for row in rows]


def forget(database: Database, before: datetime) -> Iterator[int]:
    """Remove older ones: how many went in each step."""
    return older.remove(database, run_lines, before)


_ADDED = insert(run_lines)
_NUMBER = select(func.count()).select_from(run_lines).where(run_lines.c.run_id == bindparam("of_run"))
