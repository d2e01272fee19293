"""Through the real store, too: any order, any repetition, any pages, and wrong codes that persons undo."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from connectors.contract import Page, Record
from hub.record.identity import Code
from hub.record.signature import Signature
from hub.store import connectors, dossiers, quarantine, ratings, runs
from hub.store.database import connect
from hub.store.filters import Filter
from hub.store.quarantine_tables import quarantine as quarantine_rows
from hub.store.ratings import Rating
from hub.store.schema import upgrade
from hub.store.tables import disowned, dossier_codes, events, payloads, revisions, source_records
from hub.store.tables import dossiers as dossier_rows
from hub.store.whole import whole
from hub.sync import page
from hub.sync.drift import OnDrift, Policy
from hub.sync.parting import NotThatCode, part, rejoin
from hub.sync.watch import Learnt, Watch
from hub.sync.work import Work
from tests.hub.store.integrity import broken
from tests.hub.sync.fixtures import mapping, registered

NOW = datetime(2026, 6, 1, tzinfo=UTC)
BY_AN = Signature("an", "wrong number on the form", NOW)
A, B = "000.00.15.H29-260520-0001", "000.00.15.H29-260520-0002"
STEP = """
mapping: test/tien-do
version: 1
entity: event
input: json
fields:
  dossier_code: {from: code}
  at: {from: at, date: iso}
  status: {from: status, table: status}
tables:
  status: {open: processing, done: completed, back: returned}
"""
DOSSIER = """
mapping: test/ho-so
version: 1
entity: dossier
input: json
fields:
  code: {from: code}
  national_code: {from: national}
  status: {from: status, table: status}
  note: {from: note}
  events: {each: steps, fields: {at: {from: at, date: iso}, name: {from: name}}}
tables:
  status: {open: processing, done: completed, back: returned}
"""


class Hub:
    """A store with three connectors; `c` brings steps of the progress."""

    def __init__(self, folder: Path) -> None:
        self.database = connect(f"sqlite:///{folder / 'hub.db'}")
        upgrade(self.database)
        rows = registered(self.database, "a", "b", "c", precedence={"b": 10})
        self.work = {name: self._work(row, folder) for name, row in rows.items()}

    def _work(self, row: connectors.ConnectorRow, folder: Path) -> Work:
        lease = connectors.take_lease(self.database, row.id, "test", 10**6)
        assert lease is not None
        with self.database.write() as transaction:
            run_id = runs.enqueue(transaction, row.id, "full", "hand", NOW)
        watch = Watch(row.name, OnDrift(Policy.GO_ON, Policy.GO_ON), Learnt(None, None, []))
        reads = mapping(folder, STEP if row.name == "c" else DOSSIER)
        return Work(self.database, row, reads, "test v1", run_id, lease, 10**6, watch)

    def empty(self) -> None:
        with self.database.write() as transaction:
            for table in (
                revisions,
                disowned,
                events,
                dossier_codes,
                source_records,
                dossier_rows,
                quarantine_rows,
                payloads,
            ):
                transaction.execute(table.delete())

    def bring(self, name: str, records: Sequence[Record]) -> None:
        body = orjson.dumps([record.value for record in records])
        page.store(self.work[name], Page(body, "application/json", list(records), None, [], None), NOW)

    def shown(self) -> Any:
        """All that can be seen of every dossier, but for ids and times of the hub."""
        found = []
        for row in dossiers.page(self.database, Filter(), limit=100):
            one = whole(self.database, row)
            said = {
                name: [(claim.source.name, claim.value) for claim in (given.believed, *given.conflicts)]
                for name, given in one.provenance.items()
            }
            told = [(step.at, step.status, step.name, step.inferred, step.unusual_after) for step in one.timeline]
            found.append([row.values, list(one.codes), said, told, [source.source.name for source in one.sources]])
        return sorted(found, key=json.dumps)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    made = Hub(tmp_path_factory.mktemp("hub"))
    yield made
    made.database.close()


def version(
    connector: str, key: str, minute: int, told: int, code: str, national: str | None, status: str, note: str
) -> Any:
    """As of `minute`; a step tells of the minute `told`."""
    at, then = (NOW - timedelta(minutes=60 - each) for each in (minute, told))
    said = {"id": key, "code": code, "national": national, "status": status, "note": note, "at": then.isoformat()}
    said["steps"] = [{"at": (at - timedelta(minutes=1)).isoformat(), "name": note}]
    return connector, Record(key, said, orjson.dumps(said), at)


VERSIONS = st.builds(
    version,
    st.sampled_from("abc"),
    st.sampled_from("12"),
    st.integers(0, 5),
    st.integers(0, 5),
    st.sampled_from([A, B]),
    st.none() | st.sampled_from([A, B]),
    st.sampled_from(["open", "done", "back"]),
    st.sampled_from(["x", "y"]),
)
HISTORIES = st.lists(VERSIONS, min_size=1, max_size=6, unique_by=lambda one: (one[0], one[1].key, one[1].changed_at))
QUICK = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def bring(hub: Hub, history: Sequence[Any], random: Any) -> None:
    """On pages of one connector each, as they happen to fall."""
    at = 0
    while at < len(history):
        name, size = history[at][0], random.randint(1, 3)
        records = [record for connector, record in history[at : at + size] if connector == name]
        rest = [one for one in history[at : at + size] if one[0] != name]
        hub.bring(name, records)
        for connector, record in rest:
            hub.bring(connector, [record])
        at += size


@given(HISTORIES, st.sampled_from("abc"), st.sampled_from([A, B]), st.randoms())
@QUICK
def test_any_order_repetition_and_pages_store_the_same_dossiers(
    hub: Hub, history: list[Any], connector: str, code: str, random: Any
) -> None:
    hub.empty()
    bring(hub, history, random)
    first = hub.shown()
    hub.empty()
    bring(hub, random.sample(history * 2, len(history) * 2), random)
    assert hub.shown() == first
    assert broken(hub.database) == []
    try:
        part(hub.database, (connector, "1"), code, BY_AN)
    except NotThatCode:
        return
    apart = hub.shown()
    bring(hub, random.sample(history, len(history)), random)
    assert hub.shown() == apart
    assert broken(hub.database) == []
    rejoin(hub.database, (connector, "1"), code, BY_AN)
    assert hub.shown() == first


@given(HISTORIES, st.randoms())
@QUICK
def test_the_columns_of_a_dossier_are_those_of_its_values(hub: Hub, history: list[Any], random: Any) -> None:
    hub.empty()
    bring(hub, history, random)
    columns = select(dossier_rows).where(dossier_rows.c.merged_into.is_(None))
    with hub.database.read() as connection:
        kept = {row.id: row for row in connection.execute(columns)}
    for row in dossiers.page(hub.database, Filter(), limit=100):
        one = whole(hub.database, row)
        assert kept[row.id].conflicts == sum(bool(said.conflicts) for said in one.provenance.values())
        assert (kept[row.id].status, kept[row.id].code) == (row.values["status"], row.values["code"])


def test_an_older_state_that_can_be_read_leaves_a_newer_one_that_cannot_in_quarantine(hub: Hub) -> None:
    hub.empty()
    older = {"code": A, "national": None, "status": "open", "note": "", "steps": []}
    newer = older | {"status": "no such status"}

    def bring_one(value: Any, minute: int) -> None:
        record = Record("1", value, orjson.dumps(value), NOW + timedelta(minutes=minute))
        page.store(hub.work["a"], Page(record.raw, "application/json", [record], None), NOW)

    bring_one(newer, 2)
    bring_one(older, 1)
    assert [row.key for row in quarantine.listed(hub.database)] == ["1"]
    bring_one(older | {"status": "done"}, 3)
    assert quarantine.listed(hub.database) == []


def told(key: str, at: str, status: str, changed_at: datetime | None) -> Record:
    value = {"id": key, "code": A, "status": status, "at": at}
    return Record(key, value, orjson.dumps(value), changed_at)


@pytest.mark.parametrize("dated", [True, False])
def test_a_step_that_is_corrected_to_an_earlier_time_is_the_newer_version(hub: Hub, dated: bool) -> None:
    hub.empty()
    first = told("1", "2026-05-20T10:00:00Z", "open", NOW if dated else None)
    corrected = told("1", "2026-05-20T03:00:00Z", "done", NOW + timedelta(days=1) if dated else None)
    hub.bring("c", [first])
    hub.bring("c", [corrected])
    assert hub.shown()[0][0]["status"] == "completed"
    if dated:
        hub.bring("c", [first])
        assert hub.shown()[0][0]["status"] == "completed"


def test_of_versions_within_one_second_the_later_one_counts(hub: Hub) -> None:
    hub.empty()
    says = {"code": A, "national": None, "status": "open", "steps": []}

    def state(note: str, microsecond: int) -> Record:
        value = says | {"note": note}
        return Record("1", value, orjson.dumps(value), NOW + timedelta(microseconds=microsecond))

    hub.bring("a", [state("newer", 900_000)])
    hub.bring("a", [state("older", 100_000)])
    hub.bring("a", [state("older", 0)])
    assert [values["note"] for values, *_ in hub.shown()] == ["newer"]
    assert {at for _, _, _, steps, _ in hub.shown() for at, *_ in steps} == {"2026-06-01T00:00:00Z"}
    refused = Record("2", says | {"status": "?"}, b"{}", NOW + timedelta(microseconds=900_000))
    page.store(hub.work["a"], Page(b"{}", "application/json", [refused], None), NOW)
    hub.bring("a", [state("older", 100_000)._replace(key="2")])
    assert [row.key for row in quarantine.listed(hub.database)] == ["2"]


def test_a_wrong_number_that_was_corrected_shows_no_stranger_s_rating(hub: Hub) -> None:
    hub.empty()

    def state(key: str, code: str, national: str, minute: int) -> Record:
        value = {"code": code, "national": national, "status": "open", "note": "", "steps": []}
        return Record(key, value, orjson.dumps(value), NOW + timedelta(minutes=minute))

    hub.bring("a", [state("1", "24-000001", A, 0)])
    hub.bring("a", [state("1", "24-000001", B, 1)])
    hub.bring("b", [state("9", "25-000009", A, 0)])
    said = {"rated_at": "2026-05-20T10:00:00Z", "overall": "dissatisfied"}
    with hub.database.write() as transaction:
        ratings.write(transaction, hub.work["c"].connector.id, [Rating("r", Code("", A), said)], NOW)
    rows = dossiers.page(hub.database, Filter(), limit=5)
    shown = {row.values["national_code"]: len(ratings.ratings_of(hub.database, row.id)) for row in rows}
    assert shown == {A: 1, B: 0}
