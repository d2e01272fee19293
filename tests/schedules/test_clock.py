"""The timer."""

import threading

from schedules.clock import Clock


def test_it_ticks_until_it_is_stopped() -> None:
    ticks = threading.Semaphore(0)
    clock = Clock(ticks.release, seconds=0.05)
    clock.start()
    assert all(ticks.acquire(timeout=10) for _ in range(3))
    clock.stop()
    while ticks.acquire(blocking=False):
        pass
    assert not ticks.acquire(timeout=0.2)
