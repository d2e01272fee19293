"""What the rules look at: gathered anew each time from rows and from the disk, remembered by nobody."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from time import monotonic

from hub.alerts.thresholds import Thresholds
from hub.alerts.volume import hours_to_compare
from hub.record.moments import ZONE
from hub.store import alert_facts, alert_notices, connectors, removals, run_hours
from hub.store.alert_facts import TroubledSubscription, WaitingRun
from hub.store.calendar import calendar_of
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.store.removals import RemovalRow
from hub.store.run_hours import Ended
from hub.store.secrets import SecretsLocked

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Disk:
    """A folder of the hub, and the disk that it is on; bytes."""

    folder: str
    total: int
    free: int


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is looked at besides the store."""

    folders: Sequence[Path] = ()
    seals: Callable[[], object] = lambda: None  # raises SecretsLocked where keys cannot be used


@dataclass(frozen=True, slots=True)
class Facts:
    """How everything stands."""

    now: datetime
    connectors: Sequence[ConnectorRow]
    recent: Mapping[int, Ended]  # by connector: what ended within `failing_within`
    day: Mapping[int, Ended]  # the same of a day
    set_aside: Callable[[int, int], int]  # connector, how many at most: records that were set aside within a day
    hours: Mapping[int, Mapping[datetime, int]]  # by connector: records in the hours that are compared
    is_special: Callable[[date], bool]  # a holiday, or a day that is worked in place of another
    waiting: Sequence[WaitingRun]
    subscriptions: Sequence[TroubledSubscription]
    stuck: Mapping[str, tuple[int, datetime, str]]  # by channel: notices, since when, the last error
    removals: Mapping[str, RemovalRow]  # by connector: what waits for a person
    disks: Sequence[Disk]
    locked: str  # why keys cannot be used; empty: they can
    store_seconds: float  # that all this took

    @property
    def working(self) -> int:
        """How many connectors are being read."""
        return sum(row.lease_until is not None and row.lease_until > self.now for row in self.connectors)


def gather(database: Database, around: Surroundings, limits: Thresholds, now: datetime) -> Facts:
    """Look at everything once."""
    began = monotonic()
    hour = now.replace(minute=0, second=0, microsecond=0)
    later = hour + timedelta(hours=1)
    rows = connectors.listed(database)
    recent = run_hours.by_connector(database, now - limits.failing_within, later)
    day = run_hours.by_connector(database, now - DAY, later)
    hours = alert_facts.changed_in_hours(database, hours_to_compare(now, limits.volume_weeks))
    with database.read() as connection:
        calendar = calendar_of(connection)
    waiting = alert_facts.waiting_runs(database, now)
    subscriptions = alert_facts.troubled_subscriptions(database)
    stuck = alert_notices.stuck(database, now - limits.channel_after)
    waiting_removals = {one.connector: one for one in removals.listed(database)}
    took = monotonic() - began
    return Facts(
        now,
        rows,
        recent,
        day,
        lambda connector_id, most: alert_facts.set_aside_since(database, connector_id, now - DAY, most),
        hours,
        lambda local: calendar.special(local) is not None,
        waiting,
        subscriptions,
        stuck,
        waiting_removals,
        _disks(around.folders),
        _locked(around.seals),
        took,
    )


def local_day(at: datetime) -> date:
    """The day that it is in Vietnam."""
    return at.astimezone(ZONE).date()


def _disks(folders: Sequence[Path]) -> list[Disk]:
    """Each disk once, by the first folder that is on it; what is not there yet is on the disk of what is above it."""
    found: dict[int, Disk] = {}
    for folder in folders:
        there = next(path for path in (folder, *folder.parents) if path.exists())
        usage = shutil.disk_usage(there)
        found.setdefault(there.stat().st_dev, Disk(str(folder), usage.total, usage.free))
    return list(found.values())


def _locked(seals: Callable[[], object]) -> str:
    try:
        seals()
    except SecretsLocked as error:
        return str(error)
    return ""
