"""The line between the thread that pulls and the one that stores: order, bounds, and turning away at any moment."""

import threading
import time
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from hub.sync.ahead import AHEAD_BYTES, AHEAD_PAGES, Ahead
from hub.sync.limits import Gate, Stopped

Line = Ahead[int]


def stays() -> None:
    """Nobody wants the run to end."""


def pulling(pages: Iterator[int], size: int = 1) -> Callable[[Line], None]:
    def pull(line: Line) -> None:
        while True:
            line.room()
            page = next(pages, None)
            if page is None:
                return
            line.put(page, size)

    return pull


def test_pages_come_in_their_order_and_an_error_after_those_that_were_before_it() -> None:
    def broken() -> Iterator[int]:
        yield from (1, 2, 3)
        raise ConnectionError("the third was the last")

    got: list[int] = []
    with pytest.raises(ConnectionError, match="the third"), Ahead("a", pulling(broken()), stays) as line:
        got.extend(line.pages())
    assert got == [1, 2, 3]


def test_what_is_said_between_two_pages_is_done_between_them_by_who_stores() -> None:
    said: list[object] = []

    def pull(line: Line) -> None:
        line.put(1, 1)
        line.said(lambda: said.append(threading.current_thread()))
        line.put(2, 1)

    with Ahead("a", pull, stays) as line:
        said.extend(line.pages())
    assert said == [1, threading.current_thread(), 2]


@pytest.mark.parametrize(("size", "most"), [(1, AHEAD_PAGES + 1), (AHEAD_BYTES, 1), (5 * AHEAD_BYTES, 1)])
def test_so_many_pages_are_held_at_once_and_a_huge_one_alone(size: int, most: int) -> None:
    """When a page is pulled, those before it that are not stored yet and itself are all that there is."""
    held, stored = [], 0

    def pages() -> Iterator[int]:
        for number in range(20):
            held.append(number + 1 - stored)
            yield number

    with Ahead("a", pulling(pages(), size), stays) as line:
        for number in line.pages():
            deadline = time.monotonic() + 0.02  # so that the other thread gets as far ahead as it may
            while time.monotonic() < deadline:
                threading.Event().wait(0.005)
            stored = number + 1
    assert max(held) == most


def test_who_stores_turns_away_at_once_while_the_department_hangs_and_the_thread_hands_over_nothing_more() -> None:
    hangs, closed, told = threading.Event(), threading.Event(), threading.Event()

    def pull(line: Line) -> None:
        try:
            line.put(1, 1)
            told.set()
            hangs.wait(30)  # a socket that nobody answers
            line.put(2, 1)
        finally:
            closed.set()

    def look() -> None:
        if told.is_set():
            raise Stopped

    got: list[int] = []
    began = time.monotonic()
    with pytest.raises(Stopped), Ahead("a", pull, look) as line:
        got.extend(line.pages())
    assert time.monotonic() - began < 5
    assert got in ([], [1])
    assert line._thread.daemon
    hangs.set()
    assert closed.wait(10)
    line._thread.join(10)
    assert not line._coming


def test_pauses_end_and_a_full_line_lets_go_when_nobody_is_there_any_more() -> None:
    ended: list[object] = []

    def pull(line: Line) -> None:
        try:
            for number in count():
                line.room()
                line.put(number, 1)
        except Stopped:
            ended.append(line.wait(60))

    with Ahead("a", pull, stays) as line:
        assert next(line.pages()) == 0
    line._thread.join(10)
    assert ended == [True]


def test_a_request_that_never_ends_does_not_keep_others_out_for_ever_when_its_run_is_over() -> None:
    at = 0.0
    gate, left = Gate(lambda: at), threading.Event()

    def impatient(_: float) -> bool:
        return True

    with gate.entered(1, lambda _: False, left.is_set):
        left.set()  # the run was cancelled, the request hangs
        with pytest.raises(Stopped), gate.entered(1, impatient):
            pass  # the department may still be at it
        at = 31.0
        with gate.entered(1, impatient):
            pass
    with gate.entered(1, impatient):
        assert len(gate._inside) == 1
