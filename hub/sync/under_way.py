"""The runs that this process does now: how long each has held its slot, and when it gives way to others."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from hub.store import connectors, waiting
from hub.store.database import Database, StoreError
from hub.store.registrations import Unregistered
from hub.sync.run import end_unusable, execute
from hub.sync.source import Source
from mappings.engine.yaml_source import Invalid

log = structlog.get_logger()

SLICE_SECONDS = 60.0
_ASK_AGAIN_SECONDS = 1.0  # who waits is asked for no more often than this


@dataclass(slots=True)
class _Run:
    run_id: int
    connector: str
    priority: int
    stop: threading.Event = field(default_factory=threading.Event)
    began: float = field(default_factory=time.monotonic)
    asked: float = field(default_factory=time.monotonic)

    def overstays(self, slice_seconds: float) -> bool:
        return time.monotonic() - self.began > slice_seconds


class UnderWay:
    """Does runs, one at a time for a connector, in the threads of whoever calls `do`.

    A run gives way at the end of a page: at once to a more urgent one, after its time slice to any that is as urgent.
    One that has no page end in its slice (its department is slow) does not count any longer: `overstaying`.
    """

    def __init__(
        self, database: Database, source_of: Callable[[str], Source], owner: str, slice_seconds: float = SLICE_SECONDS
    ) -> None:
        self._database, self._source_of, self._owner = database, source_of, owner
        self._slice = slice_seconds
        self._draining = threading.Event()
        self._lock = threading.Lock()
        self._runs: dict[str, _Run] = {}  # by connector

    def begin(self, run_id: int, connector: str, priority: int) -> bool:
        """Take a place for a run; False where its connector has one in this process already."""
        with self._lock:
            if connector in self._runs or self._draining.is_set():
                return False
            self._runs[connector] = _Run(run_id, connector, priority)
            return True

    def do(self, connector: str) -> None:
        """Do the run that has a place, and give the place back. Never raises: a broken run stops no other."""
        mine = self._runs[connector]
        try:
            if not self._draining.is_set():
                self._execute(mine)
        except StoreError as error:
            log.warning("store_unreachable", connector=connector, run=mine.run_id, reason=str(error))
        except BaseException:
            # Not handled but told: the run itself is marked by `execute`; the other connectors go on. SystemExit too:
            # a type of connector that another package brings may raise it, and it would end who waits for this run.
            log.exception("run_broke", connector=connector, run=mine.run_id)
        finally:
            with self._lock:
                del self._runs[connector]

    def count(self, *, above: int = -1) -> int:
        """How many runs hold a slot, overstaying ones left out; or of these the ones with a priority number `above`."""
        return sum(not each.overstays(self._slice) and each.priority > above for each in self._now())

    def overstaying(self) -> int:
        """How many hold a slot for longer than their time slice."""
        return sum(each.overstays(self._slice) for each in self._now())

    def stop_what_is_paused(self) -> None:
        """A connector that is no longer active stops at its next page, whoever paused it in whichever process."""
        under_way = self._now()
        if under_way:
            active = connectors.active_names(self._database)
            for each in under_way:
                if each.connector not in active:
                    each.stop.set()

    def drain(self) -> None:
        """Begin nothing more; what is under way goes back to the queue at its next page, or while it waits."""
        self._draining.set()
        for each in self._now():
            each.stop.set()

    def _now(self) -> list[_Run]:
        with self._lock:
            return list(self._runs.values())

    def _execute(self, mine: _Run) -> None:
        try:
            source = self._source_of(mine.connector)
        except (Invalid, Unregistered) as error:
            end_unusable(self._database, mine.connector, mine.run_id, error)
            return
        except (StoreError, LookupError):
            raise  # it is another process's to do
        except Exception as error:  # of the type of connector, which another package may bring: it would be so for ever
            log.exception("connector_broke", connector=mine.connector, run=mine.run_id)
            end_unusable(self._database, mine.connector, mine.run_id, error)
            return
        execute(self._database, source, mine.run_id, self._owner, mine.stop, give_way=lambda: self._gives_way(mine))

    def _gives_way(self, mine: _Run) -> bool:
        if self._draining.is_set() or mine.stop.is_set():
            return True  # also where its connector was paused, and resumed before it heard
        if time.monotonic() - mine.asked < min(_ASK_AGAIN_SECONDS, self._slice):
            return False
        mine.asked = time.monotonic()
        over = mine.overstays(self._slice)
        return waiting.others_wait(self._database, mine.connector, mine.priority, as_urgent=over)
