"""The part of `hub serve` that works: fires schedules, does queued runs."""

from datetime import UTC, datetime

import structlog

from hub.store import schedules
from hub.store.database import StoreError
from hub.sync.retention import Housekeeper
from hub.sync.worker import Worker
from hub.wiring import Hub
from schedules.clock import Clock
from schedules.windows import Timetable

log = structlog.get_logger()


class Engine:
    """Scheduler and worker in threads of one process; several processes share the work through the store."""

    def __init__(self, hub: Hub) -> None:
        self._database = hub.database
        keeping = hub.configuration.config.payloads.read()
        housekeeper = Housekeeper(hub.database, keeping)
        self._worker = Worker(hub.database, hub.source, hub.owner, mapping_of=hub.mapping, housekeeper=housekeeper)
        self._clock = Clock(self._tick)

    def start(self) -> None:
        """Begin to fire and to work."""
        self._worker.start()
        self._clock.start()

    def stop(self) -> None:
        """Fire no more, let every run end at its next page boundary, give the connections back."""
        self._clock.stop()
        self._worker.stop()
        self._database.close()

    def _tick(self) -> None:
        now = datetime.now(UTC)
        try:
            schedules.plan(self._database, now, _next_fire)
            if schedules.fire_due(self._database, now, _next_fire, _held_until):
                self._worker.wake()
        except StoreError as error:
            log.warning("store_unreachable", reason=str(error))


def _next_fire(cadence: str, after: datetime) -> datetime:
    return Timetable.model_validate_json(cadence).next_fire(after)


def _held_until(cadence: str, now: datetime) -> datetime | None:
    return Timetable.model_validate_json(cadence).held_until(now) if cadence else None
