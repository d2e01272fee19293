"""Times as the record keeps them (UTC text) and as people in Vietnam mean them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def as_text(at: datetime) -> str:
    """An aware time as the record keeps it: `2026-05-20T01:15:00Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_version(at: datetime) -> str:
    """An aware time by which versions of a record are ordered: to the microsecond, always as long as any other."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def exact(text: str) -> str:
    """A time of the record with its fraction, so that it compares with versions' as text; empty stays empty."""
    return text if "." in text or not text else f"{text.removesuffix('Z')}.000000Z"


def to_the_second(text: str) -> str:
    """A version's time as the record keeps times; empty stays empty."""
    head, dot, _ = text.partition(".")
    return f"{head}Z" if dot else text


def start_of(day: date) -> str:
    """The instant at which a Vietnamese day begins."""
    return as_text(datetime.combine(day, time(), ZONE))


def end_of(day: date) -> str:
    """The instant at which a Vietnamese day is over: the first one that is not in it."""
    return start_of(day + timedelta(days=1))


def today() -> date:
    """The day that it is in Vietnam now."""
    return datetime.now(ZONE).date()
