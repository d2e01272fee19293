"""What the store says of itself: its kind and version, and how much room it takes. All of it cheap to ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from hub.store.database import Database
from hub.store.schema import version_of

_LARGEST = 12  # tables


@dataclass(frozen=True, slots=True)
class Room:
    """How much one table takes, with its indexes; rows as the database estimates them."""

    table: str
    size: int  # bytes
    rows: int


@dataclass(frozen=True, slots=True)
class About:
    """What the store is."""

    kind: str  # SQLite, PostgreSQL
    version: str
    schema: str  # of the hub's tables
    size: int  # bytes, all in all
    tables: Sequence[Room]  # the largest first; of SQLite none: it would have to be read whole
    file: Path | None = None  # of SQLite


_TABLES = """
SELECT c.relname, pg_total_relation_size(c.oid) AS size, greatest(c.reltuples, 0)::bigint AS rows
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname = current_schema()
ORDER BY size DESC LIMIT :most
"""


def about(database: Database) -> About:
    """What the store is, and how much room it takes."""
    with database.read() as connection:
        schema = version_of(connection) or ""
        if database.is_sqlite:
            version = str(connection.scalar(text("SELECT sqlite_version()")))
            size = connection.scalar(text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"))
            place = database.engine.url.database
            return About("SQLite", version, schema, int(size or 0), (), Path(place) if place else None)
        version = str(connection.scalar(text("SHOW server_version")))
        size = connection.scalar(text("SELECT pg_database_size(current_database())"))
        rows = connection.execute(text(_TABLES), {"most": _LARGEST})
        return About("PostgreSQL", version, schema, int(size or 0), [Room(*row) for row in rows])
