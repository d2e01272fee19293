"""Calls a function again and again: the hub's heartbeat. APScheduler is its timer, and nothing more than that."""

from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler

from schedules.cadence import ZONE


class Clock:
    """Ticks in threads of this process. A tick that comes late is not repeated, and none waits for another kind."""

    def __init__(self, tick: Callable[[], None], seconds: float = 1.0) -> None:
        self._scheduler = BackgroundScheduler(timezone=ZONE)
        self.also(tick, seconds)

    def also(self, tick: Callable[[], None], seconds: float) -> None:
        """Call this one too, so often."""
        self._scheduler.add_job(
            tick, "interval", seconds=seconds, max_instances=1, coalesce=True, misfire_grace_time=None
        )

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """Wait for the tick that is under way, and end."""
        self._scheduler.shutdown(wait=True)
