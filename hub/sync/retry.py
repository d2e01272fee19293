"""How long the hub goes on asking a department system that is unavailable. tenacity lives here alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from connectors.contract import Retry
from connectors.errors import Unavailable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RetryBudget:
    """How often one exchange is tried in all, and how the waits between grow (seconds)."""

    attempts: int = 4
    first_wait: float = 1.0
    longest_wait: float = 60.0


class Stopped(Exception):
    """The hub is shutting down; the run ends here and the next one goes on at the bookmark."""


def retrying(
    budget: RetryBudget, wait: Callable[[float], bool], on_failure: Callable[[Unavailable, float], None]
) -> Retry:
    """A `Retry` for connectors.

    `wait(seconds)` waits and says whether the hub is stopping; `on_failure(error, seconds)` learns of
    every failed exchange that will be tried again. A department that names its own wait (Retry-After)
    is obeyed; one that is longer than our longest wait ends the exchange.
    """
    growing = wait_random_exponential(multiplier=budget.first_wait, max=budget.longest_wait)

    def worth_waiting(error: BaseException) -> bool:
        return isinstance(error, Unavailable) and (error.retry_after or 0) <= budget.longest_wait

    def how_long(state: RetryCallState) -> float:
        asked = _error(state).retry_after
        return growing(state) if asked is None else asked

    def note(state: RetryCallState) -> None:
        on_failure(_error(state), state.next_action.sleep if state.next_action else 0.0)

    def pause(seconds: float) -> None:
        if wait(seconds):
            raise Stopped

    def retry(exchange: Callable[[], T]) -> T:
        policy = Retrying(
            retry=retry_if_exception(worth_waiting),
            stop=stop_after_attempt(budget.attempts),
            wait=how_long,
            before_sleep=note,
            sleep=pause,
            reraise=True,
        )
        return policy(exchange)

    return retry


def _error(state: RetryCallState) -> Unavailable:
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, Unavailable):
        raise TypeError(f"only Unavailable is tried again, this is {error!r}")
    return error
