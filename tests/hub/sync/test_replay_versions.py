"""Several versions of one record: which one a replay reads, which stands aside, and which is given as received."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import func, select, update

from connectors.contract import Record
from hub.inspection.received import received
from hub.store import dossiers, payloads
from hub.store.database import Database
from hub.store.filters import Filter
from hub.store.quarantine_tables import quarantine, replays
from hub.store.replays import Wanted
from hub.sync.kept import read_again
from hub.sync.replay import queue_untried_of_all
from tests.hub.sync.fixtures import as_record
from tests.hub.sync.test_replay import BETTER, Hub


def version(day: int, status: str) -> dict[str, Any]:
    return {"id": 2, "code": "24-000002", "status": status, "changed": f"2026-05-{day:02}T00:00:00+00:00"}


def statuses(hub: Hub) -> list[Any]:
    return [row.values["status"] for row in dossiers.page(hub.database, Filter(), limit=9)]


def test_the_newest_version_of_a_payload_is_read_again_wherever_it_stands_in_it(
    database: Database, tmp_path: Path
) -> None:
    hub = Hub(database, tmp_path, [version(3, "chờ"), version(1, "open")])
    hub.sync()
    assert (statuses(hub), hub.aside()) == (["processing"], ["2"])
    hub.correct()
    still_bad = BETTER.replace("version: 2", "version: 3").replace("chờ: processing", "khác: processing")
    hub.correct(still_bad)
    run = hub.replay(Wanted())
    assert (hub.aside(), run.sentence and "0 left quarantine" in run.sentence) == (["2"], True)
    hub.correct(BETTER.replace("chờ: processing", "chờ: returned"))
    assert "1 left quarantine" in (hub.replay(Wanted()).sentence or "")
    assert (statuses(hub), hub.aside()) == (["returned"], [])


def test_the_version_that_is_stored_is_given_as_received(database: Database, tmp_path: Path) -> None:
    hub = Hub(database, tmp_path, [version(3, "done"), version(1, "open")])
    hub.sync()
    found = received(database, "a", "2", lambda _: hub.reread)
    assert found is not None
    assert b'"status":"done"' in found.raw
    (kept,) = read_again(database, hub.reread, payloads.in_use(database, [hub.row.id]))
    earlier, newest = kept.record("2", "2026-05-01T00:00:00.000000Z"), kept.record("2")
    assert earlier is not None
    assert newest is not None
    assert (earlier.value["status"], newest.value["status"]) == ("open", "done")


def test_a_version_older_than_what_is_stored_is_not_set_aside(database: Database, tmp_path: Path) -> None:
    hub = Hub(database, tmp_path, [version(2, "done")], [version(1, "chờ")])
    run = hub.sync()
    assert (hub.aside(), statuses(hub)) == ([], ["completed"])
    assert (run.fetched, run.created, run.unchanged, run.quarantined) == (2, 1, 1, 0)


def test_an_older_version_does_not_take_the_place_of_a_newer_one_that_stands_aside(
    database: Database, tmp_path: Path
) -> None:
    hub = Hub(database, tmp_path, [version(2, "chờ")], [version(1, "lạ")])
    hub.sync()
    hub.correct()
    hub.replay(Wanted())
    assert (hub.aside(), statuses(hub)) == ([], ["processing"])


def older_stands_aside(database: Database, folder: Path) -> Hub:
    """As an earlier hub left it: an older version aside, a newer one stored."""
    hub = Hub(database, folder, [version(2, "chờ")], [version(2, "done") | {"note": "mới"}])
    hub.sync()
    assert hub.aside() == []
    hub.listing.pages.append([version(3, "chờ")])
    hub.sync()
    with database.write() as transaction:
        transaction.execute(update(quarantine).values(changed_at="2026-05-01T00:00:00.000000Z"))
    assert hub.aside() == ["2"]
    hub.reread = _with_the_third_as_the_first
    return hub


def _with_the_third_as_the_first(payload: bytes, _media_type: str) -> Iterator[Record]:
    for one in orjson.loads(payload):
        record = as_record(one)
        yield record._replace(changed_at=datetime(2026, 5, 1, tzinfo=UTC)) if "-03T" in one["changed"] else record


def test_an_older_version_that_can_be_read_now_leaves_quarantine_though_a_newer_one_is_stored(
    database: Database, tmp_path: Path
) -> None:
    hub = older_stands_aside(database, tmp_path)
    hub.correct()
    asked = queue_untried_of_all(database, lambda _: hub.mapping, datetime.now(UTC))
    assert [hub.do(run_id).state for run_id in asked] == ["succeeded"]
    assert (hub.aside(), statuses(hub)) == ([], ["completed"])
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(replays)) == 1


def test_whatever_a_replay_tried_is_not_tried_again_with_the_same_mapping(database: Database, tmp_path: Path) -> None:
    hub = older_stands_aside(database, tmp_path)
    hub.correct(BETTER.replace("chờ: processing", "khác: processing"))
    asked = queue_untried_of_all(database, lambda _: hub.mapping, datetime.now(UTC))
    assert [hub.do(run_id).state for run_id in asked] == ["succeeded"]
    assert hub.aside() == ["2"]
    assert queue_untried_of_all(database, lambda _: hub.mapping, datetime.now(UTC)) == []


def test_a_stored_record_is_read_anew_with_all_while_an_older_version_stands_aside(
    database: Database, tmp_path: Path
) -> None:
    hub = older_stands_aside(database, tmp_path)
    hub.correct(BETTER.replace("chờ: processing", "khác: processing").replace("done: completed", "done: returned"))
    run = hub.replay(Wanted(everything=True))
    assert (statuses(hub), run.updated) == (["returned"], 1)
