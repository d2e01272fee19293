"""Requests that wait for the feed: bounded, looked for by one thread, and woken by what concerns them."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic

import pytest
from structlog.testing import capture_logs

from hub.store.database import StoreError
from hub.web.waiting import Waiters

LONG = 30.0


class Feed:
    """The position, as it is looked at."""

    def __init__(self) -> None:
        self.position = 0
        self.lost = False
        self.looks = 0
        self.lookers: set[str] = set()
        self._looked = threading.Condition()

    def latest(self) -> int:
        with self._looked:
            self.looks += 1
            self.lookers.add(threading.current_thread().name)
            self._looked.notify_all()
        if self.lost:
            raise StoreError("the database does not answer")
        return self.position

    def looked(self, more: int = 2) -> None:
        """Wait until it was looked at some more times."""
        with self._looked:
            wanted = self.looks + more
            assert self._looked.wait_for(lambda: self.looks >= wanted, LONG)


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture
def waiters(feed: Feed) -> Iterator[Waiters]:
    made = Waiters(feed.latest, every=0.01, most=3, each=2)
    yield made
    made.close()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as made:
        yield made


def _started(pool: ThreadPoolExecutor, waiters: Waiters, who: str, position: int = 0) -> "Future[bool]":
    before = waiters.count()
    waiting = pool.submit(waiters.wait, who, position, LONG)
    _until(lambda: waiters.count() > before)
    return waiting


def _until(true: Callable[[], bool]) -> None:
    deadline = monotonic() + LONG
    while not true():
        assert monotonic() < deadline


def test_a_change_wakes_those_whom_it_concerns(feed: Feed, waiters: Waiters, pool: ThreadPoolExecutor) -> None:
    near, far = _started(pool, waiters, "a", 0), _started(pool, waiters, "b", 5)
    feed.looked()
    assert not near.done()
    feed.position = 3
    assert near.result(LONG) is True
    feed.looked()
    assert not far.done()
    feed.position = 6
    assert far.result(LONG) is True


def test_who_is_past_the_time_is_let_go(waiters: Waiters) -> None:
    began = monotonic()
    assert waiters.wait("a", 0, 0.05) is True
    assert 0.05 <= monotonic() - began < LONG / 2
    assert waiters.count() == 0


def test_only_so_many_wait_and_of_one_client_fewer(waiters: Waiters, feed: Feed, pool: ThreadPoolExecutor) -> None:
    waiting = [_started(pool, waiters, "a"), _started(pool, waiters, "a")]
    began = monotonic()
    assert waiters.wait("a", 0, LONG) is False
    waiting.append(_started(pool, waiters, "b"))
    assert waiters.wait("c", 0, LONG) is False
    assert monotonic() - began < LONG / 2
    feed.position = 1
    assert all(one.result(LONG) for one in waiting)
    assert waiters.wait("c", 0, LONG) is True  # there is room again


def test_one_thread_looks_for_all_and_none_when_nobody_waits(
    feed: Feed, waiters: Waiters, pool: ThreadPoolExecutor
) -> None:
    assert feed.looks == 0
    waiting = [_started(pool, waiters, who) for who in "abc"]
    feed.looked()
    feed.position = 1
    assert all(one.result(LONG) for one in waiting)
    _until(lambda: not any(one.name == "change feed" for one in threading.enumerate()))
    assert feed.lookers == {"change feed"}
    assert waiters.wait("a", 1, 0.03) is True  # it looks again for the next one
    assert feed.looks > 2


def test_a_hub_that_ends_lets_everybody_go_at_once_and_nobody_wait(
    feed: Feed, waiters: Waiters, pool: ThreadPoolExecutor
) -> None:
    waiting = [_started(pool, waiters, who) for who in "ab"]
    feed.looked()
    waiters.close()
    assert [one.result(LONG) for one in waiting] == [False, False]
    assert waiters.wait("c", 0, LONG) is False


def test_who_waits_is_answered_at_once_while_nobody_can_look_for_it_and_waits_again_after_that(
    feed: Feed, waiters: Waiters, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", none_left)
        assert waiters.wait("a", 0, LONG) is False
    assert waiters.count() == 0
    feed.position = 1
    assert waiters.wait("a", 0, LONG) is True
    assert feed.looks


def test_a_feed_that_went_back_is_told_to_the_keeper(feed: Feed, waiters: Waiters) -> None:
    feed.position = 9
    assert waiters.wait("a", 8, LONG) is True
    feed.position = 5
    with capture_logs() as told:
        waiters.wait("a", 9, 0.05)
    (line,) = [one for one in told if one["event"] == "feed_went_back"]
    assert (line["before"], line["position"]) == (9, 5)
    assert "hub feed renew" in line["hint"]


def test_a_lost_database_is_told_to_everybody_who_waits_and_the_next_one_tries_again(
    feed: Feed, waiters: Waiters, pool: ThreadPoolExecutor
) -> None:
    waiting = [_started(pool, waiters, who) for who in "ab"]
    feed.looked()
    feed.lost = True
    for one in waiting:
        with pytest.raises(StoreError, match="does not answer"):
            one.result(LONG)
    feed.lost = False
    feed.position = 1
    assert waiters.wait("a", 0, LONG) is True
