"""Whether somebody looks: alerts that nobody evaluates would look as if all were well."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from hub.store import alerts
from hub.store.database import Database

log = structlog.get_logger()

EVERY = timedelta(seconds=15)
_LATE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """When the rules were last looked through."""

    at: datetime | None
    late: bool  # nobody has for too long


def heartbeat(database: Database, now: datetime) -> Heartbeat:
    """As it is now."""
    at = alerts.judged_at(database)
    return Heartbeat(at, at is None or now - at > _LATE)


def tell_if_late(database: Database) -> None:
    """Whoever is left says in its log that nobody looks."""
    found = heartbeat(database, database.now())
    if found.late:
        since = None if found.at is None else found.at.isoformat(timespec="seconds")
        log.error("alerts_not_judged", since=since, hint="`hub scheduler` or `hub serve` must be running")
