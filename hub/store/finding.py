"""Finding dossiers: lists by filter, sort and keyset, and dossiers by id. Each within a scope, without exception."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import select

from hub.store import dossier_rows, outlines
from hub.store.asking import ask, bound
from hub.store.database import Database
from hub.store.dossier_rows import COLUMNS, DossierRow, as_rows
from hub.store.filters import Filter, Narrowed, narrowed
from hub.store.outlines import Outline
from hub.store.scope import Scope
from hub.store.sets import rows_with
from hub.store.tables import dossiers
from hub.store.walking import BY_RECEPTION, by_order, ids_of, value_by_value


class Sort(StrEnum):
    """In which order a list is; what is equal is ordered by id."""

    RECEIVED = "-received"  # newest reception first; those that no source says it of last
    RECEIVED_FIRST = "received"  # oldest reception first; those that no source says it of first
    DUE = "due"  # soonest first; those without a due date last
    COMPLETED = "-completed"  # what ended last first; those that are open last
    CHANGED = "-changed"  # the last change in the hub first


class Place(NamedTuple):
    """Where a list goes on: the last dossier of the page before, as the list's sort sees it."""

    sort: Sort
    keys: tuple[str | int, ...]


_KEYS = {
    Sort.RECEIVED: ("received_on", "id"),
    Sort.RECEIVED_FIRST: ("received_on", "id"),
    Sort.DUE: ("due_at", "id"),
    Sort.COMPLETED: ("ended_at", "due_at", "id"),
    Sort.CHANGED: ("position",),
}
_ANY = select(*COLUMNS)
_SIZES = (2, 11, 21, 51, 101, 201, 501, 1001)  # of pages: one more tells whether there is another page
_DESCENDING = frozenset({Sort.RECEIVED, Sort.COMPLETED, Sort.CHANGED})


def keys_of(sort: Sort) -> tuple[str, ...]:
    """The columns of a place, the last of them a number and the others texts."""
    return _KEYS[sort]


def place_of(row: DossierRow | Outline, sort: Sort) -> Place:
    """Where a list that ends with this dossier goes on."""
    return Place(sort, tuple(getattr(row, name) for name in _KEYS[sort]))


def page(
    database: Database,
    wanted: Filter,
    scope: Scope,
    sort: Sort = Sort.RECEIVED,
    after: Place | None = None,
    limit: int = 50,
) -> list[DossierRow]:
    """The next dossiers of a list. Whatever comes and changes meanwhile, none that stays as it is is left out.

    Raises:
        ValueError: the place is of another sort, or the filter's words cannot be searched.
    """
    if after is not None and after.sort is not sort:
        raise ValueError("a list goes on in the order in which it began")
    found = narrowed(database, wanted, scope)
    if found is None:
        return []
    if limit < 1:
        raise ValueError("a page has at least one dossier")
    if sort is not Sort.DUE:
        return _listed(database, found, sort, after, limit)
    # Those with a due date, then the others: an empty one sorts before all of them.
    rows: list[DossierRow] = []
    if after is None or after.keys[0]:
        rows = _listed(database, found.with_names("with_due"), sort, after, limit)
        after = None
    if len(rows) < limit:
        rows += _listed(database, found.with_names("without_due"), sort, after, limit - len(rows))
    return rows


def outline(
    database: Database, wanted: Filter, scope: Scope, sort: Sort, after: Place | None, limit: int
) -> list[Outline] | None:
    """As `page`, without what the dossiers say; None: where that would not be found any sooner."""
    found = narrowed(database, wanted, scope)
    if found is None or found.search or sort is Sort.DUE or (_KEYS[sort] == BY_RECEPTION and found.walked):
        return None
    if after is not None and after.sort is not sort:
        raise ValueError("a list goes on in the order in which it began")
    last = {} if after is None else _last(sort, after)
    most, descending = _rounded(limit), sort in _DESCENDING
    statement = by_order(
        found.dialect,
        found.all_names,
        _KEYS[sort],
        most,
        descending=descending,
        goes_on=bool(last),
        columns=outlines.COLUMNS,
    )
    return [Outline(*row) for row in ask(database, statement, {**found.all_values, **last})[:limit]]


def by_id(database: Database, ids: Collection[int], scope: Scope) -> dict[int, DossierRow]:
    """The dossiers of these ids that the scope sees; also those that are part of another one now, or gone."""
    with database.read() as connection:
        rows = as_rows(rows_with(connection, _ANY, dossiers.c.id, ids))
    return {row.id: row for row in rows if scope.holds(row.agency, row.procedure, row.field, row.confidentiality)}


def walk(database: Database, wanted: Filter, scope: Scope, after_id: int, upto_id: int, limit: int) -> list[DossierRow]:
    """Dossiers by id, from the first after `after_id` to `upto_id`: for whoever reads all of them."""
    found = narrowed(database, wanted, scope)
    if found is None:
        return []
    between = found.with_names("after_id", "upto_id", after_id=after_id, upto_id=upto_id)
    return _rows(database, between, ("id",), limit, descending=False)


def matches(database: Database, ids: Sequence[int], wanted: Filter, scope: Scope) -> set[int]:
    """Which of these dossiers the filter holds, within the scope."""
    found = narrowed(database, wanted, scope)
    if found is None:
        return set()
    statement, values = ids_of(found.dialect, found.all_names), bound(found.dialect, found.all_values)
    if found.search:
        statement = statement.where(*found.search)
    with database.read() as connection:
        return {row.id for row in rows_with(connection, statement, dossiers.c.id, ids, **values)}


def _listed(database: Database, found: Narrowed, sort: Sort, after: Place | None, limit: int) -> list[DossierRow]:
    order, descending = _KEYS[sort], sort in _DESCENDING
    last = {} if after is None else _last(sort, after)
    if order == BY_RECEPTION and (walked := found.walked):
        most = _rounded(limit)
        few = -(-most // walked.how_many)
        statement = value_by_value(
            found.names, walked.columns, most, few, descending=descending, goes_on=after is not None
        )
        return dossier_rows.ask(database, statement, {**found.values, **walked.values, **last}, limit)
    return _rows(database, found, order, limit, last, descending=descending)


def _last(sort: Sort, after: Place) -> dict[str, Any]:
    return {f"last_{name}": key for name, key in zip(_KEYS[sort], after.keys, strict=True)}


def _rounded(limit: int) -> int:
    """How many are asked for: whatever sizes of pages clients think of, the statements of a few are put together."""
    return next((size for size in _SIZES if size >= limit), limit)


def _rows(
    database: Database,
    found: Narrowed,
    order: tuple[str, ...],
    limit: int,
    last: Mapping[str, Any] = MappingProxyType({}),
    *,
    descending: bool,
) -> list[DossierRow]:
    most = _rounded(limit)
    statement = by_order(found.dialect, found.all_names, order, most, descending=descending, goes_on=bool(last))
    values = {**found.all_values, **last}
    if not found.search:
        return dossier_rows.ask(database, statement, values, limit)
    with database.read() as connection:
        rows = connection.execute(statement.where(*found.search), bound(found.dialect, values))
        return as_rows(rows.fetchmany(limit))
