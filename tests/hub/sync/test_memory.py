"""A run's memory is that of a few pages, however many its source has; a million: `make bench ONLY=growth`."""

import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from connectors.contract import Connector, Page, Record, Retry
from connectors.errors import BadRecord
from hub.store import payloads, runs
from hub.store.database import Database
from hub.sync import portions
from hub.sync.run import execute
from hub.sync.source import Source
from tests.hub.sync.fixtures import as_record, mapping, registered

PAGES = 40
MOST = 5  # one that is stored, one that is pulled, and those that wait


class Records(list[Record]):
    """A page's records, whose end can be seen."""


@dataclass
class Department:
    """One with many pages, none of which it keeps; it counts those that somebody else still holds."""

    made: list["weakref.ref[Records]"] = field(default_factory=list)
    most: int = 0

    @contextmanager
    def open(self, _: Retry) -> Iterator[Connector]:
        yield self

    def check(self) -> Iterator[str]:
        yield "it is there"

    def pull(self, _: str | None) -> Iterator[Page]:
        for number in range(PAGES):
            told = [{"id": number * 10 + at, "code": f"24-{number:06}{at}", "status": "open"} for at in range(10)]
            records = Records(as_record(one) for one in told)
            self.made.append(weakref.ref(records))
            self.most = max(self.most, sum(one() is not None for one in self.made))
            yield Page(orjson.dumps(told), "application/json", records, str(number + 1))


def test_a_run_holds_few_pages_at_once(database: Database, tmp_path: Path) -> None:
    (row,) = registered(database, "a").values()
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))
    department = Department()
    assert execute(database, Source("a", department.open, mapping(tmp_path)), run_id, "test", threading.Event())
    run = runs.get(database, run_id)
    assert run is not None
    assert (run.pages, len(department.made)) == (PAGES, PAGES)
    assert 1 < department.most <= MOST


def test_a_page_of_very_many_records_is_stored_in_portions_and_kept_once(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "MOST", 100)
    told = [{"id": number, "code": f"24-{number:06}", "status": "open"} for number in range(1050)]
    page = Page(orjson.dumps(told), "application/json", [as_record(one) for one in told], "1050", total=1050)
    (row,) = registered(database, "a").values()
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))
    source = Source("a", OnePage(page).open, mapping(tmp_path))
    assert execute(database, source, run_id, "test", threading.Event())
    run = runs.get(database, run_id)
    assert run is not None
    assert (run.created, run.pages, run.bytes, run.total) == (1050, 11, len(page.payload), 1050)
    assert run.bookmark_after == "1050"
    assert [kept.payloads for kept in payloads.sizes(database)] == [1]


@dataclass
class OnePage:
    """A department with one page."""

    page: Page

    @contextmanager
    def open(self, _: Retry) -> Iterator[Connector]:
        yield self

    def check(self) -> Iterator[str]:
        yield "it is there"

    def pull(self, _: str | None) -> Iterator[Page]:
        yield self.page


def test_portions_leave_nothing_out_and_end_with_the_pages_end() -> None:
    records = [as_record({"id": number, "code": "x", "status": "open"}) for number in range(portions.MOST + 1)]
    bad = [BadRecord("no", key=str(number), raw=b"", code="no_key", hint="") for number in range(portions.MOST)]
    page = Page(b"[]", "application/json", records, "5", bad, total=7, repeated=3)
    found = list(portions.portions(page))
    assert [record for some in found for record in some.records] == records
    assert [one for some in found for one in some.bad] == bad
    assert [(some.bookmark, some.total, some.repeated) for some in found] == [(None, None, 0)] * 2 + [("5", 7, 3)]
