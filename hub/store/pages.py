"""Storing one page of a run: everything that one transaction reads and writes, in sets."""

import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.record.dossier import Dossier
from hub.record.event import Event
from hub.record.identity import Code
from hub.record.merge import Source
from hub.store.database import Database
from hub.store.tables import (
    connectors,
    dossier_codes,
    dossiers,
    events,
    payloads,
    quarantine,
    source_records,
)

Fields: TypeAlias = dict[str, Any]  # of a row that is written

_MOST_VALUES = 10_000
_TURN = 0x4D6F7443  # any number that nothing else in this database locks


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of a record: its digest, and whether it stands in quarantine."""

    digest: bytes
    quarantined: bool


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A source record as it is to be kept."""

    source: Source
    digest: bytes
    problems: list[dict[str, str]] | None
    dossier_id: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that could not be read, with every reason and its own bytes."""

    key: str
    digest: bytes
    reasons: list[dict[str, str]]
    raw: bytes


def take_turn(connection: Connection) -> None:
    """Until the end of the transaction nobody else decides which records are one dossier.

    SQLite has one writer anyway. On PostgreSQL two connectors that meet the same new dossiers, or join old ones,
    would otherwise fail on each other's codes again and again.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_TURN)))


def known_records(database: Database, connector_id: int, keys: Sequence[str]) -> dict[str, Known]:
    """What is stored already of these records; quarantine speaks last, it is the newer word."""
    with database.read() as connection:
        return {
            row.key: Known(row.digest, table is quarantine)
            for table in (source_records, quarantine)
            for row in _rows_with(connection, _of(connector_id, table, "key", "digest"), table.c.key, keys)
        }


def dossiers_by_code(connection: Connection, codes: Collection[Code]) -> dict[Code, int]:
    """The dossiers that these codes belong to."""
    values = {code.value for code in codes}
    rows = _rows_with(connection, select(dossier_codes), dossier_codes.c.value, values)
    found = {Code(row.scope, row.value): row.dossier_id for row in rows}
    return {code: found[code] for code in codes if code in found}


def dossiers_by_record(connection: Connection, connector_id: int, keys: Collection[str]) -> dict[str, int]:
    """The dossiers that a connector's records spoke of until now."""
    mine = _of(connector_id, source_records, "key", "dossier_id")
    return {row.key: row.dossier_id for row in _rows_with(connection, mine, source_records.c.key, keys)}


def load_dossiers(connection: Connection, ids: Collection[int]) -> dict[int, Dossier]:
    """Dossiers with all their sources."""
    rows = _rows_with(connection, select(dossiers.c.id, dossiers.c["values"]), dossiers.c.id, ids)
    found = {dossier_id: Dossier(id=dossier_id, values=values) for dossier_id, values in map(tuple, rows)}
    for row in _rows_with(connection, select(dossier_codes), dossier_codes.c.dossier_id, ids):
        found[row.dossier_id].codes[Code(row.scope, row.value)] = None
    for row in _rows_with(connection, _SOURCES, source_records.c.dossier_id, ids):
        source = Source(row.name, row.key, row.precedence, row.scope, row.changed_at, row.values)
        found[row.dossier_id].sources[source.connector, source.key] = source
    told = select(events.c.dossier_id, events.c.fingerprint)
    for row in _rows_with(connection, told, events.c.dossier_id, ids):
        found[row.dossier_id].told.add(row.fingerprint)
    return found


def save_payload(
    connection: Connection, connector_id: int, media_type: str, body: bytes, digest: bytes, now: datetime
) -> int:
    """Keep an answer as received; the same answer is kept once. Its id."""
    row = {"connector_id": connector_id, "digest": digest, "media_type": media_type, "size": len(body)}
    row |= {"body": zlib.compress(body, level=1), "received_at": now}
    statement = _insert(connection, payloads).values(**row)
    kept = statement.on_conflict_do_update(
        index_elements=["connector_id", "digest"], set_={"received_at": statement.excluded.received_at}
    )
    payload_id: int = connection.execute(kept.returning(payloads.c.id)).scalar_one()
    return payload_id


def save_dossiers(connection: Connection, touched: Iterable[Dossier], now: datetime, connector_id: int) -> None:
    """Write the new and the changed dossiers with their codes and events."""
    changed = [dossier for dossier in touched if dossier.changed]
    born = [dossier for dossier in changed if dossier.id is None]
    known = [dossier for dossier in changed if dossier.id is not None]
    _insert_dossiers(connection, born, now)
    _update_dossiers(connection, known, now)
    for dossier in changed:
        for other in dossier.joined:
            _join(connection, dossier, other, now)
        _adopt(connection, dossier)
        _drop_events(connection, dossier)
    _save_codes(connection, [row for dossier in changed for row in _code_rows(dossier)])
    rows = [_event_row(dossier, event, now, connector_id) for dossier in changed for event in dossier.new_events]
    _many(connection, _insert(connection, events).on_conflict_do_nothing(), rows)


def save_records(
    connection: Connection, connector_id: int, records: Sequence[StoredRecord], payload_id: int, now: datetime
) -> None:
    """Write source records, each pointing at its dossier; what is readable now leaves quarantine."""
    rows = [
        {
            "connector_id": connector_id,
            "key": record.source.key,
            "dossier_id": record.dossier_id,
            "digest": record.digest,
            "precedence": record.source.precedence,
            "scope": record.source.scope,
            "changed_at": record.source.changed_at,
            "values": record.source.values,
            "problems": record.problems,
            "payload_id": payload_id,
            "stored_at": now,
        }
        for record in records
    ]
    _upsert(connection, source_records, rows)
    release(connection, connector_id, [record.source.key for record in records])


def release(connection: Connection, connector_id: int, keys: Sequence[str]) -> None:
    """Let records out of quarantine."""
    for some in _slices(keys):
        out = (quarantine.c.connector_id == connector_id) & quarantine.c.key.in_(some)
        connection.execute(delete(quarantine).where(out))


def seen_again(connection: Connection, connector_id: int, keys: Sequence[str], now: datetime) -> None:
    """Records that stand in quarantine came again, as bad as before."""
    for some in _slices(keys):
        those = (quarantine.c.connector_id == connector_id) & quarantine.c.key.in_(some)
        connection.execute(update(quarantine).where(those).values(last_seen_at=now))


def save_rejected(
    connection: Connection,
    connector_id: int,
    rejected: Sequence[Rejected],
    payload_id: int,
    mapping: str,
    now: datetime,
) -> None:
    """Set records aside; one that stands there already keeps the time it was first seen."""
    rows = [
        {
            "connector_id": connector_id,
            "key": record.key,
            "digest": record.digest,
            "reasons": record.reasons,
            "raw": zlib.compress(record.raw, level=1),
            "payload_id": payload_id,
            "mapping": mapping,
            "first_seen_at": now,
            "last_seen_at": now,
        }
        for record in rejected
    ]
    _upsert(connection, quarantine, rows, keep=("first_seen_at",))


_SOURCES = select(
    source_records.c.dossier_id,
    connectors.c.name,
    source_records.c.key,
    source_records.c.precedence,
    source_records.c.scope,
    source_records.c.changed_at,
    source_records.c["values"],
).join_from(source_records, connectors)


def _of(connector_id: int, table: Table, *columns: str) -> Select[Any]:
    return select(*(table.c[name] for name in columns)).where(table.c.connector_id == connector_id)


def _rows_with(
    connection: Connection, query: Select[Any], column: ColumnElement[Any], values: Collection[Any]
) -> Iterator[Row[Any]]:
    """The rows whose column is one of these values, however many there are."""
    for some in _slices(list(values)):
        yield from connection.execute(query.where(column.in_(some)))


def _slices(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Databases bound the values of one statement: SQLite 32,766, PostgreSQL 65,535."""
    return (values[start : start + _MOST_VALUES] for start in range(0, len(values), _MOST_VALUES))


def _insert_dossiers(connection: Connection, born: Sequence[Dossier], now: datetime) -> None:
    if not born:
        return
    rows = [_dossier_row(dossier) | {"first_seen_at": now, "changed_at": now} for dossier in born]
    ids = connection.execute(insert(dossiers).returning(dossiers.c.id, sort_by_parameter_order=True), rows).scalars()
    for dossier, dossier_id in zip(born, ids, strict=True):
        dossier.id = dossier_id


def _update_dossiers(connection: Connection, changed: Sequence[Dossier], now: datetime) -> None:
    rows = [_dossier_row(dossier) | {"the_id": dossier.id, "changed_at": now} for dossier in changed]
    _many(connection, update(dossiers).where(dossiers.c.id == bindparam("the_id")), rows)


def _dossier_row(dossier: Dossier) -> Fields:
    values = dossier.values
    return {
        "code": dossier.code,
        "agency": values.get("agency", {}).get("code", ""),
        "procedure": values.get("procedure", {}).get("code"),
        "status": values["status"],
        "received_on": dossier.received_on,
        "search": dossier.search_text,
        "values": values,
    }


def _join(connection: Connection, dossier: Dossier, other: Dossier, now: datetime) -> None:
    """Point everything of `other` at `dossier`; its row stays, so that no trace is lost."""
    if other.id is None:
        return
    already = select(events.c.fingerprint).where(events.c.dossier_id == dossier.id)
    connection.execute(delete(events).where(events.c.dossier_id == other.id, events.c.fingerprint.in_(already)))
    for table in (events, dossier_codes, source_records):
        connection.execute(update(table).where(table.c.dossier_id == other.id).values(dossier_id=dossier.id))
    gone = update(dossiers).where((dossiers.c.id == other.id) | (dossiers.c.merged_into == other.id))
    connection.execute(gone.values(merged_into=dossier.id, changed_at=now))


def _adopt(connection: Connection, dossier: Dossier) -> None:
    """Point source records at the dossier that they turned out to speak of."""
    for source in dossier.adopted:
        owner = select(connectors.c.id).where(connectors.c.name == source.connector).scalar_subquery()
        mine = (source_records.c.connector_id == owner) & (source_records.c.key == source.key)
        connection.execute(update(source_records).where(mine).values(dossier_id=dossier.id))


def _drop_events(connection: Connection, dossier: Dossier) -> None:
    for some in _slices(list(dossier.dropped_events)):
        gone = (events.c.dossier_id == dossier.id) & events.c.fingerprint.in_(some)
        connection.execute(delete(events).where(gone))


def _save_codes(connection: Connection, rows: Sequence[Fields]) -> None:
    """A code that was another dossier's alias now finds the dossier whose source gives it."""
    statement = _insert(connection, dossier_codes)
    moved = {"dossier_id": statement.excluded.dossier_id}
    _many(connection, statement.on_conflict_do_update(index_elements=["value", "scope"], set_=moved), rows)


def _code_rows(dossier: Dossier) -> Iterator[Fields]:
    for code in dict.fromkeys(dossier.new_codes):
        yield {"scope": code.scope, "value": code.value, "dossier_id": dossier.id}


def _event_row(dossier: Dossier, event: Event, now: datetime, connector_id: int) -> Fields:
    return {
        "dossier_id": dossier.id,
        "fingerprint": event.fingerprint,
        "at": event.at,
        "status": event.status,
        "name": event.name,
        "actor": event.actor,
        "unit": event.unit,
        "connector_id": connector_id,
        "recorded_at": now,
    }


def _upsert(connection: Connection, table: Table, rows: Sequence[Fields], keep: Collection[str] = ()) -> None:
    """Insert by (connector, key), or replace all but `keep`."""
    if not rows:
        return
    statement = _insert(connection, table)
    replaced = {name: statement.excluded[name] for name in rows[0] if name not in keep}
    _many(connection, statement.on_conflict_do_update(index_elements=["connector_id", "key"], set_=replaced), rows)


def _many(connection: Connection, statement: Any, rows: Sequence[Fields]) -> None:
    if rows:
        connection.execute(statement, rows)


def _insert(connection: Connection, table: Table) -> Any:
    """The dialect's own insert: only that one knows ON CONFLICT."""
    made: Callable[[Table], Any] = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    return made(table)
