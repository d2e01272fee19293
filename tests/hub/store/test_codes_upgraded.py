"""A store whose codes were known by dossier is upgraded to one that knows which record gives which code."""

from sqlalchemy import Connection, text

from hub.store.database import Database
from hub.store.schema import downgrade, upgrade

_CONNECTOR = """
INSERT INTO connectors (id, name, title, type, agency, mapping, precedence, fresh_within, cadence)
VALUES (1, 'a', 't', 'soap', 'a', 'm', 0, 60, '')
"""
_PAYLOAD = """
INSERT INTO payloads (id, connector_id, digest, media_type, size, body, received_at)
VALUES (1, 1, :body, 'x', 0, :body, :at)
"""
_DOSSIER = """
INSERT INTO dossiers (id, code, agency, status, received_on, search, "values", first_seen_at, changed_at)
VALUES (:id, 'x', 'a', 'processing', '', 'a', '{}', :at, :at)
"""
_RECORD = """
INSERT INTO source_records
(connector_id, key, dossier_id, digest, precedence, scope, changed_at, "values", payload_id, stored_at)
VALUES (1, :key, :dossier, :digest, 0, 'a', '', :said, 1, :at)
"""


def test_codes_of_an_older_hub_become_those_of_the_records_that_give_them(database: Database) -> None:
    downgrade(database, "0002")
    given = [  # two records of one dossier with one national code; a third, of another dossier, gives nothing special
        (1, "r1", '{"code": " 24-000001 ", "national_code": "000.00.15.H29-260520-0001", "status": "x"}'),
        (1, "r2", '{"code": "25-2", "national_code": "000.00.15.H29-260520-0001", "status": "x"}'),
        (2, "r3", '{"code": "h29.15-260520-0002", "national_code": "0", "status": "x"}'),
    ]
    stored = [("a", "24-000001", 1), ("a", "25-2", 1), ("", "000.00.15.H29-260520-0001", 1)]
    stored += [("a", "GIVEN-BEFORE", 1), ("", "H29.15-260520-0002", 2)]
    with database.write() as connection:
        _fill_older(connection, given, stored)
    upgrade(database)
    claims = "SELECT key, scope, value, dossier_id FROM dossier_codes ORDER BY key, value"
    with database.read() as connection:
        assert [tuple(row) for row in connection.execute(text(claims))] == [
            ("r1", "", "000.00.15.H29-260520-0001", 1),
            ("r1", "a", "24-000001", 1),
            ("r1", "a", "GIVEN-BEFORE", 1),
            ("r2", "", "000.00.15.H29-260520-0001", 1),
            ("r2", "a", "25-2", 1),
            ("r3", "", "H29.15-260520-0002", 2),
        ]
    downgrade(database, "0002")
    with database.read() as connection:
        found = connection.execute(text("SELECT scope, value, dossier_id FROM dossier_codes")).all()
    assert {tuple(row) for row in found} == set(stored)


def _fill_older(connection: Connection, given: list[tuple[int, str, str]], stored: list[tuple[str, str, int]]) -> None:
    """A store as hubs wrote it that knew codes by dossier only."""
    connection.execute(text(_CONNECTOR))
    connection.execute(text(_PAYLOAD), {"at": "2026-05-20 00:00:00", "body": b""})
    for dossier_id in (1, 2):
        connection.execute(text(_DOSSIER), {"id": dossier_id, "at": "2026-05-20 00:00:00"})
    for dossier_id, key, said in given:
        row = {"dossier": dossier_id, "key": key, "said": said, "digest": b"", "at": "2026-05-20 00:00:00"}
        connection.execute(text(_RECORD), row)
    for scope, value, dossier_id in stored:
        row = {"scope": scope, "value": value, "id": dossier_id}
        connection.execute(
            text("INSERT INTO dossier_codes (scope, value, dossier_id) VALUES (:scope, :value, :id)"), row
        )
