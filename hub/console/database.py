"""The store that the pages read: put there by `hub.web.app`."""

from typing import cast

from flask import current_app

from hub.store.database import Database


def database() -> Database:
    """The database of this application."""
    return cast("Database", current_app.extensions["hub.database"])
