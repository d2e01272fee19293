"""The working-time calculator says the same as somebody who walks through the calendar minute by minute."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.cadence import ZONE
from schedules.calendar.days import Calendar, Days, Kind, OutOfCalendar, SpecialDay
from schedules.calendar.hours import DEFAULT, Hours
from schedules.calendar.term import Unit, due, extend, spent
from schedules.calendar.vietnam import vietnam
from schedules.calendar.working_time import NoWork, WorkingTime

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FIRST = date(2026, 5, 1)
CITY = WorkingTime(vietnam())


@dataclass(frozen=True)
class Place:
    """A calendar of chance, and what an oracle needs to walk through it."""

    rows: tuple[tuple[tuple[int, ...], time, time], ...]
    special: Mapping[date, Kind]

    def work(self) -> WorkingTime:
        days = tuple(SpecialDay(day, kind, "x", "test") for day, kind in self.special.items())
        return WorkingTime(Calendar(lambda _year: {}, [Days(days)]), Hours.of(self.rows))

    def is_worked(self, at: datetime) -> bool:
        """Whether the minute that begins at `at` is worked: rows are asked one by one."""
        kind, weekday = self.special.get(at.date()), at.weekday()
        if kind is Kind.HOLIDAY:
            return False
        has_rows = any(weekday in days for days, _, _ in self.rows)
        if kind is Kind.WORKING and (weekday >= 5 or not has_rows):
            weekday = min(day for days, _, _ in self.rows for day in days)
        return any(weekday in days and begins <= at.time() < ends for days, begins, ends in self.rows)

    def is_working_day(self, day: date) -> bool:
        midnight = datetime.combine(day, time(), ZONE)
        return any(self.is_worked(midnight + MINUTE * minute) for minute in range(0, 1440, 15))

    def closes(self, day: date) -> datetime:
        midnight = datetime.combine(day, time(), ZONE)
        return (
            max(midnight + MINUTE * minute for minute in range(1440) if self.is_worked(midnight + MINUTE * minute))
            + MINUTE
        )


QUARTERS = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
SPANS = st.tuples(QUARTERS, QUARTERS).filter(lambda span: span[0] < span[1])
ROWS = st.tuples(st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True).map(tuple), SPANS).map(
    lambda row: (row[0], *row[1])
)
SPECIAL = st.dictionaries(
    st.integers(0, 40).map(lambda ahead: FIRST + DAY * ahead),
    st.sampled_from([Kind.HOLIDAY, Kind.WORKING]),
    max_size=15,
)
PLACES = st.builds(Place, st.lists(ROWS, min_size=1, max_size=4).map(tuple), SPECIAL)
MOMENTS = st.integers(0, 14 * 1440).map(lambda minutes: datetime.combine(FIRST, time(), ZONE) + MINUTE * minutes)


def opening(place: Place, at: datetime) -> datetime:
    while not place.is_worked(at):
        at += MINUTE
    return at


def next_working_day(place: Place, day: date) -> date:
    while not place.is_working_day(day):
        day += DAY
    return day


def walked_days(place: Place, begins: datetime, amount: int) -> datetime:
    day = begins.date()
    while amount:
        day += DAY
        amount -= place.is_working_day(day)
    return place.closes(day)


def walked_calendar_days(place: Place, begins: datetime, amount: int) -> datetime:
    return place.closes(next_working_day(place, begins.date() + DAY * amount))


def walked_hours(place: Place, begins: datetime, amount: int) -> datetime:
    left, at = amount * 60, begins
    while left:
        left -= place.is_worked(at)
        at += MINUTE
    return at


def walked_calendar_hours(place: Place, begins: datetime, amount: int) -> datetime:
    ends = begins + timedelta(hours=amount)
    return ends if place.is_working_day(ends.date()) else place.closes(next_working_day(place, ends.date()))


ORACLES: dict[Unit, Callable[[Place, datetime, int], datetime]] = {
    Unit.WORKING_DAYS: walked_days,
    Unit.CALENDAR_DAYS: walked_calendar_days,
    Unit.WORKING_HOURS: walked_hours,
    Unit.CALENDAR_HOURS: walked_calendar_hours,
}


@given(place=PLACES, start=MOMENTS, amount=st.integers(0, 12), unit=st.sampled_from(Unit))
def test_a_term_ends_where_walking_minute_by_minute_ends(
    place: Place, start: datetime, amount: int, unit: Unit
) -> None:
    assert due(place.work(), start, amount, unit).at == ORACLES[unit](place, opening(place, start), amount)


@given(place=PLACES, first=MOMENTS, length=st.integers(0, 4 * 1440))
def test_working_time_between_two_moments_is_every_worked_minute_of_them(
    place: Place, first: datetime, length: int
) -> None:
    worked = sum(place.is_worked(first + MINUTE * minute) for minute in range(length))
    assert place.work().between(first, first + MINUTE * length) == MINUTE * worked


@given(place=PLACES, first=MOMENTS, days=st.integers(-3, 40))
def test_working_days_between_two_days_are_those_after_the_first_up_to_the_last(
    place: Place, first: datetime, days: int
) -> None:
    counted = sum(place.is_working_day(first.date() + DAY * ahead) for ahead in range(1, days + 1))
    assert place.work().days_between(first.date(), first.date() + DAY * days) == counted


@given(place=PLACES, start=MOMENTS, amount=st.integers(0, 12), unit=st.sampled_from(Unit))
def test_what_a_term_takes_is_what_was_spent_when_it_ends(
    place: Place, start: datetime, amount: int, unit: Unit
) -> None:
    work = place.work()
    begins, ends = work.opening(start), due(work, start, amount, unit).at
    if unit in (Unit.WORKING_DAYS, Unit.WORKING_HOURS):
        assert spent(work, begins, ends, unit) == amount
    else:
        assert spent(work, begins, ends, unit) >= amount  # the end may have moved off a day off


@given(place=PLACES, before=MOMENTS, stopped=MOMENTS, waited=st.integers(0, 5000), unit=st.sampled_from(Unit))
def test_waiting_never_makes_a_due_date_earlier_and_no_waiting_leaves_it(
    place: Place, before: datetime, stopped: datetime, waited: int, unit: Unit
) -> None:
    work = place.work()
    assert extend(work, before, stopped, stopped, unit) == before
    assert extend(work, before, stopped, stopped - MINUTE * waited, unit) == before
    assert extend(work, before, stopped, stopped + MINUTE * waited, unit) >= before


@given(place=PLACES, start=MOMENTS, amount=st.integers(0, 12), unit=st.sampled_from(Unit), seconds=st.integers(1, 59))
def test_seconds_count_as_the_full_minute(place: Place, start: datetime, amount: int, unit: Unit, seconds: int) -> None:
    work = place.work()
    within = start - timedelta(seconds=seconds)
    assert due(work, within, amount, unit).at == due(work, start, amount, unit).at


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "ends"),
    [
        ("2026-05-20T15:30", 5, "working_days", "2026-05-27T17:00"),
        ("2026-05-20T08:00", 0, "working_days", "2026-05-20T17:00"),
        ("2026-05-22T17:00", 1, "working_days", "2026-05-26T17:00"),  # after work on Friday is received on Monday
        ("2026-05-22T16:59", 1, "working_days", "2026-05-25T17:00"),
        ("2026-04-24T09:00", 3, "working_days", "2026-04-30T17:00+x"),  # 27 April stands in for the 26th, a Sunday
        ("2025-12-31T09:00", 1, "working_days", "2026-01-05T17:00"),  # 2 January off: the exchange of 2026
        ("2026-01-09T09:00", 1, "working_days", "2026-01-10T17:00"),  # worked on the Saturday in its stead
        ("2026-08-21T09:00", 1, "working_days", "2026-08-22T17:00"),
        ("2026-02-13T09:00", 1, "working_days", "2026-02-23T17:00"),  # Tết
        ("2026-05-20T15:30", 10, "calendar_days", "2026-06-01T17:00"),  # 30 May is a Saturday
        ("2026-05-20T11:00", 2, "working_hours", "2026-05-20T14:30"),
        ("2026-05-20T12:00", 4, "working_hours", "2026-05-20T17:00"),
        ("2026-05-20T16:00", 8, "working_hours", "2026-05-21T16:00"),
        ("2026-05-20T16:00", 24, "calendar_hours", "2026-05-21T16:00"),
        ("2026-05-22T16:00", 24, "calendar_hours", "2026-05-25T17:00"),
        ("2026-05-20T22:00", 24, "calendar_hours", "2026-05-22T07:30"),
    ],
)
def test_terms_in_the_city_s_hours(start: str, amount: int, unit: str, ends: str) -> None:
    wanted = at("2026-05-04T17:00") if ends.endswith("+x") else at(ends)
    assert due(CITY, at(start), amount, Unit(unit)).at == wanted


def test_a_saturday_morning_is_a_working_day_that_ends_at_noon() -> None:
    saturdays = WorkingTime(vietnam(), Hours.of([(range(5), time(8), time(16)), ((5,), time(7, 30), time(11, 30))]))
    assert due(saturdays, at("2026-05-22T09:00"), 1, Unit.WORKING_DAYS).at == at("2026-05-23T11:30")
    # A Saturday that is worked to make up for a holiday is worked all day.
    assert due(saturdays, at("2026-01-09T09:00"), 1, Unit.WORKING_DAYS).at == at("2026-01-10T16:00")


def test_what_comes_after_three_is_handed_over_the_next_morning_only_where_that_is_asked_for() -> None:
    late = at("2026-05-22T15:30")
    assert due(CITY, late, 1, Unit.WORKING_DAYS).at == at("2026-05-25T17:00")
    assert due(CITY, late, 1, Unit.WORKING_DAYS, time(15)).at == at("2026-05-26T17:00")
    assert due(CITY, at("2026-05-22T15:00"), 1, Unit.WORKING_DAYS, time(15)).at == at("2026-05-25T17:00")
    assert "handed_over" in [step.code for step in due(CITY, late, 1, Unit.WORKING_DAYS, time(15)).steps]


@pytest.mark.parametrize(
    ("unit", "before", "stopped", "resumed", "after"),
    [
        ("working_days", "2026-05-27T15:30", "2026-05-21T10:00", "2026-05-25T09:00", "2026-05-29T15:30"),
        ("calendar_days", "2026-05-27T15:30", "2026-05-21T10:00", "2026-05-24T09:00", "2026-06-01T15:30"),
        ("working_hours", "2026-05-27T16:00", "2026-05-21T16:00", "2026-05-22T08:30", "2026-05-28T08:30"),
        ("calendar_hours", "2026-05-27T16:00", "2026-05-21T16:00", "2026-05-22T08:30", "2026-05-28T08:30"),
    ],
)
def test_waiting_is_added_in_the_term_s_own_unit(
    unit: str, before: str, stopped: str, resumed: str, after: str
) -> None:
    assert extend(CITY, at(before), at(stopped), at(resumed), Unit(unit)) == at(after)


def test_every_step_is_told_in_order() -> None:
    told = due(CITY, at("2025-12-30T18:30"), 8, Unit.WORKING_DAYS)
    assert [step.code for step in told.steps] == [
        "hours",
        "received",
        "next_working_moment",
        "event_day",
        "holiday",
        "holiday",
        "made_up",
        "weekends",
        "counted",
        "due",
    ]
    assert told.steps[-1].vi == "Hẹn trả: 17:00 Thứ Ba 13/01/2026."
    assert told.warnings == ()


def test_a_term_that_reaches_a_year_nobody_has_decided_on_warns() -> None:
    told = due(CITY, at("2026-12-30T09:00"), 5, Unit.WORKING_DAYS)
    assert [(step.code, "2027" in step.vi, "2027" in step.en) for step in told.warnings] == [
        ("unconfirmed_year", True, True)
    ]
    decided = WorkingTime(vietnam(Days(confirmed={2027: "a decision"})))
    assert due(decided, at("2026-12-30T09:00"), 5, Unit.WORKING_DAYS).warnings == ()


@pytest.mark.parametrize(
    ("start", "amount", "says"),
    [
        (at("2026-05-20T09:00"), -1, "from 0 to"),
        (at("2026-05-20T09:00"), 10_001, "from 0 to"),
        (datetime(2026, 5, 20), 1, "without a zone"),
    ],
)
def test_a_term_that_cannot_be_counted_is_refused(start: datetime, amount: int, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        due(CITY, start, amount, Unit.WORKING_DAYS)


@pytest.mark.parametrize(("start", "amount"), [("1994-12-30T09:00", 1), ("2099-12-01T09:00", 100)])
def test_days_for_which_no_calendar_can_be_made_are_refused(start: str, amount: int) -> None:
    with pytest.raises(OutOfCalendar, match="1995 to 2099"):
        due(CITY, at(start), amount, Unit.WORKING_DAYS)


def test_a_calendar_without_work_is_found_out_and_not_walked_for_ever() -> None:
    def never(year: int) -> dict[date, SpecialDay]:
        days = (date(year, 1, 1) + DAY * ahead for ahead in range(365))
        return {day: SpecialDay(day, Kind.HOLIDAY, "x", "test") for day in days}

    idle = WorkingTime(Calendar(never), Hours.of([((0,), time(8), time(9))]))
    for ask in (
        lambda: idle.opening(at("2026-05-20T09:00")),
        lambda: idle.plus_days(FIRST, 1),
    ):
        with pytest.raises(NoWork, match="no working day"):
            ask()


@pytest.mark.parametrize(
    ("rows", "says"),
    [([], "no working hours"), ([((), time(8), time(9))], "no working hours"), ([((1,), time(9), time(8))], "before")],
)
def test_hours_that_make_no_sense_are_refused(rows: list[tuple[tuple[int, ...], time, time]], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Hours.of(rows)


def test_unless_told_otherwise_an_agency_works_eight_hours_from_monday_to_friday() -> None:
    assert [sum(closes - opens for opens, closes in spans) for spans in DEFAULT.week] == [480] * 5 + [0, 0]
