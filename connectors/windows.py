"""Walks through time window by window, for systems that must be told until when, or allow only so many days at once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from connectors.changes import to_bookmark
from connectors.contract import Bookmark, Page
from connectors.errors import Changed
from connectors.plan import Plan, Query, Response
from connectors.walk import walk

Ask = Callable[[Query, datetime], Response]  # a query, and until when


def walk_windows(
    plan: Plan, length: timedelta, ask: Ask, since: Bookmark | None, source: str, end: datetime | None = None
) -> Iterator[Page]:
    """Every page from `since` up to `end`; without one to the department's time, or ours where it tells none.

    Windows overlap a little, and each announces its own total: together they announce their sum.
    """
    if plan.changed_at is None:
        raise ValueError("windows need change times")
    start = plan.resumed(since) or plan.changed_at.first
    if length <= plan.step(start):
        raise Changed(
            f"the windows in which {source} is to be asked are no longer than the shortest time that can be sent to it",
            code="local_settings",
            hint="Raise `window_days`.",
        )
    announced = 0
    while True:
        # Who knows on which side of its ends a system leaves a record out? So each window begins a little earlier.
        start -= plan.step(start)
        until = start + length
        window = _Window(ask, until if end is None else min(until, end + plan.step(end)))
        before = announced
        for page in walk(plan, window, to_bookmark(start + plan.overlap), source, at_a_change=False):
            announced = before + (page.total or 0)
            yield page if page.total is None else replace(page, total=announced)
        if end is not None and window.until >= end:
            return
        # Our own clock where they tell none: it decides only where to stop, and a window too many loses nothing.
        if window.until > (window.clock or datetime.now(UTC)):
            return
        start = window.until


def first_of_windows(plan: Plan, length: timedelta, ask: Ask, source: str) -> Page | None:
    """The first page of the first window or, where that is empty, of the latest one: a check tries no more."""
    if plan.changed_at is None:
        raise ValueError("windows need change times")
    window = _Window(ask, plan.changed_at.first + length)
    page = next(walk(plan, window, to_bookmark(plan.changed_at.first + plan.overlap), source, at_a_change=False), None)
    if page is None and window.clock is not None and window.clock > window.until:
        latest = _Window(ask, window.clock + length / 2)
        page = next(
            walk(plan, latest, to_bookmark(window.clock - length / 2 + plan.overlap), source, at_a_change=False), None
        )
    return page


class _Window:
    """Asks up to a moment, and notes the department's clock."""

    def __init__(self, ask: Ask, until: datetime) -> None:
        self._ask, self.until = ask, until
        self.clock: datetime | None = None

    def __call__(self, query: Query) -> Response:
        response = self._ask(query, self.until)
        self.clock = response.date or self.clock
        return response
