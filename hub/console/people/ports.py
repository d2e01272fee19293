"""What these pages need of the application, and who asks for them."""

from datetime import UTC, datetime
from typing import cast

from flask import current_app, g

from hub.console.visitor import visitor
from hub.record.sign_in import SignIn
from hub.record.signature import Signature
from hub.store.passwords import Passwords
from hub.store.people_sessions import SignedIn
from hub.store.secrets import Keyring


def signed_in() -> SignedIn:
    """Who asks, and by which session."""
    return cast("SignedIn", g.signed_in)


def signed(reason: str = "") -> Signature:
    """As changes are signed from here."""
    return Signature(visitor().name, reason, datetime.now(UTC))


def passwords() -> Passwords:
    """What makes and checks passwords."""
    return cast("Passwords", current_app.extensions["hub.passwords"])


def rules() -> SignIn:
    """How people sign in."""
    return cast("SignIn", current_app.extensions["hub.sign_in"])


def keyring() -> Keyring:
    """The keys that second factors are sealed with.

    Raises:
        SecretsLocked: they cannot be read.
    """
    return cast("Keyring", current_app.extensions["hub.keyring"]())
