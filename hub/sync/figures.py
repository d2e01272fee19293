"""The facts of the store that metrics tell, from what pages and API show too."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from hub.record.connector_state import Life
from hub.store import connectors, figures
from hub.store.database import Database
from hub.store.figures import AllEnded
from hub.store.run_hours import Ended
from hub.sync import fleet
from hub.sync.health import ConnectorState, Health
from hub.telemetry.facts import Fact


@dataclass(slots=True)
class Figures:
    """Works them out; one for a process, as it keeps what does not change."""

    database: Database
    now: Callable[[], datetime]
    reads_waiting: Callable[[], int]  # bytes of this machine's notes that are not taken yet
    _ended: AllEnded = field(init=False)

    def __post_init__(self) -> None:
        self._ended = AllEnded(self.database)

    def gather(self) -> Iterator[Fact]:
        """Every fact.

        Raises:
            StoreError: the database does not answer.
        """
        now = self.now()
        states = fleet.states(self.database, connectors.listed(self.database, retired=True), now)
        yield from _connectors(states, now)
        ended = self._ended.by_connector(now)
        for state in states:
            yield from _ended_runs(state.connector.name, ended.get(state.connector.id, Ended()))
        yield from self._queue(now)
        yield from self._subscribers()
        alerts = figures.alerts_open(self.database)
        for severity in ("warning", "critical"):
            yield "hub_alerts_open", (severity,), alerts.get(severity, 0)
        yield "hub_reads_waiting_bytes", (), self.reads_waiting()

    def _queue(self, now: datetime) -> Iterator[Fact]:
        queue = figures.queue(self.database, now)
        yield "hub_runs_queued", (), queue.queued
        yield "hub_runs_running", (), queue.running
        waited = 0.0 if queue.oldest is None else (now - queue.oldest).total_seconds()
        yield "hub_queue_oldest_wait_seconds", (), max(0.0, waited)

    def _subscribers(self) -> Iterator[Fact]:
        for state, number in figures.notices_waiting(self.database).items():
            yield "hub_webhook_waiting", (state,), number
        head, behind, stopped = figures.subscribers(self.database)
        yield "hub_feed_position", (), head
        yield "hub_webhook_lag_positions", (), behind
        yield "hub_webhooks_stopped", (), stopped


def _connectors(states: list[ConnectorState], now: datetime) -> Iterator[Fact]:
    counted = Counter((one.connector.state, one.health.value) for one in states)
    for (state, fares), number in sorted(counted.items()):
        yield "hub_connectors", (state, fares), number
    for one in states:
        row = one.connector
        if row.state in (Life.ACTIVE, Life.PAUSED):
            yield from _connector(one, now)


def _connector(one: ConnectorState, now: datetime) -> Iterator[Fact]:
    row, label = one.connector, (one.connector.name,)
    if row.state == Life.ACTIVE:
        yield "hub_connector_healthy", label, one.health is Health.HEALTHY
    yield "hub_connector_circuit_open", label, one.health is Health.OPEN
    if row.seen_at is not None:
        yield "hub_connector_freshness_seconds", label, max(0.0, (now - row.seen_at).total_seconds())
    yield "hub_connector_freshness_objective_seconds", label, row.fresh_within
    late = 0.0 if one.stale_since is None else (now - one.stale_since).total_seconds()
    yield "hub_connector_late_seconds", label, max(0.0, late)
    yield "hub_connector_quarantined_records", label, one.quarantined
    yield "hub_connector_incomplete_days", label, one.incomplete_days


def _ended_runs(name: str, ended: Ended) -> Iterator[Fact]:
    """Retired connectors too: a counter that goes away looks like one that began again."""
    for outcome in ("succeeded", "failed", "interrupted", "cancelled"):
        yield "hub_runs_ended_total", (name, outcome), getattr(ended, outcome)
    for outcome in ("created", "updated", "unchanged", "quarantined"):
        yield "hub_records_total", (name, outcome), max(0, getattr(ended, outcome))
    yield "hub_received_bytes_total", (name,), ended.bytes
    for stage, seconds in ended.stage_seconds().items():
        yield "hub_stage_seconds_total", (name, stage), seconds
