"""Where a connector's next run goes on, when one that lists everything takes hours and gives way between its pages."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import update

from connectors.errors import Refused
from hub.record.run_kind import PRIORITY, RunKind
from hub.store import connectors, schedules, waiting
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.store.runs import RunRow
from hub.store.tables import connectors as table
from hub.sync.source import Source
from hub.sync.turn import to_do
from tests.hub.sync.fixtures import Listing, mapping, registered, source
from tests.hub.sync.running import gone_on, record, run_once

A_WHILE_AGO = datetime.now(UTC) - timedelta(minutes=1)


class Department:
    """A list that grows at its end; `asked` are the pages that were fetched of it, from 0."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.reads = database, mapping(folder)
        self.asked: list[int] = []
        self.listing = Listing(before_page=self.asked.append)
        registered(database, "a")

    def grows(self, pages: int = 1) -> None:
        for _ in range(pages):
            key = len(self.listing.pages) + 1
            self.listing.pages.append([record(key, f"000.00.15.H29-260520-{key:04}")])

    @property
    def source(self) -> Source:
        return source("a", self.listing, self.reads)

    @property
    def row(self) -> ConnectorRow:
        found = connectors.named(self.database, "a")
        assert found is not None
        return found

    def run(self, kind: str = "incremental", give_way: Callable[[], bool] = lambda: False) -> RunRow:
        self.asked.clear()
        return run_once(self.database, self.source, kind, give_way=give_way)

    def fires(self) -> list[int]:
        """What its schedule queues when it is due, a minute ago."""
        with self.database.write() as transaction:
            transaction.execute(update(table).values(cadence="often", next_fire_at=A_WHILE_AGO))
        return schedules.fire_due(self.database, A_WHILE_AGO, lambda _, at: at + timedelta(days=1))


@pytest.fixture
def department(database: Database, tmp_path: Path) -> Department:
    made = Department(database, tmp_path)
    made.grows(4)
    return made


def test_what_changed_is_read_between_the_pages_of_a_run_that_lists_everything(department: Department) -> None:
    database = department.database
    department.run()
    assert department.row.bookmark == "4"
    fired: list[int] = []
    others_wait = partial(waiting.others_wait, database, "a", PRIORITY[RunKind.FULL], as_urgent=False)

    def give_way() -> bool:
        department.grows()
        fired.extend(department.fires())
        return others_wait()

    full = department.run("full", give_way)
    assert (full.state, full.pages, department.row.bookmark) == ("queued", 1, "4")
    assert [one.run_id for one in to_do(database)] == fired
    department.asked.clear()
    changes = gone_on(database, department.source, fired[0])
    assert (changes.state, changes.created, department.asked) == ("succeeded", 1, [4])
    between = department.row
    department.grows()
    department.asked.clear()
    full = gone_on(database, department.source, full.id)
    assert (full.state, full.pages, full.created, full.bookmark_after) == ("succeeded", 6, 1, "6")
    assert department.asked == [1, 2, 3, 4, 5]
    assert department.row.bookmark == "5"  # nobody can tell which of the two is further
    assert department.row.seen_at == between.seen_at
    assert department.run().unchanged == 1
    assert department.row.bookmark == "6"


def test_where_nothing_was_read_meanwhile_the_end_of_the_listing_is_where_the_next_run_goes_on(
    department: Department,
) -> None:
    department.run()
    department.grows(2)
    assert department.run("full").state == "succeeded"
    assert department.row.bookmark == "6"
    assert (department.run().state, department.asked) == ("succeeded", [])


def test_a_listing_that_is_not_brought_to_its_end_leaves_its_connector_where_it_was(department: Department) -> None:
    department.run()
    department.grows()
    department.listing.before_page = breaks_at(2)
    assert department.run("full").state == "failed"
    assert department.row.bookmark == "4"
    department.listing.before_page = department.asked.append
    assert (department.run().created, department.asked) == (1, [4])


def test_a_first_listing_that_is_not_brought_to_its_end_goes_on_where_it_was(department: Department) -> None:
    first = department.run("full", give_way=lambda: True)
    assert (department.fires(), first.priority) == ([], PRIORITY[RunKind.INCREMENTAL])  # it is what would be fired
    department.listing.before_page = breaks_at(2)
    assert gone_on(department.database, department.source, first.id).state == "failed"
    department.listing.before_page = department.asked.append
    assert (department.run().created, department.asked) == (2, [2, 3])


def breaks_at(page: int) -> Callable[[int], None]:
    def answer(number: int) -> None:
        if number == page:
            raise Refused("a: we are not let in any more.", code="no_rights", hint="Ask them.")

    return answer
