"""The departments of the demo are counted as they are configured: what their lists lost is found and fetched."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hub.store import connectors, dossiers, runs, tallies
from hub.store.database import Database
from hub.sync import completeness
from hub.sync.run import execute
from hub.wiring import Hub
from tests.departments.generator import generate
from tests.hub.sync.world import Departments, sync


def counted(hub: Hub, day: str) -> list[str]:
    """Count that day and do what follows; the kinds of the runs."""
    row = connectors.named(hub.database, "so-tu-phap")
    assert row is not None
    completeness.ask(hub.database, row.id, {"days": [day]}, datetime.now(UTC))
    kinds = []
    while waiting := runs.queued(hub.database):
        for run_id, name in waiting:
            assert execute(hub.database, hub.source(name), run_id, "test", threading.Event())
            run = runs.get(hub.database, run_id)
            assert run is not None
            kinds.append(run.kind)
        completeness.follow_repairs(hub.database, datetime.now(UTC))
    return kinds


def test_a_dossier_that_the_list_of_changes_lost_is_found_by_the_count_and_fetched(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    city = generate(judicial=30, one_stop=10, shared=2, faulty=3)
    departments = Departments(city)
    with departments.hub(database_url, tmp_path) as hub:
        assert hub.count_rule("so-tu-phap") == completeness.Rule()
        assert hub.count_rule("mot-cua") is None  # its list cannot be asked for a time
        sync(hub, "so-tu-phap")
        first = departments.judicial.dossiers()[0]
        day = str(first.updated_at.date())
        departments.judicial.add(replace(first, code="000.00.15.H29-260101-9999"), at=first.updated_at)
        sync(hub, "so-tu-phap")
        assert dossiers.with_code(hub.database, "000.00.15.H29-260101-9999") == []
        assert counted(hub, day) == ["count", "backfill", "count"]
        assert len(dossiers.with_code(hub.database, "000.00.15.H29-260101-9999")) == 1
        row = connectors.named(hub.database, "so-tu-phap")
        assert row
        (tally,) = tallies.of(hub.database, row.id)
        assert (tally.day, tally.state, tally.missing) == (day, "repaired", 0)
        assert tally.there == tally.here + tally.quarantined
        assert counted(hub, day) == ["count"]
