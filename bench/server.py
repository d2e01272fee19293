"""The one PostgreSQL that all parties of a benchmark store into, and what its processes have taken of the processor."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.postgres import postgres

# As PostgreSQL comes: what is committed survives a power cut, for everybody.
_DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on")


@contextmanager
def server(*options: str) -> Iterator[str]:
    """A durable PostgreSQL with its default settings, or with other ones; yields its address."""
    with postgres(*_DURABLE, *options) as address:
        yield address


def fresh(address: str, name: str) -> str:
    """The address of an empty database called `name`; one that was there is dropped."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
        connection.execute("CHECKPOINT")  # so that what one party wrote is not another's to flush
    return address.replace("/postgres?", f"/{name}?")


def cpu_seconds(address: str) -> float:
    """What all processes of the server at `address` have taken, those that ended among them; 0 of SQLite."""
    if not address.startswith("postgresql"):
        return 0.0
    with psycopg.connect(address) as connection:
        found = connection.execute("SELECT current_setting('data_directory')").fetchone()
    postmaster = int(Path(str(found[0] if found else ""), "postmaster.pid").read_text().split()[0])
    processes = [_stat(int(path.name)) for path in Path("/proc").iterdir() if path.name.isdigit()]
    own = sum(sum(times[:2]) for parent, times in processes if parent == postmaster)
    _, of_postmaster = _stat(postmaster)  # with those of the backends that it has buried
    return (own + sum(of_postmaster)) / os.sysconf("SC_CLK_TCK")


def _stat(process: int) -> tuple[int, list[int]]:
    """Its parent, and its own and its children's user and system time in ticks."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return 0, [0] * 4
    return int(fields[1]), [int(ticks) for ticks in fields[11:15]]
