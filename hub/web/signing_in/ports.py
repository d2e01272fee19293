"""What signing in is handed by the application."""

from typing import cast

from flask import current_app

from hub.record.sign_in import SignIn
from hub.store.database import Database
from hub.store.passwords import Passwords
from hub.store.secrets import Keyring


def database() -> Database:
    """The application's store."""
    return cast("Database", current_app.extensions["hub.database"])


def rules() -> SignIn:
    """What the configuration says of it."""
    return cast("SignIn", current_app.extensions["hub.sign_in"])


def passwords() -> Passwords:
    """What makes and checks passwords."""
    return cast("Passwords", current_app.extensions["hub.passwords"])


def keyring() -> Keyring:
    """The keys that second factors are sealed with.

    Raises:
        SecretsLocked: they cannot be read.
    """
    return cast("Keyring", current_app.extensions["hub.keyring"]())
