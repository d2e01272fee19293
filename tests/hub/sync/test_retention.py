"""What was received stays as long as a record points at it, and a while longer; then it goes, and nothing else does."""

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import insert, select

from connectors.contract import Record
from connectors.errors import Changed
from hub.store import connectors, payloads, retention, runs
from hub.store.database import Database
from hub.store.tables import payloads as table
from hub.sync.kept import read_again
from hub.sync.retention import Housekeeper, Rule, prune, would_go
from hub.sync.run import execute
from tests.hub.sync.fixtures import Listing, mapping, registered, source

Run = Callable[..., None]
NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)
A = "000.00.15.H29-260520-0001"


@pytest.fixture
def run(database: Database, tmp_path: Path) -> Run:
    """Read a whole listing at a time."""
    row = registered(database, "a")["a"]

    def once(*records: dict[str, Any], at: datetime = NOW) -> None:
        with database.write() as transaction:
            run_id = runs.enqueue(transaction, row.id, "full", "hand", at)
        listing = Listing([list(records)])
        execute(database, source("a", listing, mapping(tmp_path)), run_id, "test", threading.Event(), now=lambda: at)

    return once


def record(key: int = 1, status: str = "open", **more: Any) -> dict[str, Any]:
    return {"id": key, "code": f"{A[:-1]}{key}", "status": status} | more


def left(database: Database) -> list[int]:
    with database.read() as connection:
        return sorted(connection.scalars(select(table.c.id)))


def pruned(database: Database, now: datetime, rule: Rule | None = None) -> int:
    return sum(prune(database, rule or Rule(), now))


def test_what_a_record_points_at_is_never_removed(database: Database, run: Run) -> None:
    run(record(1), record(2, status="unknown"))
    assert pruned(database, NOW + 9000 * DAY, Rule(timedelta(), timedelta())) == 0
    assert len(left(database)) == 1


def test_what_no_record_points_at_goes_after_the_time_that_is_set(database: Database, run: Run) -> None:
    run(record())
    run(record(status="done"))
    first, newest = left(database)
    assert pruned(database, NOW) == 0  # it is only noticed
    assert pruned(database, NOW + 29 * DAY) == 0
    assert would_go(database, Rule(), NOW + 30 * DAY).payloads == 1
    assert pruned(database, NOW + 30 * DAY) == 1
    assert left(database) == [newest] != [first]


def test_what_held_something_unreadable_is_kept_longer(database: Database, run: Run) -> None:
    run(record(status="unknown"))
    run(record(status="done"))
    pruned(database, NOW)
    assert pruned(database, NOW + 179 * DAY) == 0
    assert pruned(database, NOW + 180 * DAY) == 1


def test_of_a_record_that_became_unreadable_both_states_are_kept_and_the_newer_one_counts(
    database: Database, run: Run
) -> None:
    run(record())
    run(record(status="unknown"))
    good, bad = left(database)
    assert (payloads.keys_in(database, good), payloads.keys_in(database, bad)) == ([], ["1"])
    assert pruned(database, NOW + 9000 * DAY, Rule(timedelta(), timedelta())) == 0
    found = payloads.pointer(database, "a", "1")
    assert found is not None
    assert found.payload_id == bad


def test_an_answer_that_comes_again_is_needed_again(database: Database, run: Run) -> None:
    run(record())
    run(record(status="done"))
    pruned(database, NOW)
    run(record())  # the very first answer once more
    assert pruned(database, NOW + DAY) == 0
    (gone,) = set(left(database)) - {payloads.in_use(database, [1])[0]}
    assert pruned(database, NOW + 31 * DAY) == 1
    assert gone not in left(database)


def test_removing_goes_on_over_many_steps_and_leaves_what_is_used(
    database: Database, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(record())
    row = {"connector_id": 1, "media_type": "x/y", "size": 1, "body": b"", "received_at": NOW}
    with database.write() as transaction:
        transaction.execute(insert(table), [row | {"digest": at.to_bytes(16)} for at in range(25)])
    monkeypatch.setattr(retention, "_REMOVED_AT_ONCE", 10)
    monkeypatch.setattr(retention, "_MARKED_AT_ONCE", 7)
    rule = Rule(timedelta(), timedelta())
    assert list(prune(database, rule, NOW)) == [10, 10, 5]
    assert left(database) == payloads.in_use(database, [1])


def test_the_housekeeper_prunes_once_in_an_hour_and_stops_when_told(database: Database, run: Run) -> None:
    run(record())
    run(record(status="done"))
    keeper = Housekeeper(database, Rule(timedelta(), timedelta()), first_after=0)
    assert [keeper.is_due(), keeper.is_due()] == [True, False]
    keeper.prune(threading.Event())
    assert len(left(database)) == 1
    assert not Housekeeper(database, Rule()).is_due()


def test_sizes_are_told_by_connector(database: Database, run: Run) -> None:
    run(record(), record(2, status="unknown"))
    (kept,) = payloads.sizes(database)
    assert (kept.connector, kept.payloads, kept.troubled, kept.unused, kept.oldest) == ("a", 1, 1, 0, NOW)
    assert kept.size == len(orjson.dumps([record(), record(2, status="unknown")]))
    assert 0 < kept.kept_bytes < kept.size + 20


def again(payload: bytes, media_type: str) -> Iterable[Record]:
    assert media_type == "application/json"
    return [
        Record(str(one["id"]), one, orjson.dumps(one, option=orjson.OPT_SORT_KEYS)) for one in orjson.loads(payload)
    ]


def test_kept_payloads_are_the_records_that_came_in_them(database: Database, run: Run) -> None:
    run(record(1), record(2), record(1, status="done"))
    run(record(3))
    one, other = read_again(database, again, payloads.in_use(database, [1]))
    assert {key: each.value["status"] for key, (each, *_) in one.versions.items()} == {"1": "done", "2": "open"}
    assert (set(other.versions), other.bad, other.trouble) == ({"3"}, {}, "")


def test_a_key_that_identifies_nothing_is_found_as_it_was_set_aside(database: Database, run: Run) -> None:
    run(record() | {"id": "x" * 501})
    (kept,) = read_again(database, again, payloads.in_use(database, [1]))
    (key,) = kept.bad
    found = payloads.pointer(database, "a", key)
    assert found is not None
    assert found.raw == kept.bad[key].raw


def test_what_cannot_be_read_again_is_said(database: Database, run: Run) -> None:
    def broken(*_: object) -> Iterable[Record]:
        raise Changed("the answer of x has no list of records at `b`", code="records", hint="")

    run(record())
    (number,) = payloads.in_use(database, [1])
    (wrong,) = read_again(database, broken, [number])
    assert "cannot be read by the present settings of its connector: the answer of x has no list" in wrong.trouble
    (unable,) = read_again(database, None, [number])
    assert "cannot read again what" in unable.trouble
    (gone,) = read_again(database, again, [number + 1])
    assert gone.trouble == f"the payload {number + 1} is not kept any more"


def test_a_record_that_nobody_knows_has_no_payload(database: Database, run: Run) -> None:
    run(record())
    assert payloads.pointer(database, "a", "9") is None
    assert payloads.pointer(database, "b", "1") is None
    found = payloads.pointer(database, "a", "1")
    assert found is not None
    assert payloads.pointers(database, 1) == [("a", "1")]
    assert connectors.named(database, "a") is not None
