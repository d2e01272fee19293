"""Dossiers that may be the same though nothing joined them, sought among those that were received last.

To compare a million with each other takes minutes. So a list is walked from the newest reception on, some hundreds at a
step, and each step looks the few others of the same owners and the same codes up by index. A group is found with its
newest dossier, so that no step repeats what another one shows.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from hub.record.moments import ZONE, as_text
from hub.store.database import Database
from hub.store.dossier_rows import DossierRow
from hub.store.filters import Filter
from hub.store.finding import Place, Sort, page, place_of
from hub.store.looking_up import brought_by, with_ids
from hub.store.scope import Scope, within
from hub.store.sets import rows_with
from hub.store.tables import dossier_codes, dossiers

STEP = 500  # dossiers, newest received first, that one step looks at
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Alike:
    """Dossiers that may be the same one."""

    code: str  # that all of them are known under, of several agencies; empty: the same owner and procedure, one day
    day: str  # in Vietnam, of that reception; empty: likewise
    rows: Sequence[DossierRow]
    brought_by: Sequence[tuple[int, ...]]  # the ids of the connectors of each


@dataclass(frozen=True, slots=True)
class Step:
    """What one step found."""

    groups: Sequence[Alike]
    looked_at: int
    next: Place | None  # where the next step begins; None: that was the end


def step(database: Database, wanted: Filter, scope: Scope, after: Place | None = None) -> Step:
    """The next step of the walk through what a filter finds, within a scope."""
    found = page(database, wanted, scope, Sort.RECEIVED, after, STEP + 1)
    here = found[:STEP]
    following = place_of(here[-1], Sort.RECEIVED) if len(found) > STEP else None
    with database.read() as connection:
        of_owner = [("", ids) for ids in _by_owner(connection, scope, here)]
        of_code = list(_by_code(connection, scope, here).items())
    return Step(_groups(database, scope, [*of_owner, *of_code]), len(here), following)


def _by_owner(connection: Connection, scope: Scope, here: Sequence[DossierRow]) -> list[tuple[int, ...]]:
    """Of the same owner and procedure, received on one day."""
    mine = [row for row in here if row.procedure and row.received_on]
    column = dossiers.c
    known = select(column.id, column.identity).where(column.identity.is_not(None))
    owners = {row.id: row.identity for row in rows_with(connection, known, column.id, [row.id for row in mine])}
    if not owners:
        return []
    first = datetime.fromisoformat(min(row.received_on for row in mine)) - _A_DAY
    last = datetime.fromisoformat(max(row.received_on for row in mine)) + _A_DAY
    others = select(column.id, column.identity, column.procedure, column.received_on).where(
        column.identity.is_not(None),
        column.received_on >= as_text(first),
        column.received_on < as_text(last),
        column.merged_into.is_(None),
        column.gone_at.is_(None),
        *within(scope),
    )
    together: dict[tuple[str, str, str], list[tuple[str, int]]] = defaultdict(list)
    for row in rows_with(connection, others, column.identity, set(owners.values())):
        if row.procedure:
            together[row.identity, row.procedure, _day(row.received_on)].append((row.received_on, row.id))
    return _newest_in(together.values(), {row.id for row in mine})


def _by_code(connection: Connection, scope: Scope, here: Sequence[DossierRow]) -> dict[str, tuple[int, ...]]:
    """Known under the same code, which several agencies gave."""
    column = dossier_codes.c
    ids = [row.id for row in here]
    given = select(column.value).distinct()
    values = {row.value for row in rows_with(connection, given, column.dossier_id, ids)}
    known = select(column.value, column.dossier_id).distinct()
    those = [(row.value, row.dossier_id) for row in rows_with(connection, known, column.value, values)]
    standing = select(dossiers.c.id, dossiers.c.received_on).where(
        dossiers.c.merged_into.is_(None), dossiers.c.gone_at.is_(None), *within(scope)
    )
    several = {number for _value, number in those}
    received = {row.id: row.received_on for row in rows_with(connection, standing, dossiers.c.id, several)}
    together: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for value, number in those:
        if number in received:
            together[value].append((received[number], number))
    found = {}
    for value, of_one in together.items():
        if group := _newest_in([of_one], set(ids)):
            (found[value],) = group
    return found


def _newest_in(groups: Iterable[list[tuple[str, int]]], here: set[int]) -> list[tuple[int, ...]]:
    """Those of several whose newest is in this step: the others are, or were, another step's."""
    ordered = (sorted(set(one), reverse=True) for one in groups)
    return [tuple(number for _at, number in one) for one in ordered if len(one) > 1 and one[0][1] in here]


def _groups(database: Database, scope: Scope, found: Sequence[tuple[str, tuple[int, ...]]]) -> list[Alike]:
    every = sorted({one for _code, ids in found for one in ids})
    rows, brought = with_ids(database, every, scope), brought_by(database, every)
    made = []
    for code, ids in found:
        several = [rows[one] for one in ids if one in rows]
        sources = [brought.get(row.id, ()) for row in several]
        if len(several) > 1 and len({*sources}) > 1:  # one system knows its own dossiers apart
            made.append(Alike(code, "" if code else _day(several[0].received_on), several, sources))
    return made


def _day(at: str) -> str:
    return datetime.fromisoformat(at).astimezone(ZONE).date().isoformat()
