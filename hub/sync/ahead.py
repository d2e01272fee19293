"""Pages are pulled by a thread of their own while the one before them is stored.

A connector knows one thread: whatever is asked of it happens in there, opening and closing too. Whoever stores may turn
away at any moment, also while the department hangs: that thread stores nothing, for it never does, closes its connector
when it comes back, and keeps no process alive.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

import structlog

from connectors.contract import Connector
from hub.sync.limits import Stopped

T = TypeVar("T")
S = TypeVar("S")

AHEAD_PAGES = 1  # besides the one that is being stored; more would only cost memory
AHEAD_BYTES = 8 * 2**20  # of all their payloads; nothing is pulled meanwhile beside a page that is larger
_LOOK_AGAIN_SECONDS = 0.1  # who waits for the department learns this soon that the run is to stop
_GRACE_SECONDS = 0.5  # for the other thread to hang up, where it does not hang

log = structlog.get_logger()


class Ask(Protocol):
    """Asks a connector something in its own thread, when its pages have come to their end."""

    def __call__(self, question: Callable[[Connector], S], /) -> S:
        """The answer, or the error that the question met; `Stopped` and the like where the run is to stop."""
        ...


@dataclass(slots=True)
class _Page(Generic[T]):
    content: T
    size: int


@dataclass(slots=True)
class _Question:
    """Something asked of the connector, and what came of it."""

    question: Callable[[Connector], Any]
    done: bool = False
    answer: Any = None
    error: Exception | None = None


class Ahead(Generic[T]):
    """The line between a thread that pulls and the one that stores.

    `pull` gets this object to use `room`, `put`, `said`, `serve` and `wait`; it returns when all is said. `look`
    raises where the run is to stop; it is called all the time while the department is waited for, so it costs nothing.
    """

    def __init__(self, name: str, pull: "Callable[[Ahead[T]], None]", look: Callable[[], None]) -> None:
        self._pull, self._look = pull, look
        self._changed = threading.Condition()
        self._coming: deque[_Page[T] | Callable[[], None]] = deque()
        self._questions: deque[_Question] = deque()
        self._pages = self._bytes = 0  # that wait, or are being stored
        self._pulled = self._finished = self._ended = False
        self._left = threading.Event()
        self._error: BaseException | None = None
        # In the context of its run: its lines in the log tell which, and its spans are parts of that run's trace.
        work = partial(copy_context().run, self._work)
        self._thread = threading.Thread(target=work, name=f"pull-{name}", daemon=True)

    @property
    def left(self) -> bool:
        """Whether nobody wants anything from the thread that pulls any more."""
        return self._left.is_set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._left.set()
            self._coming.clear()
            self._changed.notify_all()
        self._thread.join(_GRACE_SECONDS)

    # For the thread that stores.

    def pages(self) -> Iterator[T]:
        """The pages in their order, then the error that came after them, if any. Drop each before you take the next."""
        while (size := self._until(lambda: bool(self._coming) or self._pulled or self._ended)) is not None:
            yield self._take()
            with self._changed:
                self._pages, self._bytes = self._pages - 1, self._bytes - size
                self._changed.notify_all()
        if self._error is not None:
            raise self._error

    def ask(self, question: Callable[[Connector], S], /) -> S:
        """See `Ask`."""
        asked = _Question(question)
        with self._changed:
            self._questions.append(asked)
            self._changed.notify_all()
        self._until(lambda: asked.done or self._ended)
        error = asked.error or (None if asked.done else self._error)
        if error is not None:
            raise error
        answer: S = asked.answer
        return answer

    def finish(self) -> None:
        """Nothing more is asked: wait until the connector has said its last and is closed."""
        with self._changed:
            self._finished = True
            self._changed.notify_all()
        self._until(lambda: self._ended)
        if self._error is not None:
            raise self._error

    def _until(self, ready: Callable[[], bool]) -> int | None:
        """Wait, and do what the other thread says meanwhile; the size of the page that is next, if one is."""
        while True:
            with self._changed:
                self._look()
                while not (self._coming or ready()):
                    self._changed.wait(_LOOK_AGAIN_SECONDS)
                    self._look()
                if not self._coming:
                    return None
                first = self._coming[0]
                if isinstance(first, _Page):
                    return first.size
                self._coming.popleft()
            first()

    def _take(self) -> T:
        page = self._coming.popleft()
        if not isinstance(page, _Page):
            raise TypeError("no page is next")
        return page.content

    # For the thread that pulls. All of these raise `Stopped` when nobody is there any more.

    def room(self) -> None:
        """Wait until another page may be pulled."""
        self._wait_until(lambda: self._pages <= AHEAD_PAGES and self._bytes < AHEAD_BYTES)

    def put(self, page: T, size: int) -> None:
        """Hand a page over; `size` in bytes, about."""
        with self._changed:
            self._pages, self._bytes = self._pages + 1, self._bytes + size
            self._hand_over(_Page(page, size))

    def until_stored(self) -> None:
        """Wait until every page that was handed over is stored."""
        self._wait_until(lambda: not self._pages)

    def said(self, act: Callable[[], None]) -> None:
        """Let the thread that stores do something when it has stored all that came before."""
        with self._changed:
            self._hand_over(act)

    def serve(self, connector: Connector) -> None:
        """All pages are pulled: answer questions until there are no more."""
        with self._changed:
            self._pulled = True
            self._changed.notify_all()
        while True:
            self._wait_until(lambda: bool(self._questions) or self._finished)
            if not self._questions:
                return
            self._answer(self._questions.popleft(), connector)

    def wait(self, seconds: float) -> bool:
        """Pause for so long; whether nobody is there any more."""
        return self._left.wait(seconds)

    def _answer(self, asked: _Question, connector: Connector) -> None:
        try:
            asked.answer = asked.question(connector)
        except Exception as error:  # noqa: BLE001  (it is raised where it was asked)
            asked.error = error
        with self._changed:
            asked.done = True
            self._changed.notify_all()

    def _hand_over(self, what: _Page[T] | Callable[[], None]) -> None:
        if self.left:
            raise Stopped
        self._coming.append(what)
        self._changed.notify_all()

    def _wait_until(self, ready: Callable[[], bool]) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self.left or ready())
            if self.left:
                raise Stopped

    def _work(self) -> None:
        error: BaseException | None = None
        try:
            self._pull(self)
        except BaseException as raised:  # noqa: BLE001  (it is raised where the pages are taken)
            error = raised
        with self._changed:
            self._error, self._ended = error, True
            self._changed.notify_all()
        if self.left and error is not None and not isinstance(error, Stopped):
            log.info("pull_ended_unheard", thread=self._thread.name, reason=repr(error))
