"""All that a sync stores, in a form that can be compared."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, select

from hub.store.database import Database
from hub.store.tables import connectors, dossier_codes, dossiers, events, quarantine, source_records

Snapshot = dict[str, Any]


def snapshot(database: Database) -> Snapshot:
    """All that a sync stores, without what two runs may differ in: row ids, and times of the hub."""
    with database.read() as connection:
        names = {row.id: row.name for row in connection.execute(select(connectors.c.id, connectors.c.name))}
        codes = {row.id: row.code for row in connection.execute(select(dossiers.c.id, dossiers.c.code))}
        values = select(dossiers.c.code, dossiers.c.status, dossiers.c["values"])
        return {
            "dossiers": sorted(
                (code, status, json.dumps(said, sort_keys=True)) for code, status, said in connection.execute(values)
            ),
            "codes": sorted((row.scope, row.value, codes[row.dossier_id]) for row in _rows(connection, dossier_codes)),
            "records": sorted(
                (names[row.connector_id], row.key, row.digest, codes[row.dossier_id])
                for row in _rows(connection, source_records)
            ),
            "events": sorted((codes[row.dossier_id], row.at, row.fingerprint) for row in _rows(connection, events)),
            "quarantine": sorted(
                (names[row.connector_id], row.key, json.dumps(row.reasons)) for row in _rows(connection, quarantine)
            ),
        }


def _rows(connection: Connection, table: Table) -> Sequence[Any]:
    return connection.execute(select(table)).all()
