"""The statements of lists, each put together once for everything that is asked alike."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    column,
    func,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy import Text as Letters

from hub.store.clauses import NO_TEXT, texts, together
from hub.store.dossier_rows import COLUMNS
from hub.store.tables import dossiers

Order = tuple[str, ...]  # names of columns, the last of them unique
Columns = tuple[ColumnElement[Any], ...]

BY_RECEPTION: Order = ("received_on", "id")
_LATEST: ColumnElement[str] = literal_column("'99999'")  # after every time


@lru_cache(maxsize=256)
def by_order(
    dialect: str,
    names: tuple[str, ...],
    order: Order,
    limit: int,
    *,
    descending: bool,
    goes_on: bool,
    columns: Columns = COLUMNS,
) -> Select[Any]:
    """The first dossiers of an order for which these conditions hold; `goes_on`: after the one that is bound."""
    query = select(*columns).where(*together(dialect, names), *beyond(order, descending=descending, goes_on=goes_on))
    return query.order_by(*_ordered(dossiers.c, order, descending)).limit(literal_column(str(limit)))


@lru_cache(maxsize=256)
def ids_of(dialect: str, names: tuple[str, ...]) -> Select[Any]:
    """The ids of dossiers for which these conditions hold."""
    return select(dossiers.c.id).where(*together(dialect, names))


@lru_cache(maxsize=256)
def value_by_value(
    names: tuple[str, ...], walked: tuple[str, ...], limit: int, few: int, *, descending: bool, goes_on: bool
) -> Select[Any]:
    """The same by reception, of several agencies (statuses, …), walking each one's index. For PostgreSQL.

    Of an IN it would either sort all that these agencies have, or walk through what everybody received until enough is
    theirs: seconds in a large record. Here it first looks at a `few` of each: the page ends, at the latest, with the
    last that a page of those would have. Then it takes from each what is before that.
    """
    order = BY_RECEPTION
    conditions = [*together("postgresql", names), *beyond(order, descending=descending, goes_on=goes_on)]
    one = _values(walked)
    first = _each(one, walked, conditions, order, few, descending).lateral("few")
    last = select(first.c.received_on).join_from(one, first, true())
    ending = last.order_by(*_ordered(first.c, order, descending)).offset(literal_column(str(limit - 1)))
    edge = ending.limit(literal_column("1")).scalar_subquery()
    received = dossiers.c.received_on
    within = received >= func.coalesce(edge, NO_TEXT) if descending else received <= func.coalesce(edge, _LATEST)
    each = _each(one, walked, [*conditions, within], order, limit, descending).lateral("each")
    found = select(*(each.c[name.key] for name in COLUMNS)).join_from(one, each, true())
    return found.order_by(*_ordered(each.c, order, descending)).limit(literal_column(str(limit)))


def _values(walked: tuple[str, ...]) -> Any:
    """The values of these columns, walked together: (agency, status) (agency, status) …"""
    arrays = (texts("postgresql", f"walked_{name}") for name in walked)
    return func.unnest(*arrays).table_valued(*(column(name, Letters) for name in walked)).render_derived(name="one")


def _each(
    one: Any,
    walked: tuple[str, ...],
    conditions: Sequence[ColumnElement[bool]],
    order: Order,
    limit: int,
    descending: bool,  # noqa: FBT001  # a private one
) -> Select[Any]:
    mine = (dossiers.c[name] == one.c[name] for name in walked)
    query = select(*COLUMNS).where(*mine, *conditions).order_by(*_ordered(dossiers.c, order, descending))
    return query.limit(literal_column(str(limit)))


def beyond(order: Order, *, descending: bool, goes_on: bool) -> list[ColumnElement[bool]]:
    """The condition that a dossier comes after the one that `last_` and the order's names are bound to."""
    if not goes_on:
        return []
    here = tuple_(*(dossiers.c[name] for name in order))
    there = tuple_(*(bindparam(f"last_{name}", type_=dossiers.c[name].type) for name in order))
    return [here < there if descending else here > there]


def _ordered(columns: Any, order: Order, descending: bool) -> list[ColumnElement[Any]]:  # noqa: FBT001
    return [columns[name].desc() if descending else columns[name] for name in order]
