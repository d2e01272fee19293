"""What a run tells of itself, within what is committed anyway; and samples of what it asked, without secrets."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import event

from connectors.scrub import BLANK
from hub.record.run_state import RunState
from hub.store import exchanges, older, payloads, run_lines, runs
from hub.store.database import Database
from hub.store.run_lines import Line
from hub.store.runs import Counts
from hub.sync import cancelling, diary
from hub.sync.diary import Diary
from hub.sync.log_keeping import LogKeeper
from hub.wiring import Hub
from tests.departments.generator import City, generate
from tests.hub.sync.fixtures import Listing, mapping, registered, source
from tests.hub.sync.running import Do, gone_on, record, run_once
from tests.hub.sync.world import Departments, sync


def told(database: Database, run_id: int) -> list[tuple[str, str]]:
    return [(line.level, line.event) for _number, line in run_lines.listed(database, run_id)]


def test_a_run_tells_that_it_began_stored_pages_and_ended(do: Do, database: Database) -> None:
    run = do(Listing([[record(1)], [record(2, "B-2"), record(3, "B-3", status="what?")]]))
    assert told(database, run.id) == [("info", "begun"), ("info", "page"), ("warning", "page"), ("info", "ended")]
    pages = [line.data for _number, line in run_lines.listed(database, run.id) if line.event == "page"]
    assert [(each["page"], each["fetched"], each["quarantined"]) for each in pages] == [(1, 1, 0), (2, 2, 1)]
    last = run_lines.listed(database, run.id)[-1][1]
    assert (last.data["state"], last.data["sentence"]) == ("succeeded", run.sentence)


def test_a_run_that_gave_way_says_so_and_goes_on_in_the_same_log(database: Database, tmp_path: Path) -> None:
    registered(database, "a")
    made = source("a", Listing([[record(1)], [record(2, "B-2")]]), mapping(tmp_path))
    run = run_once(database, made, give_way=lambda: True)
    assert run.state == RunState.QUEUED
    gone_on(database, made, run.id)
    events = [name for _level, name in told(database, run.id)]
    assert events == ["begun", "page", "put_back", "went_on", "page", "ended"]


def test_a_run_that_nobody_does_has_its_end_in_its_log(database: Database) -> None:
    row = registered(database, "a")["a"]
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))
    cancelling.cancel(database, run_id, "an", "nhầm", datetime.now(UTC))
    assert told(database, run_id) == [("warning", "ended")]


def test_a_long_run_has_a_bounded_log(database: Database) -> None:
    row = registered(database, "a")["a"]
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))
    run = runs.get(database, run_id)
    assert run is not None
    kept = Diary(run, lambda: datetime.now(UTC))
    kept.begin("worker")
    pen = kept.pen()
    for number in range(1, 50_000):
        kept.page(number, Counts(fetched=10, quarantined=number % 2), 100, None)
        kept.waited(2.0)
    with database.write() as transaction:
        pen.write(transaction)
    pen.done()
    lines = run_lines.listed(database, run_id)
    assert 100 < len(lines) <= diary.MOST_LINES
    assert {20, 100, 1_000, 10_000} <= {line.data.get("page") for _number, line in lines}


def test_what_one_transaction_did_not_commit_is_written_once_with_the_next(database: Database) -> None:
    row = registered(database, "a")["a"]
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))
    run = runs.get(database, run_id)
    assert run is not None
    kept = Diary(run, lambda: datetime.now(UTC))
    kept.begin("worker")
    pen = kept.pen()
    with suppress(LookupError), database.write() as transaction:
        pen.write(transaction)
        raise LookupError
    with database.write() as transaction:
        pen.write(transaction)
    pen.done()
    with database.write() as transaction:
        pen.write(transaction)
    assert told(database, run_id) == [("info", "begun")]


@pytest.fixture(scope="module")
def city() -> City:
    return generate(judicial=60, one_stop=60, shared=10, faulty=0)


@pytest.fixture
def departments(city: City) -> Departments:
    return Departments(city)


@pytest.fixture
def hub(departments: Departments, database: Database, database_url: str, tmp_path: Path) -> Iterator[Hub]:
    with departments.hub(database_url, tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("connector", ["so-tu-phap", "mot-cua"])
def test_the_first_and_the_last_exchange_are_kept_without_secrets_and_with_their_answers(
    hub: Hub, connector: str
) -> None:
    run = sync(hub, connector)
    found = exchanges.listed(hub.database, run.id)
    assert [each.failed for each in found] == [False, False]
    assert all(each.status == 200 and each.sent and each.received and each.bytes for each in found)
    last = found[-1]
    payload_id = exchanges.answer_of(hub.database, last)
    assert payload_id is not None
    kept = payloads.read(hub.database, payload_id)
    assert kept is not None
    assert len(kept.body) == last.bytes


def test_every_exchange_that_failed_is_kept_with_what_came_back(hub: Hub, departments: Departments) -> None:
    departments.arm("mot-cua", "503", times=2, after=1)
    run = sync(hub, "mot-cua")
    failed = [each for each in exchanges.listed(hub.database, run.id) if each.failed]
    assert [each.status for each in failed] == [503, 503]
    assert [name for level, name in told(hub.database, run.id) if level == "warning"] == ["asked_in_vain"] * 2


def test_the_secrets_of_a_department_are_in_no_exchange(hub: Hub, departments: Departments) -> None:
    departments.arm("mot-cua", "500", times=100)
    run = sync(hub, "mot-cua")
    found = exchanges.listed(hub.database, run.id)
    texts = "".join(each.sent + each.received + each.address for each in found)
    assert "demo-only" not in texts  # as config.yaml gives it
    assert f"Authorization: {BLANK}" in texts


def test_logs_and_samples_go_after_some_weeks_and_the_run_stays(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(older, "_AT_ONCE", 2)
    run, now = sync(hub, "mot-cua"), datetime.now(UTC)
    LogKeeper(hub.database).prune(now, Event())
    assert len(told(hub.database, run.id)) > 2
    with hub.database.write() as transaction:
        run_lines.add(transaction, run.id, [Line(now + timedelta(days=2), "info", "begun", {})])
    LogKeeper(hub.database).prune(now + timedelta(days=31), Event())
    assert told(hub.database, run.id) == [("info", "begun")]
    assert exchanges.listed(hub.database, run.id) == []
    assert runs.get(hub.database, run.id) == run


def test_the_log_costs_no_commit_of_its_own(do: Do, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    commits: list[object] = []
    event.listen(database.engine, "commit", commits.append)
    do(Listing([[record(number, f"B-{number}")] for number in range(5)]))
    with_log = len(commits)
    monkeypatch.setattr(diary.Pen, "write", lambda *_: None)
    commits.clear()
    do(Listing([[record(number, f"C-{number}")] for number in range(5)]), "b")
    assert with_log <= len(commits) + 1  # of the lease, which is renewed by the clock
