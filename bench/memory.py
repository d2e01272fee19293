"""The peak memory of a process that syncs what is as large as a source may send it, here all in one answer; a million
in pages are in `bench.growth`."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import party
from bench.connectors import department
from bench.department import PAGE as OF_DEPARTMENT
from bench.result import Result
from bench.server import fresh, server
from bench.sync_source import PAGE, source

SOAP_RECORDS = 1_000_000
WHOLE_RECORDS = 35_000  # in one JSON answer: just below `max_answer_bytes` as it is unless told
MEMORY = 300 * 2**20


def measure() -> list[Result]:
    """The figures, on PostgreSQL and SQLite."""
    with server() as address, _addresses() as ways, tempfile.TemporaryDirectory() as folder:
        results = []
        for way, (records, url) in ways.items():
            for name, store in (("PostgreSQL", fresh(address, "memory")), ("SQLite", f"sqlite:///{folder}/{way}.db")):
                its = Path(folder, f"{way}-{name}")
                its.mkdir()
                measured = party.run("bench.ours", way, url, store, str(its))
                if measured.rows["fetched"] != records:
                    raise RuntimeError(f"{measured.rows} instead of {records} records")
                title = f"{name}: {way}, {records:,} records in one answer"
                ratio = MEMORY / measured.peak
                results.append(Result(title, measured.peak / 2**20, "MiB", f"{MEMORY >> 20} MiB", ratio, 1.0))
        return results


@contextmanager
def _addresses() -> Iterator[dict[str, tuple[int, str]]]:
    with department() as soap, source(WHOLE_RECORDS) as rest:
        yield {
            "soap": (SOAP_RECORDS, f"{soap}/huge/{SOAP_RECORDS // OF_DEPARTMENT}"),
            "whole": (WHOLE_RECORDS, f"{rest}/whole/{WHOLE_RECORDS // PAGE}"),
        }
