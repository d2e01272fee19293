"""A hub after years of work, for `bench.console`: what `console_store.sql` says."""

from pathlib import Path

import psycopg
from psycopg import sql

_FILE = Path(__file__).with_suffix(".sql")


def fill(url: str, runs: int) -> None:
    """Add what a hub has besides its dossiers (`bench.api_store.fill`)."""
    with psycopg.connect(url) as connection:
        connection.execute(sql.SQL(_FILE.read_text().replace(":runs", str(runs))))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
