"""A backfill reads a period again, day by day, and leaves the connector's bookmark where it is."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.contract import Connector, Page, Retry
from hub.record.moments import ZONE
from hub.record.run_state import RunState
from hub.store import connectors, dossiers
from hub.store.database import Database
from hub.sync import backfill
from hub.sync.backfill import CannotBackfill, NoPeriod, period
from hub.sync.source import Source
from tests.hub.config.registering import EMBEDDED
from tests.hub.sync.fixtures import Listing, as_record, mapping, registered, source
from tests.hub.sync.running import run_once

WANTED = {"from": "2026-01-01", "to": "2026-01-04"}
NEW_YEAR = datetime(2026, 1, 1, tzinfo=ZONE)


def entry(day: int) -> dict[str, Any]:
    changed = (NEW_YEAR + timedelta(days=day - 1, hours=9)).isoformat()
    return {"id": day, "code": f"24-4{day:05}", "status": "open", "changed": changed}


@dataclass
class Register:
    """A department with one record on each of the first nine days of January."""

    records: list[dict[str, Any]] = field(default_factory=lambda: [entry(day) for day in range(1, 10)])
    asked: list[tuple[str, str]] = field(default_factory=list)
    cheap: bool = True

    def pull(self, _: str | None) -> Iterator[Page]:
        yield self._page(self.records[-1:], "now")

    def pull_period(self, start: datetime, end: datetime) -> Iterator[Page]:
        self.asked.append((f"{start:%d.%m. %H:%M %z}", f"{end:%d.%m. %H:%M %z}"))
        if found := [one for one in self.records if start <= datetime.fromisoformat(one["changed"]) < end]:
            yield self._page(found, None)

    def spans_cheaply(self) -> bool:
        return self.cheap

    def check(self) -> Iterator[str]:
        yield "there"

    def open(self, _: Retry) -> Any:
        return _Opened(self)

    def _page(self, records: list[dict[str, Any]], bookmark: str | None) -> Page:
        return Page(orjson.dumps(records), "application/json", [as_record(one) for one in records], bookmark)


@dataclass
class _Opened:
    register: Register

    def __enter__(self) -> Connector:
        return self.register

    def __exit__(self, *_: object) -> None:
        pass


def bookmarks(there: Register, wanted: dict[str, str], since: str | None = None) -> list[str | None]:
    return [page.bookmark for page in backfill.pages(there, wanted, since)]


def test_each_day_of_vietnam_is_asked_for_and_says_when_it_is_done() -> None:
    there = Register()
    found = bookmarks(there, WANTED | {"to": "2026-01-02"})
    assert found == [None, "day:2026-01-01", None, "day:2026-01-02"]
    assert there.asked[0] == ("01.01. 00:00 +0700", "02.01. 00:00 +0700")


def test_one_that_was_taken_over_goes_on_behind_the_last_day_that_was_done() -> None:
    there = Register()
    assert bookmarks(there, WANTED, "day:2026-01-03") == [None, "day:2026-01-04"]
    assert bookmarks(there, WANTED, "day:2026-01-04") == []


def test_where_a_day_costs_as_much_as_all_the_period_is_asked_for_at_once() -> None:
    there = Register(cheap=False)
    assert bookmarks(there, WANTED) == [None, "day:2026-01-04"]
    assert len(there.asked) == 1


@EMBEDDED
def test_a_run_brings_the_period_and_moves_neither_bookmark_nor_freshness(database: Database, tmp_path: Path) -> None:
    registered(database, "a")
    there = Register()
    made = Source("a", there.open, mapping(tmp_path))
    run_once(database, made)
    before = connectors.named(database, "a")
    run = run_once(database, made, "backfill", WANTED)
    after = connectors.named(database, "a")
    assert (run.state, run.created, run.bookmark_after) == (RunState.SUCCEEDED, 4, "day:2026-01-04")
    assert before is not None
    assert after is not None
    assert (after.bookmark, after.seen_at) == ("now", before.seen_at)
    assert run_once(database, made, "backfill", WANTED).unchanged == 4
    assert dossiers.totals(database).dossiers == 5


@EMBEDDED
def test_a_connector_that_cannot_says_which_setting_would_let_it(database: Database, tmp_path: Path) -> None:
    with pytest.raises(CannotBackfill):
        list(backfill.pages(Listing().open(lambda one: one()).__enter__(), WANTED, None))
    registered(database, "a")
    run = run_once(database, source("a", Listing(), mapping(tmp_path)), "backfill", WANTED)
    assert (run.state, run.error_code) == (RunState.FAILED, "cannot_backfill")
    assert "`changed_at`" in (run.hint or "")
    connector = connectors.named(database, "a")
    assert connector is not None
    assert connector.open_until is None, "what was asked wrongly says nothing of the department"


def test_a_period_ends_after_it_begins_and_not_in_the_future() -> None:
    today = date(2026, 1, 3)
    assert period(date(2026, 1, 1), date(2026, 1, 9), today) == {"from": "2026-01-01", "to": "2026-01-03"}
    with pytest.raises(NoPeriod, match="before it begins"):
        period(date(2026, 1, 2), date(2026, 1, 1), today)
    with pytest.raises(NoPeriod, match="in the future"):
        period(date(2026, 1, 4), date(2026, 1, 5), today)
