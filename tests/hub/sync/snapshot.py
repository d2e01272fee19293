"""All that a sync stores, in a form that can be compared."""

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, Table, select

from hub.store.database import Database
from hub.store.quarantine_tables import quarantine
from hub.store.tables import connectors, dossier_codes, dossiers, events, source_records

Snapshot = dict[str, Any]
Part: TypeAlias = tuple[str, tuple[Any, ...]]  # which part of the store, and one row of it


def snapshot(database: Database) -> Snapshot:
    """All that a sync stores, without what two runs may differ in: row ids, and times of the hub."""
    found: Snapshot = {part: [] for part in ("dossiers", "codes", "records", "events", "quarantine")}
    for part, row in rows(database):
        found[part].append(row)
    return {part: sorted(told) for part, told in found.items()}


def rows(database: Database) -> Iterator[Part]:
    """The same row by row, in no order: for more of them than should be held at once."""
    with database.read() as connection:
        names = {row.id: row.name for row in connection.execute(select(connectors.c.id, connectors.c.name))}
        codes = {row.id: row.code for row in connection.execute(select(dossiers.c.id, dossiers.c.code))}
        for row in _each(connection, dossiers, "code", "status", "values"):
            yield "dossiers", (row.code, row.status, json.dumps(row._mapping["values"], sort_keys=True))
        for row in _each(connection, dossier_codes, "scope", "value", "dossier_id"):
            yield "codes", (row.scope, row.value, codes[row.dossier_id])
        for row in _each(connection, source_records, "connector_id", "key", "digest", "dossier_id"):
            yield "records", (names[row.connector_id], row.key, row.digest, codes[row.dossier_id])
        for row in _each(connection, events, "dossier_id", "at", "fingerprint"):
            yield "events", (codes[row.dossier_id], row.at, row.fingerprint)
        for row in _each(connection, quarantine, "connector_id", "key", "reasons"):
            yield "quarantine", (names[row.connector_id], row.key, json.dumps(row.reasons))


def _each(connection: Connection, table: Table, *columns: str) -> Iterator[Row[Any]]:
    yield from connection.execute(select(*(table.c[name] for name in columns)).execution_options(yield_per=1000))
