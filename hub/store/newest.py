"""The newest dossiers that hold words. Nothing of it is left to planners.

They guess badly how many dossiers hold several words (those of one procedure's name always come together), and then
sort a hundred thousand dossiers for a page of fifty. So the newest dossiers are looked at one by one, which is enough
for words that are common; and an index is asked where too few of them hold the words, which is enough for all others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import Select, func, literal_column, select

from hub.store import dossier_rows
from hub.store.asking import ask
from hub.store.clauses import together
from hub.store.database import Database
from hub.store.dossier_rows import COLUMNS, DossierRow
from hub.store.searching import Shape, Word, holding, how_to_seek, seeking, shape, values_of
from hub.store.tables import dossiers
from hub.store.walking import BY_RECEPTION, beyond, by_order

Key: TypeAlias = tuple[str, int]  # time of reception and id of a dossier: newest first, what lies beyond is smaller

# Dossiers that are looked at one by one: a few milliseconds; then more of them, where so many times as many will do.
_LOOKS = ((2000, 0), (40_000, 15))
_TO_LOOK = 10  # times as dear is it to look at a dossier that an index found as to have the index list one
_STATEMENTS = 256  # of each kind, that are put together once


@dataclass(frozen=True, slots=True)
class Search:
    """Dossiers that a filter and a scope leave, and the words that they must hold."""

    names: tuple[str, ...]  # of `clauses`
    values: Mapping[str, Any]  # that these are bound to
    words: Sequence[Word]


def newest(database: Database, search: Search, after: Key | None, limit: int) -> list[DossierRow]:
    """The newest dossiers beyond `after` that hold the words."""
    return _found(database, search, after, "", limit, limit)


def texts(database: Database, search: Search, enough: int, most: int) -> list[str]:
    """The search texts of new dossiers that hold the words: the newest `most`, or fewer but `enough`, or all."""
    return [text for (text,) in _found(database, search, None, "search", enough, most)]


def named(database: Database, search: Search, after: Key | None, limit: int) -> list[DossierRow]:
    """The newest dossiers beyond `after`, whatever words they hold: `search.names` has the owner's name."""
    dialect, goes_on = database.engine.dialect.name, after is not None
    statement = by_order(dialect, search.names, BY_RECEPTION, limit, descending=True, goes_on=goes_on)
    return dossier_rows.ask(database, statement, {**search.values, **_last(after)})


def _found(database: Database, search: Search, after: Key | None, column: str, enough: int, limit: int) -> list[Any]:
    """One column of these dossiers, or all that a list needs."""
    read = ask if column else dossier_rows.ask
    dialect, ways = database.engine.dialect.name, shape(search.words)
    values, goes_on = {**search.values, **_last(after)}, after is not None
    words = values_of(search.words)
    rows: list[Any] = []
    for most, times in _LOOKS[:1] if database.is_sqlite else _LOOKS:  # SQLite looks slowly, and has fewer dossiers
        if times and len(rows) * times < enough:
            break
        statement = _looked_for(dialect, search.names, ways, most, limit, column, goes_on=goes_on)
        rows = read(database, statement, {**values, **words})
        if len(rows) >= enough:
            return rows
    first = _LOOKS[0][0]
    sampled = _sampled(dialect, search.names, ways, first, goes_on=goes_on)
    ((total, *often),) = ask(database, sampled, {**values, **words})
    if total < first:
        return rows
    sought = how_to_seek(dialect, search.words, _dear(search.words, [number / total for number in often]))
    rest, by_index = shape(sought.rest), sought.said is not None
    statement = _sought(dialect, search.names, rest, limit, column, goes_on=goes_on, by_index=by_index)
    said = {"said": sought.said} if by_index else {}
    return read(database, statement, {**values, **values_of(sought.rest), **said})


def _dear(words: Sequence[Word], often: Sequence[float]) -> set[str]:
    """The words that an index should not be asked for, by how often each of them is there (0 to 1); never all words.

    It lists every dossier with a beginning of words; to look at what the others find is dearer, for each. Whole words
    cost little, however many spellings they have: the index goes from one place where the rarest is to the next.
    """
    found = dict(zip(words, often, strict=True))
    dear: set[str] = set()
    for one in sorted((one for one in words if one.may_go_on), key=found.__getitem__, reverse=True):
        others = [number for other, number in found.items() if other is not one and other.word not in dear]
        if others and found[one] > _TO_LOOK * min(others):  # words that come together are in no fewer than the rarest
            dear.add(one.word)
    return dear


@lru_cache(maxsize=_STATEMENTS)
def _looked_for(
    dialect: str, names: tuple[str, ...], ways: Shape, most: int, limit: int, column: str, *, goes_on: bool
) -> Select[Any]:
    """Those of the newest dossiers that hold the words."""
    seen = (dossiers.c.id, dossiers.c.received_on, dossiers.c.search)  # SQLite writes down what it looks at
    every = select(*seen).where(*_conditions(dialect, names, goes_on=goes_on))
    looked_at = _ordered(every, dossiers.c, most).subquery()
    found = select(looked_at.c.id).where(*holding(dialect, ways, looked_at.c.search))
    return _with_ids(_ordered(found, looked_at.c, limit), column, limit)


@lru_cache(maxsize=_STATEMENTS)
def _sampled(dialect: str, names: tuple[str, ...], ways: Shape, most: int, *, goes_on: bool) -> Select[Any]:
    """How many there are to look at first, and how many of them hold each word."""
    every = select(dossiers.c.search).where(*_conditions(dialect, names, goes_on=goes_on))
    looked_at = _ordered(every, dossiers.c, most).subquery()
    held = holding(dialect, ways, looked_at.c.search)
    counts: list[Any] = [func.count(), *(func.count().filter(one) for one in held)]
    return select(*counts).select_from(looked_at)


@lru_cache(maxsize=_STATEMENTS)
def _sought(
    dialect: str, names: tuple[str, ...], rest: Shape, limit: int, column: str, *, goes_on: bool, by_index: bool
) -> Select[Any]:
    """The newest of all dossiers that an index finds."""
    held = seeking(dialect, rest, by_index=by_index)
    every = select(dossiers.c.id, dossiers.c.received_on).where(*_conditions(dialect, names, goes_on=goes_on), held)
    found = every.cte("every").prefix_with("MATERIALIZED", dialect="postgresql")  # else it is walked by date
    return _with_ids(_ordered(select(found.c.id), found.c, limit), column, limit)


def _with_ids(ids: Select[Any], column: str, limit: int) -> Select[Any]:
    shown = [dossiers.c[column]] if column else COLUMNS
    return _ordered(select(*shown).where(dossiers.c.id.in_(ids)), dossiers.c, limit)


def _conditions(dialect: str, names: tuple[str, ...], *, goes_on: bool) -> Sequence[Any]:
    return [*together(dialect, names), *beyond(BY_RECEPTION, descending=True, goes_on=goes_on)]


def _last(after: Key | None) -> dict[str, Any]:
    return {} if after is None else {"last_received_on": after[0], "last_id": after[1]}


def _ordered(query: Select[Any], columns: Any, limit: int) -> Select[Any]:
    newest_first = columns.received_on.desc(), columns.id.desc()
    return query.order_by(*newest_first).limit(literal_column(str(limit)))
