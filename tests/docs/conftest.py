"""The filled store of the web tests, and the real server over it."""

from tests.hub.web.conftest import empty, server, store

__all__ = ["empty", "server", "store"]
