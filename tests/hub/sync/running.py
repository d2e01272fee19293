"""Listings run as connectors, and what tests ask of the result."""

from collections.abc import Callable
from typing import Any

from hub.store import dossiers
from hub.store.database import Database
from hub.store.runs import RunRow

Do = Callable[..., RunRow]
A = "000.00.15.H29-260520-0001"
B = "000.00.15.H29-260520-0002"


def record(key: int, code: str = A, status: str = "open", **more: Any) -> dict[str, Any]:
    return {"id": key, "code": code, "status": status} | more


def counts(run: RunRow) -> tuple[int, int, int, int, int]:
    return run.fetched, run.created, run.updated, run.unchanged, run.quarantined


def stored(database: Database, code: str) -> dossiers.DossierRow:
    found = dossiers.with_code(database, code)
    assert len(found) == 1
    return found[0]
