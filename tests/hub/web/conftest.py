"""A filled store, the application over it, and the real server in a process of its own."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.record.rights import Role as Person
from hub.store import keys
from hub.store.database import Database, connect
from hub.store.keys import Role
from hub.web.app import create_app
from tests.hub.web.filling import Store, fill
from tests.hub.web.served import FILE, SECRET
from tests.hub.web.serving import Server, serving
from tests.hub.web.visitor import QUICK, signed_in


@pytest.fixture
def empty(tmp_path: Path, sqlite_store: Path) -> Iterator[Database]:
    """A store with its tables and nothing in them."""
    shutil.copy(sqlite_store, tmp_path / "hub.db")
    database = connect(FILE, tmp_path)
    yield database
    database.close()


@pytest.fixture
def store(tmp_path: Path, empty: Database) -> Store:
    """A store of its own for every test."""
    now = datetime.now(UTC)
    filled = fill(empty, now)
    manager = keys.issue(empty, "quản trị", now, Role.MANAGE)
    return Store(tmp_path, empty, filled, keys.issue(empty, "kiểm thử", now), now, manager)


@pytest.fixture
def app(store: Store) -> Flask:
    """API and console over the filled store."""
    made = create_app(store.database, SECRET)
    made.extensions["hub.passwords"] = QUICK
    return made


@pytest.fixture
def api(app: Flask, store: Store) -> FlaskClient:
    """A program that has a key."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {store.key}"
    return client


@pytest.fixture
def console(app: Flask) -> FlaskClient:
    """An administrator who sees personal data and has just signed in."""
    return signed_in(app.test_client(), "quản trị", Person.ADMINISTRATOR)


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    """An auditor who sees personal data: everything, and changes nothing."""
    return signed_in(app.test_client(), "kiểm thử", Person.AUDITOR)


@pytest.fixture
def operator(app: Flask) -> FlaskClient:
    """An operator, without the right to see personal data."""
    return signed_in(app.test_client(), "van-hanh", Person.OPERATOR, sees_personal=False)


@pytest.fixture
def department(app: Flask) -> FlaskClient:
    """The IT staff of the agency of so-tu-phap, who see personal data: their own alone."""
    return signed_in(app.test_client(), "so-tu-phap", Person.DEPARTMENT)


@pytest.fixture
def leader(app: Flask) -> FlaskClient:
    """A leader, without the right to see personal data."""
    return signed_in(app.test_client(), "lanh-dao", Person.LEADER, sees_personal=False)


@pytest.fixture
def server(store: Store) -> Iterator[Server]:
    """The filled store behind the real server."""
    with serving(store.folder) as running:
        assert running.line() == "started"
        yield running
