"""The web part, whose requests are counted and traced."""

from tests.hub.web.conftest import api, app, empty, store

__all__ = ["api", "app", "empty", "store"]
