"""A page is sorted while the one before it is still being stored, and the outcome is that of one after the other."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Page
from hub.store import pages
from hub.store.database import Database, StoreError
from hub.sync import page, sorting
from hub.sync.sorting import Sorted
from hub.sync.work import Work
from tests.hub.sync.fixtures import Listing, mapping, registered, source
from tests.hub.sync.running import A, B, counts, record, run_once, stored


@pytest.fixture
def held_back(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let every page but the last wait to be stored until the next one is sorted."""

    def hold(how_many: int) -> None:
        sorted_ahead = threading.Semaphore(0)
        sort, store = sorting.ahead, page.store_sorted
        left = [how_many - 1]

        def ahead(work: Work, answer: Page) -> Sorted | None:
            found = sort(work, answer)
            sorted_ahead.release()
            return found

        def store_sorted(*args: Any) -> Any:
            sorted_ahead.acquire(timeout=10)
            if left[0]:
                left[0] -= 1
                assert sorted_ahead.acquire(timeout=10), "the next page was not sorted meanwhile"
                sorted_ahead.release()
            return store(*args)

        monkeypatch.setattr(sorting, "ahead", ahead)
        monkeypatch.setattr(page, "store_sorted", store_sorted)

    return hold


@pytest.mark.parametrize(
    ("shown", "counted"),
    [
        ([["open"], ["open"]], (2, 1, 0, 1, 0)),
        ([["open"], ["done"], ["open"]], (3, 1, 2, 0, 0)),
        ([["nonsense"], ["nonsense"], ["open"]], (3, 1, 0, 0, 2)),
        ([["open"], ["nonsense"], ["nonsense"]], (3, 1, 0, 0, 2)),
    ],
)
def test_what_comes_again_on_the_next_page_is_held_against_the_one_before(
    shown: list[list[str]],
    counted: tuple[int, ...],
    held_back: Callable[[int], None],
    database: Database,
    tmp_path: Path,
) -> None:
    registered(database, "a")
    answers = [[record(1, A, status) for status in page] for page in shown]
    held_back(len(answers))
    ended = run_once(database, source("a", Listing(answers), mapping(tmp_path)))
    assert counts(ended) == counted
    last = [status for (status,) in shown if status != "nonsense"][-1]
    assert stored(database, A).values["status"] == {"open": "processing", "done": "completed"}[last]


def test_a_page_that_could_not_be_sorted_ahead_is_sorted_when_its_turn_comes(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(database, "a")
    known, main = pages.known_records, threading.current_thread()

    def away(*args: Any) -> Any:
        if threading.current_thread() is not main:
            raise StoreError("away")
        return known(*args)

    monkeypatch.setattr(pages, "known_records", away)
    listing = Listing([[record(1, A)], [record(2, B)], [record(1, A, "done")]])
    ended = run_once(database, source("a", listing, mapping(tmp_path)))
    assert counts(ended) == (3, 2, 1, 0, 0)
