"""The reasons why records stand in quarantine: how many records each has, since when, and how many came lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, ScalarSelect, and_, func, literal, or_, select

from hub.record.reasons import Group, example, groups_of
from hub.store.cursor import LARGEST_ID
from hub.store.database import Database
from hub.store.quarantine_tables import quarantine, quarantine_groups
from hub.store.tables import connectors

DAYS = 7  # of which is told how many records came on each
MOST_COUNTED = 1_000  # of one reason, where nobody has to know exactly
_MOST_GROUPS = 200
_MOST_WALKED = 500  # reasons that are looked up one by one; of more it is quicker to count all
_OF = quarantine_groups.c


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One reason why records of a connector stand in quarantine."""

    connector: str
    records: int  # `MOST_COUNTED` + 1: more than that, where they were not all counted
    since: datetime  # the earliest of them was set aside
    group: Group
    example: str  # what stood in one of them; only its form where it may be about somebody
    newest: datetime  # the last of them was set aside
    days: tuple[int, ...]  # how many of them came on each of the last days of 24 hours, the latest last

    @property
    def code(self) -> str:
        """Its short name."""
        return self.group.code


class _Counted(NamedTuple):
    connector_id: int
    code: str
    number: int
    first: int
    last: int
    days: tuple[int, ...]


def groups(
    database: Database,
    connector: str | None = None,
    *,
    among: Sequence[int] | None = None,
    now: datetime | None = None,
    exact: bool = True,
) -> list[GroupRow]:
    """The reasons, those of most records first; no more than a person can look at. `among`: of these connectors.

    Without `exact` no more than `MOST_COUNTED` of each are counted: a page is quick however many there are.
    """
    with database.read() as connection:
        wanted = _connectors(connection, connector, among)
        begins = _day_begins(connection, now or datetime.now(UTC))
        counted = None if exact else _walked(connection, wanted, begins)
        if counted is None:
            counted = _all(connection, wanted, begins)
        most = sorted(counted, key=lambda one: (-one.number, one.code))[:_MOST_GROUPS]
        return _rows(connection, most)


def _connectors(connection: Connection, name: str | None, among: Sequence[int] | None) -> dict[int, str]:
    query = select(connectors.c.id, connectors.c.name)
    if name is not None:
        query = query.where(connectors.c.name == name)
    found = {row.id: row.name for row in connection.execute(query)}
    return found if among is None else {one: found[one] for one in among if one in found}


def _day_begins(connection: Connection, now: datetime) -> list[int]:
    """The first record of each of the last days, by its id: ids grow as records are set aside."""
    firsts = [
        select(quarantine.c.id)
        .where(quarantine.c.first_seen_at >= now - timedelta(days=DAYS - at))
        .order_by(quarantine.c.first_seen_at, quarantine.c.id)
        .limit(1)
        .scalar_subquery()
        for at in range(DAYS)
    ]
    return [LARGEST_ID if first is None else first for first in connection.execute(select(*firsts)).one()]


def _all(connection: Connection, wanted: dict[int, str], begins: Sequence[int]) -> list[_Counted]:
    """Every record counted: it takes as long as there are many."""
    since = [func.count().filter(_OF.quarantine_id >= begin) for begin in begins]
    first, last = func.min(_OF.quarantine_id), func.max(_OF.quarantine_id)
    counted = select(_OF.connector_id, _OF.code, func.count(), first, last, *since)
    counted = counted.where(_OF.connector_id.in_(wanted)).group_by(_OF.connector_id, _OF.code)
    counted = counted.order_by(func.count().desc(), _OF.code).limit(_MOST_GROUPS)
    return [_counted(row, _apart(row[5:])) for row in connection.execute(counted)]


def _counted(row: Any, days: tuple[int, ...]) -> _Counted:
    connector_id, code, number, first, last = row[:5]
    return _Counted(connector_id, code, number, first, last, days)


def _apart(since: Sequence[int]) -> tuple[int, ...]:
    return tuple(mine - later for mine, later in pairwise([*since, 0]))


def _walked(connection: Connection, wanted: dict[int, str], begins: Sequence[int]) -> list[_Counted] | None:
    """Reason by reason through the index, no more than `MOST_COUNTED` records of each; None: they are too many."""
    if not wanted:
        return []
    lowest = select(func.min(_OF.code)).where(_OF.connector_id == connectors.c.id).scalar_subquery()
    walk = select(connectors.c.id.label("connector_id"), lowest.label("code")).where(connectors.c.id.in_(wanted))
    each = walk.cte("each", recursive=True)
    following = and_(_OF.connector_id == each.c.connector_id, _OF.code > each.c.code)
    following_one = select(func.min(_OF.code)).where(following).correlate(each).scalar_subquery()
    each = each.union_all(select(each.c.connector_id, following_one).where(each.c.code.is_not(None)))
    mine = and_(_OF.connector_id == each.c.connector_id, _OF.code == each.c.code)
    ends = [
        select(end(_OF.quarantine_id)).where(mine).correlate(each).scalar_subquery() for end in (func.min, func.max)
    ]
    days = [
        _bounded(each, and_(mine, _OF.quarantine_id >= begin, _OF.quarantine_id < end))
        for begin, end in pairwise([*begins, LARGEST_ID])
    ]
    firsts = [end.scalar_subquery() for end in ends]
    query = select(each.c.connector_id, each.c.code, _bounded(each, mine), *firsts, *days)
    rows = connection.execute(query.where(each.c.code.is_not(None)).limit(_MOST_WALKED)).all()
    return None if len(rows) == _MOST_WALKED else [_counted(row, tuple(row[5:])) for row in rows]


def _bounded(each: Any, where: ColumnElement[bool]) -> ScalarSelect[int]:
    some = select(literal(1).label("one")).select_from(quarantine_groups).where(where).correlate(each)
    return select(func.count()).select_from(some.limit(MOST_COUNTED + 1).subquery()).scalar_subquery()


def _rows(connection: Connection, counted: Sequence[_Counted]) -> list[GroupRow]:
    """With what stands in the first record of each."""
    wanted = {one.first for one in counted} | {one.last for one in counted}
    if not wanted:
        return []
    query = select(quarantine.c.id, quarantine.c.connector_id, quarantine.c.reasons, quarantine.c.first_seen_at)
    rows = {row.id: row for row in connection.execute(query.where(or_(*_slices(sorted(wanted)))))}
    names = _connectors(connection, None, None)
    found = (_row(one, names, rows) for one in counted if one.first in rows and one.last in rows)
    return [row for row in found if row is not None]


def _slices(ids: Sequence[int]) -> list[ColumnElement[bool]]:
    return [quarantine.c.id.in_(ids[at : at + 500]) for at in range(0, len(ids), 500)]


def _row(one: _Counted, names: dict[int, str], rows: dict[int, Any]) -> GroupRow | None:
    first = rows[one.first]
    known = {group.code: reason for reason in first.reasons for group in groups_of([reason])}
    reason = known.get(one.code)
    if reason is None:  # set aside by another version of the hub; the next replay groups it anew
        return None
    (group,) = groups_of([reason])
    newest = rows[one.last].first_seen_at
    return GroupRow(names[one.connector_id], one.number, first.first_seen_at, group, example(reason), newest, one.days)
