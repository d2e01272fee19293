"""A push is stored before it is answered for, once, and pushes to one connector wait for each other."""

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.push.reading import Pushed, read
from connectors.push.refusal import NotTaken
from connectors.push.settings import PushSettings
from hub.store import connectors, deliveries, dossiers, runs
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.store.filters import Filter
from hub.sync.delivery import Intake, Reader
from hub.sync.owner import this_process
from tests.hub.sync.fixtures import mapping, registered

ROOT = Path(__file__).parents[3]
SETTINGS = PushSettings(format="json", key="id")
EMBEDDED = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # where no database makes a difference


def pushed(*numbers: int, request_id: str | None = None, status: str = "open") -> Pushed:
    records = [{"id": str(at), "code": f"HS-{at:05}", "status": status} for at in numbers]
    return read(orjson.dumps(records), SETTINGS, request_id=request_id)


def codes(database: Database) -> list[str]:
    return sorted(row.code for row in dossiers.page(database, Filter(), None, 10_000))


def reader_of(row: ConnectorRow, folder: Path) -> Reader:
    return Reader(row, mapping(folder), SETTINGS.remember_days)


@pytest.fixture
def reader(database: Database, tmp_path: Path) -> Reader:
    return reader_of(registered(database, "so-day")["so-day"], tmp_path)


@pytest.fixture
def intake(database: Database) -> Intake:
    return Intake(database, this_process())


def test_pushes_at_the_same_time_are_taken_one_after_the_other(
    database: Database, intake: Intake, reader: Reader
) -> None:
    other = Intake(database, "another-machine:1")  # whose turns only the database knows of
    said: list[int] = []

    def push(taker: Intake, start: int) -> None:
        taken = (taker.take(reader, pushed(at, request_id=str(at))) for at in range(start, start + 5))
        said.extend(receipt.counts["created"] for receipt in taken)

    threads = [threading.Thread(target=push, args=((intake, other)[at % 2], at * 100)) for at in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == [1] * 30
    assert len(codes(database)) == 30
    assert sum(run.created for run in runs.listed(database)) == 30


def test_the_same_push_twice_at_the_same_time_is_stored_once(database: Database, reader: Reader) -> None:
    takers = [Intake(database, f"machine:{at}") for at in range(4)]
    said: list[Any] = []

    def push(taker: Intake) -> None:
        said.append(taker.take(reader, pushed(1, 2, request_id="A1")).as_json())

    threads = [threading.Thread(target=push, args=(taker,)) for taker in takers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == [said[0]] * 4
    assert said[0]["created"] == 2
    assert [run.created for run in runs.listed(database)] == [2]


@EMBEDDED
def test_a_push_to_a_connector_that_stays_busy_is_told_to_come_again(database: Database, reader: Reader) -> None:
    lease = connectors.take_lease(database, reader.row.id, "another-machine:1", 60)
    assert lease is not None
    impatient = Intake(database, this_process(), wait_seconds=0.1)
    with pytest.raises(NotTaken, match="Others are pushing to so-day") as caught:
        impatient.take(reader, pushed(1))
    assert (caught.value.status, caught.value.retry_after) == (503, 5)
    assert codes(database) == []
    connectors.release_lease(database, lease)
    assert impatient.take(reader, pushed(1)).counts["created"] == 1


@EMBEDDED
def test_the_lease_of_a_process_that_was_killed_is_not_waited_for(database: Database, reader: Reader) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    owner = this_process().replace(f":{os.getpid()}:", f":{gone.pid}:")
    assert connectors.take_lease(database, reader.row.id, owner, 60)
    assert Intake(database, this_process(), wait_seconds=5).take(reader, pushed(1)).counts["created"] == 1


def test_whoever_was_away_too_long_stores_nothing(
    database: Database, intake: Intake, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(*_: Any) -> dict[int, str]:
        holder = connectors.named(database, reader.row.name)
        assert holder is not None
        assert connectors.take_lease(database, reader.row.id, "another:1", 60, dead_owner=holder.lease_owner)
        return {}

    monkeypatch.setattr(Intake, "_late", overtaken)
    with pytest.raises(NotTaken) as caught:
        intake.take(reader, pushed(1, request_id="A1"))
    assert caught.value.code == "busy"
    assert codes(database) == []
    assert deliveries.known(database, reader.row.id, "A1") is None


@EMBEDDED
def test_a_fault_while_storing_gives_the_turn_back(
    database: Database, intake: Intake, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("a fault of the hub")

    with monkeypatch.context() as patch:
        patch.setattr(deliveries, "settle", broken)
        with pytest.raises(RuntimeError):
            intake.take(reader, pushed(1, request_id="A1"))
    assert codes(database) == []
    assert intake.take(reader, pushed(1, request_id="A1")).counts["created"] == 1


@EMBEDDED
def test_an_hour_later_a_new_run_counts_and_old_numbers_are_forgotten(
    database: Database, intake: Intake, reader: Reader
) -> None:
    began = datetime(2026, 11, 22, 9, 59, tzinfo=UTC)
    for at, number in ((began, 1), (began + timedelta(minutes=2), 2), (began + timedelta(days=91), 3)):
        intake.now = lambda at=at: at
        intake.take(reader, pushed(number, request_id=str(number)))
    assert [run.created for run in runs.listed(database)] == [1, 1, 1]
    known = [deliveries.known(database, reader.row.id, number) is not None for number in "123"]
    assert known == [False, False, True]


@EMBEDDED
def test_a_run_of_another_kind_between_ends_the_one_that_counts(
    database: Database, intake: Intake, reader: Reader
) -> None:
    intake.take(reader, pushed(1))
    with database.write() as transaction:
        runs.enqueue(transaction, reader.row.id, "full", "hand", datetime.now(UTC))
    intake.take(reader, pushed(2))
    assert [run.kind for run in runs.listed(database)] == ["push", "full", "push"]


def test_what_no_database_can_hold_costs_its_record_alone(database: Database, intake: Intake, reader: Reader) -> None:
    records = [
        {"id": "1", "code": "HS-1", "status": "open", "note": "a\0b"},
        {"id": "2", "code": "HS-2", "status": "x\0y"},
        {"id": "3\0", "code": "HS-3", "status": "open"},
    ]
    push = read(orjson.dumps(records), SETTINGS, request_id="A1")
    first = intake.take(reader, push)
    assert [each.outcome for each in first.records] == ["created", "quarantined", "quarantined"]
    assert intake.take(reader, push).as_json() == first.as_json()


PUSHING = """
import sys
from pathlib import Path
from hub.store.connectors import named
from hub.store.database import connect
from hub.sync.delivery import Intake
from hub.sync.owner import this_process
from tests.hub.sync.test_delivery import pushed, reader_of

database = connect(sys.argv[1])
reader, intake = reader_of(named(database, "so-day"), Path(sys.argv[2])), Intake(database, this_process())
for number in range(100_000):
    intake.take(reader, pushed(number, request_id=str(number)))
    print(number, flush=True)
"""


@pytest.mark.parametrize("lines", [3])
def test_kill_9_loses_nothing_that_was_answered_and_doubles_nothing_that_is_sent_again(
    database: Database, database_url: str, intake: Intake, reader: Reader, tmp_path: Path, lines: int
) -> None:
    command = [sys.executable, "-c", PUSHING, database_url, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        answered = [int(process.stdout.readline()) for _ in range(lines)][-1]
        process.kill()
        answered = max([answered, *map(int, process.stdout.read().split())])
    stored = set(codes(database))
    assert stored >= {f"HS-{at:05}" for at in range(answered + 1)}
    last = len(stored) + 3
    for number in range(last):
        assert intake.take(reader, pushed(number, request_id=str(number))).counts["created"] == 1
    assert codes(database) == [f"HS-{at:05}" for at in range(last)]
    assert sum(run.created for run in runs.listed(database)) == last
