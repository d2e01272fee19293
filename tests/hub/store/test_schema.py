"""Migrations lead to the tables that the code uses, and back."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from hub.store.database import Database, StoreError, connect
from hub.store.schema import downgrade, ensure_current, upgrade
from hub.store.tables import metadata


def test_a_migrated_database_has_exactly_the_tables_of_the_code(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    upgrade(database)
    ensure_current(database)


def test_going_back_leaves_no_table(database: Database) -> None:
    downgrade(database, "base")
    with database.read() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}


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
        ("mysql://x/y", "sqlite or postgresql"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
    ],
)
def test_a_database_that_cannot_be_used_is_named_with_what_can(url: str, says: str) -> None:
    with pytest.raises(StoreError, match=says):
        connect(url)


def test_a_server_that_does_not_answer_is_said_in_one_line_without_its_password() -> None:
    away = connect("postgresql://hub:geheim@127.0.0.1:1/hub")
    with pytest.raises(StoreError, match="does not answer") as caught, away.read():
        pass
    assert "geheim" not in str(caught.value)
    assert "\n" not in str(caught.value)
