"""What the tests of runs share."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hub.store import connectors, runs
from hub.store.database import Database
from hub.store.runs import RunRow
from hub.sync.run import execute
from tests.hub.sync.fixtures import DOCUMENT, Listing, mapping, registered, source
from tests.hub.sync.running import Do


@pytest.fixture
def do(database: Database, tmp_path: Path) -> Do:
    """Run a listing once as a connector; the run as it ended."""
    registered(database, "a", "b", precedence={"b": 10})

    def run(
        listing: Listing, name: str = "a", kind: str = "incremental", document: str = DOCUMENT, **more: Any
    ) -> RunRow:
        row = connectors.named(database, name)
        assert row is not None
        with database.write() as transaction:
            run_id = runs.enqueue(transaction, row.id, kind, "hand", datetime.now(UTC))
        stop = more.get("stop", threading.Event())
        on_page = more.get("on_page", lambda _: None)
        assert execute(database, source(name, listing, mapping(tmp_path, document)), run_id, "test", stop, on_page)
        ended = runs.get(database, run_id)
        assert ended is not None
        return ended

    return run
