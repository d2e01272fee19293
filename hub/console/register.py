"""The register of connectors and mappings that the pages change things with: put there by `hub.web.app`."""

from typing import cast

from flask import abort, current_app

from hub.inspection.register import Register


def register() -> Register:
    """The application's register; without one nothing can be changed or asked (503)."""
    if not has_register():
        abort(503)
    return cast("Register", current_app.extensions["hub.register"])


def has_register() -> bool:
    """Whether connectors can be changed and asked, and not only looked at."""
    return current_app.extensions["hub.register"] is not None
