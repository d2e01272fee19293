"""How all connectors fare, at once: a few statements for any number of them, and details of those that are shown."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.record.connector_state import Life
from hub.record.run_state import RunState
from hub.store import quarantine, runs, strips, tallies
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.store.runs import RunRow
from hub.store.strips import Brief
from hub.sync import freshness, health
from hub.sync.health import ConnectorState, Health

STRIP = 50  # runs
_MOST_EXPLAINED = 5  # of those that are late and of which nobody has written down why: each takes some questions


@dataclass(frozen=True, slots=True)
class Fares:
    """How a connector fares."""

    connector: ConnectorRow
    health: Health
    quarantined: int
    incomplete_days: int
    last_run: int | None  # as `ConnectorState.last_run`

    @property
    def is_trouble(self) -> bool:
        """Whether somebody should look at it; what is paused or still a draft is as it was meant."""
        return self.connector.state == Life.ACTIVE and self.health not in (Health.HEALTHY, Health.NEVER_RUN)


@dataclass(frozen=True, slots=True)
class Told:
    """All that is shown of a connector."""

    state: ConnectorState
    strip: list[str]  # how its last runs ended, the oldest first
    backlog: int  # runs of it that wait


def fares(database: Database, rows: Sequence[ConnectorRow], now: datetime, *, exact: bool = True) -> list[Fares]:
    """Each of these connectors, those in trouble first, the worst of them first; `exact` as in `quarantine.counts`."""
    quarantined, lacking = quarantine.counts(database, exact=exact), tallies.lacking(database)
    ids = [row.id for row in rows]
    recent = strips.newest(database, ids, health.RECENT, health.ASKED)
    newest = strips.newest(database, ids, 1)
    found = []
    for row in rows:
        missing = lacking.get(row.name, 0)
        fare = health.of(row, recent[row.id], missing, now)
        last = _last(newest[row.id], recent[row.id])
        found.append(Fares(row, fare, quarantined.get(row.name, 0), missing, last))
    worst_first = list(Health)
    return sorted(found, key=lambda one: (not one.is_trouble, worst_first.index(one.health), one.connector.name))


def states(database: Database, rows: Sequence[ConnectorRow], now: datetime) -> list[ConnectorState]:
    """The same with its last run, and why it is late as it is at this moment; the worst first."""
    found = fares(database, rows, now)
    whole = _runs(database, [one.last_run for one in found if one.last_run is not None])
    worst_first = list(Health)
    found.sort(key=lambda one: (worst_first.index(one.health), one.connector.name))
    return [_state(one, whole, *freshness.missed(database, one.connector, now)) for one in found]


def told(database: Database, some: Sequence[Fares], now: datetime) -> list[Told]:
    """What is shown of some of them, in their order."""
    ids = [one.connector.id for one in some]
    whole = _runs(database, [one.last_run for one in some if one.last_run is not None])
    newest = strips.newest(database, ids, STRIP)
    explained = _late(database, some, now)
    found = []
    for one in some:
        state = _state(one, whole, *explained.get(one.connector.id, (None, None)))
        strip = [run.state for run in reversed(newest[one.connector.id])]
        found.append(Told(state, strip, strip.count(RunState.QUEUED)))
    return found


def _late(
    database: Database, some: Sequence[Fares], now: datetime
) -> dict[int, tuple[datetime | None, dict[str, str] | None]]:
    late = [one.connector for one in some if one.connector.stale(now)]
    found: dict[int, tuple[datetime | None, dict[str, str] | None]] = {}
    found |= {row.id: (row.stale_since, row.stale_because) for row in late if row.stale_since is not None}
    for row in [row for row in late if row.id not in found][:_MOST_EXPLAINED]:
        found[row.id] = freshness.missed(database, row, now)
    return found


def _state(
    one: Fares, whole: Mapping[int, RunRow], since: datetime | None, because: dict[str, str] | None
) -> ConnectorState:
    last = None if one.last_run is None else whole.get(one.last_run)
    return ConnectorState(one.connector, one.health, last, one.quarantined, one.incomplete_days, since, because)


def _runs(database: Database, ids: Collection[int]) -> dict[int, RunRow]:
    return {run.id: run for run in runs.numbered(database, ids)}


def _last(newest: Sequence[Brief], recent: Sequence[Brief]) -> int | None:
    """The newest that asked the department, or whatever is under way."""
    return next((run.id for run in (*newest, *recent) if health.tells(run)), None)
