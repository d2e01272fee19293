"""The newest runs of many connectors at once: one statement for all of them, each an index walk of its own."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, literal, select, true, union_all

from hub.store.database import Database
from hub.store.tables import connectors, runs

_MOST_AT_ONCE = 200  # connectors: SQLite joins no more than 500 statements


class Brief(NamedTuple):
    """A run, as short as it goes."""

    id: int
    kind: str
    state: str


def newest(
    database: Database, connector_ids: Sequence[int], limit: int, kinds: Collection[str] = ()
) -> dict[int, list[Brief]]:
    """The newest runs of each connector (of some kinds), the newest first."""
    found: dict[int, list[Brief]] = {one: [] for one in connector_ids}
    with database.read() as connection:
        for query in _queries(database, connector_ids, limit, kinds):
            for of, run_id, kind, state in connection.execute(query).all():
                found[of].append(Brief(run_id, kind, state))
    return found


def _queries(database: Database, ids: Sequence[int], limit: int, kinds: Collection[str]) -> list[Any]:
    if not database.is_sqlite:
        return [_lateral(ids, limit, kinds)] if ids else []
    slices = (ids[start : start + _MOST_AT_ONCE] for start in range(0, len(ids), _MOST_AT_ONCE))
    return [_embedded(some, limit, kinds) for some in slices]


_COLUMNS = (runs.c.id, runs.c.kind, runs.c.state)


def _walk(whose: ColumnElement[bool], limit: int, kinds: Collection[str], *more: Any) -> Select[Any]:
    query = select(*more, *_COLUMNS).where(whose).order_by(runs.c.id.desc()).limit(limit)
    return query.where(runs.c.kind.in_(kinds)) if kinds else query


def _lateral(ids: Sequence[int], limit: int, kinds: Collection[str]) -> Select[Any]:
    each = _walk(runs.c.connector_id == connectors.c.id, limit, kinds).lateral("each")
    return select(connectors.c.id, each).join_from(connectors, each, true()).where(connectors.c.id.in_(ids))


def _embedded(some: Sequence[int], limit: int, kinds: Collection[str]) -> Any:
    """SQLite has no LATERAL."""
    walks = (_walk(runs.c.connector_id == one, limit, kinds, literal(one)).subquery() for one in some)
    return union_all(*(select(walk) for walk in walks))
