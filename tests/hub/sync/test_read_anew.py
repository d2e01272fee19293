"""A corrected mapping reads the same bytes in another way: what was wrongly read never happened."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.contract import Page, Record
from hub.store import connectors, dossiers, runs
from hub.store.database import Database
from hub.store.whole import whole
from hub.sync import page
from hub.sync.drift import OnDrift, Policy
from hub.sync.watch import Learnt, Watch
from hub.sync.work import Work
from tests.hub.sync.fixtures import mapping, registered

NOW = datetime(2026, 6, 1, tzinfo=UTC)
CODE = "000.00.15.H29-260520-0001"
RECORD = {"code": CODE, "status": "Expired", "steps": [{"at": "2026-05-20T10:00:00", "name": "Nộp"}]}
READ = """
mapping: test/ho-so
version: {version}
entity: dossier
input: json
fields:
  code: {{from: code}}
  status: {{from: status, table: status}}
  events: {{each: steps, fields: {{at: {{from: at, date: iso, zone: {zone}}}, name: {{from: name}}}}}}
tables:
  status: {{Expired: {expired}, Open: processing}}
"""


class Hub:
    """A store with one connector, whose records are brought again and again."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder
        self.row = registered(database, "a")["a"]
        lease = connectors.take_lease(database, self.row.id, "test", 10**6)
        assert lease is not None
        self.lease = lease

    def bring(
        self, value: dict[str, Any], expired: str, zone: str = "UTC", minute: int = 0, at: datetime | None = None
    ) -> None:
        with self.database.write() as transaction:
            run_id = runs.enqueue(transaction, self.row.id, "full", "hand", NOW)
        watch = Watch("a", OnDrift(Policy.GO_ON, Policy.GO_ON), Learnt(None, None, []))
        reads = mapping(self.folder, READ.format(version=1 + minute, expired=expired, zone=zone))
        work = Work(self.database, self.row, reads, f"test v{minute}", run_id, self.lease, 10**6, watch)
        raw = orjson.dumps(value)
        page.store(work, Page(raw, "application/json", [Record("1", value, raw, at)], None), NOW + timedelta(0, minute))

    def told(self) -> list[tuple[str, str | None, str | None]]:
        (row,) = dossiers.with_code(self.database, CODE)
        return [(step.at, step.status or step.name, step.unusual_after) for step in whole(self.database, row).timeline]


@pytest.fixture
def hub(database: Database, tmp_path: Path) -> Hub:
    return Hub(database, tmp_path)


SUBMITTED = ("2026-05-20T10:00:00Z", "Nộp", None)


@pytest.mark.parametrize("at", [None, datetime(2026, 5, 21, tzinfo=UTC)])
def test_a_status_that_was_read_wrongly_never_happened(hub: Hub, at: datetime | None) -> None:
    when = "2026-05-21T00:00:00Z" if at else "2026-06-01T00:00:00Z"
    hub.bring(RECORD, "stopped", minute=0, at=at)
    assert hub.told() == [SUBMITTED, (when, "stopped", None)]
    hub.bring(RECORD, "returned", minute=1, at=at)
    assert hub.told() == [SUBMITTED, (when, "returned", None)]
    hub.bring(RECORD, "stopped", minute=2, at=at)
    assert hub.told() == [SUBMITTED, (when, "stopped", None)]


def test_a_step_whose_time_was_read_in_another_zone_is_told_once(hub: Hub) -> None:
    hub.bring(RECORD, "stopped", minute=0)
    hub.bring(RECORD, "stopped", zone="Asia/Ho_Chi_Minh", minute=1)
    assert hub.told() == [("2026-05-20T03:00:00Z", "Nộp", None), ("2026-06-01T00:00:00Z", "stopped", None)]


def test_what_an_earlier_state_told_stays_when_the_present_one_is_read_anew(hub: Hub) -> None:
    hub.bring(RECORD | {"status": "Open"}, "stopped", minute=0)
    hub.bring(RECORD, "stopped", minute=1)
    hub.bring(RECORD, "returned", minute=2)
    assert [status for _, status, _ in hub.told()] == ["Nộp", "processing", "returned"]
