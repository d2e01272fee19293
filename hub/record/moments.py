"""Times as the record keeps them (UTC text) and as people in Vietnam mean them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def as_text(at: datetime) -> str:
    """An aware time as the record keeps it: `2026-05-20T01:15:00Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def start_of(day: date) -> str:
    """The instant at which a Vietnamese day begins."""
    return as_text(datetime.combine(day, time(), ZONE))


def end_of(day: date) -> str:
    """The instant at which a Vietnamese day is over: the first one that is not in it."""
    return start_of(day + timedelta(days=1))
