"""Records that stand alone take the short way; every row of theirs is the one that the long way writes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, select

from connectors.contract import Page, Record
from hub.store import connectors, runs
from hub.store.database import Database
from hub.store.quarantine_tables import quarantine, quarantine_groups
from hub.store.tables import disowned, dossier_codes, dossiers, events, payloads, revisions, source_records
from hub.store.watched import Learnt
from hub.sync import page
from hub.sync.drift import OnDrift, Policy
from hub.sync.keeping import alone
from hub.sync.keeping import dossiers as keeper
from hub.sync.watch import Watch
from hub.sync.work import Work
from tests.hub.sync.fixtures import mapping, registered

NOW = datetime(2026, 6, 1, tzinfo=UTC)
A, B = "000.00.15.H29-260520-0001", "000.00.15.H29-260520-0002"
DOCUMENT = """
mapping: test/ho-so
version: 1
entity: dossier
input: json
fields:
  code: {from: code}
  national_code: {from: national}
  status: {from: status, table: status}
  agency.name: {from: agency}
  procedure.code: {from: procedure}
  applicant.name: {from: name}
  applicant.birth_date: {from: born, date: iso}
  summary: {from: summary}
  submitted_at: {from: submitted, date: iso}
  received_at: {from: received, date: iso}
  completed_at: {from: ended, date: iso}
  supplements: {each: supplements, fields: {requested_at: {from: at, date: iso}, due_after: {from: until, date: iso}}}
  events:
    each: steps
    fields:
      at: {from: at, date: iso}
      status: {from: status, table: status}
      name: {from: name}
      title: {from: title}
tables:
  status: {open: processing, done: completed, back: returned}
"""
TABLES = (source_records, dossier_codes, events, revisions, dossiers)
OF_THE_ROW = {"id", "position", "payload_id"}  # two stores number their rows as they come

TIMES = st.integers(0, 90).map(lambda minutes: (NOW - timedelta(minutes=minutes)).isoformat())
MAYBE_A_TIME = st.none() | TIMES
STATUSES = st.sampled_from(["open", "done", "back"])
STEPS = st.fixed_dictionaries(
    {"at": TIMES, "status": st.none() | STATUSES, "name": st.sampled_from([None, "Thụ lý", "Ký duyệt"])},
    optional={"title": st.just("Chuyên viên")},
)
SAID = st.fixed_dictionaries(
    {"code": st.sampled_from([A, B, " 24-000001", "24-000002", "24-000003"]), "status": STATUSES},
    optional={
        "national": st.sampled_from([A, B, "0", "H29-260520-0009"]),
        "agency": st.just("Sở Mẫu"),
        "procedure": st.sampled_from(["1.004873", "2.000488"]),
        "name": st.sampled_from(["Đặng Thị Mẫu", "Vũ Thử"]),
        "born": st.sampled_from(["1990-05-20", "no day"]),
        "summary": st.text(max_size=12),
        "submitted": MAYBE_A_TIME,
        "received": MAYBE_A_TIME,
        "ended": MAYBE_A_TIME,
        "steps": st.lists(STEPS, max_size=3),
        "supplements": st.lists(st.fixed_dictionaries({"at": TIMES, "until": MAYBE_A_TIME}), max_size=2),
    },
)


def record(key: str, said: dict[str, Any], changed_at: datetime | None) -> Record:
    return Record(key, said, orjson.dumps(said), changed_at)


RECORDS = st.builds(
    record, st.sampled_from("123456"), SAID, st.none() | st.integers(0, 5).map(lambda day: NOW - timedelta(days=day))
)
PAGES = st.lists(st.lists(RECORDS, max_size=5), min_size=1, max_size=3)


class Hub:
    """A store with two connectors, and what became of each record that they brought."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder
        rows = registered(database, "a", "b", precedence={"b": 10})
        self.work = [self._work(row) for row in rows.values()]
        self.mapping = self.work[0].mapping

    def _work(self, row: connectors.ConnectorRow) -> Work:
        lease = connectors.take_lease(self.database, row.id, "test", 10**6)
        assert lease is not None
        with self.database.write() as transaction:
            run_id = runs.enqueue(transaction, row.id, "full", "hand", NOW)
        watch = Watch(row.name, OnDrift(Policy.GO_ON, Policy.GO_ON), Learnt(None, None, []))
        reads = mapping(self.folder, DOCUMENT)
        return Work(self.database, row, reads, "test v1", run_id, lease, 10**6, watch)

    def stored(self, pages: Sequence[Sequence[Record]]) -> Any:
        """Every row of an empty store after these pages, in turns of the connectors, and what they were told."""
        outcomes: list[Any] = []
        with self.database.write() as transaction:
            for table in (*TABLES, disowned, quarantine_groups, quarantine, payloads):
                transaction.execute(table.delete())
        for at, records in enumerate(pages):
            body = orjson.dumps([at, [one.value for one in records]])
            answer = Page(body, "application/json", records, None)
            work = self.work[at % 2]
            page.store(work, answer, NOW, also=lambda _, told: outcomes.append(sorted(told.outcomes.items())))
        return outcomes, self._rows()

    def _rows(self) -> dict[str, list[str]]:
        with self.database.read() as connection:
            owner: dict[int | None, list[tuple[int, str]]] = {}
            query = select(source_records.c.dossier_id, source_records.c.connector_id, source_records.c.key)
            for dossier_id, connector_id, key in sorted(connection.execute(query).all()):
                owner.setdefault(dossier_id, []).append((connector_id, key))

            def told(table: Table) -> list[str]:
                lines = []
                for row in connection.execute(select(table)).mappings():
                    line = {name: value for name, value in row.items() if name not in OF_THE_ROW}
                    line["dossier_id"] = owner.get(row.get("dossier_id", row.get("id")))
                    line["merged_into"] = owner.get(row.get("merged_into"))
                    lines.append(repr(sorted(line.items(), key=lambda one: one[0])))
                return sorted(lines)

            return {table.name: told(table) for table in TABLES}


@pytest.fixture
def hub(database: Database, tmp_path: Path) -> Hub:
    return Hub(database, tmp_path)


def test_the_short_way_writes_every_row_that_the_long_way_writes(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    short: list[int] = []

    def told_apart(*args: Any) -> Any:
        found = alone.told_apart(*args)
        short.append(len(found[0]))
        return found

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(PAGES)
    def alike(pages: list[list[Record]]) -> None:
        # In the same order: of two dossiers that turn out to be one, the one that was stored first goes on.
        monkeypatch.setattr(keeper, "told_apart", lambda *args: ([], [*chain(*alone.told_apart(*args))]))
        long = hub.stored(pages)
        monkeypatch.setattr(keeper, "told_apart", told_apart)
        assert hub.stored(pages) == long

    alike()
    assert sum(short) > 10


def test_a_record_whose_codes_are_known_or_shared_does_not_take_the_short_way(hub: Hub) -> None:
    def of(key: str, code: str) -> Record:
        return record(key, {"code": code, "status": "open"}, None)

    outcomes, rows = hub.stored([[of("1", A), of("2", "24-000001"), of("3", A)], [of("9", A)], [of("4", B)]])
    assert outcomes == [
        [("1", "created"), ("2", "created"), ("3", "unchanged")],
        [("9", "updated")],
        [("4", "created")],
    ]
    assert len(rows["dossiers"]) == 3
