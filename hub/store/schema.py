"""Whether a database is at this version of the hub, and bringing it there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from hub.store.database import Database, StoreError

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database to `revision`; safe to repeat, and all or nothing."""
    with _migrating(database) as config:
        command.upgrade(config, revision)


def downgrade(database: Database, revision: str) -> None:
    """Take the database back to an older `revision` ("base": no tables at all)."""
    with _migrating(database) as config:
        command.downgrade(config, revision)


def is_current(database: Database) -> bool:
    """Whether the database has the tables of this hub; changes nothing."""
    with database.read() as connection:
        return _current(connection) == _head()


def ensure_current(database: Database) -> None:
    """Make the embedded database ready; for a server's, say what to run: its keeper decides when."""
    with database.read() as connection:
        found, wanted = _current(connection), _head()
    if found == wanted:
        return
    if not database.is_sqlite:
        raise StoreError(f"the database is at version {found or 'none'}, this hub needs {wanted}: run `hub db upgrade`")
    upgrade(database)


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _head() -> str | None:
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()


@contextmanager
def _migrating(database: Database) -> Iterator[Config]:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with database.write() as connection:
        config.attributes["connection"] = connection
        yield config
