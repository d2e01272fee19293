"""The time that charts show, and the parts that it is shown in: whole hours or days of Vietnam."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from flask_babel import lazy_gettext as _

from hub.console.words import Word
from hub.record.moments import ZONE

T = TypeVar("T")
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Part:
    """One column of a chart."""

    start: datetime
    end: datetime
    whole_days: bool

    @property
    def short(self) -> str:
        """Below the column."""
        return self.start.astimezone(ZONE).strftime("%d/%m" if self.whole_days else "%H:%M")

    @property
    def day(self) -> str:
        """Of a part of a day: which day that is."""
        return self.start.astimezone(ZONE).strftime("%d/%m")

    @property
    def told(self) -> str:
        """In full."""
        start, end = self.start.astimezone(ZONE), self.end.astimezone(ZONE)
        if self.whole_days:
            return f"{start:%d/%m/%Y}"
        return f"{start:%d/%m/%Y %H:%M}–{end:%H:%M}"


@dataclass(frozen=True, slots=True)
class Period:
    """A choice of the page."""

    name: str
    word: Word
    length: timedelta
    step: timedelta

    def parts(self, now: datetime) -> list[Part]:
        """Its columns, the last of which is under way."""
        here = now.astimezone(ZONE)
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
        begun = midnight + (here - midnight) // self.step * self.step
        first = begun + self.step - self.length
        count = self.length // self.step
        starts = (first + place * self.step for place in range(count))
        return [Part(start, start + self.step, self.step >= _DAY) for start in starts]


PERIODS = {
    each.name: each
    for each in (
        Period("24h", _("24 giờ qua"), _DAY, _HOUR),
        Period("7d", _("7 ngày qua"), 7 * _DAY, 6 * _HOUR),
        Period("30d", _("30 ngày qua"), 30 * _DAY, _DAY),
        Period("90d", _("90 ngày qua"), 90 * _DAY, _DAY),
    )
}


def gathered(parts: list[Part], hours: Iterable[tuple[datetime, T]]) -> list[list[T]]:
    """What belongs to each part, of hours in their order."""
    found: list[list[T]] = [[] for _part in parts]
    place = 0
    for hour, value in hours:
        while place < len(parts) and parts[place].end <= hour:
            place += 1
        if place < len(parts) and hour >= parts[place].start:
            found[place].append(value)
    return found
