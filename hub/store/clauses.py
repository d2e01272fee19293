"""The conditions of lists, each by a name, with its values bound by names.

So what is asked alike is one statement for ever: to put a statement together takes longer than to find fifty rows.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    String,
    Text,
    any_,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    select,
)

from hub.record.standing import Standing
from hub.store.standing import stands
from hub.store.tables import connectors, dossiers, source_records

# Of these one value may be wanted, or any of several.
SEVERAL = ("agency", "status", "procedure", "field")
_EQUAL = (*SEVERAL, "channel", "confidentiality", "identity", "phone", "name")
_TIMES = {"received": "received_on", "due": "due_at", "completed": "ended_at"}

# Written out, not bound: a partial index is only used where the planner sees its condition.
_NONE: ColumnElement[int] = literal_column("0")
NO_TEXT: ColumnElement[str] = literal_column("''", String)


def together(dialect: str, names: Iterable[str]) -> list[ColumnElement[bool]]:
    """The conditions of these names, on `dossiers`. `some_agency` is bound to what `listed` makes of a list."""
    known = _clauses(dialect)
    return [known[name] for name in names]


def texts(dialect: str, name: str) -> ColumnElement[Any]:
    """The parameter of this name that is a list of texts, for PostgreSQL as an array."""
    return cast(bindparam(name), ARRAY(Text)) if dialect == "postgresql" else bindparam(name, type_=Text)


@lru_cache(maxsize=2)
def _clauses(dialect: str) -> Mapping[str, ColumnElement[bool]]:
    column = dossiers.c
    clauses: dict[str, ColumnElement[bool]] = {
        "standing": column.merged_into.is_(None),
        "gone": column.gone_at.is_not(None),
        "there": column.gone_at.is_(None),
        "disputed": column.conflicts > _NONE,
        "undisputed": column.conflicts == _NONE,
        "rank": column.confidentiality <= _bound(column.confidentiality, "rank"),
        "name_is_not": column.name != _bound(column.name, "name_is_not"),
        "changed_from": column.changed_at >= _bound(column.changed_at, "changed_from"),
        "changed_to": column.changed_at < _bound(column.changed_at, "changed_to"),
        "connector": _brought_by(),
        "without_due": column.due_at == NO_TEXT,
        "after_id": column.id > _bound(column.id, "after_id"),
        "upto_id": column.id <= _bound(column.id, "upto_id"),
    }
    clauses |= {name: column[name] == _bound(column[name], name) for name in _EQUAL}
    clauses |= {f"some_{name}": _one_of(dialect, column[name], f"some_{name}") for name in SEVERAL}
    clauses |= {f"stands_{state}": stands(state) for state in Standing}
    for name, at in ((name, column[at]) for name, at in _TIMES.items()):
        clauses[f"{name}_from"] = at >= _bound(at, f"{name}_from")
        clauses[f"{name}_to"] = at < _bound(at, f"{name}_to")
        clauses[f"with_{name}"] = at > NO_TEXT  # no time is kept as an empty text, which sorts before every time
    return MappingProxyType(clauses)


def _bound(column: Column[Any], name: str) -> ColumnElement[Any]:
    return bindparam(name, type_=column.type)


def _one_of(dialect: str, column: Column[Any], name: str) -> ColumnElement[bool]:
    if dialect == "postgresql":
        return column == any_(texts(dialect, name))
    return column.in_(select(func.json_each(texts(dialect, name)).table_valued("value").c.value))


def _brought_by() -> ColumnElement[bool]:
    named = select(connectors.c.id).where(connectors.c.name == bindparam("connector", type_=Text)).scalar_subquery()
    mine = source_records.c.dossier_id == dossiers.c.id
    return exists().where(mine, source_records.c.connector_id == named)
