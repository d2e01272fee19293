"""Clients with grants of their own, over the filled store."""

import itertools
from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient

from hub.record.grant import Grant
from hub.store import clients, keys
from hub.store.clients import Role, Wanted
from hub.store.database import Database
from hub.web.app import create_app
from tests.hub.web.filling import fill
from tests.hub.web.served import SECRET

LIST = "/api/v1/dossiers"
LOOKUP = f"{LIST}/lookup"
_numbers = itertools.count(1)


def filled_app(database: Database) -> Flask:
    """API over the filled store."""
    fill(database, datetime.now(UTC))
    return create_app(database, SECRET)


def asking(app: Flask, grant: Grant | None, role: Role = Role.QUERY) -> FlaskClient:
    """A program that may see so much."""
    database: Database = app.extensions["hub.database"]
    name, now = f"client {next(_numbers)}", datetime.now(UTC)
    with database.write() as transaction:
        clients.put(transaction, Wanted(name, role, grant=grant), now)
    client = app.test_client()
    client.environ_base["HTTP_X_API_KEY"] = keys.issue(database, name, now, role)
    return client
