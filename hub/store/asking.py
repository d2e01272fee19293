"""Asking the database what lists ask all day, with as little as possible between the question and its rows."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Select
from sqlalchemy.engine import Dialect

from hub.store.database import Database

Values: TypeAlias = Mapping[str, Any]


def ask(database: Database, statement: Select[Any], values: Values) -> list[Any]:
    """The rows of a statement that is always the same object; its lists are `clauses.texts`.

    On PostgreSQL they are the driver's own: what columns of JSON and of times hold is for the caller to read.
    """
    if database.is_sqlite:
        with database.read() as connection:
            return list(connection.execute(statement, bound("sqlite", values)).all())
    text, constants = _compiled(statement, database.engine.dialect)
    return database.ask(text, {**constants, **values})


def bound(dialect: str, values: Values) -> dict[str, Any]:
    """Values as a statement takes them: SQLite has no lists."""
    if dialect != "sqlite":
        return dict(values)
    return {name: orjson.dumps(one).decode() if isinstance(one, list) else one for name, one in values.items()}


@lru_cache(maxsize=512)  # more than the kinds of lists that all clients together ask for
def _compiled(statement: Select[Any], dialect: Dialect) -> tuple[str, Values]:
    compiled = statement.compile(dialect=dialect)
    required = {name for name, one in compiled.binds.items() if one.required}
    expanded = compiled.construct_expanded_state(dict.fromkeys(required))
    return expanded.statement, {name: value for name, value in expanded.parameters.items() if name not in required}
