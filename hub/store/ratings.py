"""Citizens' assessments: kept by the record they came in, found for a dossier by its codes, whichever comes first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, tuple_

from hub.record.identity import Code, codes_of
from hub.store import feed
from hub.store.catalogue_tables import ratings
from hub.store.copying import update_rows
from hub.store.database import Database
from hub.store.laid_out import SOURCES, believed, dossiers_by_code, source_of, wrong_codes
from hub.store.sets import rows_with, upsert
from hub.store.tables import connectors, dossiers, source_records


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating as it is to be kept; `code` is the code of the dossier that was handled."""

    key: str
    code: Code
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RatingRow:
    """One rating of a dossier."""

    connector: str
    key: str
    rated_at: str  # at the source, UTC
    overall: str
    complained: bool | None
    values: dict[str, Any]
    changed_at: datetime  # in the hub


def ratings_of(database: Database, dossier_id: int) -> list[RatingRow]:
    """The ratings of a dossier, by any code that its records give now, oldest first."""
    columns = (ratings.c.key, ratings.c.rated_at, ratings.c.overall, ratings.c.complained, ratings.c["values"])
    query = (
        select(connectors.c.name.label("connector"), *columns, ratings.c.changed_at)
        .join_from(ratings, connectors)
        .order_by(ratings.c.rated_at, ratings.c.id)
    )
    with database.read() as connection:
        mine = tuple_(ratings.c.scope, ratings.c.code).in_(_codes_now(connection, dossier_id))
        return [RatingRow(**row) for row in connection.execute(query.where(mine)).mappings()]


def _codes_now(connection: Connection, dossier_id: int) -> list[Code]:
    """Without what a record gave once, or is known to give wrongly: that may be another dossier's code."""
    wrong = wrong_codes(connection)
    rows = connection.execute(SOURCES.where(source_records.c.dossier_id == dossier_id))
    said = [believed(source_of(row), wrong) for row in rows]
    return sorted({code for source in said for code in codes_of(source.values, source.scope)})


def known(connection: Connection, connector_id: int, keys: Collection[str]) -> dict[str, dict[str, Any]]:
    """The values that are kept of these records, by key."""
    mine = select(ratings.c.key, ratings.c["values"]).where(ratings.c.connector_id == connector_id)
    return {row.key: row.values for row in rows_with(connection, mine, ratings.c.key, keys)}


def move(connection: Connection, codes: Collection[Code]) -> None:
    """What is shown of the dossiers with these codes has changed: they move to the end of the feed.

    Only in one's turn, and last of all (`feed.take_positions`).
    """
    ids = sorted({one for ids in dossiers_by_code(connection, codes).values() for one in ids})
    if ids:
        positions = feed.take_positions(connection, len(ids))
        update_rows(connection, dossiers, ("id", "position"), list(zip(ids, positions, strict=True)))


def write(connection: Connection, connector_id: int, kept: Sequence[Rating], now: datetime) -> None:
    """Write ratings, new ones and changed ones: one record is one rating."""
    rows = [
        {
            "connector_id": connector_id,
            "key": one.key,
            "scope": one.code.scope,
            "code": one.code.value,
            "rated_at": one.values["rated_at"],
            "overall": one.values["overall"],
            "complained": one.values.get("complained"),
            "values": one.values,
            "changed_at": now,
        }
        for one in kept
    ]
    upsert(connection, ratings, rows)
