"""How many dossiers a filter finds: exactly, about, or by groups. Each within a scope."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any, Literal, TypeAlias

from sqlalchemy import Connection, Select, func, literal_column, select
from sqlalchemy.exc import OperationalError

from hub.store.database import Database, StoreError
from hub.store.filters import Filter, all_conditions, narrowed
from hub.store.scope import Scope
from hub.store.tables import dossiers

By: TypeAlias = Literal["agency", "status", "procedure", "field", "channel"]
Keys: TypeAlias = tuple[str | None, ...]
COUNTED_BY: tuple[By, ...] = ("agency", "status", "procedure", "field", "channel")
MOST_GROUPS = 10_000
MOST_COUNTED = 10_000  # SQLite has no estimates: so many are counted
SECONDS = 5.0  # a client that waits for a count keeps a connection busy for as long
_MOST_NAMES = 2
_STEPS = 10_000  # of SQLite's machine, between two looks at the clock
_CANCELLED = "57014"
_PERSONS = ("identity", "phone", "name_is")  # filters of which an index finds all dossiers


class TooManyToCount(StoreError):
    """Counting took too long, or there are too many groups; the sentence says what to do instead."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are, and what that number is."""

    number: int
    how: Literal["exact", "estimate", "at_least"]


def count(database: Database, wanted: Filter, scope: Scope, *, exact: bool, seconds: float = SECONDS) -> Count:
    """How many dossiers a filter finds.

    Raises:
        TooManyToCount: an exact count took more than so many seconds.
        ValueError: the filter's words cannot be searched.
    """
    found = narrowed(database, wanted, scope)
    if found is None:
        return Count(0, "exact")
    query: Select[Any] = select(literal_column("1")).select_from(dossiers).where(*all_conditions(found))
    if exact:
        with _in_time(database, seconds) as connection:
            return Count(_rows(connection, query), "exact")
    with database.read() as connection:
        # Statistics know how many dossiers anybody has, also where the scope does not see them; few are his.
        if not database.is_sqlite and not any(getattr(wanted, name) is not None for name in _PERSONS):
            return Count(_estimate(connection, query), "estimate")
        few = _rows(connection, query.limit(MOST_COUNTED + 1))
    return Count(few, "exact") if few <= MOST_COUNTED else Count(MOST_COUNTED, "at_least")


def counted(
    database: Database, by: Sequence[By], wanted: Filter, scope: Scope, *, seconds: float = SECONDS
) -> list[tuple[Keys, int]]:
    """How many dossiers a filter finds of each value of one column, or of two: in the order of their values.

    Raises:
        TooManyToCount: there are more than `MOST_GROUPS` groups, or it took more than so many seconds.
        ValueError: no column, more than two, one twice or one that is not counted by; or the filter's words.
    """
    if not 0 < len(by) <= _MOST_NAMES or len({*by}) < len(by) or not {*by} <= {*COUNTED_BY}:
        raise ValueError(f"dossiers are counted by one or two of {', '.join(COUNTED_BY)}")
    found = narrowed(database, wanted, scope)
    if found is None:
        return []
    columns = [dossiers.c[name] for name in by]
    query = select(*columns, func.count()).where(*all_conditions(found)).group_by(*columns).limit(MOST_GROUPS + 1)
    with _in_time(database, seconds) as connection:
        groups = [(tuple(keys), number) for *keys, number in connection.execute(query)]
    if len(groups) > MOST_GROUPS:
        raise TooManyToCount(f"there are more than {MOST_GROUPS} groups: narrow the filter, or count by one name alone")
    return sorted(groups, key=lambda one: [(key is not None, key or "") for key in one[0]])


def _rows(connection: Connection, query: Select[Any]) -> int:
    number: int = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    return number


def _estimate(connection: Connection, query: Select[Any]) -> int:
    """What PostgreSQL expects the query to find, by its statistics."""
    compiled = query.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    told = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {compiled}", compiled.params)
    return int(told.scalar_one()[0]["Plan"]["Plan Rows"])


@contextmanager
def _in_time(database: Database, seconds: float) -> Iterator[Connection]:
    with database.read() as connection:
        limited = _limited_embedded if database.is_sqlite else _limited
        try:
            with limited(connection, seconds):
                yield connection
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _CANCELLED and str(error.orig) != "interrupted":
                raise
            raise TooManyToCount(
                f"counting took more than {seconds:g} seconds: narrow the filter, or ask for an estimate"
            ) from error


@contextmanager
def _limited(connection: Connection, seconds: float) -> Iterator[None]:
    """Until the end of the transaction, which ends with the reading."""
    connection.exec_driver_sql(f"SELECT set_config('statement_timeout', '{round(seconds * 1000)}', true)")
    yield


@contextmanager
def _limited_embedded(connection: Connection, seconds: float) -> Iterator[None]:
    driver: Any = connection.connection.driver_connection
    end = monotonic() + seconds
    driver.set_progress_handler(lambda: monotonic() > end, _STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)
