"""What the thread that pulls does: opens the department's line, asks for one page after the other, closes it."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Generic, TypeVar

from connectors import contract
from connectors.along import carrying
from connectors.contract import Bookmark, Connector, Describes, Waits, Warns
from connectors.errors import Unavailable
from connectors.stored import Archives
from connectors.turns import taking
from connectors.witness import watched_by
from hub.sync.ahead import Ahead
from hub.sync.diary import Diary
from hub.sync.limits import Turns, turns
from hub.sync.retry import Persistent
from hub.sync.source import Source
from hub.sync.timings import Timings
from hub.sync.watch import Watch
from hub.telemetry import counted
from hub.telemetry.tracing import for_departments

T = TypeVar("T")


@dataclass(slots=True)
class Pull(Generic[T]):
    """One run's pull. What it learns besides the pages is told to the thread that stores, in its order."""

    source: Source
    asked: Callable[[Connector], Iterator[T]]
    size: Callable[[T], int]  # of a page, in bytes
    watch: Watch
    failed: Callable[[Unavailable, float], None]  # an exchange that is tried again, after so many seconds
    before: Callable[[], None]  # asked before each request; what it raises ends the run
    timings: Timings
    diary: Diary
    archived: Callable[[T], Bookmark | None] = lambda _: None  # a page's bookmark, if the source may put it away then
    spent: bool = False  # it has tried again as often as a run may
    _described: bool = False

    def __call__(self, line: Ahead[T]) -> None:
        """Pull until all is said, or until nobody is there any more."""
        source = self.source
        watched = Watched(
            turns(source.name, source.limits, line.wait, self.before, lambda: line.left), self.timings, self.diary
        )

        def pause(seconds: float) -> bool:
            with self.timings.of("wait"):
                return line.wait(seconds)

        def failed(error: Unavailable, seconds: float) -> None:
            counted.retried(source.name)
            line.said(partial(self.failed, error, seconds))

        retry = Persistent(source.budget, watched, pause, failed)
        try:
            with (
                taking(watched.request),
                watched_by(self.diary.samples),
                carrying(for_departments),
                source.open(retry) as connector,
            ):
                try:
                    self._pages(line, connector)
                    line.serve(connector)
                finally:
                    if not line.left:
                        line.said(partial(self.watch.hear, *last_words(connector)))
        finally:
            self.spent = retry.spent

    def _pages(self, line: Ahead[T], connector: Connector) -> None:
        pages = self.asked(connector)
        with _closed(pages):
            while True:
                line.room()
                with self._decoding():
                    page = next(pages, None)
                self._describe(line, connector)
                if page is None:
                    return
                line.put(page, self.size(page))
                if (bookmark := self.archived(page)) and isinstance(connector, Archives):
                    # What it finds at its source depends on what it has put away, so it goes on only then.
                    line.until_stored()
                    connector.stored(bookmark)
                del page  # or it would be held while the next one is pulled

    def _describe(self, line: Ahead[T], connector: Connector) -> None:
        """Before the page is stored: the system may be another one than was accepted."""
        if not self._described and isinstance(connector, Describes) and (found := connector.described_as()) is not None:
            self._described = True
            line.said(partial(self.watch.description, found))

    @contextmanager
    def _decoding(self) -> Iterator[None]:
        """What a pull takes besides what is counted apart is making records of an answer."""
        began, before = monotonic(), self._apart()
        try:
            yield
        finally:
            self.timings.add("decode", max(0.0, monotonic() - began - (self._apart() - before)))

    def _apart(self) -> float:
        return self.timings.wait + self.timings.fetch + self.timings.map


@contextmanager
def _closed(pages: Iterator[object]) -> Iterator[None]:
    """Close a generator in its own thread, as soon as nobody wants more of it."""
    try:
        yield
    finally:
        if isinstance(pages, Generator):
            pages.close()


class Watched:
    """Turns whose waiting, and whose requests, are measured."""

    def __init__(self, mine: Turns, timings: Timings, diary: Diary) -> None:
        self._turns, self._timings, self._diary = mine, timings, diary

    @contextmanager
    def request(self) -> Iterator[None]:
        """Around one request (`Turns.request`)."""
        began = monotonic()
        with self._turns.request():
            self._waited(monotonic() - began)
            with self._timings.of("fetch"):
                yield

    @contextmanager
    def exchange(self) -> Iterator[None]:
        """Around one exchange (`Turns.exchange`): where no request of it can be seen, all of it is one."""
        began = monotonic()
        with self._turns.exchange():
            came, seen = monotonic(), self._timings.fetch
            self._waited(came - began)
            try:
                yield
            finally:
                if self._timings.fetch == seen:
                    self._timings.add("fetch", monotonic() - came)

    def _waited(self, seconds: float) -> None:
        self._timings.add("wait", seconds)
        self._diary.waited(seconds)


def last_words(connector: Connector) -> tuple[Sequence[contract.Warning], str]:
    """What a connector says will need a person, and what it has left for a later run."""
    warnings = connector.warnings() if isinstance(connector, Warns) else ()
    return warnings, connector.waiting() if isinstance(connector, Waits) else ""
