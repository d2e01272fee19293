"""A department is asked no faster and no more at once than it bears, from everywhere in a process."""

import threading
from contextlib import ExitStack

import pytest

from connectors.turns import taking, turn
from hub.sync.limits import Gate, Limits, Stopped, Turns, turns


class Time:
    """A clock that moves only when somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waited: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        if seconds:
            self.waited.append(round(seconds, 6))
            self.now += seconds
        return False


def stopping(_: float) -> bool:
    return True


def asked(mine: Turns, requests: int = 1) -> None:
    """One exchange of a connector that makes so many requests through the client."""
    with mine.exchange(), taking(mine.request):
        for _ in range(requests):
            with turn():
                pass


def test_requests_keep_their_distance_and_the_first_one_does_not_wait() -> None:
    time = Time()
    mine = Turns(Gate(time), Limits(requests_per_second=2), time.wait)
    for _ in range(4):
        asked(mine)
    assert time.waited == [0.5, 0.5, 0.5]


def test_whoever_was_slow_anyway_does_not_wait() -> None:
    time = Time()
    mine = Turns(Gate(time), Limits(requests_per_second=2), time.wait)
    asked(mine)
    time.now += 0.4
    asked(mine)
    time.now += 3
    asked(mine)
    assert time.waited == [0.1]


def test_every_request_of_one_exchange_counts_also_a_token_and_a_schema() -> None:
    time = Time()
    mine = Turns(Gate(time), Limits(requests_per_second=1), time.wait)
    asked(mine, requests=3)
    assert time.waited == [1, 1]


def test_an_exchange_that_we_see_no_request_of_counts_as_one() -> None:
    time = Time()
    mine = Turns(Gate(time), Limits(requests_per_second=1), time.wait)
    asked(mine, requests=0)
    asked(mine, requests=0)
    assert time.waited == [1]


def test_a_request_outside_of_any_exchange_waits_for_its_turn_too() -> None:
    time = Time()
    mine = Turns(Gate(time), Limits(requests_per_second=1), time.wait)
    with taking(mine.request):
        for _ in range(2):
            with turn():
                pass
    assert time.waited == [1]


def test_without_a_gate_nothing_waits() -> None:
    with turn():
        pass


def test_two_connectors_of_one_group_share_its_time_and_others_do_not() -> None:
    time = Time()
    shared = Limits(requests_per_second=1, group="test-shared-time")
    gate = Gate(time)
    one, other = Turns(gate, shared, time.wait), Turns(gate, shared, time.wait)
    asked(one)
    asked(other)
    assert time.waited == [1]
    assert turns("a", shared, time.wait)._gate is turns("b", shared, time.wait)._gate
    assert turns("test-a", Limits(), time.wait)._gate is turns("test-a", Limits(2), time.wait)._gate
    assert turns("test-a", Limits(), time.wait)._gate is not turns("test-b", Limits(), time.wait)._gate
    assert turns("test-shared-time", Limits(), time.wait)._gate is not turns("a", shared, time.wait)._gate


def test_a_wait_for_a_turn_ends_when_the_hub_stops() -> None:
    gate = Gate(Time())
    asked(Turns(gate, Limits(requests_per_second=0.001), lambda _: False))
    with pytest.raises(Stopped):
        asked(Turns(gate, Limits(requests_per_second=0.001), stopping))


def at_the_same_time(gate: Gate, limits: Limits, callers: int) -> int:
    """The most that were inside at once."""
    inside = most = 0
    lock, together = threading.Lock(), threading.Barrier(callers)

    def ask() -> None:
        nonlocal inside, most
        together.wait()
        for _ in range(20):
            with Turns(gate, limits, lambda _: False).exchange():
                with lock:
                    inside += 1
                    most = max(most, inside)
                with lock:
                    inside -= 1

    threads = [threading.Thread(target=ask) for _ in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return most


@pytest.mark.parametrize("at_once", [1, 2])
def test_no_more_are_inside_at_once_than_the_department_bears(at_once: int) -> None:
    assert at_the_same_time(Gate(), Limits(at_once=at_once), callers=5) <= at_once


def test_two_are_inside_at_once_where_the_department_bears_two() -> None:
    gate, both = Gate(), threading.Barrier(2, timeout=30)
    mine = Turns(gate, Limits(at_once=2), lambda _: False)

    def ask() -> None:
        with mine.exchange():
            both.wait()

    thread = threading.Thread(target=ask)
    thread.start()
    ask()
    thread.join()


def test_who_came_first_goes_first() -> None:
    gate, order = Gate(), list[int]()
    threads: list[threading.Thread] = []

    def ask(number: int, waits: threading.Event) -> None:
        def look(_: float) -> bool:
            waits.set()
            return False

        with gate.entered(1, look):
            order.append(number)

    with gate.entered(1, lambda _: False):
        for number in range(4):
            waits = threading.Event()
            threads.append(threading.Thread(target=ask, args=(number, waits)))
            threads[-1].start()
            assert waits.wait(30)
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3]


def test_who_gives_up_waiting_holds_up_nobody() -> None:
    gate = Gate()
    with ExitStack() as held:
        held.enter_context(gate.entered(1, lambda _: False))
        with pytest.raises(Stopped), gate.entered(1, stopping):
            pass
        assert not gate._waiting
    with gate.entered(1, stopping):
        pass


def test_an_exchange_inside_an_exchange_does_not_wait_for_itself() -> None:
    mine = Turns(Gate(), Limits(at_once=1), stopping)
    with mine.exchange(), mine.exchange():
        asked(mine)


def test_a_failed_exchange_gives_its_place_back() -> None:
    gate = Gate()
    mine = Turns(gate, Limits(at_once=1), stopping)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), mine.exchange():
            raise ZeroDivisionError
    assert not gate._inside
