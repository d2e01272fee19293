"""How often a department in trouble is asked again: within one exchange, and within a whole run."""

import pytest

from connectors.errors import Refused, Unavailable
from hub.sync.limits import Gate, Limits, Stopped, Turns
from hub.sync.retry import Persistent, RetryBudget


class Department:
    """Fails so many times, then answers."""

    def __init__(self, failures: int, retry_after: float | None = None) -> None:
        self.failures, self.retry_after = failures, retry_after
        self.asked = 0

    def answer(self) -> str:
        self.asked += 1
        if self.asked <= self.failures:
            raise Unavailable("no answer", hint="", retry_after=self.retry_after)
        return "answer"


def persistent(budget: RetryBudget, waited: list[float] | None = None) -> Persistent:
    waits = [] if waited is None else waited

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return False

    return Persistent(budget, Turns(Gate(), Limits(), lambda _: False), wait, lambda *_: None)


def test_an_exchange_is_tried_as_often_as_the_budget_says() -> None:
    department = Department(failures=9)
    with pytest.raises(Unavailable):
        persistent(RetryBudget(attempts=3))(department.answer)
    assert department.asked == 3


def test_a_run_tries_again_only_so_often_in_all() -> None:
    retry = persistent(RetryBudget(attempts=4, in_all=5))
    for _ in range(5):
        assert retry(Department(failures=1).answer) == "answer"
    assert retry.spent
    department = Department(failures=1)
    with pytest.raises(Unavailable):
        retry(department.answer)
    assert department.asked == 1
    assert retry(Department(failures=0).answer) == "answer"


def test_a_budget_that_runs_out_within_an_exchange_ends_it() -> None:
    department = Department(failures=9)
    with pytest.raises(Unavailable):
        persistent(RetryBudget(attempts=9, in_all=2))(department.answer)
    assert department.asked == 3


def test_a_run_that_may_repeat_nothing_asks_once() -> None:
    department = Department(failures=1)
    with pytest.raises(Unavailable):
        persistent(RetryBudget(in_all=0))(department.answer)
    assert department.asked == 1


def test_a_wait_that_the_department_names_is_kept_and_a_longer_one_than_ours_ends_the_exchange() -> None:
    waited: list[float] = []
    persistent(RetryBudget(longest_wait=10), waited)(Department(1, retry_after=7).answer)
    assert waited == [7]
    department = Department(1, retry_after=11)
    with pytest.raises(Unavailable):
        persistent(RetryBudget(longest_wait=10), waited)(department.answer)
    assert (department.asked, waited) == (1, [7])


def test_what_is_refused_is_not_tried_again() -> None:
    asked = []

    def refuse() -> None:
        asked.append(1)
        raise Refused("no", code="refused", hint="")

    with pytest.raises(Refused):
        persistent(RetryBudget())(refuse)
    assert len(asked) == 1


def test_no_place_is_held_while_waiting_to_try_again() -> None:
    gate = Gate()
    inside: list[int] = []

    def wait(seconds: float) -> bool:
        inside.append(len(gate._inside))
        return True

    retry = Persistent(RetryBudget(), Turns(gate, Limits(), lambda _: False), wait, lambda *_: None)
    with pytest.raises(Stopped):
        retry(Department(failures=1).answer)
    assert inside == [0]


def test_what_keeps_out_of_windows_is_asked_before_every_try() -> None:
    looked: list[int] = []
    turns = Turns(Gate(), Limits(), lambda _: False, before=lambda: looked.append(1))
    retry = Persistent(RetryBudget(), turns, lambda _: False, lambda *_: None)
    retry(Department(failures=2).answer)
    assert len(looked) == 3
