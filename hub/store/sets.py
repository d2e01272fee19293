"""Rows read and written in sets, whatever the database's bounds are."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import orjson
from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    CursorResult,
    Delete,
    Select,
    String,
    Table,
    Text,
    Update,
    any_,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

S = TypeVar("S", Select[Any], Update, Delete)

_MOST_VALUES = 10_000


def slices(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Databases bound the values of one statement: SQLite 32,766, PostgreSQL 65,535."""
    return (values[start : start + _MOST_VALUES] for start in range(0, len(values), _MOST_VALUES))


def rows_with(
    connection: Connection, query: Select[Any], column: ColumnElement[Any], values: Collection[Any], **bound: Any
) -> Iterator[Any]:
    """The rows whose column is one of these values (texts or numbers), however many there are.

    A query that is always the same object, with `bound` values for its parameters, is put together only once.
    """
    if values:
        yield from where_listed(connection, query, column, values, **bound).all()  # at once: half of one by one


def where_listed(
    connection: Connection, statement: S, column: ColumnElement[Any], values: Collection[Any], **bound: Any
) -> CursorResult[Any]:
    """Execute any statement on the rows whose column is one of these values, however many there are.

    In an UPDATE no name in `bound` may be a column's: it would be set.
    """
    listed = orjson.dumps(list(values)).decode()
    return connection.execute(_asked(connection.dialect.name, statement, column), bound | {"listed": listed})


@lru_cache(maxsize=64)  # to put a statement together takes longer than to find a row
def _asked(dialect: str, statement: S, column: ColumnElement[Any]) -> S:
    return statement.where(_is_listed(dialect, column))


def _is_listed(dialect: str, column: ColumnElement[Any]) -> ColumnElement[bool]:
    """One parameter, where a thousand would be bound and read one by one."""
    listed = bindparam("listed", type_=Text)
    if dialect == "postgresql":
        kind = Text() if isinstance(column.type, String) else column.type  # a bounded text would cut values off
        each = select(cast(func.json_array_elements_text(cast(listed, JSON)).column_valued("value"), kind))
        return column == any_(func.array(each.scalar_subquery()))
    return column.in_(select(func.json_each(listed).table_valued("value").c.value))


def many(connection: Connection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute a statement for each row; nothing where there is none."""
    if rows:
        connection.execute(statement, rows)


def insert_into(connection: Connection, table: Table) -> Any:
    """The dialect's own insert: only that one knows ON CONFLICT."""
    made: Callable[[Table], Any] = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    return made(table)


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], keep: Collection[str] = ()) -> None:
    """Insert by (connector, key), or replace all but `keep`."""
    if not rows:
        return
    statement = insert_into(connection, table)
    replaced = {name: statement.excluded[name] for name in rows[0] if name not in keep}
    many(connection, statement.on_conflict_do_update(index_elements=["connector_id", "key"], set_=replaced), rows)
