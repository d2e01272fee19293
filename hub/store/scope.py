"""Which dossiers a grant lets see: its codes spelled out, and the conditions that every query of a client carries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from hub.record.confidentiality import rank
from hub.record.grant import EVERYTHING, Grant
from hub.record.shown import agency_key, field_key, procedure_key
from hub.store.agencies_below import with_all_below
from hub.store.tables import dossiers


@dataclass(frozen=True, slots=True)
class Scope:
    """Codes as dossiers are found by them (`hub.record.shown`); None: no limit."""

    agencies: frozenset[str] | None
    procedures: frozenset[str] | None
    fields: frozenset[str] | None
    rank: int  # of the most confidential level

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


def named_agencies(connection: Connection, code: str, day: date) -> frozenset[str]:
    """The keys of an agency with all below it, as the filter of a list has them."""
    return with_all_below(connection, [agency_key(code)], day)
