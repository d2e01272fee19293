"""When things will run on one day, as far as that can be told beforehand: spans of minutes, never a list without end.

What runs every few minutes is a band and not a thousand instants; chance (`jitter`) makes a span of an instant.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from schedules.cadence import ZONE, Cadence, days_of
from schedules.windows import Timetable, Window

DAY = 24 * 60  # minutes
DENSE = timedelta(minutes=15)  # what comes more often is a band
_YEAR = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: at for at, name in enumerate(_YEAR, 1)}
_PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")
_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Span = tuple[int, int]  # minutes of the day: from, and up to which


class Mark(NamedTuple):
    """One firing: somewhere between two minutes of the day. A week of a city has tens of thousands."""

    begins: int
    ends: int  # the same, but for chance
    held: bool = False  # it was due in a window, and waits for its end


@dataclass(frozen=True, slots=True)
class Band:
    """Firings so close that they are one band."""

    begins: int
    ends: int
    every: float  # minutes between two


@dataclass(frozen=True, slots=True)
class DayPlan:
    """One day of one timetable."""

    marks: Sequence[Mark] = ()
    bands: Sequence[Band] = ()
    closed: Sequence[Span] = ()  # windows in which nothing is asked

    @property
    def count(self) -> int:
        """How often it fires."""
        return len(self.marks) + sum(max(1, round((band.ends - band.begins) / band.every)) for band in self.bands)


def plan(timetable: Timetable, following: datetime | None, day: date, now: datetime) -> DayPlan:
    """A day of a timetable whose next firing is known, or counts from now; what is past is left out."""
    midnight = datetime.combine(day, time(), ZONE)
    begin = max(midnight, now.astimezone(ZONE))
    first = max(0, _minute(begin, midnight))
    closed = closed_on(timetable.blackout, day)
    if first >= DAY:
        return DayPlan(closed=closed)
    width = timetable.jitter.total_seconds() / 60
    if timetable.every is not None:
        return _regular(timetable.every, following or begin, midnight, first, width, closed)
    minutes = [minute for minute in minutes_of(timetable.cron or "", day) if minute >= first]
    return _at_minutes(minutes, width, closed)


def closed_on(windows: Sequence[Window], day: date) -> list[Span]:
    """The parts of a day in which nothing is asked, also of a window that began the evening before."""
    found: list[Span] = []
    for window in windows:
        begins, ends = _since_midnight(window.from_), _since_midnight(window.to)
        days = days_of(window.days)
        if _NAMES[day.weekday()] in days:
            found.append((begins, ends if ends > begins else DAY))
        if ends <= begins and ends and _NAMES[(day.weekday() - 1) % 7] in days:
            found.append((0, ends))
    return _joined(found)


@lru_cache(maxsize=16_384)
def minutes_of(cron: str, day: date) -> tuple[int, ...]:
    """The minutes of a day at which a cron line fires."""
    try:
        minutes, hours, days, months = map(_numbers, cron.split()[:4], (0, 0, 1, 1), (59, 23, 31, 12))
        weekdays = None if cron.split()[4] == "*" else days_of(cron.split()[4])
    except ValueError:
        return _asked(cron, day)
    if day.day not in days or day.month not in months:
        return ()
    if weekdays is not None and _NAMES[day.weekday()] not in weekdays:
        return ()
    return tuple(hour * 60 + minute for hour in sorted(hours) for minute in sorted(minutes))


def _asked(cron: str, day: date) -> tuple[int, ...]:
    """The same of a line in words that only the timer knows, such as `last`."""
    cadence, midnight = Cadence(cron=cron), datetime.combine(day, time(), ZONE)
    at = midnight - timedelta(microseconds=1)
    found: list[int] = []
    while len(found) < DAY:
        at = cadence.next_fire(at)
        if at >= midnight + timedelta(days=1):
            break
        found.append(_minute(at, midnight))
    return tuple(found)


def _regular(
    every: timedelta, following: datetime, midnight: datetime, first: int, width: float, closed: Sequence[Span]
) -> DayPlan:
    step = every.total_seconds() / 60
    at = (following.astimezone(ZONE) - midnight).total_seconds() / 60
    if at < first:
        at += ceil((first - at) / step) * step
    if every < DENSE:
        bands = [Band(begins, ends, step) for begins, ends in _open((int(at), DAY), closed)]
        return DayPlan(bands=[band for band in bands if band.begins < band.ends], closed=closed)
    marks: list[Mark] = []
    while at < DAY:
        over = _closed_at(closed, int(at)) if closed else None
        at = over if over is not None else at
        if at < DAY:
            marks.append(Mark(int(at), min(DAY, int(at + width)), held=over is not None))
        at += step
    return DayPlan(marks, (), closed)


def _at_minutes(minutes: Sequence[int], width: float, closed: Sequence[Span]) -> DayPlan:
    found: dict[int, bool] = {}
    for minute in minutes:
        over = _closed_at(closed, minute)
        at = minute if over is None else over
        if at < DAY:
            found[at] = found.get(at, True) and over is not None
    inner = sorted(found)
    gaps = {later - sooner for sooner, later in pairwise(inner)}
    if len(inner) > DAY * 60 / DENSE.total_seconds() or (len(inner) > 2 and max(gaps) < DENSE.total_seconds() / 60):
        every = min(gaps)
        bands = [Band(begins, ends, every) for begins, ends in _runs(inner, DENSE.total_seconds() / 60)]
        return DayPlan(bands=bands, closed=closed)
    return DayPlan([Mark(at, min(DAY, int(at + width)), held=found[at]) for at in inner], (), closed)


def _runs(minutes: Sequence[int], gap: float) -> list[Span]:
    """Minutes that are close to each other, as spans."""
    spans: list[Span] = []
    for minute in minutes:
        if spans and minute - spans[-1][1] < gap:
            spans[-1] = (spans[-1][0], minute)
        else:
            spans.append((minute, minute))
    return [(begins, max(ends, begins + 1)) for begins, ends in spans]


def _open(span: Span, closed: Sequence[Span]) -> list[Span]:
    """What of a span is in no window."""
    found, at = [], span[0]
    for begins, ends in closed:
        if begins > at:
            found.append((at, min(begins, span[1])))
        at = max(at, ends)
    return [*found, (at, span[1])] if at < span[1] else found


def _closed_at(closed: Sequence[Span], minute: int) -> int | None:
    return next((ends for begins, ends in closed if begins <= minute < ends), None)


def _joined(spans: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    for begins, ends in sorted(spans):
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(ends, found[-1][1]))
        else:
            found.append((begins, ends))
    return found


def _numbers(field: str, least: int, most: int) -> frozenset[int]:
    """The numbers that one field of a cron line names; ValueError of words that are none."""
    found: set[int] = set()
    for part in field.lower().split(","):
        match = _PART.fullmatch(part.strip())
        if match is None:
            raise ValueError(part)
        step = int(match["step"] or 1)
        if match["first"] == "*":
            found.update(range(least, most + 1, step))
            continue
        first = _number(match["first"])
        last = _number(match["last"]) if match["last"] else (most if match["step"] else first)
        found.update(range(first, last + 1, step))
    return frozenset(found)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else _month(text)


def _month(text: str) -> int:
    if text not in _MONTHS:
        raise ValueError(text)
    return _MONTHS[text]


def _minute(at: datetime, midnight: datetime) -> int:
    return int((at - midnight).total_seconds() // 60)


def _since_midnight(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)
