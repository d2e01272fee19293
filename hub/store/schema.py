"""Whether a database is at this version of the hub, and bringing it there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from hub.store.database import Database, StoreError
from hub.store.jobs_schema import SCHEMA, upgrade_script

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"
_VERSION = "alembic_version"


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database to `revision`; safe to repeat, and all or nothing."""
    from alembic import command  # noqa: PLC0415  (10 MiB, which nobody else needs)

    with _migrating(database) as config:
        command.upgrade(config, revision)
        if revision == "head" and not database.is_sqlite:
            _upgrade_jobs(config.attributes["connection"])


def downgrade(database: Database, revision: str) -> None:
    """Take the database back to an older `revision` ("base": no tables at all)."""
    from alembic import command  # noqa: PLC0415  (as above)

    with _migrating(database) as config:
        command.downgrade(config, revision)
        if not database.is_sqlite:  # jobs say nothing that the runs do not: an upgrade makes them again
            config.attributes["connection"].execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))


def is_current(database: Database) -> bool:
    """Whether the database has the tables of this hub; changes nothing."""
    with database.read() as connection:
        return _current(connection) == _head() and not _lacks_jobs(connection)


def ensure_current(database: Database) -> None:
    """Make the embedded database ready; for a server's, say what to run: its keeper decides when."""
    with database.read() as connection:
        found, wanted = _current(connection), _head()
        if found == wanted and not _lacks_jobs(connection):
            return
    if not database.is_sqlite:
        raise StoreError(f"the database is at version {found or 'none'}, this hub needs {wanted}: run `hub db upgrade`")
    upgrade(database)


def version_of(connection: Connection) -> str | None:
    """The version that migrations have brought a database to, for people."""
    return _current(connection)


def _current(connection: Connection) -> str | None:
    """The version that migrations have brought it to."""
    if not inspect(connection).has_table(_VERSION):
        return None
    version: str | None = connection.scalar(text(f"SELECT version_num FROM {_VERSION}"))  # noqa: S608  (a constant)
    return version


def _head() -> str:
    """The newest version: the number that its file's name begins with."""
    return max(file.name.partition("_")[0] for file in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def _lacks_jobs(connection: Connection) -> bool:
    """Whether PostgreSQL has not the queue of jobs that this version of the hub works with."""
    return connection.dialect.name == "postgresql" and upgrade_script(_jobs_version(connection)) is not None


def _jobs_version(connection: Connection) -> str | None:
    """What the queue of jobs was brought to; None where there is none."""
    kept = text("SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = :schema")
    version: str | None = connection.scalar(kept, {"schema": SCHEMA})
    return version


def _upgrade_jobs(connection: Connection) -> None:
    """Bring the queue of jobs to what this version works with, in a schema of its own, as its makers wrote it."""
    found = upgrade_script(_jobs_version(connection))
    if found is None:
        return
    script, version = found
    before = connection.scalar(text("SELECT current_setting('search_path')"))
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
    connection.exec_driver_sql(script.replace("%", "%%"))
    connection.execute(text("SELECT set_config('search_path', :before, true)"), {"before": before})
    connection.execute(text(f"COMMENT ON SCHEMA {SCHEMA} IS '{version}'"))


@contextmanager
def _migrating(database: Database) -> Iterator["Config"]:
    from alembic.config import Config  # noqa: PLC0415  (as above)

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with database.write(patient=True) as connection:
        config.attributes["connection"] = connection
        yield config
