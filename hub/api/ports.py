"""What the API asks of the rooms above it: they are handed to the application, it never imports them."""

from collections.abc import Hashable
from datetime import timedelta
from typing import Protocol, cast

from flask import current_app

from hub.api.settings import Settings
from hub.inspection.register import Register, Registered
from hub.store.database import Database
from hub.view.written import Written

__all__ = ["Register", "Registered", "Waiters", "database", "near_due", "register", "settings", "waiters"]


class Waiters(Protocol):
    """Requests that wait for the change feed, as `hub.web.waiting` counts them."""

    def wait(self, who: Hashable, position: int, seconds: float) -> bool:
        """Wait until the feed is past a position or the time is over; False: there is no place to wait."""
        ...


def register() -> Register:
    """The application's register."""
    return cast("Register", current_app.extensions["hub.register"])


def database() -> Database:
    """The application's database."""
    return cast("Database", current_app.extensions["hub.database"])


def settings() -> Settings:
    """What the configuration tells the web part."""
    return cast("Settings", current_app.extensions["hub.settings"])


def near_due() -> timedelta:
    """How long before its due date a dossier counts as near it."""
    return cast("timedelta", current_app.extensions["hub.near_due"])


def written() -> Written:
    """What this process has written of dossiers."""
    return cast("Written", current_app.extensions["hub.written"])


def waiters() -> Waiters:
    """Where a request waits for the change feed."""
    return cast("Waiters", current_app.extensions["hub.waiters"])
