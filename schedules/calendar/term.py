"""When a term ends, with its reason step by step (Civil Code Art. 147–148; see docs/due-dates.md)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from schedules.calendar import words
from schedules.calendar.days import Kind
from schedules.calendar.words import Step
from schedules.calendar.working_time import WorkingTime, local, whole_minute

LONGEST = 10_000  # of any unit
HANDED_OVER_AFTER = time(15)  # Decree 61/2018 Art. 18(2), kept by Decree 309/2026
_DAY = timedelta(days=1)


class Unit(StrEnum):
    """What a term counts."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    WORKING_HOURS = "working_hours"
    CALENDAR_HOURS = "calendar_hours"


@dataclass(frozen=True, slots=True)
class Due:
    """When a term ends, why, and what may still move it."""

    at: datetime
    steps: tuple[Step, ...]
    warnings: tuple[Step, ...]


class Terms:
    """The terms of one agency: the functions of this page over its working time, units by their names."""

    def __init__(self, work: WorkingTime) -> None:
        self.work = work

    def due(self, start: datetime, amount: int, unit: str) -> Due:
        """See `due`."""
        return due(self.work, start, amount, Unit(unit))

    def extended(self, before: datetime, stopped: datetime, resumed: datetime, unit: str) -> Due:
        """See `extend`."""
        at = extend(self.work, before, stopped, resumed, Unit(unit))
        return Due(at, (words.due(at),), tuple(warnings(self.work, local(before).date(), at.date(), Unit(unit))))

    def spent(self, start: datetime, end: datetime, unit: str) -> float:
        """See `spent`."""
        return spent(self.work, start, end, Unit(unit))


def due(work: WorkingTime, start: datetime, amount: int, unit: Unit, handed_over_after: time | None = None) -> Due:
    """The end of a term of `amount` units that begins with an event at `start` (aware).

    What comes outside of working hours is taken as received at the next working moment; with `handed_over_after`, what
    comes after that time of the day is counted from the next working day's first hour. Seconds count as a full minute.

    Raises:
        ValueError: no such term, a start without a zone, a day outside of the calendar, or one without working days.
    """
    if not 0 <= amount <= LONGEST:
        raise ValueError(f"a term of {amount} cannot be counted; write a number from 0 to {LONGEST}")
    begins, steps = _begin(work, local(start), handed_over_after)
    counted = _COUNTS[unit](work, begins, amount)
    ends = counted if work.works(counted.date()) else work.close(work.plus_days(counted.date(), 0))
    if unit in _IN_DAYS:
        steps.append(words.not_counted(begins.date()))
        ends = work.close(ends.date())
    steps += _passed(work, begins.date(), counted.date(), unit)
    steps.append(words.counted(amount, unit, ends if ends.date() == counted.date() else counted))
    if ends.date() != counted.date():
        steps += [words.moved(counted.date(), ends.date())]
    return Due(ends, (*steps, words.due(ends)), tuple(warnings(work, local(start).date(), ends.date(), unit)))


def extend(work: WorkingTime, before: datetime, stopped: datetime, resumed: datetime, unit: Unit) -> datetime:
    """A due date, later by the time that was waited from `stopped` to `resumed`, counted in the term's own unit.

    A due date keeps its time of the day where days are counted. An end on a day off moves to the next working day.
    """
    due_at, waited = local(before), max(local(resumed) - local(stopped), timedelta())
    if unit is Unit.WORKING_HOURS:
        minutes = -(-work.between(stopped, resumed) // timedelta(minutes=1))
        return work.plus_minutes(due_at, minutes) if minutes else due_at
    if unit is Unit.WORKING_DAYS:
        days = work.days_between(local(stopped).date(), local(resumed).date())
        return _on(due_at, work.plus_days(due_at.date(), days)) if days else due_at
    if unit is Unit.CALENDAR_DAYS:
        waited = timedelta(days=max((local(resumed).date() - local(stopped).date()).days, 0))
    later = due_at + waited
    return later if not waited else _on(later, work.plus_days(later.date(), 0))


def spent(work: WorkingTime, start: datetime, end: datetime, unit: Unit) -> float:
    """How much of a term passed between two moments, in its unit; days are whole, the day of `start` not counted."""
    first, last = local(start), local(end)
    if unit is Unit.WORKING_DAYS:
        return work.days_between(first.date(), last.date())
    if unit is Unit.CALENDAR_DAYS:
        return max((last.date() - first.date()).days, 0)
    passed = work.between(first, last) if unit is Unit.WORKING_HOURS else max(last - first, timedelta())
    return passed / timedelta(hours=1)


def warnings(work: WorkingTime, first: date, last: date, unit: Unit) -> Iterator[Step]:
    """What may still move a due date: the years whose holidays are not confirmed, and days off to be verified."""
    for year in range(first.year, last.year + 1):
        if work.calendar.confirmed(year) is None:
            yield words.unconfirmed(year)
        for special in work.calendar.year(year):
            stepped_over = first <= special.day <= last and (unit in _SKIPS or special.day == last - _DAY)
            if stepped_over and not special.verified and work.hours.on(special.day.weekday()):
                yield words.unverified(special.day, special.name)


def _begin(work: WorkingTime, start: datetime, handed_over_after: time | None) -> tuple[datetime, list[Step]]:
    steps, begins = [words.hours(work.hours.week), words.received(start)], work.opening(start)
    if begins != whole_minute(start):
        steps.append(words.opened(begins, _why_closed(work, start)))
    if handed_over_after is not None and begins.time() > handed_over_after:
        begins = work.opening(work.close(work.plus_days(begins.date(), 0)))
        steps.append(words.handed_over(begins, f"{handed_over_after:%H:%M}"))
    return begins, steps


def _why_closed(work: WorkingTime, at: datetime) -> tuple[str, str]:
    special = work.calendar.special(at.date())
    if special is not None and special.kind is Kind.HOLIDAY:
        return special.name, special.name
    spans = work.spans(at.date())
    if not spans:
        return "ngày nghỉ hằng tuần", "a weekly day off"
    minute = at.hour * 60 + at.minute
    if minute < spans[0][0]:
        return "trước giờ làm việc", "before work begins"
    return ("sau giờ làm việc", "after work") if minute >= spans[-1][1] else ("giờ nghỉ giữa buổi", "the break")


def _working_days(work: WorkingTime, begins: datetime, amount: int) -> datetime:
    return work.close(work.plus_days(begins.date(), amount))


def _calendar_days(work: WorkingTime, begins: datetime, amount: int) -> datetime:  # noqa: ARG001  # one signature
    return begins + amount * _DAY


def _working_hours(work: WorkingTime, begins: datetime, amount: int) -> datetime:
    return work.plus_minutes(begins, amount * 60)


def _calendar_hours(work: WorkingTime, begins: datetime, amount: int) -> datetime:  # noqa: ARG001  # one signature
    return begins + timedelta(hours=amount)


_COUNTS = {
    Unit.WORKING_DAYS: _working_days,
    Unit.CALENDAR_DAYS: _calendar_days,
    Unit.WORKING_HOURS: _working_hours,
    Unit.CALENDAR_HOURS: _calendar_hours,
}
_IN_DAYS = frozenset({Unit.WORKING_DAYS, Unit.CALENDAR_DAYS})
_SKIPS = frozenset({Unit.WORKING_DAYS, Unit.WORKING_HOURS})


def _passed(work: WorkingTime, first: date, last: date, unit: Unit) -> Iterator[Step]:
    """What is special about the days that were counted through."""
    if unit not in _SKIPS:
        return
    free = 0
    for ahead in range(1, (last - first).days + 1):
        day = first + _DAY * ahead
        special = work.calendar.special(day)
        usual = bool(work.hours.on(day.weekday()))
        if special is not None and special.kind is Kind.HOLIDAY and usual:
            yield words.holiday(day, special.name)
        elif special is not None and special.kind is Kind.WORKING and not usual:
            yield words.made_up(day, special.name)
        free += not usual and not work.works(day)
    if free:
        yield words.weekends(free)


def _on(at: datetime, day: date) -> datetime:
    return datetime.combine(day, at.timetz())
