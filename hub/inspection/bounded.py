"""Asking a department for somebody who waits: a thread of its own does it, and nobody waits for it for minutes.

A page is answered by one of a few threads. A system that hangs would hold one for as long as its timeouts say, and so
would everybody who asks again because nothing happens: here each person has one question at a time.
"""

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import TypeVar

T = TypeVar("T")

AT_ONCE = 4  # questions of one process
SECONDS = 20.0


class TooSlow(Exception):
    """There is no answer yet; the question goes on until its own timeouts end it, and its answer is thrown away."""


class TooMany(Exception):
    """This person's last question, or as many as may be, are still being asked."""


class Bounded:
    """The questions under way in this process."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._asking: set[Hashable] = set()
        self._lock = Lock()

    def ask(self, who: Hashable, question: Callable[[], T], seconds: float = SECONDS) -> T:
        """What `question` answers, or raises, within so many seconds.

        Raises:
            TooMany: there is no place for it now.
            TooSlow: see there.
        """
        with self._lock:
            if who in self._asking or len(self._asking) >= self._at_once:
                raise TooMany
            self._asking.add(who)
        asked: Future[T] = Future()
        asked.add_done_callback(lambda _: self._over(who))
        # Not a pool's: a process that is told to stop does not wait for a system that hangs.
        Thread(target=_answer, args=(question, asked), name="look", daemon=True).start()
        try:
            return asked.result(seconds)
        except TimeoutError:
            if asked.done():
                raise  # the question's own
            raise TooSlow from None

    def _over(self, who: Hashable) -> None:
        with self._lock:
            self._asking.discard(who)


def _answer(question: Callable[[], T], asked: Future[T]) -> None:
    try:
        answer = question()
    except BaseException as error:  # noqa: BLE001  # whoever waits is told
        asked.set_exception(error)
    else:
        asked.set_result(answer)
