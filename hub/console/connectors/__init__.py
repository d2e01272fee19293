"""Connectors as pages: their whole life, from what a department has to its first run."""
