"""Counting over processes: what is added is added, what may be tried N times is tried N times."""

import threading
from datetime import UTC, datetime, timedelta

from hub.store import windows
from hub.store.database import Database, connect

NOW = datetime(2026, 11, 23, 3, 0, 30, tzinfo=UTC)
MINUTE = windows.minute_of(NOW)


def test_what_several_processes_count_is_told_to_each(database: Database) -> None:
    assert windows.add(database, {}) == {}
    assert windows.add(database, {("a", MINUTE): 3, ("b", MINUTE): 1}) == {("a", MINUTE): 3, ("b", MINUTE): 1}
    assert windows.add(database, {("a", MINUTE): 2, ("a", MINUTE + 1): 7}) == {("a", MINUTE): 5, ("a", MINUTE + 1): 7}
    assert windows.exact(database, "a", NOW + timedelta(minutes=1), 1) == 7
    assert windows.exact(database, "a", NOW + timedelta(minutes=1), 2) == 12
    assert windows.exact(database, "a", NOW, 1) == 12  # what a faster clock counts is not overlooked
    assert windows.exact(database, "nobody", NOW, 60) == 0


def test_a_try_counts_until_the_limit_and_again_when_the_time_is_over(database: Database) -> None:
    assert [windows.hit(database, "x", NOW, 3, 60) for _ in range(5)] == [True, True, True, False, False]
    assert windows.hit(database, "y", NOW, 3, 60)
    assert not windows.hit(database, "x", NOW + timedelta(minutes=59), 3, 60)
    assert windows.hit(database, "x", NOW + timedelta(minutes=60), 3, 60)
    assert windows.exact(database, "x", NOW + timedelta(minutes=60), 60) == 1


def test_tries_at_the_same_moment_from_everywhere_stay_within_the_limit(database: Database, database_url: str) -> None:
    others = [connect(database_url) for _ in range(6)]
    together, allowed = threading.Barrier(len(others)), []

    def attempt(one: Database, at: int) -> None:
        for second in range(5):  # on both sides of a minute's end
            together.wait()
            moment = NOW + timedelta(seconds=28 + (at + second) % 4)
            allowed.append(windows.hit(one, "look-up", moment, 7, 10))

    threads = [threading.Thread(target=attempt, args=(one, at)) for at, one in enumerate(others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in others:
        one.close()
    assert len(allowed) == 30
    assert sum(allowed) == 7
    assert windows.exact(database, "look-up", NOW + timedelta(minutes=1), 10) == 7


def test_counts_of_the_day_before_yesterday_are_forgotten(database: Database) -> None:
    windows.add(database, {("a", MINUTE - windows.KEPT_MINUTES - 1): 1, ("a", MINUTE - windows.KEPT_MINUTES): 1})
    assert windows.prune(database, NOW) == 1
    assert windows.exact(database, "a", NOW, 10_000) == 1
