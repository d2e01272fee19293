"""Migrations lead to the tables that the code uses, and back."""

import stat
import traceback
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from hub.record.moments import as_version
from hub.store.database import Database, StoreError, connect
from hub.store.schema import downgrade, ensure_current, upgrade
from hub.store.watching_tables import metadata


@pytest.mark.filterwarnings("ignore:autogenerate skipping")  # SQLite cannot show an index over an expression
def test_a_migrated_database_has_exactly_the_tables_of_the_code(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _not_of_the_search})
        assert compare_metadata(context, metadata) == []


def _not_of_the_search(name: str | None, kind: str, _parents: object) -> bool:
    """SQLite's own tables behind the search are no tables of the code."""
    return kind != "table" or name is None or not name.startswith("dossier_words")


def test_a_number_that_was_given_out_is_never_given_again(database: Database) -> None:
    """PostgreSQL's sequences see to it; SQLite has to be told, which the comparison above does not see."""
    declared = {one.name for one in metadata.sorted_tables if one.dialect_options["sqlite"]["autoincrement"]}
    assert declared == {
        *("clients", "client_keys", "subscriptions", "notices", "exports"),
        *("acts", "alerts", "alert_notices", "drafts", "people", "sessions", "silences"),
    }
    if database.is_sqlite:
        with database.read() as connection:
            made = connection.execute(text("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"))
            assert {row.name for row in made} == declared


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    upgrade(database)
    ensure_current(database)


def test_going_back_leaves_no_table(database: Database) -> None:
    downgrade(database, "base")
    with database.read() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}


def test_a_connector_that_an_older_hub_had_put_aside_is_retired(database: Database) -> None:
    downgrade(database, "0001")
    columns = "name, title, type, agency, mapping, precedence, fresh_within, cadence, active"
    with database.write() as connection:
        for name, active in (("a", "true"), ("b", "false")):
            values = f"'{name}', '{name}', 'rest', 'H29', 'm', 0, 60, '', {active}"
            connection.execute(text(f"INSERT INTO connectors ({columns}) VALUES ({values})"))
    upgrade(database)
    with database.read() as connection:
        rows = connection.execute(text("SELECT name, state, managed_by FROM connectors ORDER BY name")).all()
    assert [tuple(row) for row in rows] == [("a", "active", "config"), ("b", "retired", "config")]
    downgrade(database, "0001")
    with database.read() as connection:
        rows = connection.execute(text("SELECT name, active FROM connectors ORDER BY name")).all()
    assert [(row.name, bool(row.active)) for row in rows] == [("a", True), ("b", False)]


def test_the_embedded_database_is_made_ready_and_a_server_must_be_upgraded_by_its_keeper(database_url: str) -> None:
    empty = connect(database_url)
    if empty.is_sqlite:
        ensure_current(empty)
        with empty.read() as connection:
            assert inspect(connection).has_table("dossiers")
    else:
        with pytest.raises(StoreError, match="run `hub db upgrade`"):
            ensure_current(empty)
    empty.close()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("hub.db", "cannot be read"),
        ("postgresql://hub:geheim@h:port/d", "cannot be read"),
        ("postgresql://hub:geh@eim:x@h/d", "cannot be read"),
        ("mysql://x/y", "sqlite or postgresql"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
    ],
)
def test_a_database_that_cannot_be_used_is_named_with_what_can(url: str, says: str) -> None:
    with pytest.raises(StoreError, match=says) as caught:
        connect(url)
    assert "eim:x" not in "".join(traceback.format_exception(caught.value))
    assert "geh" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["postgresql://hub:geheim@127.0.0.1:1/hub", "postgresql://hub@127.0.0.1:1/hub?password=geheim"]
)
def test_a_server_that_does_not_answer_is_said_in_one_line_without_its_password(url: str) -> None:
    away = connect(url)
    with pytest.raises(StoreError, match="does not answer") as caught, away.read():
        pass
    assert "geheim" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_error_of_the_hubs_own_is_not_told_as_a_database_that_is_away_and_shows_no_value(
    database: Database,
) -> None:
    with pytest.raises(DBAPIError) as caught, database.read() as connection:
        connection.execute(text("SELECT nothing FROM nowhere WHERE a = :a"), {"a": "LE THI MAU"})
    assert "LE THI MAU" not in str(caught.value)
    with pytest.raises(DBAPIError), database.write() as connection:
        connection.execute(text("SELECT nothing FROM nowhere"))


def test_a_file_that_cannot_be_opened_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made: "):
        connect(f"sqlite:///{tmp_path}/file/hub.db")
    folder = connect(f"sqlite:///{tmp_path}")
    with pytest.raises(StoreError, match="does not answer: unable to open"), folder.read():
        pass


def test_the_embedded_database_is_for_its_owner_alone(tmp_path: Path) -> None:
    made = connect("sqlite:///var/hub.db", tmp_path)
    upgrade(made)
    with made.write():  # while it is open, the files beside it are there
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "var").iterdir()}
    made.close()
    assert modes == {"hub.db": 0o600, "hub.db-wal": 0o600, "hub.db-shm": 0o600}
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700


def test_a_file_that_is_no_database_is_said_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    path.write_bytes(b"this was never a database, and it is long enough to be looked at as one" * 20)
    garbage = connect(f"sqlite:///{path}")
    with pytest.raises(StoreError, match="is not a database"):
        ensure_current(garbage)
    garbage.close()


def test_a_store_that_holds_connectors_and_runs_is_upgraded_and_keeps_them(database: Database) -> None:
    downgrade(database, "0001")
    with database.write() as connection:
        connection.execute(text(_OLD_CONNECTORS))
        connection.execute(
            text(
                "INSERT INTO runs (connector_id, kind, trigger, state, queued_at) VALUES (1, 'one', 'hand', 'x', :at)"
            ),
            {"at": "2026-11-22 00:00:00"},
        )
    upgrade(database)
    with database.read() as connection:
        assert connection.execute(text("SELECT name, state FROM connectors ORDER BY id")).all() == [
            ("so-tu-phap", "active"),
            ("gone", "retired"),
        ]
        assert connection.execute(text("SELECT count(*) FROM runs")).scalar() == 1
    downgrade(database, "0001")
    with database.read() as connection:
        active = "SELECT name FROM connectors WHERE active ORDER BY id"
        assert connection.execute(text(active)).scalars().all() == ["so-tu-phap"]


def test_what_an_older_hub_dated_to_the_second_is_ordered_among_versions_to_the_microsecond(database: Database) -> None:
    downgrade(database, "0002")
    with database.write() as connection:
        connection.execute(text(_OLD_CONNECTOR))
        for statement in _OLD_RECORDS:
            connection.execute(text(statement), {"at": "2026-11-22 00:00:00", "bytes": bytes(16)})
    upgrade(database)
    dates = text("SELECT changed_at FROM source_records ORDER BY id")
    with database.write() as connection:
        said = connection.execute(dates).scalars().all()
        assert said == ["2026-05-20T01:15:00.000000Z", ""]
        finer = {"at": as_version(datetime(2026, 5, 20, 1, 15, 0, 1, UTC))}
        assert said[0] < finer["at"]
        connection.execute(text("UPDATE source_records SET changed_at = :at WHERE id = 1"), finer)
    downgrade(database, "0002")
    with database.read() as connection:
        assert connection.execute(dates).scalars().all() == ["2026-05-20T01:15:00Z", ""]


_OLD_CONNECTORS = """
INSERT INTO connectors (id, name, title, type, agency, mapping, precedence, fresh_within, active, cadence)
VALUES (1, 'so-tu-phap', 't', 'soap', 'a', 'm', 0, 60, true, ''), (2, 'gone', 't', 'soap', 'a', 'm', 0, 60, false, '')
"""

_OLD_CONNECTOR = """
INSERT INTO connectors (id, name, title, type, agency, mapping, precedence, fresh_within, cadence)
VALUES (1, 'so-tu-phap', 't', 'soap', 'a', 'm', 0, 60, '')
"""
_OLD_RECORDS = (
    """
    INSERT INTO payloads (id, connector_id, digest, media_type, size, body, received_at)
    VALUES (1, 1, :bytes, 'text/csv', 16, :bytes, :at)
    """,
    """
    INSERT INTO dossiers (id, code, agency, status, received_on, search, "values", first_seen_at, changed_at)
    VALUES (1, 'A', 'a', 'processing', '', 'a', '{}', :at, :at)
    """,
    *(
        f"""
        INSERT INTO source_records
        (id, connector_id, key, dossier_id, digest, precedence, scope, changed_at, "values", payload_id, stored_at)
        VALUES ({at}, 1, '{at}', 1, :bytes, 0, 'a', '{changed_at}', '{{}}', 1, :at)
        """
        for at, changed_at in ((1, "2026-05-20T01:15:00Z"), (2, ""))
    ),
)
