"""Dossiers as they are worked on, fetched with all that their records ever told; `put_back` writes them."""

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from hub.record.dossier import Dossier, Name, Settled, Stored, Voice
from hub.record.event import Event
from hub.record.identity import Code, codes_of, disowning
from hub.record.merge import Source
from hub.store.sets import rows_with
from hub.store.tables import connectors, disowned, dossier_codes, dossiers, events, source_records

_TURN = 0x4D6F7443  # any number that nothing else in this database locks


@dataclass(frozen=True, slots=True)
class Arrival:
    """What made dossiers change: a run of a connector, or a person with a reason."""

    connector_id: int  # whose records are heard
    now: datetime
    run_id: int | None = None
    author: str | None = None
    reason: str | None = None


def take_turn(connection: Connection) -> None:
    """Until the end of the transaction nobody else decides which records are one dossier.

    SQLite has one writer anyway. On PostgreSQL two connectors that meet the same new dossiers, or join old ones,
    would otherwise fail on each other's codes again and again.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_MY_TURN)


_MY_TURN = select(func.pg_advisory_xact_lock(_TURN))
_OF_CODES = select(dossier_codes.c.value, dossier_codes.c.scope, dossier_codes.c.dossier_id)
_OF_RECORDS = select(source_records.c.key, source_records.c.dossier_id).where(
    source_records.c.connector_id == bindparam("connector")
)
_STORED = _OF_RECORDS.add_columns(source_records.c.problems)
_WRONG = select(connectors.c.name, disowned.c.key, disowned.c.scope, disowned.c.value).join_from(disowned, connectors)


def dossiers_by_code(connection: Connection, codes: Collection[Code]) -> dict[Code, set[int]]:
    """The dossiers that any version of their records gave these codes for."""
    found: dict[Code, set[int]] = {}
    values = {code.value for code in codes}
    for value, scope, dossier_id in rows_with(connection, _OF_CODES, dossier_codes.c.value, values):
        if (code := Code(scope, value)) in codes:
            found.setdefault(code, set()).add(dossier_id)
    return found


def dossiers_by_record(connection: Connection, connector_id: int, keys: Collection[str]) -> dict[str, int]:
    """The dossiers that a connector's records speak of until now."""
    rows = rows_with(connection, _OF_RECORDS, source_records.c.key, keys, connector=connector_id)
    return {key: dossier_id for key, dossier_id in rows if dossier_id is not None}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the records of a page before it is stored."""

    by_code: Mapping[Code, Set[int]]  # the dossiers that any version of their records gave a code for
    records: Mapping[str, int | None]  # by key: the dossier that a stored record speaks of; None: of none
    wrong: Mapping[Name, Set[Code]]  # what persons disowned
    problems: Mapping[str, Any] = field(default_factory=dict)  # by key: what could not be read of a stored record

    @property
    def dossiers(self) -> set[int]:
        """All of them."""
        return {one for ids in self.by_code.values() for one in ids} | {one for one in self.records.values() if one}


def known_of(connection: Connection, connector_id: int, keys: Collection[str], codes: Collection[Code]) -> Known:
    """What is known of records with these keys and codes."""
    rows = list(rows_with(connection, _STORED, source_records.c.key, keys, connector=connector_id))
    problems = {row.key: row.problems for row in rows if row.problems}
    records = {row.key: row.dossier_id for row in rows}
    return Known(dossiers_by_code(connection, codes), records, wrong_codes(connection), problems)


def wrong_codes(connection: Connection) -> dict[Name, set[Code]]:
    """The codes that persons found to be wrong, by record; there are few."""
    found: dict[Name, set[Code]] = {}
    for name, key, scope, value in connection.execute(_WRONG):
        found.setdefault((name, key), set()).add(Code(scope, value))
    return found


def believed(source: Source, wrong: Mapping[Name, Set[Code]]) -> Source:
    """What a record says, without the codes that it is known to give wrongly."""
    codes = wrong.get(source.name)
    if not codes:
        return source
    # A person disowns a number, whatever the connector's agency was then; the record is named already.
    now = {one for code in codes for one in codes_of({"code": code.value}, source.scope)}
    return replace(source, values=disowning(source.values, source.scope, now, source.name))


def load_dossiers(connection: Connection, ids: Collection[int], wrong: Mapping[Name, Set[Code]]) -> dict[int, Dossier]:
    """Dossiers with all that their records ever told."""
    found = {
        dossier_id: Dossier(dossier_id, Settled(values, conflicts))
        for dossier_id, values, conflicts in rows_with(connection, _SHOWN, dossiers.c.id, ids)
    }
    for row in rows_with(connection, SOURCES, source_records.c.dossier_id, ids):
        found[row.dossier_id].hold(Voice(believed(source_of(row), wrong)))
    for dossier_id, scope, value, key, name in rows_with(connection, _CODES, dossier_codes.c.dossier_id, ids):
        if claimant := found[dossier_id].voices.get((name, key)):
            claimant.codes[Code(scope, value)] = None
    for dossier_id, print_, key, at, status, guessed, name in rows_with(connection, _TOLD, events.c.dossier_id, ids):
        if teller := found[dossier_id].voices.get((name, key)):
            teller.told.add(print_)
            if guessed:
                teller.guesses[print_] = Event(at, status, inferred=True)
    for dossier in found.values():
        dossier.stored = Stored(dossier.before.values, dossier.codes, frozenset(dossier.voices))
    return found


_SHOWN = select(dossiers.c.id, dossiers.c["values"], dossiers.c.conflicts)
_SAID = ("key", "precedence", "scope", "changed_at", "values", "precedence_for", "entity", "version")
SOURCES: Select[Any] = select(
    source_records.c.dossier_id, connectors.c.name, *(source_records.c[name] for name in _SAID)
).join_from(source_records, connectors, connectors.c.id == source_records.c.connector_id)
_CODES = select(
    dossier_codes.c.dossier_id,
    dossier_codes.c.scope,
    dossier_codes.c.value,
    dossier_codes.c.key,
    connectors.c.name,
).join_from(dossier_codes, connectors, connectors.c.id == dossier_codes.c.connector_id)
_EVENT = ("dossier_id", "fingerprint", "key", "at", "status", "inferred")
_TOLD = select(*(events.c[name] for name in _EVENT), connectors.c.name).join_from(
    events, connectors, connectors.c.id == events.c.connector_id
)


def source_of(row: Row[Any]) -> Source:
    """A row with the columns of `SOURCES` as what a connector says."""
    return Source(
        row.name,
        row.key,
        row.precedence,
        row.scope,
        row.changed_at,
        row.values,
        row.precedence_for or {},
        row.entity,
        row.version or b"",
    )
