"""One record on demand: stored like a page of a run, under the lease, and the bookmark stays where it is."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.contract import Connector, Page, Record, Retry
from connectors.errors import BadRecord, ConnectorError, Unavailable
from hub.store import connectors, quarantine, runs
from hub.store.database import Database
from hub.sync.one import Busy, CannotFetch, fetch_one
from hub.sync.owner import this_process
from hub.sync.run import execute
from hub.sync.source import Source
from tests.hub.sync.fixtures import Listing, mapping, registered, source

NAME = "so-thu"


@dataclass
class Desk:
    """A department that answers for one record at a time; some keys bring trouble."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    trouble: dict[str, Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @contextmanager
    def open(self, _retry: Retry) -> Iterator[Connector]:
        yield _Line(self)


@dataclass
class _Line:
    desk: Desk

    def check(self) -> Iterator[str]:
        yield "it is there"

    def pull(self, _since: str | None) -> Iterator[Page]:
        yield from ()

    def fetch(self, key: str) -> Page:
        self.desk.asked.append(key)
        if key in self.desk.trouble:
            raise self.desk.trouble[key]
        found = [self.desk.records[key]] if key in self.desk.records else []
        body = orjson.dumps(found)
        records = [Record(str(one["id"]), one, orjson.dumps(one)) for one in found if "id" in one]
        bad = [BadRecord("it has no key", key="x", raw=b"{}", hint="") for one in found if "id" not in one]
        return Page(body, "application/json", records, "a bookmark of its own", bad)


def record(key: str, status: str = "open") -> dict[str, Any]:
    return {"id": key, "code": f"HS-{key}", "status": status, "received": "2026-05-20T08:15:00+07:00"}


@pytest.fixture
def desk() -> Desk:
    return Desk({"1": record("1")})


@pytest.fixture
def asked(database: Database, desk: Desk, tmp_path: Path) -> Source:
    registered(database, NAME)
    return Source(NAME, desk.open, mapping(tmp_path))


def test_a_record_is_stored_and_its_run_says_what_became_of_it(database: Database, asked: Source) -> None:
    run = fetch_one(database, asked, "1", "me")
    assert (run.kind, run.trigger, run.state) == ("one", "hand", "succeeded")
    assert run.sentence == "1 fetched: 1 created, 0 updated, 0 unchanged, 0 quarantined."
    again = fetch_one(database, asked, "1", "me")
    assert (again.fetched, again.unchanged) == (1, 1)


def test_the_bookmark_and_the_freshness_stay_as_they_were(database: Database, tmp_path: Path, asked: Source) -> None:
    (row,) = connectors.listed(database)
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, "incremental", "hand", datetime.now(UTC))
    listing = source(NAME, Listing([[record("7")]]), mapping(tmp_path))
    assert execute(database, listing, run_id, this_process(), threading.Event())
    (before,) = connectors.listed(database)
    fetch_one(database, asked, "1", "me")
    (after,) = connectors.listed(database)
    assert (after.bookmark, after.seen_at) == (before.bookmark, before.seen_at)
    assert after.bookmark == "1"
    assert (after.failures, after.shape) == (before.failures, before.shape)


def test_an_unknown_key_is_a_sentence_and_changes_nothing(database: Database, asked: Source) -> None:
    run = fetch_one(database, asked, "gone", "me")
    assert (run.state, run.fetched) == ("succeeded", 0)
    assert run.sentence == "so-thu knows no record “gone”. Nothing was changed."


def test_a_record_that_cannot_be_read_is_quarantined(database: Database, asked: Source, desk: Desk) -> None:
    desk.records["2"] = record("2", status="hanging")
    run = fetch_one(database, asked, "2", "me")
    assert (run.quarantined, run.state) == (1, "succeeded")
    assert [row.key for row in quarantine.listed(database)] == ["2"]


@pytest.mark.parametrize(
    "error",
    [Unavailable("no answer from http://x within 30 s", code="timeout", hint="later")],
    ids=["unavailable"],
)
def test_a_department_in_trouble_is_asked_once_and_ends_the_run_in_a_sentence(
    database: Database, asked: Source, desk: Desk, error: ConnectorError
) -> None:
    desk.trouble["1"] = error
    run = fetch_one(database, asked, "1", "me")
    assert (run.state, run.error_code, run.hint) == ("failed", "timeout", "later")
    assert run.sentence
    assert run.sentence.startswith("so-thu: no answer from http://x within 30 s. Nothing was changed")
    assert desk.asked == ["1"]
    (row,) = connectors.listed(database)
    assert row.failures == 0  # one record says nothing of the next whole run
    assert row.lease_owner is None


def test_a_fault_of_the_hub_does_not_leave_a_run_that_looks_alive(
    database: Database, asked: Source, desk: Desk
) -> None:
    desk.trouble["1"] = RuntimeError("broken")
    with pytest.raises(RuntimeError):
        fetch_one(database, asked, "1", "me")
    (run,) = runs.listed(database)
    assert (run.state, run.error_code) == ("failed", "hub_fault")
    (row,) = connectors.listed(database)
    assert row.lease_owner is None


def test_ctrl_c_ends_the_run_as_stopped(database: Database, asked: Source, desk: Desk) -> None:
    desk.trouble["1"] = KeyboardInterrupt()  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        fetch_one(database, asked, "1", "me")
    (run,) = runs.listed(database)
    assert run.state == "interrupted"


def test_while_another_worker_reads_the_connector_nothing_is_asked(
    database: Database, asked: Source, desk: Desk
) -> None:
    (row,) = connectors.listed(database)
    lease = connectors.take_lease(database, row.id, "another:1", 60)
    with pytest.raises(Busy, match="so-thu is being read just now"):
        fetch_one(database, asked, "1", "me")
    assert desk.asked == []
    assert lease
    connectors.release_lease(database, lease)


def test_a_connector_without_the_ability_says_which_setting_gives_it(database: Database, tmp_path: Path) -> None:
    registered(database, NAME)
    with pytest.raises(CannotFetch, match="`fetch` in its settings"):
        fetch_one(database, source(NAME, Listing([[]]), mapping(tmp_path)), "1", "me")
    assert runs.listed(database) == []
