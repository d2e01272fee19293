"""Counts working days and working minutes. Times are aware; days are Vietnam's."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from schedules.cadence import ZONE
from schedules.calendar.days import Calendar, Kind
from schedules.calendar.hours import DEFAULT, Hours, Span

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_LONGEST_BREAK = 400  # days: nobody closes for longer


class NoWork(ValueError):
    """The calendar has no working day for more than a year: it is wrong."""


class WorkingTime:
    """The working time of one agency: its hours under one calendar. What a day is worked is computed once."""

    def __init__(self, calendar: Calendar, hours: Hours = DEFAULT) -> None:
        self.calendar = calendar
        self.hours = hours
        self._spans: dict[date, tuple[Span, ...]] = {}

    def spans(self, day: date) -> tuple[Span, ...]:
        """When a day is worked, in minutes since midnight; empty on a day off."""
        if day not in self._spans:
            special = self.calendar.special(day)
            if special is not None and special.kind is Kind.HOLIDAY:
                self._spans[day] = ()
            else:
                self._spans[day] = self.hours.on(day.weekday(), made_up=special is not None)
        return self._spans[day]

    def works(self, day: date) -> bool:
        """Whether any of a day is worked."""
        return bool(self.spans(day))

    def opening(self, at: datetime) -> datetime:
        """The first working minute that begins at `at` or later: `at` itself within working hours."""
        begins = whole_minute(at)
        minute = begins.hour * 60 + begins.minute
        for day in self._working_days(begins.date()):
            after = minute if day == begins.date() else 0
            found = next((max(after, opens) for opens, closes in self.spans(day) if after < closes), None)
            if found is not None:
                return _at(day, found)
        raise NoWork(_no_work(begins.date()))

    def close(self, day: date) -> datetime:
        """The end of work of a working day."""
        return _at(day, self.spans(day)[-1][1])

    def plus_days(self, day: date, count: int) -> date:
        """The working day that comes `count` working days after `day`; for 0 the first from `day` on."""
        for worked in self._working_days(day if count == 0 else day + _DAY):
            count -= 1
            if count <= 0:
                return worked
        raise NoWork(_no_work(day))

    def plus_minutes(self, at: datetime, count: int) -> datetime:
        """The moment until which `count` working minutes have passed since `at`."""
        begins = self.opening(at)
        after = begins.hour * 60 + begins.minute
        for day in self._working_days(begins.date()):
            for opens, closes in self.spans(day):
                here = max(opens, after)
                if count <= closes - here:
                    return _at(day, here + count)
                count -= max(closes - here, 0)
            after = 0
        raise NoWork(_no_work(begins.date()))

    def days_between(self, first: date, last: date) -> int:
        """How many working days come after `first` and up to `last`; 0 where `last` is not later."""
        return sum(self.works(first + _DAY * ahead) for ahead in range(1, (last - first).days + 1))

    def between(self, first: datetime, last: datetime) -> timedelta:
        """How much working time lies between two moments; none where `last` is not later."""
        begins, ends = local(first), local(last)
        total, day = timedelta(), begins.date()
        while day <= ends.date():
            for opens, closes in self.spans(day):
                total += max(min(_at(day, closes), ends) - max(_at(day, opens), begins), timedelta())
            day += _DAY
        return total

    def _working_days(self, day: date) -> Iterator[date]:
        """Working days from `day` on, until the calendar shows none for too long."""
        idle = 0
        while idle < _LONGEST_BREAK:
            idle = 0 if self.works(day) else idle + 1
            if not idle:
                yield day
            day += _DAY


def local(at: datetime) -> datetime:
    """An aware time in Vietnam's zone.

    Raises:
        ValueError: it has no zone, so that nobody knows what it means.
    """
    if at.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be counted with: {at!r}")
    return at.astimezone(ZONE)


def whole_minute(at: datetime) -> datetime:
    """The time itself, or where it has seconds the next full minute."""
    begins = local(at)
    cut = begins.replace(second=0, microsecond=0)
    return cut if cut == begins else cut + _MINUTE


def _at(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(), ZONE) + _MINUTE * minute


def _no_work(since: date) -> str:
    return f"the calendar has no working day for {_LONGEST_BREAK} days after {since}; look at its holidays"
