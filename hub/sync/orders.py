"""What others may want of a run while it is done, and what they learn of it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hub.store.connectors import LeaseLost
from hub.store.runs import Counts
from hub.sync.heartbeat import Heard
from hub.sync.limits import Stopped


class Window(Exception):
    """A blackout window has begun."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class Cancelled(Exception):
    """A person cancels the run."""


class GivesWay(Exception):
    """Others cannot wait, and this run can go on from what is stored."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come; `total` where the source announced it."""

    counts: Counts
    total: int | None


@dataclass(frozen=True, slots=True)
class Orders:
    """What whoever has a run done says."""

    stop: threading.Event
    on_page: Callable[[Progress], None]
    now: Callable[[], datetime]
    give_way: Callable[[], bool]  # asked at the end of each page that left a bookmark

    def end_where_told(self, heard: Heard) -> None:
        """End here where somebody wants that; asks nobody, so it can be called all the time.

        Raises:
            LeaseLost: another worker has this run.
            Cancelled: a person cancels it.
            Stopped: its connector is paused, or the hub is stopped.
        """
        if heard.lost:
            raise LeaseLost
        if heard.cancelled:
            raise Cancelled
        if heard.paused or self.stop.is_set():
            raise Stopped
