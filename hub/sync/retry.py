"""How long the hub goes on asking a department system that is unavailable. tenacity lives here alone."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, wait_random_exponential

from connectors.contract import Connector, Retry
from connectors.errors import Unavailable
from connectors.turns import taking
from hub.sync.limits import Exchanges, Limits, Stopped, Wait, turns

T = TypeVar("T")

_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class RetryBudget:
    """How often one exchange is tried in all, how the waits between grow (seconds), how often a run tries again."""

    attempts: int = 4
    first_wait: float = 1.0
    longest_wait: float = 60.0
    in_all: int = 20  # so that a system which fails at every page is not asked many times for each


class Persistent:
    """A `Retry` for one run.

    `on_failure(error, seconds)` learns of every failed exchange that will be tried again. A department that
    names its own wait (Retry-After) is obeyed; one that is longer than our longest wait ends the exchange.
    """

    def __init__(
        self,
        budget: RetryBudget,
        turns: Exchanges,
        wait: Wait,
        on_failure: Callable[[Unavailable, float], None],
    ) -> None:
        self._budget, self._turns, self._wait, self._on_failure = budget, turns, wait, on_failure
        self._growing = wait_random_exponential(multiplier=budget.first_wait, max=budget.longest_wait)
        self._left = budget.in_all

    @property
    def spent(self) -> bool:
        """Whether this run has tried again as often as it may."""
        return self._left <= 0

    def __call__(self, exchange: Callable[[], T]) -> T:
        policy = Retrying(
            retry=retry_if_exception(self._worth_waiting),
            stop=lambda state: self.spent or state.attempt_number >= self._budget.attempts,
            wait=self._how_long,
            before_sleep=self._note,
            sleep=self._pause,
            reraise=True,
        )
        done: T = policy(self._in_turn, exchange)
        return done

    def _in_turn(self, exchange: Callable[[], T]) -> T:
        with self._turns.exchange():
            return exchange()

    def _worth_waiting(self, error: BaseException) -> bool:
        return isinstance(error, Unavailable) and (error.retry_after or 0) <= self._budget.longest_wait

    def _how_long(self, state: RetryCallState) -> float:
        asked = _error(state).retry_after
        return self._growing(state) if asked is None else asked

    def _note(self, state: RetryCallState) -> None:
        self._left -= 1
        self._on_failure(_error(state), state.next_action.sleep if state.next_action else 0.0)

    def _pause(self, seconds: float) -> None:
        if self._wait(seconds):
            raise Stopped


@contextmanager
def looked_at(
    name: str,
    limits: Limits,
    opening: Callable[[Retry], AbstractContextManager[Connector]],
    wait: Wait = lambda seconds: threading.Event().wait(seconds),
) -> Iterator[Connector]:
    """An open line for a look by hand: nothing is tried again, and every request waits for the connector's turn.

    Raises:
        Unavailable: also where its turn does not come within a minute.
    """
    patience = _Patience(wait)
    mine = turns(name, limits, patience.wait, before=patience.rewarded)

    def once(exchange: Callable[[], T]) -> T:
        with mine.exchange():
            return exchange()

    try:
        with taking(mine.request), opening(once) as line:
            yield line
    except Stopped:
        raise Unavailable(
            f"{name} is asked by others just now, and its `limits` left no turn within {_PATIENCE_SECONDS:g} s",
            code="busy",
            hint="Try again when the run that is under way has ended.",
        ) from None


class _Patience:
    """Waits for one turn no longer than a person would; for any number of turns."""

    def __init__(self, wait: Wait) -> None:
        self._wait = wait
        self._until: float | None = None

    def wait(self, seconds: float) -> bool:
        if self._until is None:
            self._until = monotonic() + _PATIENCE_SECONDS
        return monotonic() + seconds > self._until or self._wait(seconds)

    def rewarded(self) -> None:
        self._until = None


def _error(state: RetryCallState) -> Unavailable:
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, Unavailable):
        raise TypeError(f"only Unavailable is tried again, this is {error!r}")
    return error
