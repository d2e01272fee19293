"""Kept payloads are read again: what can be read now leaves quarantine, and nothing is doubled."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, func, select, update

from connectors.contract import Record
from connectors.errors import BadRecord, Changed, Refused
from hub.record.run_state import RunState
from hub.store import connectors, quarantine, replays, runs, schedules
from hub.store.connectors import ConnectorRow
from hub.store.database import Database, connect
from hub.store.quarantine_tables import quarantine as quarantine_table
from hub.store.quarantine_tables import quarantine_groups
from hub.store.replays import Wanted
from hub.store.runs import RunRow
from hub.store.schema import upgrade
from hub.store.tables import connectors as connectors_table
from hub.store.tables import payloads, source_records
from hub.sync.fleet import states
from hub.sync.health import Health
from hub.sync.replay import queue_untried_of_all
from hub.sync.run import execute
from hub.sync.source import Source
from mappings.engine.reading import Mapping
from tests.hub.sync.fixtures import DOCUMENT, Listing, as_record, mapping, registered, source
from tests.hub.sync.snapshot import snapshot

BETTER = DOCUMENT.replace("version: 1", "version: 2").replace("done: completed", "done: completed, chờ: processing")
GOOD = {"id": 1, "code": "24-000001", "status": "open"}
BAD = {"id": 2, "code": "24-000002", "status": "chờ", "steps": [{"at": "2026-05-01T08:00:00+07:00", "name": "Nhận"}]}
WORSE = {"id": 3, "code": "24-000003", "status": "lạ"}


class Hub:
    """A connector `a` with a listing, a mapping that can be exchanged, and runs that tell how they ended."""

    def __init__(self, database: Database, folder: Path, *pages: list[dict[str, Any]]) -> None:
        self.database = database
        self.folder = folder
        self.listing = Listing(list(pages))
        self.row: ConnectorRow = registered(database, "a")["a"]
        self.mapping: Mapping = mapping(folder)
        self.reread = _reread
        self.asked = 0

    def source(self) -> Source:
        return replace(source("a", self.listing, self.mapping), reread=self.reread)

    def correct(self, document: str = BETTER) -> None:
        self.mapping = mapping(self.folder, document)

    def sync(self, kind: str = "incremental") -> RunRow:
        with self.database.write() as transaction:
            run_id = runs.enqueue(transaction, self.row.id, kind, "hand", datetime.now(UTC))
        return self.do(run_id)

    def replay(self, wanted: Wanted) -> RunRow:
        with self.database.write() as transaction:
            run_id = replays.ask_for(transaction, self.row.id, wanted, "hand", datetime.now(UTC))
        return self.do(run_id)

    def do(self, run_id: int) -> RunRow:
        assert execute(self.database, self.source(), run_id, "tests", threading.Event())
        return self.run(run_id)

    def run(self, run_id: int) -> RunRow:
        run = runs.get(self.database, run_id)
        assert run is not None
        return run

    def aside(self) -> list[str]:
        return sorted(row.key for row in quarantine.listed(self.database))

    def replays(self) -> list[RunRow]:
        return [run for run in runs.listed(self.database) if run.kind == "replay"]


def _reread(payload: bytes, _media_type: str) -> Iterator[Record | BadRecord]:
    yield from map(as_record, orjson.loads(payload))


@pytest.fixture
def hub(database: Database, tmp_path: Path) -> Hub:
    made = Hub(database, tmp_path, [GOOD, BAD], [WORSE])
    made.sync()
    assert made.aside() == ["2", "3"]
    return made


def test_what_a_corrected_mapping_can_read_leaves_quarantine_and_is_linked_to_where_it_was_found(hub: Hub) -> None:
    found_by = hub.replays() == [] and runs.listed(hub.database)[0].id
    hub.correct()
    run = hub.replay(Wanted())
    assert run.state == RunState.SUCCEEDED
    assert run.sentence == "2 read again: 1 left quarantine, 1 created, 0 updated, 0 unchanged, 1 cannot be read."
    assert hub.aside() == ["3"]
    number, (out,) = replays.let_out(hub.database, run.id)
    assert (number, out.key, out.found_by, out.outcome) == (1, "2", found_by, "created")
    with hub.database.read() as connection:
        assert connection.scalar(select(payloads.c.id).where(payloads.c.id == out.payload_id)) == out.payload_id


def test_a_replay_ends_with_the_record_of_a_hub_whose_mapping_was_right_from_the_start(
    hub: Hub, tmp_path: Path
) -> None:
    hub.correct()
    hub.replay(Wanted())
    hub.replay(Wanted())
    hub.sync("full")
    undisturbed = connect(f"sqlite:///{tmp_path / 'undisturbed.db'}")
    upgrade(undisturbed)
    other = Hub(undisturbed, tmp_path, *hub.listing.pages)
    other.correct()
    other.sync()
    one, two = snapshot(hub.database), snapshot(undisturbed)
    assert len(one.pop("events")) == len(two.pop("events"))  # inferred ones have times of the hub
    assert one == two
    undisturbed.close()


def test_the_bookmark_and_the_time_that_a_source_was_seen_stay(hub: Hub) -> None:
    before = connectors.named(hub.database, "a")
    with hub.database.read() as connection:
        received = connection.execute(select(payloads.c.id, payloads.c.received_at)).all()
    hub.correct()
    run = hub.replay(Wanted())
    after = connectors.named(hub.database, "a")
    assert before is not None
    assert after is not None
    assert (after.bookmark, after.seen_at, after.failures) == (before.bookmark, before.seen_at, before.failures)
    assert run.bookmark_after == str(max(payload_id for payload_id, _ in received))  # its own: where it would go on
    with hub.database.read() as connection:
        assert connection.execute(select(payloads.c.id, payloads.c.received_at)).all() == received


def test_what_stays_bad_keeps_who_found_it_and_when_it_was_seen(hub: Hub) -> None:
    (before,) = [row for row in quarantine.listed(hub.database) if row.key == "3"]
    hub.correct()
    hub.replay(Wanted())
    (after,) = quarantine.listed(hub.database)
    assert (after.run_id, after.last_seen_at, after.first_seen_at) == (
        before.run_id,
        before.last_seen_at,
        before.first_seen_at,
    )
    assert after.mapping.startswith("test/ho-so v2")


def test_one_record_or_one_group_is_replayed(hub: Hub) -> None:
    hub.correct(BETTER.replace("chờ: processing", "chờ: processing, lạ: processing"))
    assert hub.replay(Wanted(key="3")).created == 1
    assert hub.aside() == ["2"]
    (group,) = quarantine.groups(hub.database)
    assert hub.replay(Wanted(group="0000000000")).fetched == 0
    assert hub.replay(Wanted(group=group.code)).created == 1
    assert hub.aside() == []


def test_a_record_that_came_again_meanwhile_is_not_overwritten_by_old_bytes(hub: Hub) -> None:
    hub.listing.pages += [[BAD | {"status": "open", "note": "mới"}], [WORSE | {"note": "mới"}]]
    hub.sync()
    assert hub.aside() == ["3"]
    hub.correct(BETTER.replace("chờ: processing", "chờ: processing, lạ: processing"))
    hub.replay(Wanted(everything=True))
    with hub.database.read() as connection:
        rows = connection.execute(select(source_records.c.key, source_records.c["values"])).all()
    assert {key: values.get("note") for key, values in rows} == {"1": None, "2": "mới", "3": "mới"}


def test_everything_is_read_anew_after_a_mapping_changed_and_costs_nothing_the_second_time(hub: Hub) -> None:
    hub.correct(BETTER.replace("note: {from: note}", "note: {from: code}"))
    run = hub.replay(Wanted(everything=True))
    assert (run.fetched, run.created, run.updated, run.quarantined) == (3, 1, 1, 1)
    again = hub.replay(Wanted(everything=True))
    assert (again.fetched, again.unchanged, again.quarantined) == (3, 2, 1)


def test_a_newer_bad_state_speaks_before_the_older_good_one(hub: Hub) -> None:
    hub.listing.pages += [[GOOD | {"status": "lạ"}]]
    hub.sync()
    hub.correct()
    run = hub.replay(Wanted(everything=True))
    assert hub.aside() == ["1", "3"]
    assert run.fetched == 3


def test_a_record_that_is_gone_from_its_payload_is_said_by_name_and_stays(hub: Hub) -> None:
    hub.reread = lambda payload, kind: (one for one in _reread(payload, kind) if one.key != "2")
    hub.correct()
    run = hub.replay(Wanted())
    assert hub.aside() == ["2", "3"]
    (note,) = run.notes
    assert note["code"] == "not_in_payload"
    assert "1 record was not tried: “2”" in note["sentence"]
    assert (run.sentence or "").endswith("; 1 could not be tried.")


def test_a_payload_that_cannot_be_read_any_more_is_said_with_the_records_in_it(hub: Hub) -> None:
    def changed(payload: bytes, _media_type: str) -> Iterator[Record | BadRecord]:
        if b'"id":3' in payload:
            raise Changed("no list of records", code="records", hint="Correct `records`.")
        yield from _reread(payload, "")

    hub.reread = changed
    hub.correct()
    run = hub.replay(Wanted())
    assert run.state == RunState.SUCCEEDED
    assert run.created == 1
    (note,) = run.notes
    assert note["code"] == "payload_not_read"
    assert "cannot be read by the present settings" in note["sentence"]
    assert "“3”" in note["sentence"]


def test_a_connector_that_cannot_read_again_says_so(hub: Hub) -> None:
    hub.reread = None  # type: ignore[assignment]
    run = hub.replay(Wanted())
    assert "cannot read again what this connector brought" in run.notes[0]["sentence"]
    assert hub.aside() == ["2", "3"]


def test_the_next_run_begins_with_what_its_mapping_was_not_tried_on(hub: Hub) -> None:
    hub.correct()
    run = hub.sync()
    (replayed,) = hub.replays()
    assert (replayed.trigger, replayed.state, replayed.created) == ("mapping", "succeeded", 1)
    assert (run.fetched, run.state) == (0, "succeeded")
    hub.sync()
    assert len(hub.replays()) == 1  # record 3 stays bad, and is not tried again and again


def test_a_mapping_in_use_again_is_tried_again(hub: Hub) -> None:
    hub.correct(BETTER.replace("chờ:", "khác:"))
    hub.sync()
    hub.correct(DOCUMENT)
    hub.sync()
    assert len(hub.replays()) == 2
    assert hub.aside() == ["2", "3"]


def test_several_workers_that_see_another_mapping_ask_for_one_replay(hub: Hub) -> None:
    hub.correct()
    now = datetime.now(UTC)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(queue_untried_of_all, hub.database, lambda _: hub.mapping, now) for _ in range(8)]
    assert len([run_id for each in asked for run_id in each.result()]) == 1
    (queued,) = hub.replays()
    assert hub.sync().state == "succeeded"
    assert hub.run(queued.id).state == "succeeded"  # done before the run that came first


def test_a_replay_that_broke_on_a_mapping_is_not_asked_for_again(hub: Hub) -> None:
    def broken(*_: object) -> Iterator[Record]:
        raise RuntimeError("a fault of the hub")

    hub.correct()
    hub.reread = broken
    now = datetime.now(UTC)
    (asked,) = queue_untried_of_all(hub.database, lambda _: hub.mapping, now)
    with pytest.raises(RuntimeError):
        hub.do(asked)
    assert hub.run(asked).error_code == "hub_fault"
    assert queue_untried_of_all(hub.database, lambda _: hub.mapping, now + timedelta(days=1)) == []
    assert hub.sync().state == "succeeded"
    hub.correct(BETTER.replace("version: 2", "version: 3").replace("chờ:", "khác:"))
    assert len(queue_untried_of_all(hub.database, lambda _: hub.mapping, now)) == 1


def test_a_paused_connector_is_not_replayed_by_itself(hub: Hub) -> None:
    hub.correct()
    with hub.database.write() as connection:
        connection.execute(update(connectors_table).values(state="paused"))
    assert queue_untried_of_all(hub.database, lambda _: hub.mapping, datetime.now(UTC)) == []


def test_a_replay_that_is_stopped_goes_on_when_it_is_asked_for_again(hub: Hub) -> None:
    hub.correct(BETTER.replace("chờ: processing", "chờ: processing, lạ: processing"))
    stop = threading.Event()
    stop.set()
    with hub.database.write() as transaction:
        run_id = replays.ask_for(transaction, hub.row.id, Wanted(), "hand", datetime.now(UTC))
    assert execute(hub.database, hub.source(), run_id, "tests", stop)
    assert hub.run(run_id).state == "interrupted"
    assert hub.aside() == ["3"]
    assert hub.replay(Wanted()).created == 1
    with hub.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(source_records)) == 3


def test_a_replay_says_nothing_of_how_the_department_fares(hub: Hub) -> None:
    hub.listing.before_page = _refuse
    hub.listing.pages.append([GOOD])
    assert hub.sync().state == "failed"
    hub.correct()
    hub.replay(Wanted())
    (state,) = states(hub.database, connectors.listed(hub.database), datetime.now(UTC) + timedelta(days=1))
    assert state.health == Health.FAILING
    assert state.last_run is not None
    assert state.last_run.kind == "incremental"


def test_a_schedule_fires_while_a_replay_waits_or_goes_on(hub: Hub) -> None:
    now = datetime.now(UTC)
    with hub.database.write() as connection:
        connection.execute(update(connectors_table).values(next_fire_at=now, cadence="x"))
        replays.ask_for(connection, hub.row.id, Wanted(), "hand", now)
    (fired,) = schedules.fire_due(hub.database, now, lambda _, after: after + timedelta(hours=1))
    assert hub.run(fired).kind == "incremental"


def test_what_an_older_hub_had_set_aside_is_tried_once_and_grouped(hub: Hub) -> None:
    with hub.database.write() as connection:
        connection.execute(delete(quarantine_groups))
        connection.execute(update(quarantine_table).values(tried="", run_id=None))
    assert quarantine.groups(hub.database) == []
    hub.reread = lambda payload, kind: (one for one in _reread(payload, kind) if one.key != "2")
    hub.sync()
    assert sorted(group.example for group in quarantine.groups(hub.database)) == ["chờ", "lạ"]
    assert hub.aside() == ["2", "3"]
    assert queue_untried_of_all(hub.database, lambda _: hub.mapping, datetime.now(UTC)) == []


def _refuse(_page: int) -> None:
    raise Refused("401 Unauthorized", code="refused", hint="Check the account.")
