"""The sentences of due dates, Vietnamese and English: codes are for programs, these are for people."""

from dataclasses import dataclass
from datetime import datetime

from hub.record.moments import ZONE

UNITS = {
    "working_days": ("ngày làm việc", "working days"),
    "calendar_days": ("ngày", "calendar days"),
    "working_hours": ("giờ làm việc", "working hours"),
    "calendar_hours": ("giờ", "calendar hours"),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in two languages, and the code that programs go by."""

    code: str
    vi: str
    en: str


def moment(at: str) -> str:
    """`15:30 20/05/2026` of a UTC text: Vietnam's time."""
    return f"{datetime.fromisoformat(at).astimezone(ZONE):%H:%M %d/%m/%Y}"


def term(amount: int, unit: str) -> tuple[str, str]:
    """`5 ngày làm việc`, `5 working days`."""
    vi, en = UNITS[unit]
    return f"{amount} {vi}", f"{amount} {en}"
