"""What foreign keys would say of the tables that have none, and what they could not say."""

from sqlalchemy import text

from hub.store.database import Database

_POINTERS = (
    *((table, "connector_id", "connectors") for table in ("source_records", "dossier_codes", "events", "revisions")),
    *((table, "dossier_id", "dossiers") for table in ("source_records", "dossier_codes", "events", "revisions")),
    ("source_records", "payload_id", "payloads"),
    ("revisions", "run_id", "runs"),
)
_NOWHERE = """
SELECT count(*) FROM {table} t
WHERE t.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {other} o WHERE o.id = t.{column})
"""
_ELSEWHERE = """
SELECT count(*) FROM {table} t LEFT JOIN source_records r ON r.connector_id = t.connector_id AND r.key = t.key
WHERE r.id IS NULL OR r.dossier_id <> t.dossier_id
"""
_OF_A_PART = (
    "SELECT count(*) FROM source_records r JOIN dossiers d ON d.id = r.dossier_id WHERE d.merged_into IS NOT NULL"
)
_OF_NOBODY = """
SELECT count(*) FROM dossiers d
WHERE d.merged_into IS NULL AND NOT EXISTS (SELECT 1 FROM source_records r WHERE r.dossier_id = d.id)
"""


def broken(database: Database) -> list[str]:
    """What does not hold together, a sentence each."""
    asked = {
        f"{table}.{column} nowhere": _NOWHERE.format(table=table, column=column, other=other)
        for table, column, other in _POINTERS
    }
    for table in ("dossier_codes", "events"):
        asked[f"{table} elsewhere than their record"] = _ELSEWHERE.format(table=table)
    asked |= {"records of a part": _OF_A_PART, "dossiers without a record": _OF_NOBODY}
    with database.read() as connection:
        found = {what: connection.execute(text(query)).scalar_one() for what, query in asked.items()}
    return [f"{what}: {count}" for what, count in found.items() if count]
