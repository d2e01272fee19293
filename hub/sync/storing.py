"""Stores the pages of one run, also where the database goes away for a while: each exactly once."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import monotonic
from typing import TypeVar

import structlog

from connectors.contract import Page
from hub.store import connectors, runs
from hub.store.connectors import LeaseLost
from hub.store.database import StoreError, Transaction
from hub.store.runs import Counts
from hub.sync import page, sorting
from hub.sync.ahead import AHEAD_PAGES
from hub.sync.diary import Diary, Pen
from hub.sync.page import Also, Told
from hub.sync.sorting import Sorted
from hub.sync.work import Work

T = TypeVar("T")

log = structlog.get_logger()

AWAY_SECONDS = 60.0  # a database that is away for longer leaves the run to whoever finds it when it is back
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 1.0  # seconds


def nothing_more(*_: object) -> None:
    """What else is to be done in a page's transaction."""


@dataclass(slots=True)
class Patience:
    """Waits for a database that is away. `pause` says whether the run is to stop; `told` learns of each outage once."""

    pause: Callable[[float], bool]
    told: Callable[[StoreError], None]
    outages: int = 0

    def until_done(self, work: Callable[[], T]) -> T:
        """Do it, again while the database is away.

        Raises:
            StoreError: it was away for too long, or the run is to stop.
        """
        seconds, until = _FIRST_PAUSE, 0.0
        while True:
            try:
                return work()
            except StoreError as error:
                if not until:
                    until = monotonic() + AWAY_SECONDS
                    self.outages += 1
                    self.told(error)
                if monotonic() + seconds > until or self.pause(seconds):
                    raise
                seconds = min(2 * seconds, _LONGEST_PAUSE)


@dataclass(slots=True)
class Storing:
    """The pages of one run."""

    work: Work
    patience: Patience
    counts: Counts  # of the run until now
    pages: int  # that are stored until now
    diary: Diary
    pen: Pen
    _checked: int = 0  # outages after which the store was found as it was left
    _latest: deque[set[str]] = field(default_factory=lambda: deque(maxlen=AHEAD_PAGES))  # keys of the pages before

    def store(
        self,
        answer: Page,
        now: datetime,
        also: Also = nothing_more,
        kept_as: int | None = None,
        size: int | None = None,
        ahead: Sorted | None = None,
    ) -> None:
        """Store a page (`page.store`) and count it.

        `ahead` is the same page, sorted while the one before it was still being stored.
        """
        began = monotonic()
        keys = {item.key for items in (answer.records, answer.bad) for item in items}
        ready = ahead if all(map(keys.isdisjoint, self._latest)) else None  # else it may be known otherwise by now

        def at_the_end(transaction: Transaction, told: Told) -> None:
            also(transaction, told)
            self.pen.write(transaction)
            if monotonic() - began > self.work.lease_seconds / 2:  # or it would run out with the commit of a slow page
                connectors.renew_lease(transaction, self.work.lease, self.work.lease_seconds)

        def once() -> Counts | None:
            if self._checked != self.patience.outages and (stored := self._stored()) is not None:
                return stored
            nonlocal ready
            found, ready = ready or sorting.sort(self.work, answer), None
            tally, before = self.work.tally, replace(self.work.tally)
            try:
                added = page.store_sorted(self.work, found, now.astimezone(UTC), at_the_end, kept_as, size)
            except StoreError:  # nothing of it was stored, so nothing of it counts
                tally.fetched, tally.unreadable, tally.goes_on = before.fetched, before.unreadable, before.goes_on
                raise
            self.counts.add(added)
            self.pen.done()
            self.diary.page(self.pages + 1, added, len(answer.payload) if size is None else size, answer.total)
            return None

        if (stored := self.patience.until_done(once)) is not None:
            self.counts = stored
        self.pages += 1
        self._latest.append(keys)

    def _stored(self) -> Counts | None:
        """After an outage: the run's counts where the page is stored though nobody heard of it, for the line broke with
        the commit.

        Raises:
            LeaseLost: the database forgot what it had confirmed (a crash, a stand-in that was behind).
        """
        outages, run = self.patience.outages, runs.get(self.work.database, self.work.run_id)
        if run is None or run.pages < self.pages:
            log.error("store_forgot", connector=self.work.connector.name, run=self.work.run_id, pages=self.pages)
            raise LeaseLost  # whoever takes the run over goes on from what is there
        self._checked = outages
        return runs.counts_of(run) if run.pages > self.pages else None
