"""The change feed as one client may read it: whoever follows it from any position has, in the end, what its list shows.

What enters what the client sees, or changes there, is told as it is now; what leaves it is told as having left, once,
with the code that it had while it was seen (`hub.store.departures`). What never was there is not told at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from hub.record.shown import field_key, procedure_key
from hub.store import feed, finding
from hub.store.database import Database
from hub.store.dossier_rows import DossierRow
from hub.store.engine_tables import departures
from hub.store.filters import Filter
from hub.store.known_catalogue import agencies_named
from hub.store.scope import ALL, Scope, within
from hub.store.tables import dossiers

_WINDOW = 5000  # dossiers that one reading walks past at most: what a client does not see is passed in bounded steps


class Kind(StrEnum):
    """What became of a dossier for who follows."""

    CHANGED = "changed"  # new or otherwise than before; also one that was gone and is back
    GONE = "gone"  # none of its sources holds it any more
    MERGED = "merged"  # found to be the same as another one, which has all that it had
    LEFT = "left"  # not, or not any more, among what is followed


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of one dossier; `position` is what the reader of it has come to."""

    position: int
    dossier_id: int
    kind: Kind
    code: str  # of what has left: the one that it had while it was seen
    into: int | None = None  # of what was merged: the dossier that it is part of now
    row: DossierRow | None = None  # of what changed, where its content was asked for


@dataclass(frozen=True, slots=True)
class Changes:
    """What was read: changes in the order of their positions, none above `upto`."""

    items: Sequence[Changed]
    upto: int  # read on after this one; it moves past what the client does not see, too
    latest: int  # the feed's last position when this was read
    seen: Scope  # by which it was read

    @property
    def more(self) -> bool:
        """Whether there was more to read at once."""
        return self.upto < self.latest


def changes_after(
    database: Database,
    position: int,
    limit: int,
    scope: Scope,
    wanted: Filter | None = None,
    *,
    content: bool = True,
    sees_from: int = 0,
) -> Changes:
    """What became of the dossiers of a scope after a position, `limit` of them at most; one query where nothing did.

    `wanted`'s agency, procedure and field narrow the scope. What of it the rest does not hold, is told as having left
    whenever it changes: nobody remembers whether it was held before. What goes by the clock (`due`, days of the
    catalogue) changes without a change and should not be in it. Without `content` no row is fetched. An answer may hold
    nothing and yet have `more`. What left up to `sees_from` is told to nobody who could see nothing of it then.

    Raises:
        UnknownPosition: one cannot go on after this position.
    """
    scope = scope if wanted is None else followed(database, scope, wanted)
    # First of all: what is committed later has a later position, whatever the queries below see of it.
    head = feed.head(database)
    head.check(position)
    latest = head.latest
    if position == latest:
        return Changes((), position, latest, scope)
    with database.read() as connection:
        edge = latest if scope == ALL else _edge(connection, position, latest)
        here, edge = _page(connection, _seen(scope, position), edge, limit)
        moved = _away(scope, max(position, sees_from))
        away, edge = _page(connection, moved, edge, limit) if scope != ALL else ([], edge)
        visible = _visible(connection, scope, [row.merged_into for row in here if row.merged_into])
    left = [Changed(row.position, row.id, Kind.LEFT, row.code) for row in away]
    told = [_told(row, visible) for row in here if row.position <= edge]
    items, edge = _in_order(told, left, edge, limit)
    items = _matching(database, items, scope, wanted)
    return Changes(_with_rows(database, items, scope) if content else items, edge, latest, scope)


def none_yet(database: Database, scope: Scope, wanted: Filter) -> Changes:
    """Where the feed is now, for who follows from here on."""
    latest = feed.latest(database)
    return Changes((), latest, latest, followed(database, scope, wanted))


def followed(database: Database, scope: Scope, wanted: Filter) -> Scope:
    """What of a scope is in the agency, the procedure and the field that a filter wants."""
    agencies = None if wanted.agency is None else agencies_named(database, wanted.agency, wanted.day)
    procedures = None if wanted.procedure is None else frozenset({procedure_key(wanted.procedure)})
    fields = None if wanted.field is None else frozenset({field_key(wanted.field)})
    return Scope(
        _both(scope.agencies, agencies),
        _both(scope.procedures, procedures),
        _both(scope.fields, fields),
        scope.rank,
    )


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _edge(connection: Connection, position: int, latest: int) -> int:
    """How far is read this time, so that neither dossiers nor departures between are more than a window."""
    for column in (dossiers.c.position, departures.c.position):
        between = select(column).where(column > position, column <= latest).order_by(column)
        far: int | None = connection.execute(between.offset(_WINDOW - 1).limit(1)).scalar()
        latest = latest if far is None else far
    return latest


def _seen(scope: Scope, position: int) -> Select[Any]:
    """The dossiers that are seen now."""
    row = dossiers.c
    query = select(row.position, row.id, row.code, row.merged_into, row.gone_at)
    return query.where(row.position > position, *within(scope)).order_by(row.position)


def _away(scope: Scope, position: int) -> Select[Any]:
    """The dossiers that could be seen where they were, but cannot be where they are."""
    row = departures.c
    query = select(row.position, row.dossier_id.label("id"), row.code)
    still = select(dossiers.c.id).where(dossiers.c.id == row.dossier_id, *within(scope)).exists()
    return query.where(row.position > position, *within(scope, row), ~still).order_by(row.position)


def _page(connection: Connection, query: Select[Any], edge: int, limit: int) -> tuple[list[Row[Any]], int]:
    """The first of what a query finds up to an edge; the edge is nearer where there is more than that."""
    position = query.selected_columns["position"]
    rows = list(connection.execute(query.where(position <= edge).limit(limit + 1)))
    return (rows, edge) if len(rows) <= limit else (rows[:limit], rows[limit - 1].position)


def _visible(connection: Connection, scope: Scope, ids: Sequence[int]) -> frozenset[int]:
    if not ids:
        return frozenset()
    return frozenset(connection.scalars(select(dossiers.c.id).where(dossiers.c.id.in_(ids), *within(scope))))


def _told(row: Row[Any], visible: frozenset[int]) -> Changed:
    """What is part of a dossier that the client may not see has left: which one it is, is not its business."""
    if row.merged_into is None:
        return Changed(row.position, row.id, Kind.CHANGED if row.gone_at is None else Kind.GONE, row.code)
    if row.merged_into not in visible:
        return Changed(row.position, row.id, Kind.LEFT, row.code)
    return Changed(row.position, row.id, Kind.MERGED, row.code, row.merged_into)


def _in_order(told: Sequence[Changed], left: Sequence[Changed], edge: int, limit: int) -> tuple[list[Changed], int]:
    """Both together, cut after `limit`; each position once, or the cut could pass the second of two.

    A dossier that was seen at the position of its departure left only while this was read: it is told again, later.
    """
    here = {one.position for one in told}
    merged = sorted([*told, *(one for one in left if one.position not in here)], key=lambda one: one.position)
    return (merged, edge) if len(merged) <= limit else (merged[:limit], merged[limit - 1].position)


def _matching(database: Database, items: list[Changed], scope: Scope, wanted: Filter | None) -> list[Changed]:
    """What the filter does not hold has left."""
    rest = None if wanted is None else replace(wanted, agency=None, procedure=None, field=None)
    ids = [one.dossier_id for one in items if one.kind is Kind.CHANGED]
    if rest is None or rest == Filter(day=rest.day) or not ids:
        return items
    held = finding.matches(database, ids, rest, scope)
    return [one if one.kind is not Kind.CHANGED or one.dossier_id in held else _left(one) for one in items]


def _left(one: Changed) -> Changed:
    return Changed(one.position, one.dossier_id, Kind.LEFT, one.code)


def _with_rows(database: Database, items: list[Changed], scope: Scope) -> list[Changed]:
    """What changed as it is; without what has changed once more while this was read: it is told again, later."""
    ids = [one.dossier_id for one in items if one.kind is Kind.CHANGED]
    rows = finding.by_id(database, ids, scope) if ids else {}
    found: list[Changed] = []
    for one in items:
        row = rows.get(one.dossier_id)
        if one.kind is not Kind.CHANGED:
            found.append(one)
        elif row is not None and row.position == one.position:
            found.append(Changed(one.position, one.dossier_id, one.kind, row.code, None, row))
    return found
