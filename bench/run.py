"""Records a second through a whole run, against fetching and decoding the same pages alone."""

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from bench.result import Result
from connectors.registry import Registry
from hub.config.file import Configuration, understand
from hub.store import connectors, runs
from hub.store.database import connect
from hub.store.schema import upgrade
from hub.sync.run import execute
from hub.wiring import Hub, open_hub
from mappings.engine.yaml_source import parse
from tests.postgres import postgres

RECORDS = 20_000
ROUNDS = 3
FIRST_LOAD, NOTHING_CHANGED = 0.1, 0.5  # ratios below which a change has made it slow
ROOT = Path(__file__).parent.parent

CONFIG = """
database: {{url: "{database}"}}
connectors:
  - name: mot-cua
    title: Benchmark
    type: rest
    agency: 000.00.00.H29
    mapping: mot-cua/ho-so
    settings:
      url: {source}/pa/dossier/search
      parameters: {{page: "{{page}}"}}
      page_size: 500
      pages: {{type: numbered, last: last}}
      records: content
      key: id
"""


def measure() -> list[Result]:
    """The figures: first load and nothing changed, on SQLite and on PostgreSQL."""
    with _source() as source, tempfile.TemporaryDirectory() as folder, postgres() as server:
        alone = RECORDS / _median(lambda at: _pull_alone(_configured(source, f"sqlite:///{folder}/unused{at}.db")))
        results = [Result("fetch and decode alone", alone, "records/s", "itself", 1.0)]
        for name, database in (("SQLite", f"sqlite:///{folder}/{{at}}.db"), ("PostgreSQL", server)):
            results += _on(name, database, source, alone)
    return results


def _on(name: str, database: str, source: str, alone: float) -> list[Result]:
    first, unchanged = [], []
    for at in range(ROUNDS):
        found = _configured(source, _fresh(database, at))
        first.append(_sync(found))
        unchanged.append(_sync(found))
    against = "fetch and decode alone"
    figures = (("first load", first, FIRST_LOAD), ("nothing changed", unchanged, NOTHING_CHANGED))
    results = []
    for what, seconds, target in figures:
        rate = RECORDS / statistics.median(seconds)
        results.append(Result(f"{what}, {name}", rate, "records/s", against, rate / alone, target))
    return results


def _fresh(database: str, at: int) -> str:
    """A database without anything in it."""
    if database.startswith("sqlite"):
        return database.format(at=at)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE bench{at}")
    return database.replace("/postgres?", f"/bench{at}?")


def _configured(source: str, database: str) -> Configuration:
    return understand(parse(CONFIG.format(source=source, database=database), "bench"), ROOT, Registry())


def _pull_alone(found: Configuration) -> float:
    (connection,) = found.connections
    started = time.perf_counter()
    with connection.type.open(connection.settings, lambda exchange: exchange()) as line:
        fetched = sum(len(page.records) for page in line.pull(None))
    _all(fetched)
    return time.perf_counter() - started


def _sync(found: Configuration) -> float:
    with _hub(found) as hub:
        (row,) = connectors.listed(hub.database)
        with hub.database.write() as transaction:
            run_id = runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))
        started = time.perf_counter()
        execute(hub.database, hub.source("mot-cua"), run_id, hub.owner, threading.Event())
        seconds = time.perf_counter() - started
        run = runs.get(hub.database, run_id)
        _all(0 if run is None else run.created + run.unchanged)
    return seconds


@contextmanager
def _hub(found: Configuration) -> Iterator[Hub]:
    database = connect(found.config.database.url)
    upgrade(database)
    database.close()
    hub = open_hub(found)
    yield hub
    hub.database.close()


@contextmanager
def _source() -> Iterator[str]:
    command = [sys.executable, "-m", "bench.source", str(RECORDS)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        yield line.split()[1]
    finally:
        process.communicate()


def _median(take: Callable[[int], float]) -> float:
    return statistics.median(take(at) for at in range(ROUNDS))


def _all(records: int) -> None:
    """A benchmark that did not do the work measures nothing."""
    if records != RECORDS:
        raise RuntimeError(f"{records} of {RECORDS} records came through")
