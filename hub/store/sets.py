"""Rows read and written in sets, whatever the database's bounds are."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table
from sqlalchemy.dialects import postgresql, sqlite

_MOST_VALUES = 10_000


def slices(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Databases bound the values of one statement: SQLite 32,766, PostgreSQL 65,535."""
    return (values[start : start + _MOST_VALUES] for start in range(0, len(values), _MOST_VALUES))


def rows_with(
    connection: Connection, query: Select[Any], column: ColumnElement[Any], values: Collection[Any]
) -> Iterator[Row[Any]]:
    """The rows whose column is one of these values, however many there are."""
    for some in slices(list(values)):
        yield from connection.execute(query.where(column.in_(some)))


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
