"""Listings run as connectors, and what tests ask of the result."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hub.store import connectors, dossiers, runs
from hub.store.database import Database
from hub.store.dossier_rows import DossierRow
from hub.store.runs import RunRow
from hub.sync.run import execute
from hub.sync.source import Source

Do = Callable[..., RunRow]
A = "000.00.15.H29-260520-0001"
B = "000.00.15.H29-260520-0002"


def record(key: int, code: str = A, status: str = "open", **more: Any) -> dict[str, Any]:
    return {"id": key, "code": code, "status": status} | more


def counts(run: RunRow) -> tuple[int, int, int, int, int]:
    return run.fetched, run.created, run.updated, run.unchanged, run.quarantined


def stored(database: Database, code: str) -> DossierRow:
    found = dossiers.with_code(database, code)
    assert len(found) == 1
    return found[0]


def run_once(
    database: Database,
    made: Source,
    kind: str = "incremental",
    wanted: dict[str, Any] | None = None,
    by: str = "hand",
    give_way: Callable[[], bool] = lambda: False,
) -> RunRow:
    """One run of a connector that is registered, as it ended or gave way."""
    row = connectors.named(database, made.name)
    assert row is not None
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, kind, by, datetime.now(UTC), wanted=wanted)
    return gone_on(database, made, run_id, give_way)


def gone_on(database: Database, made: Source, run_id: int, give_way: Callable[[], bool] = lambda: False) -> RunRow:
    """A run that waits, done."""
    assert execute(database, made, run_id, "tests", threading.Event(), give_way=give_way)
    ended = runs.get(database, run_id)
    assert ended is not None
    return ended
