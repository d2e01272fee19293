"""Rows that are known to be new, written as fast as the database takes them: COPY on PostgreSQL, raw tuples on SQLite.

Nothing is converted on the way but times: JSON comes encoded, bytes as bytes. Whatever goes wrong is raised as if
SQLAlchemy had run the statement itself, so that it is tried again, or told, like any other.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Select,
    SmallInteger,
    Table,
    Text,
    bindparam,
    func,
    select,
)
from sqlalchemy.exc import DBAPIError

from hub.store.columns import Json, UtcTime

RawRow: TypeAlias = tuple[Any, ...]  # in the order of the columns that go with it

_FEW = 200  # rows for which a table to copy them into would cost more than it saves

# SQLAlchemy's type → PostgreSQL's: the narrower ones first, they are kinds of the wider ones. Any other one is text.
_WRITTEN_AS = (
    (UtcTime, "timestamptz"),
    (SmallInteger, "int2"),
    (BigInteger, "int8"),
    (Integer, "int4"),
    (LargeBinary, "bytea"),
    (Boolean, "bool"),
    (Json, "text"),
    (Text, "text"),
)


def write_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[RawRow]) -> None:
    """Insert rows of which none is there yet; one that is fails the transaction as an IntegrityError.

    JSON comes as text, times as aware datetimes. PostgreSQL works while `rows` are still being made.
    """
    if isinstance(rows, Collection) and not rows:
        return
    if connection.dialect.name == "postgresql":
        if isinstance(rows, Collection) and len(rows) <= _FEW:
            upsert_rows(connection, table, columns, rows, ())
        else:
            _copy(connection, table, table.name, columns, rows)
        return
    ready = with_times_as_text(table, columns, rows)
    if ready:
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table.name} ({_names(columns)}) VALUES ({marks})"  # noqa: S608 - names of ours
        connection.exec_driver_sql(statement, ready)


def upsert_rows(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Collection[RawRow],
    key: Sequence[str],
    replaced: Sequence[str] = (),
) -> None:
    """Insert rows, or where one of the same unique key is there already, replace these columns of it: none, by default.

    Rows as for `write_rows`, no two of one key; without a `key` none may be there.
    """
    if not rows:
        return
    new = ", ".join(f'"{name}" = excluded."{name}"' for name in replaced if name not in key)
    clash = (f"ON CONFLICT ({_names(key)}) DO " + (f"UPDATE SET {new}" if new else "NOTHING")) if key else ""
    into = f"INSERT INTO {table.name} ({_names(columns)})"
    if connection.dialect.name == "postgresql":
        staged, given = _staged(connection, table, columns, rows)
        connection.exec_driver_sql(f"{into} SELECT {_names(columns)} FROM {staged} {clash}", given)  # noqa: S608 - as above
    else:
        marks = ", ".join("?" * len(columns))
        ready = with_times_as_text(table, columns, rows)
        connection.exec_driver_sql(f"{into} VALUES ({marks}) {clash}", ready)


def update_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Collection[RawRow]) -> None:
    """Give columns of rows new values, the first column being the id of each; rows as for `write_rows`."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        staged, given = _staged(connection, table, columns, rows)
        new = ", ".join(f'"{name}" = staged."{name}"' for name in columns[1:])
        joined = f"FROM {staged} WHERE {table.name}.id = staged.id"
        connection.exec_driver_sql(f"UPDATE {table.name} SET {new} {joined}", given)  # noqa: S608 - as above
    else:
        new = ", ".join(f'"{name}" = ?' for name in columns[1:])
        ready = [(*row[1:], row[0]) for row in with_times_as_text(table, columns, rows)]
        connection.exec_driver_sql(f"UPDATE {table.name} SET {new} WHERE id = ?", ready)  # noqa: S608 - as above


def reserve_ids(connection: Connection, table: Table, how_many: int) -> range:
    """The ids of the next rows of a table; nobody else is given them.

    SQLite has one writer, and this transaction is it: like SQLite itself we go on from the last row. An id could come
    twice only after the last row was deleted, and only what nothing points at ever is.
    """
    if connection.dialect.name == "sqlite":
        last: int = connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
        return range(last + 1, last + 1 + how_many)
    while True:
        first, last = connection.execute(_reserved(table), {"how_many": how_many}).one()
        if last - first < how_many:  # otherwise somebody was given ids in between: these are left out
            return range(first, last + 1)


@lru_cache(maxsize=16)
def _reserved(table: Table) -> Select[Any]:
    """The first and the last of so many ids."""
    given = select(func.nextval(f"{table.name}_id_seq").label("id"))
    numbers = func.generate_series(1, bindparam("how_many", type_=Integer)).table_valued("number")
    each = given.select_from(numbers).subquery()
    return select(func.min(each.c.id), func.max(each.c.id))


def _staged(
    connection: Connection, table: Table, columns: Sequence[str], rows: Collection[RawRow]
) -> tuple[str, RawRow]:
    """What stands in a statement for a table `staged` with these rows, and the parameters that go with it.

    A few rows go along with the statement, as one text: it is always the same statement, so it is planned only once.
    Many are copied into a table of this connection alone, until the commit.
    """
    if len(rows) <= _FEW:
        told = [dict(zip(columns, row, strict=True)) for row in rows]
        return _told(table, tuple(columns)), (orjson.dumps(told, default=_as_text).decode(),)
    name = f"staged_{table.name}"
    # Not LIKE: that copies NOT NULL, and not every column is staged.
    shape = f"ON COMMIT DELETE ROWS AS TABLE {table.name} WITH NO DATA"
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} {shape}")
    connection.exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608 - as above; what this transaction staged before
    _copy(connection, table, name, columns, rows)
    return f"{name} staged", ()


@lru_cache(maxsize=64)
def _told(table: Table, columns: Sequence[str]) -> str:
    """Rows that are told as a JSON array of objects, one parameter."""
    shape = ", ".join(f'"{name}" {_written_as(table.c[name])}' for name in columns)
    return f"json_to_recordset(%s::json) staged ({shape})"


def _as_text(value: Any) -> str:
    """Bytes as PostgreSQL reads them."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    raise TypeError(f"a {type(value).__name__} cannot be written")


def _copy(connection: Connection, table: Table, into: str, columns: Sequence[str], rows: Iterable[RawRow]) -> None:
    types = [_written_as(table.c[name]) for name in columns]
    with copied(connection, into, _names(columns), types) as write:
        for row in rows:
            write(row)


@contextmanager
def copied(
    connection: Connection, table: str, columns: str, types: Sequence[str]
) -> Iterator[Callable[[RawRow], None]]:
    """PostgreSQL: what is written goes into a table as it comes, in binary: text would have to be escaped and parsed.

    `columns` are quoted, `types` the database's own names of theirs.
    """
    driver = connection.connection.driver_connection
    errors = connection.dialect.loaded_dbapi.Error
    statement = f"COPY {table} ({columns}) FROM STDIN (FORMAT binary)"
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[union-attr]
            copy.set_types(types)
            yield copy.write_row
    except errors as error:
        lost = connection.dialect.is_disconnect(error, connection.connection, None)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            statement,
            None,
            error,
            errors,
            hide_parameters=True,
            connection_invalidated=lost,
            dialect=connection.dialect,
        ) from error


def with_times_as_text(table: Table, columns: Collection[str], rows: Iterable[RawRow]) -> list[RawRow]:
    """SQLite: the rows with their times as SQLAlchemy writes them."""
    timed = [at for at, name in enumerate(columns) if isinstance(table.c[name].type, UtcTime)]
    if not timed:
        return list(rows)
    ready = []
    for row in rows:
        written = list(row)
        for at in timed:
            written[at] = None if row[at] is None else _time_as_text(row[at])
        ready.append(tuple(written))
    return ready


@lru_cache(maxsize=64)  # the rows of a page have the same time
def _time_as_text(at: datetime) -> str:
    if at.utcoffset():
        raise ValueError(f"a time that is written raw must be in UTC: {at!r}")
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"


@lru_cache(maxsize=512)
def _written_as(column: "Column[Any]") -> str:
    return next((name for kind, name in _WRITTEN_AS if isinstance(column.type, kind)), "varchar")


def _names(columns: Collection[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
