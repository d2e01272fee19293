"""What a run reads: its department page by page, kept payloads, or numbers; each page is stored before it is passed."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from structlog.contextvars import bound_contextvars

from connectors.contract import Bookmark, Connector
from connectors.errors import ConnectorError
from hub.record.connector_state import Life
from hub.record.run_kind import RunKind
from hub.store import connectors, quarantine, replays, runs, watched
from hub.store.connectors import ConnectorRow, Lease, LeaseLost
from hub.store.database import Database, StoreError
from hub.store.replays import Wanted
from hub.store.runs import ANYWAY, READ_TO_THE_END, Ending, RunRow
from hub.store.watched import Learnt
from hub.sync import asking, endings, gone, heartbeat, repair, replay, sorting, threshold
from hub.sync.ahead import Ahead
from hub.sync.attempts import Attempts
from hub.sync.claiming import LEASE_SECONDS
from hub.sync.closing import Closed, Closing
from hub.sync.counting import Counting
from hub.sync.diary import Diary, Pen
from hub.sync.drift import OnDrift, Policy
from hub.sync.endings import PutBack
from hub.sync.heartbeat import Heard
from hub.sync.limits import Stopped
from hub.sync.orders import Cancelled, GivesWay, Orders, Progress, Window
from hub.sync.portions import Portion, portions
from hub.sync.pulling import Pull
from hub.sync.replay import Tried
from hub.sync.source import Source
from hub.sync.storing import Storing, nothing_more
from hub.sync.threshold import Tally, Unlimited
from hub.sync.timings import Timings
from hub.sync.watch import Watch
from hub.sync.work import Work, name_of
from hub.telemetry.tracing import span

T = TypeVar("T")

_NO_WATCH = OnDrift(Policy.GO_ON, Policy.GO_ON)  # what is not all of today's source says nothing of how that is
_LIMITED = (*READ_TO_THE_END, RunKind.BACKFILL)  # kinds that `stop_when` stops; a replay where it reads everything


@dataclass(slots=True)
class Reading:
    """One run that is ours: its connector's lease is held, and its row says that it is under way."""

    database: Database
    source: Source
    connector: ConnectorRow
    lease: Lease
    run: RunRow
    orders: Orders
    attempts: Attempts = field(init=False)
    timings: Timings = field(init=False)
    diary: Diary = field(init=False)
    pen: Pen = field(init=False)
    watch: Watch = field(init=False)
    heard: Heard = field(init=False)
    storing: Storing = field(init=False)

    def __post_init__(self) -> None:
        run, source, orders = self.run, self.source, self.orders
        self.timings = Timings(**run.timings)
        self.diary = Diary(run, orders.now)
        self.diary.begin(self.lease.owner)
        self.pen = self.diary.pen()
        self.attempts = Attempts(
            *(self.database, self.lease, run.id, orders.now, list(run.attempts), orders.stop.wait, self.diary, self.pen)
        )
        if run.kind in READ_TO_THE_END:
            self.watch = Watch(source.name, source.on_drift, watched.learnt(self.database, self.connector.id))
        else:
            self.watch = Watch(source.name, _NO_WATCH, Learnt(None, None, []))
        self.storing = Storing(
            self._work(), self.attempts.patience, runs.counts_of(run), run.pages, self.diary, self.pen
        )

    def do(self) -> Ending | PutBack:
        """Read all that is asked for; how that ended, as its row says then.

        Raises:
            LeaseLost: another worker has this run.
            StoreError: the database was away for too long.
        """
        told: dict[str, Any] = {"connector": self.source.name, "run": self.run.id}
        pen = self.diary.pen()
        kept = heartbeat.kept(self.database, self.lease, LEASE_SECONDS, self.run.id, pen.write, pen.done)
        with bound_contextvars(**told), span("run", kind=self.run.kind, **told), kept as self.heard:
            try:
                closed = self._read()
            except LeaseLost:
                raise
            except StoreError:
                self._give_back()
                raise
            except Exception:
                # A fault of the hub itself: the run must not look alive, and the trace belongs to the log.
                self._close(Closed(endings.hub_fault(self.source.name, self.storing.counts)))
                raise
            return self._close(closed)

    def _give_back(self) -> None:
        """The database was away for too long. Where it takes so little, say so: nobody died of the next page then."""
        entries = self.attempts.entries
        while len(entries) > 1 and entries[-1]["code"] == entries[-2]["code"] == endings.STORE_AWAY.code:
            entries.pop()  # it may be so for days
        with suppress(StoreError, LeaseLost):
            self._closing().close(Closed(endings.STORE_AWAY))

    def _read(self) -> Closed:
        does = {RunKind.REPLAY: self._replay, RunKind.COUNT: self._count}.get(RunKind(self.run.kind), self._pull)
        try:
            return does()
        except Window as window:
            return self._closed_until(window.until)
        except Cancelled:
            asked = runs.get(self.database, self.run.id) or self.run
            return Closed(endings.cancelled(self.source.name, asked, self.storing.counts))
        except GivesWay:
            return Closed(endings.GAVE_WAY)
        except Stopped:
            return self._stopped()

    def _pull(self) -> Closed:
        """Ask the department, page by page."""
        run, work, now = self.run, self.storing.work, self.orders.now
        is_full = run.kind == RunKind.FULL
        pull = self._pulled(self._pages, lambda one: len(one.page.payload))
        if run.kind in READ_TO_THE_END:
            pull.archived = lambda one: one.page.bookmark
        try:
            with Ahead(self.source.name, pull, self._look) as line:
                for one in line.pages():
                    some = one.page
                    also = gone.shown(work, some) if is_full else nothing_more
                    self.storing.store(some, now(), also, size=one.size, ahead=one.ahead)
                    self._page_ends(some.total, goes_on=some.bookmark is not None)
                    del one, some, also  # as above
                missing = self._missing(line) if is_full else gone.Missing()
                line.finish()
        except ConnectorError as error:
            return self._failed(error, spent=pull.spent)
        ending = endings.succeeded(self.storing.counts, missing.sentence)
        notes = repair.notes(self.database, self.connector.id, run.wanted or {}) if run.kind == RunKind.REPAIR else []
        return Closed(ending, notes=(*missing.notes, *notes))

    def _pages(self, connector: Connector) -> Iterator[Portion]:
        """In the thread that pulls: what comes, sorted while the page before it is still being stored."""
        run = self.run
        for page in asking.pages(connector, run.kind, self._since(), run.wanted or {}):
            size = len(page.payload)
            for some in portions(page):
                yield Portion(some, sorting.ahead(self.storing.work, some), size)
                size = 0  # the others have the same payload
            del page, some  # or they would be held while the next one is pulled

    def _missing(self, line: Ahead[Portion]) -> gone.Missing:
        """What the listing, which has come to its end, did not hold."""
        began = self.run.started_at or self.orders.now()
        return self.attempts.patience.until_done(
            lambda: gone.after_listing(
                self.storing.work,
                line.ask,
                self.source.on_gone,
                began,
                self.orders.now,
                self._stop_if_told,
                anyway=self.run.trigger == ANYWAY,
            )
        )

    def _count(self) -> Closed:
        """Ask for numbers and keys by day; pages are not what it is about."""
        count = Counting(self.storing.work, self.run.wanted or {}, self.orders.now)
        pull = self._pulled(count.asked, lambda said: said.size)
        try:
            with Ahead(self.source.name, pull, self._look) as line:
                for said in line.pages():
                    self.attempts.patience.until_done(partial(count.keep, said))
                    self._stop_if_told()
                line.finish()
        except ConnectorError as error:
            return self._failed(error, spent=pull.spent)
        return Closed(count.ending(), notes=tuple(count.notes()))

    def _replay(self) -> Closed:
        """Read what was kept; nobody is asked."""
        tried = Tried(self.storing.counts, replays.let_out(self.database, self.run.id, 0)[0])
        wanted = Wanted(**(self.run.wanted or {}))
        try:
            kept = self.source.reread
            replay.play(self.storing, kept, wanted, tried, self.orders.now, self._since(), self._page_ends)
        except ConnectorError as error:
            return self._failed(error, spent=False)
        return Closed(tried.ending(), notes=tuple(tried.notes()), let_out=tried.left)

    def _since(self) -> Bookmark | None:
        """Where it goes on."""
        return self.connector.bookmark if self.run.kind == RunKind.INCREMENTAL else self.run.bookmark_after

    def _pulled(self, asked: Callable[[Connector], Iterator[T]], size: Callable[[T], int]) -> Pull[T]:
        before = self._keep_out_of_windows
        return Pull(self.source, asked, size, self.watch, self.attempts.note, before, self.timings, self.diary)

    def _work(self) -> Work:
        run, mapping = self.run, self.source.mapping
        is_replay = run.kind == RunKind.REPLAY
        limited = run.kind in _LIMITED or (is_replay and Wanted(**(run.wanted or {})).everything)
        return Work(
            self.database,
            self.connector,
            mapping,
            name_of(mapping),
            run.id,
            self.lease,
            LEASE_SECONDS,
            self.watch,
            self._tally() if limited and run.trigger != ANYWAY else Unlimited(),
            replays=is_replay,
            timings=self.timings,
            keeps_bookmark=self._keeps_bookmark(),
        )

    def _keeps_bookmark(self) -> bool:
        """Whether its connector's bookmark moves with its pages.

        With those of a full run it would fall back, and the next run read again what is held: it moves when the listing
        has ended (`Closing`). Where the run has come as far as its connector, as when nothing was read before it, it
        takes it along: whatever ends it, the next run goes on there.
        """
        run = self.run
        there = self.connector.bookmark in (None, run.bookmark_after)
        return run.kind == RunKind.INCREMENTAL or (run.kind == RunKind.FULL and there)

    def _tally(self) -> Tally:
        tally = Tally(self.source.stop_when, runs.last_success(self.database, self.connector.id))
        before = replays.read_since_stopped(self.database, self.connector.id, threshold.CODE)
        if before and self.run.kind in READ_TO_THE_END:
            tally.fetched, tally.unreadable, tally.goes_on = before.fetched, before.quarantined, True
        elif self.run.fetched and self.run.started_at and self.run.kind in _LIMITED:  # another worker began it
            tally.fetched = self.run.fetched
            tally.unreadable = quarantine.came(
                self.database, self.connector.id, self.run.started_at, after=tally.known_before
            )
        return tally

    def _page_ends(self, total: int | None, *, goes_on: bool) -> None:
        """A page is stored. `goes_on`: from it another worker, or this one later, can go on."""
        self.attempts.keep()
        self.orders.on_page(Progress(self.storing.counts, total))
        self._stop_if_told()
        if goes_on and self.orders.give_way():
            raise GivesWay

    def _stop_if_told(self) -> None:
        self.attempts.patience.until_done(self.heard.look)
        self._look()

    def _look(self) -> None:
        self.orders.end_where_told(self.heard)

    def _keep_out_of_windows(self) -> None:
        until = None if self.run.trigger == ANYWAY else self.source.closed_until(self.orders.now())
        if until is not None:
            raise Window(until)

    def _closed_until(self, until: datetime) -> Closed:
        name, now = self.source.name, self.orders.now()
        if self.run.kind == RunKind.INCREMENTAL:
            return Closed(endings.closed(name, self.storing.counts, until, now), goes_on_at=until)
        return Closed(endings.waits_for(name, until, now))

    def _stopped(self) -> Closed:
        connector = connectors.found(self.database, self.source.name)
        if connector is not None and connector.state != Life.ACTIVE:
            return Closed(endings.paused(connector, self.storing.counts))
        return Closed(endings.STOPPED_HALF_WAY if self.orders.give_way() else endings.STOPPED)

    def _failed(self, error: ConnectorError, *, spent: bool) -> Closed:
        self.attempts.note(error, 0.0)
        tries = self.source.budget.in_all if spent else 0
        return Closed(endings.failed(self.source.name, error, self.storing.counts, tries), error)

    def _close(self, closed: Closed) -> Ending | PutBack:
        self.diary.samples.end()
        closing = self._closing()
        self.attempts.patience.until_done(lambda: closing.close(closed))
        return closed.how

    def _closing(self) -> Closing:
        began = self.run.started_at or self.orders.now()
        return Closing(
            self.database,
            self.source,
            self.connector,
            self.lease,
            self.run,
            began,
            self.watch,
            self.attempts.entries,
            self.orders.now,
            self.pen,
        )
