"""Whether a connector brought far more or far fewer records in the last whole hour than is usual for it.

Usual is the same hour of the same weekday in the weeks before: median, and the median deviation from it, which a single
odd week moves little. Holidays are compared with nothing, and too little history says nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from hub.record.moments import ZONE

_WEEK = timedelta(weeks=1)
_ENOUGH = 4  # weeks
_NORMAL = 1.4826  # median deviation → standard deviation, were it a normal distribution
_HALF, _DOUBLE = 0.5, 1.0  # of the median: fewer records less than so far away are never unusual, more neither


@dataclass(frozen=True, slots=True)
class Unusual:
    """How many records there were in an hour, and how many there usually are."""

    count: int
    low: int  # the fewest of the weeks before
    high: int
    median: int
    weeks: int

    @property
    def too_few(self) -> bool:
        """Or else too many."""
        return self.count < self.median


def hours_to_compare(now: datetime, weeks: int) -> list[datetime]:
    """The last whole hour, and the same one of the weeks before."""
    last = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    return [last - _WEEK * back for back in range(weeks + 1)]


def unusual(
    counts: Mapping[datetime, int],
    hours: Sequence[datetime],
    is_special: Callable[[date], bool],
    times: float,
    least: int,
) -> Unusual | None:
    """What is unusual about the first of these hours; None: nothing, or nobody can say."""
    last, *before = hours
    if last not in counts or is_special(last.astimezone(ZONE).date()):
        return None
    usual = [counts[hour] for hour in before if hour in counts and not is_special(hour.astimezone(ZONE).date())]
    if len(usual) < _ENOUGH:
        return None
    middle = median(usual)
    deviation = median(abs(count - middle) for count in usual) * _NORMAL
    away, share = abs(counts[last] - middle), _HALF if counts[last] < middle else _DOUBLE
    if max(middle, counts[last]) < least or away <= max(times * deviation, share * middle, least - 1):
        return None
    return Unusual(counts[last], min(usual), max(usual), round(middle), len(usual))
