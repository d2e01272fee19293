"""A dossier as lists, look-ups, the change feed and exports need it, and how it is read from its row."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Row, Select

from hub.record.merge import Values
from hub.store import asking
from hub.store.database import Database
from hub.store.tables import dossiers


class DossierRow(NamedTuple):
    """A dossier without what stands behind it. Times at the source are UTC text, empty where no source says.

    A tuple, for a list makes fifty: a frozen dataclass takes five times as long to make.
    """

    id: int
    code: str
    values: Values
    received_on: str
    first_seen_at: datetime
    changed_at: datetime  # in the hub
    gone_at: datetime | None  # since then none of its sources holds it any more
    position: int  # of its last change, in the change feed
    agency: str  # this and the next three: what `Scope.holds` goes by
    procedure: str | None
    field: str | None
    confidentiality: int
    merged_into: int | None  # found to be the same dossier as that one
    due_at: str
    ended_at: str  # empty while it is being handled


COLUMNS = tuple(dossiers.c[name] for name in DossierRow._fields)


def as_rows(found: Iterable[Row[Any]]) -> list[DossierRow]:
    """Rows of `COLUMNS`, in their order."""
    return [DossierRow(*values) for values in map(tuple, found)]


def ask(
    database: Database, statement: Select[Any], values: asking.Values, limit: int | None = None
) -> list[DossierRow]:
    """The first dossiers that a statement finds: one of `COLUMNS`, in their order, that is always the same object."""
    found = asking.ask(database, statement, values)[:limit]
    return as_rows(found) if database.is_sqlite else [_of_driver(*row) for row in found]


def row_of(database: Database, values: Sequence[Any]) -> DossierRow:
    """One row of what `asking.ask` finds, of `COLUMNS` alone."""
    return DossierRow(*values) if database.is_sqlite else _of_driver(*values)


def _of_driver(
    dossier_id: int,
    code: str,
    values: str,
    received_on: str,
    first_seen_at: datetime,
    changed_at: datetime,
    gone_at: datetime | None,
    *others: Any,
) -> DossierRow:
    gone = None if gone_at is None else _utc(gone_at)
    first, changed = _utc(first_seen_at), _utc(changed_at)
    return DossierRow(dossier_id, code, orjson.loads(values), received_on, first, changed, gone, *others)


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo is UTC else at.astimezone(UTC)  # sessions of ours are told UTC (`sessions`)
