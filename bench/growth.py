"""What a store that grows costs: 1,000,000 dossiers in one run, held against its own first 100,000, and its memory.

The last 100,000 are stored where 900,000 are already. On a machine that others use too, the same ratio by CPU time (the
hub's own and the database's) says more than the one by the clock.
"""

import tempfile

import requests

from bench import party
from bench.ours import MARK
from bench.party import Measured
from bench.result import Result
from bench.server import fresh, server
from bench.sync_source import PAGE, source

RECORDS = 1_000_000
LINEAR = 1 / 1.15  # of ten times the first 100,000, at least
MEMORY = 300 * 2**20


def measure() -> list[Result]:
    """The figures, on PostgreSQL and SQLite."""
    with source(MARK) as url, server() as address, tempfile.TemporaryDirectory() as folder:
        results = []
        for name, store in (("PostgreSQL", fresh(address, "growth")), ("SQLite", f"sqlite:///{folder}/hub.db")):
            pages = RECORDS // PAGE
            grown = party.run("bench.ours", "rest", f"{url}/dossiers/{pages}", store, folder)
            _complete(grown, requests.get(f"{url}/expected/{pages}", timeout=60).json())
            results += _results(name, grown)
        return results


def _complete(grown: Measured, expected: dict[str, int]) -> None:
    readable = expected["readable"]
    wanted = {"dossiers": readable, "source_records": readable, "created": readable}
    wanted["quarantine"] = expected["records"] - readable
    held = {name: grown.rows[name] for name in wanted}
    if held != wanted:
        raise RuntimeError(f"it holds {held} instead of {wanted}")


def _results(name: str, grown: Measured) -> list[Result]:
    marks = grown.detail["marks"]
    times, against = len(marks), f"{len(marks)} times the first {MARK:,}"
    results = []
    for at, what in enumerate(("by the clock", "by CPU time")):
        first, last, whole = marks[0][at], marks[-1][at] - marks[-2][at], marks[-1][at]
        ratio, title = first * times / whole, f"{name}: {RECORDS:,} records, {what}"
        results.append(Result(title, RECORDS / whole, "records/s", against, ratio, LINEAR))
        title = f"{name}: the last {MARK:,}, {what}"
        results.append(Result(title, MARK / last, "records/s", f"the first {MARK:,}", first / last))
    results.append(
        Result(f"{name}: peak memory", grown.peak / 2**20, "MiB", f"{MEMORY >> 20} MiB", MEMORY / grown.peak, 1.0)
    )
    return results
