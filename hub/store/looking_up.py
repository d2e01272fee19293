"""Looking dossiers up by their codes, within a scope: one by any of its codes in one query, hundreds in four."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Text,
    any_,
    bindparam,
    cast,
    func,
    select,
)

from hub.record.dossier import Name
from hub.record.entities import DOSSIER
from hub.record.identity import codes_of, normalise
from hub.store.asking import ask
from hub.store.database import Database
from hub.store.dossier_rows import COLUMNS, DossierRow, row_of
from hub.store.laid_out import SOURCES, believed, source_of, wrong_codes
from hub.store.outlines import BROUGHT_BY, bringers
from hub.store.scope import Scope
from hub.store.sets import rows_with
from hub.store.tables import dossier_codes, dossiers, source_records

_BETWEEN = "\x1f"  # no code has it: codes hold no control character


@dataclass(frozen=True, slots=True)
class Found:
    """A dossier with every code that it is known under, and the ids of the connectors that it is as fresh as."""

    row: DossierRow
    codes: tuple[str, ...]
    brought_by: tuple[int, ...]


def with_code(database: Database, code: str, scope: Scope) -> list[Found]:
    """The dossiers of a scope that are known under a code: several only where agencies gave the same number.

    Those that no record gives it for any more are only found where there is no other.
    """
    wanted = normalise(code)
    rows = ask(database, _WITH_CODE, {"code": wanted})
    found = [one for one in (_found(database, row) for row in rows) if _is_seen(one.row, scope)]
    if len(found) < 2:
        return found
    giving = givers(database, [one.row.id for one in found])
    return [one for one in found if wanted in giving.get(one.row.id, {})] or found


def with_id(database: Database, dossier_id: int, scope: Scope) -> Found | None:
    """The dossier of a scope that has this id, or is the same now as the one that had it."""
    passed: set[int] = set()
    while dossier_id not in passed:
        passed.add(dossier_id)
        found = [_found(database, row) for row in ask(database, _WITH_ID, {"id": dossier_id})]
        if not found or found[0].row.merged_into is None:
            return next((one for one in found if _is_seen(one.row, scope)), None)
        dossier_id = found[0].row.merged_into
    return None


def with_codes(database: Database, codes: Collection[str], scope: Scope) -> dict[str, list[DossierRow]]:
    """As `with_code`, for many codes: by the code as codes are compared; those that find nothing are left out."""
    with database.read() as connection:
        ids: dict[str, set[int]] = {}
        for value, dossier_id in rows_with(
            connection, _KNOWN, dossier_codes.c.value, {normalise(one) for one in codes}
        ):
            ids.setdefault(value, set()).add(dossier_id)
        every = {one for several in ids.values() for one in several}
        rows = {row.id: row for row in _rows(connection, every) if _is_seen(row, scope)}
        found = {value: [rows[one] for one in sorted(several) if one in rows] for value, several in ids.items()}
        unclear = {row.id for several in found.values() if len(several) > 1 for row in several}
        giving = _giving(connection, unclear)
    chosen = {}
    for value, several in found.items():
        if several:
            given = [row for row in several if value in giving.get(row.id, {})] if len(several) > 1 else several
            chosen[value] = given or several
    return chosen


def with_ids(database: Database, ids: Collection[int], scope: Scope) -> dict[int, DossierRow]:
    """As `with_id`, for many ids: by the id that was asked for."""
    found: dict[int, DossierRow] = {}
    with database.read() as connection:
        rows = {row.id: row for row in _rows(connection, set(ids))}
        while following := {row.merged_into for row in rows.values() if row.merged_into} - rows.keys():
            rows |= {row.id: row for row in _rows(connection, following)}
    for asked in ids:
        row = rows.get(asked)
        while row is not None and row.merged_into is not None:
            row = rows.get(row.merged_into)
        if row is not None and _is_seen(row, scope):
            found[asked] = row
    return found


def givers(database: Database, ids: Collection[int]) -> Mapping[int, Mapping[str, Sequence[Name]]]:
    """The records that give each code of dossiers now: dossier, code as codes are compared, connector and key."""
    with database.read() as connection:
        return _giving(connection, ids)


def codes_of_dossiers(database: Database, ids: Collection[int]) -> dict[int, list[str]]:
    """Every code that dossiers are known under."""
    found: dict[int, set[str]] = {}
    with database.read() as connection:
        for value, dossier_id in rows_with(connection, _KNOWN, dossier_codes.c.dossier_id, ids):
            found.setdefault(dossier_id, set()).add(value)
    return {dossier_id: sorted(values) for dossier_id, values in found.items()}


def brought_by(database: Database, ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """The ids of the connectors that each of these dossiers is as fresh as; one that nobody brought is left out.

    Those that only told steps of it count where nobody brought it: steps come when something happens, not on time.
    """
    brought: dict[int, list[int]] = {}
    told: dict[int, list[int]] = {}
    for dossier_id, connector_id, is_whole in ask(
        database, _speakers(database.engine.dialect.name), {"ids": list(ids)}
    ):
        (brought if is_whole else told).setdefault(dossier_id, []).append(connector_id)
    return {one: tuple(sorted(names)) for one, names in (told | brought).items()}


def _giving(connection: Connection, ids: Collection[int]) -> dict[int, dict[str, list[Name]]]:
    if not ids:
        return {}
    found: dict[int, dict[str, list[Name]]] = {}
    wrong = wrong_codes(connection)
    for row in rows_with(connection, SOURCES, source_records.c.dossier_id, ids):
        source = believed(source_of(row), wrong)
        for code in codes_of(source.values, source.scope):
            found.setdefault(row.dossier_id, {}).setdefault(code.value, []).append(source.name)
    return found


def _rows(connection: Connection, ids: Collection[int]) -> list[DossierRow]:
    return [DossierRow(*row) for row in rows_with(connection, _BY_ID, dossiers.c.id, ids)]


def _is_seen(row: DossierRow, scope: Scope) -> bool:
    return scope.holds(row.agency, row.procedure, row.field, row.confidentiality)


def _found(database: Database, row: Sequence[Any]) -> Found:
    *columns, codes, told_by = row
    known = tuple(sorted(set((codes or "").split(_BETWEEN))))
    return Found(row_of(database, columns), known, bringers(told_by))


@lru_cache(maxsize=2)
def _speakers(dialect: str) -> Select[Any]:
    of, is_whole = source_records.c.dossier_id, source_records.c.entity == DOSSIER
    if dialect == "postgresql":
        listed: ColumnElement[bool] = of == any_(cast(bindparam("ids", required=False), ARRAY(BigInteger)))
    else:
        listed = of.in_(
            select(func.json_each(bindparam("ids", type_=Text, required=False)).table_valued("value").c.value)
        )
    return select(of, source_records.c.connector_id, is_whole).where(listed).distinct()


_KNOWN = select(dossier_codes.c.value, dossier_codes.c.dossier_id).distinct()
_BY_ID = select(*COLUMNS)
_CODES = (
    select(func.aggregate_strings(dossier_codes.c.value, _BETWEEN))
    .where(dossier_codes.c.dossier_id == dossiers.c.id)
    .scalar_subquery()
)
_ONE: Select[Any] = select(*COLUMNS, _CODES, BROUGHT_BY)
_WITH_CODE = _ONE.where(
    dossiers.c.id.in_(
        select(dossier_codes.c.dossier_id).where(dossier_codes.c.value == bindparam("code", required=False))
    )
).order_by(dossiers.c.id)
_WITH_ID = _ONE.where(dossiers.c.id == bindparam("id", required=False))
