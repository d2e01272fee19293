"""What of the store metrics tell beside connectors and hours: queue, feed, subscribers, alerts. Indexed walks alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, literal_column, or_, select

from hub.record.connector_state import Life
from hub.record.run_state import RunState
from hub.store import run_hours
from hub.store.database import Database
from hub.store.engine_tables import feed
from hub.store.outbox_tables import notices, subscriptions
from hub.store.run_hours import Ended
from hub.store.tables import connectors, runs
from hub.store.watching_tables import alerts

_OPEN_ALERT = ("open", "acknowledged")
# Written out: by a value that is only bound PostgreSQL does not find the indexes of these two states.
_NOTICES = {
    state: select(func.count()).select_from(notices).where(notices.c.state == literal_column(f"'{state}'"))
    for state in ("waiting", "failed")
}
_LONG_AGO = timedelta(days=36_500)
_SETTLES = timedelta(hours=2)  # an hour that ended so long ago gets no more runs: clocks differ by less


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for workers, and what they do."""

    queued: int
    running: int
    oldest: datetime | None  # since when the run waits that has waited longest and may begin


def queue(database: Database, now: datetime) -> Queue:
    """Runs that are not over."""
    number = select(runs.c.state, func.count().label("number")).group_by(runs.c.state)
    may_begin = or_(runs.c.not_before.is_(None), runs.c.not_before <= now)
    waiting = (runs.c.state == RunState.QUEUED) & may_begin & (connectors.c.state == Life.ACTIVE)
    oldest = select(func.min(runs.c.queued_at)).join_from(runs, connectors).where(waiting)
    with database.read() as connection:
        counted = {
            state: connection.execute(number.where(runs.c.state == state)).one_or_none()
            for state in (RunState.QUEUED, RunState.RUNNING)
        }
        since = connection.scalar(oldest)
    queued, running = (0 if row is None else int(row.number) for row in counted.values())
    return Queue(queued, running, since)


def queued_by_connector(database: Database) -> dict[str, tuple[int, datetime]]:
    """How many runs of each connector wait, and since when the first of them does."""
    query = (
        select(connectors.c.name, func.count().label("number"), func.min(runs.c.queued_at).label("since"))
        .join_from(runs, connectors)
        .where(runs.c.state == RunState.QUEUED)
        .group_by(connectors.c.name)
    )
    with database.read() as connection:
        return {row.name: (row.number, row.since) for row in connection.execute(query)}


def notices_waiting(database: Database) -> dict[str, int]:
    """Notices that were not taken yet, by state."""
    with database.read() as connection:
        return {state: connection.scalar(query) or 0 for state, query in _NOTICES.items()}


def subscribers(database: Database) -> tuple[int, int, int]:
    """The feed's last position, how far the last of the active subscribers is behind it, and how many were stopped."""
    mine = select(func.min(subscriptions.c.position)).where(subscriptions.c.state == "active")
    stopped = select(func.count()).select_from(subscriptions).where(subscriptions.c.state == "stopped")
    with database.read() as connection:
        head = connection.scalar(select(feed.c.position)) or 0
        last = connection.scalar(mine)
        return head, 0 if last is None else max(0, head - last), connection.scalar(stopped) or 0


def alerts_open(database: Database) -> dict[str, int]:
    """Alerts that are not over, by severity."""
    query = select(alerts.c.severity, func.count().label("number")).where(alerts.c.state.in_(_OPEN_ALERT))
    with database.read() as connection:
        return {row.severity: row.number for row in connection.execute(query.group_by(alerts.c.severity))}


class AllEnded:
    """All that ever ended, by connector: hours that are over are added up once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._until: datetime | None = None
        self._sums: dict[int, Ended] = {}

    def by_connector(self, now: datetime) -> dict[int, Ended]:
        """As it is now."""
        settled = (now - _SETTLES).replace(minute=0, second=0, microsecond=0)
        if self._until is None or settled > self._until:
            since = self._until or now - _LONG_AGO
            self._sums = _added(self._sums, run_hours.by_connector(self._database, since, settled))
            self._until = settled
        return _added(self._sums, run_hours.by_connector(self._database, self._until, now + _SETTLES))


def _added(one: dict[int, Ended], other: dict[int, Ended]) -> dict[int, Ended]:
    return {each: one.get(each, Ended()) + other.get(each, Ended()) for each in one.keys() | other.keys()}
