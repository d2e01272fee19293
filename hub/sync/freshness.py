"""The freshness objective (`fresh_within`), judged by the clock and not by runs: any process may, at any time."""

from dataclasses import asdict
from datetime import datetime, timedelta

import structlog

from hub.record.connector_state import Life
from hub.store import connectors, lapses, runs
from hub.store.connectors import ConnectorRow
from hub.store.database import Database, StoreError, Transaction
from hub.sync import lateness

log = structlog.get_logger()

_WATCHED = (Life.ACTIVE, Life.PAUSED)
_WEEK = timedelta(days=7)


def evaluate(database: Database, now: datetime) -> None:
    """Say of every connector whether it keeps its objective, since when not, and why; what is said already stays."""
    for row in connectors.listed(database):
        if row.state in _WATCHED:
            try:
                _judge(database, row, now)
            except StoreError:
                raise
            except Exception:
                # Not handled but told: what is wrong with one connector must not hide what holds for the others.
                log.exception("freshness_not_judged", connector=row.name)


def missed(database: Database, row: ConnectorRow, now: datetime) -> tuple[datetime | None, dict[str, str] | None]:
    """Since when a connector misses its objective, and why; twice None where it does not.

    As it is at this moment: what was written down may be old where nobody is left to evaluate it.
    """
    broken_at = _broken_at(database, row, now) if row.state in _WATCHED else None
    if broken_at is None:
        return None, None
    return _since(database, row, broken_at), asdict(lateness.reason(database, row, now))


def kept_week(database: Database, row: ConnectorRow, now: datetime) -> float:
    """The share of the last seven days in which it kept its objective, 0 to 1."""
    lost = lapses.missed(database, row.id, now - _WEEK, now)
    return max(0.0, 1 - lost / _WEEK)


def _judge(database: Database, row: ConnectorRow, now: datetime) -> None:
    broken_at = _broken_at(database, row, now)
    if broken_at is None:
        if row.stale_since is not None:
            until = min(max(runs.last_success(database, row.id) or now, row.stale_since), now)
            database.write_again(lambda transaction: _met(transaction, row, until))
        return
    since, because = _since(database, row, broken_at), asdict(lateness.reason(database, row, now))
    if since != row.stale_since or because != row.stale_because:
        database.write_again(lambda transaction: _missed(transaction, row, since, because))


def _broken_at(database: Database, row: ConnectorRow, now: datetime) -> datetime | None:
    """When its promise was broken; None: it is kept. What was never read counts from when it was registered for use."""
    seen = row.seen_at or lapses.in_use_since(database, row.id)
    if seen is None:
        return None
    broken_at = seen + timedelta(seconds=row.fresh_within)
    return broken_at if broken_at < now else None


def _since(database: Database, row: ConnectorRow, broken_at: datetime) -> datetime:
    """Since when it is missed. A run that took longer than promised met nothing; one that came in between may have."""
    if row.stale_since is None or row.stale_since == broken_at:
        return broken_at
    met_at = runs.last_success(database, row.id)
    return broken_at if met_at is not None and row.stale_since < met_at < broken_at else row.stale_since


def _met(transaction: Transaction, row: ConnectorRow, until: datetime) -> None:
    if row.stale_since is None or not lapses.told(transaction, row.id, row.stale_since, None, None):
        return  # somebody else has said so
    lapses.end(transaction, row.id, until)
    lasted = round((until - row.stale_since).total_seconds())
    log.info("freshness_met", connector=row.name, since=_text(row.stale_since), missed_seconds=lasted)


def _missed(transaction: Transaction, row: ConnectorRow, since: datetime, because: dict[str, str]) -> None:
    if not lapses.told(transaction, row.id, row.stale_since, since, because):
        return
    if since == row.stale_since:
        lapses.explain(transaction, row.id, because)
        return
    if row.stale_since is not None:  # it was met in between
        lapses.end(transaction, row.id, since)
    lapses.begin(transaction, row.id, since, because)
    log.warning(
        "freshness_missed",
        connector=row.name,
        since=_text(since),
        fresh_within_seconds=row.fresh_within,
        code=because["code"],
        sentence=because["sentence"],
    )


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
