"""Which dossiers a grant lets see: its codes spelled out, and the conditions that every query of a client carries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from hub.record.confidentiality import rank
from hub.record.grant import EVERYTHING, Grant
from hub.record.shown import field_key, procedure_key
from hub.store.agencies_below import with_all_below
from hub.store.tables import dossiers

_LIMITS = ("agencies", "procedures", "fields")


@dataclass(frozen=True, slots=True)
class Scope:
    """Codes as dossiers are found by them (`hub.record.shown`); None: no limit."""

    agencies: frozenset[str] | None
    procedures: frozenset[str] | None
    fields: frozenset[str] | None
    rank: int  # of the most confidential level

    def document(self) -> dict[str, Any]:
        """As it is kept; `read` reads it back."""
        limits = {name: getattr(self, name) for name in _LIMITS}
        return {name: None if limit is None else sorted(limit) for name, limit in limits.items()} | {"rank": self.rank}

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Scope":
        """A scope as it was kept."""
        limits = {name: None if document[name] is None else frozenset(document[name]) for name in _LIMITS}
        return cls(**limits, rank=document["rank"])

    def holds_all_of(self, other: "Scope") -> bool:
        """Whether every dossier that `other` lets see is seen, whatever it is."""
        limits = [(getattr(self, name), getattr(other, name)) for name in _LIMITS]
        return self.rank >= other.rank and all(
            mine is None or (theirs is not None and theirs <= mine) for mine, theirs in limits
        )

    def holds(self, agency: str, procedure: str | None, field: str | None, confidentiality: int) -> bool:
        """Whether a dossier with these keys is seen."""
        limits = ((self.agencies, agency), (self.procedures, procedure), (self.fields, field))
        return confidentiality <= self.rank and all(limit is None or key in limit for limit, key in limits)


ALL = Scope(None, None, None, rank(EVERYTHING.level))


def scope_of(connection: Connection, grant: Grant, day: date) -> Scope:
    """What a grant comes to on a day: agencies come and go below others."""
    if grant.sees_all:
        return ALL
    return Scope(
        None if grant.agencies is None else with_all_below(connection, grant.agencies, day),
        None if grant.procedures is None else frozenset(map(procedure_key, grant.procedures)),
        None if grant.fields is None else frozenset(map(field_key, grant.fields)),
        rank(grant.level),
    )


def within(
    scope: Scope, column: ReadOnlyColumnCollection[str, Column[Any]] = dossiers.c
) -> Sequence[ColumnElement[bool]]:
    """The conditions on `dossiers`, or on another table with such columns; none where everything is seen."""
    if scope == ALL:
        return ()
    conditions: list[ColumnElement[bool]] = [column.confidentiality <= scope.rank]
    limits = ((column.agency, scope.agencies), (column.procedure, scope.procedures), (column.field, scope.fields))
    conditions += [named.in_(sorted(limit)) for named, limit in limits if limit is not None]
    return conditions
