"""The one clock that all workers share: the database's. Judged by a worker's own, a lease would end by its errors."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import BindParameter, ColumnElement, bindparam
from sqlalchemy.sql.functions import FunctionElement

from hub.store.columns import UtcTime

_TEXT = "%Y-%m-%d %H:%M:%f"  # as SQLite keeps times, to the millisecond


class _Later(FunctionElement[datetime]):
    """So many seconds from now."""

    type = UtcTime()
    inherit_cache = True


def now() -> ColumnElement[datetime]:
    """What time it is, in the middle of a transaction too."""
    return later(0)


def later(seconds: "float | BindParameter[float]") -> ColumnElement[datetime]:
    """So many seconds from now; before now where they are negative."""
    named = isinstance(seconds, BindParameter)
    return _Later(seconds if named else bindparam(None, float(seconds), type_=Float()))


@compiles(_Later, "postgresql")
def _postgresql(element: _Later, compiler: SQLCompiler, **words: Any) -> str:
    seconds = compiler.process(element.clauses, **words)
    return f"(clock_timestamp() + make_interval(secs => {seconds}))"


@compiles(_Later, "sqlite")
def _sqlite(element: _Later, compiler: SQLCompiler, **words: Any) -> str:
    seconds = compiler.process(element.clauses, **words)
    return f"(strftime('{_TEXT}', 'now', {seconds} || ' seconds') || '000')"
