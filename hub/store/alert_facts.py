"""What rules of alerts ask of the store, each one indexed look over all connectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from hub.record.connector_state import Life
from hub.record.run_state import RunState
from hub.store.access_tables import clients
from hub.store.database import Database
from hub.store.outbox_tables import subscriptions
from hub.store.quarantine_tables import quarantine
from hub.store.tables import connectors, runs
from hub.store.watching_tables import run_hours

MOST_WAITING = 1000  # runs that are looked at: as many say that there are too many


@dataclass(frozen=True, slots=True)
class WaitingRun:
    """A run that a worker could take now."""

    connector: str
    queued_at: datetime


@dataclass(frozen=True, slots=True)
class TroubledSubscription:
    """A subscription to which nothing can be delivered."""

    id: int
    client: str
    title: str
    state: str
    failing_since: datetime | None
    changed_at: datetime


def waiting_runs(database: Database, now: datetime) -> list[WaitingRun]:
    """Runs that wait for nothing but a worker: their connector is active and nobody has it. The oldest first."""
    busy = connectors.c.lease_until > now
    held = (connectors.c.open_until > now) & runs.c.trigger.in_(("schedule", "count"))
    query = (
        select(connectors.c.name, runs.c.queued_at)
        .join_from(runs, connectors)
        .where(runs.c.state == RunState.QUEUED, connectors.c.state == Life.ACTIVE)
        .where(or_(runs.c.not_before.is_(None), runs.c.not_before <= now))
        .where(or_(connectors.c.lease_until.is_(None), ~busy), or_(connectors.c.open_until.is_(None), ~held))
        .order_by(runs.c.id)
        .limit(MOST_WAITING)
    )
    with database.read() as connection:
        return [WaitingRun(row.name, row.queued_at) for row in connection.execute(query)]


def changed_in_hours(database: Database, hours: Sequence[datetime]) -> dict[int, dict[datetime, int]]:
    """Connector → hour → how many records were new or had changed; hours in which no run of it ended are left out."""
    changed = (run_hours.c.created + run_hours.c.updated).label("changed")
    query = select(run_hours.c.connector_id, run_hours.c.hour, changed).where(run_hours.c.hour.in_(hours))
    found: dict[int, dict[datetime, int]] = {}
    with database.read() as connection:
        for row in connection.execute(query.where(run_hours.c.runs > 0)):
            found.setdefault(row.connector_id, {})[row.hour] = int(row.changed)
    return found


def set_aside_since(database: Database, connector_id: int, since: datetime, most: int) -> int:
    """How many records of a connector were set aside since then and still are; `most` of them at most."""
    some = select(quarantine.c.id).where(quarantine.c.connector_id == connector_id, quarantine.c.first_seen_at >= since)
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(some.limit(most).subquery())) or 0


def troubled_subscriptions(database: Database) -> list[TroubledSubscription]:
    """Those that fail, and those that the hub has stopped."""
    names = ("id", "title", "state", "failing_since", "changed_at")
    query = (
        select(clients.c.name.label("client"), *(subscriptions.c[name] for name in names))
        .join_from(subscriptions, clients, subscriptions.c.client_id == clients.c.id)
        .where(or_(subscriptions.c.failing_since.is_not(None), subscriptions.c.state == "stopped"))
        .order_by(subscriptions.c.id)
    )
    with database.read() as connection:
        return [TroubledSubscription(**row) for row in connection.execute(query).mappings()]
