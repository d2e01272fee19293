"""What every test can ask for: a store on each database."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import structlog
from hypothesis import settings

from hub.store.database import Database, connect
from hub.store.schema import is_current, upgrade
from tests.postgres import in_memory

# A shared machine may be slow, so no example is held against a clock; CI tries the same examples each time.
settings.register_profile("project", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("project")


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """A command says how its process logs, and where to; the test after it is of another one."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """One PostgreSQL for all tests of this process."""
    with in_memory() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store that is ready to use, to be copied: much faster than to go through all migrations."""
    path = tmp_path_factory.mktemp("store") / "hub.db"
    _made(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_store(postgres_server: str) -> Iterator[str]:
    """The name of a database that is such a store."""
    with _created(postgres_server, "template1") as name:
        _made(_on(postgres_server, name))
        yield name


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, once for each kind; where a test asks for a `database` too, that one."""
    is_ready = "database" in request.fixturenames
    if request.param == "sqlite":
        path = tmp_path / "hub.db"
        if is_ready:
            shutil.copy(request.getfixturevalue("sqlite_store"), path)
        yield f"sqlite:///{path}"
        return
    server: str = request.getfixturevalue("postgres_server")
    with _created(server, request.getfixturevalue("postgres_store") if is_ready else "template1") as name:
        yield _on(server, name)


@contextmanager
def _created(server: str, template: str) -> Iterator[str]:
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        # Without WAL of what is thrown away.
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        yield name
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _on(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?")


def _made(url: str) -> None:
    opened = connect(url)
    upgrade(opened)
    opened.close()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A store, ready to use, once for each kind of database."""
    opened = connect(database_url)
    if not is_current(opened):  # somebody asked for it in the midst of a test
        upgrade(opened)
    yield opened
    opened.close()
