"""The hub's REST API, version 1: what the portal and partners read."""
