"""How the connectors fare, and how fresh what they brought is: one answer for the API and for the console."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from hub.record.run_kind import RunKind
from hub.record.run_state import RunState
from hub.store.connectors import ConnectorRow
from hub.store.runs import READ_TO_THE_END, RunRow

_UNDER_WAY = frozenset({RunState.QUEUED, RunState.RUNNING})
# What a person asked for, or a count, says nothing of how the department's changes are read; a replay asks nobody.
ASKED = (*READ_TO_THE_END, RunKind.PUSH, RunKind.ONE)
_TELLING = frozenset({RunState.SUCCEEDED, RunState.FAILED})  # an interrupted run says nothing of the department
RECENT = 10  # among so many runs there is one that tells, or the connector is as good as new


class Health(StrEnum):
    """How a connector fares; the worst first."""

    OPEN = "open"  # its runs failed, so schedules leave it alone for a while
    FAILING = "failing"  # its last run failed
    LATE = "late"  # its source was last read longer ago than promised
    INCOMPLETE = "incomplete"  # records that its source lists are missing here
    NEVER_RUN = "never_run"
    HEALTHY = "healthy"


@dataclass(frozen=True, slots=True)
class ConnectorState:
    """A connector with what an operator wants to know of it."""

    connector: ConnectorRow
    health: Health
    last_run: RunRow | None  # the newest that asked the department, whatever its state; or a replay under way
    quarantined: int
    incomplete_days: int = 0  # of those that were counted: something is missing
    stale_since: datetime | None = None  # since when its freshness objective is missed; None: it is met, or not watched
    stale_because: dict[str, str] | None = None  # {code, sentence, hint}

    @property
    def next_run_at(self) -> datetime | None:
        """When its schedule runs it next; not before its circuit lets it."""
        planned, held = self.connector.next_fire_at, self.connector.open_until
        return max(planned, held) if planned and held else planned

    @property
    def under_way(self) -> RunRow | None:
        """The run that waits or works just now."""
        return self.last_run if self.last_run and self.last_run.state in _UNDER_WAY else None


@dataclass(frozen=True, slots=True)
class Freshness:
    """When the sources of a dossier were last read, and whether that is later than promised."""

    as_of: datetime | None  # the longest ago of them; None: one was never read to its end
    stale: bool
    source_seen_at: datetime | None = None  # the last of them; None: none was ever read to its end


def freshness(rows: Mapping[str, ConnectorRow], names: Iterable[str], now: datetime) -> Freshness:
    """The freshness of what the connectors `names` brought; one that is no longer registered goes stale."""
    wanted = [rows.get(name) for name in names]
    seen = [row.seen_at for row in wanted if row is not None and row.seen_at is not None]
    as_of = min(seen) if seen and len(seen) == len(wanted) else None
    stale = any(row is None or row.stale(now) for row in wanted)
    return Freshness(as_of, stale, max(seen, default=None))


class Ran(Protocol):
    """A run, as far as it matters here."""

    @property
    def kind(self) -> str: ...

    @property
    def state(self) -> str: ...


def tells(run: Ran) -> bool:
    """Whether it is one to be shown for its connector: it asked the department, or is under way."""
    return run.kind in ASKED or run.state in _UNDER_WAY


def of(connector: ConnectorRow, recent: Sequence[Ran], lacking: int, now: datetime) -> Health:
    """How a connector fares; `recent` are its last `RECENT` runs of the kinds `ASKED`, the newest first."""
    if connector.open_until is not None and connector.open_until > now:
        return Health.OPEN
    telling = next((run for run in recent if run.state in _TELLING), None)
    if telling is None and connector.seen_at is None:
        return Health.NEVER_RUN
    if telling is not None and telling.state == RunState.FAILED:
        return Health.FAILING
    if connector.stale(now):
        return Health.LATE
    return Health.INCOMPLETE if lacking else Health.HEALTHY
