"""Blackout windows: when a department is left alone, and when what was due meanwhile fires."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schedules.cadence import ZONE, Cadence
from schedules.windows import Timetable, Window, closed_until, open_at_times

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
LUNCH = {"from": "11:30", "to": "13:30", "days": "mon-fri"}
NIGHT = {"from": "22:00", "to": "02:00"}
MONDAY = datetime(2026, 11, 23, tzinfo=ZONE)


def windows(*written: dict[str, str]) -> tuple[Window, ...]:
    return tuple(Window.model_validate(one) for one in written)


def at(hours: int, minutes: int = 0, days: int = 0) -> datetime:
    """An instant of that Monday or a day near it, in UTC as the hub's clock has it."""
    return (MONDAY + timedelta(days=days, hours=hours, minutes=minutes)).astimezone(UTC)


@pytest.mark.parametrize(
    ("when", "until"),
    [
        (at(11, 29), None),
        (at(11, 30), at(13, 30)),
        (at(13, 29), at(13, 30)),
        (at(13, 30), None),
        (at(12, days=5), None),  # a Saturday
        (at(21, 59), None),
        (at(22), at(2, days=1)),
        (at(0, 30), at(2)),
        (at(2), None),
    ],
)
def test_a_window_holds_from_its_first_minute_up_to_its_last_in_vietnams_time(
    when: datetime, until: datetime | None
) -> None:
    assert closed_until(windows(LUNCH, NIGHT), when) == until


def test_the_days_of_a_window_over_midnight_are_those_on_which_it_begins() -> None:
    friday_night = windows({**NIGHT, "days": "fri"})
    assert closed_until(friday_night, at(1, days=5)) == at(2, days=5)  # Saturday, 01:00
    assert closed_until(friday_night, at(1, days=4)) is None  # Friday, 01:00


def test_windows_that_touch_are_one() -> None:
    touching = windows(
        {"from": "08:00", "to": "09:00"}, {"from": "09:00", "to": "10:00"}, {"from": "9:30", "to": "11:00"}
    )
    assert closed_until(touching, at(8, 15)) == at(11)


def test_a_whole_day_may_be_closed() -> None:
    weekend = windows({"from": "00:00", "to": "24:00", "days": "sat,sun"})
    assert closed_until(weekend, at(3, days=5)) == at(0, days=7)
    assert closed_until(weekend, at(23, 59, days=4)) is None


def test_windows_that_never_leave_time_are_refused_and_asking_them_ends() -> None:
    always = windows({"from": "00:00", "to": "12:00"}, {"from": "12:00", "to": "24:00"})
    with pytest.raises(ValueError, match="leave no time to ask"):
        open_at_times(always)
    assert closed_until(always, MONDAY) is not None
    assert open_at_times(windows(LUNCH, NIGHT)) == windows(LUNCH, NIGHT)


@given(MOMENTS)
def test_when_a_window_is_over_the_department_may_be_asked(when: datetime) -> None:
    both = windows(LUNCH, NIGHT)
    until = closed_until(both, when)
    assert until is None or (until > when and closed_until(both, until) is None)


@given(MOMENTS, st.sampled_from([{"every": "5m"}, {"every": "1d"}, {"cron": "*/15 * * * *"}]))
def test_nothing_fires_inside_a_window_and_outside_as_ever(after: datetime, cadence: dict[str, str]) -> None:
    both = windows(LUNCH, NIGHT)
    plain = Cadence.model_validate(cadence).next_fire(after)
    fires = Timetable.model_validate({**cadence, "blackout": both}).next_fire(after)
    assert closed_until(both, fires) is None
    assert fires == (closed_until(both, plain) or plain)


def test_what_is_due_inside_fires_once_when_it_is_over_with_its_jitter() -> None:
    table = Timetable.model_validate({"every": "5m", "jitter": "30s", "blackout": windows(LUNCH)})
    held = table.held_until(at(12))
    assert held is not None
    assert at(13, 30) <= held <= at(13, 30) + timedelta(seconds=30)
    assert table.held_until(at(13, 30)) is None


def test_jitter_takes_nothing_into_the_next_window() -> None:
    gap = windows({"from": "08:00", "to": "09:00"}, {"from": "09:01", "to": "10:00"})
    table = Timetable.model_validate({"every": "2h", "jitter": "59m", "blackout": gap})
    for _ in range(50):
        held = table.held_until(at(8, 30))
        assert held is not None
        assert closed_until(gap, held) is None


def test_a_timetable_reads_back_from_its_own_text_and_without_windows_it_is_the_cadences() -> None:
    table = Timetable.model_validate({"every": "5m", "jitter": "7s", "blackout": [LUNCH, NIGHT]})
    assert Timetable.model_validate_json(table.text()) == table
    plain = Timetable.model_validate({"cron": "*/15 7-17 * * 1-5"})
    assert "blackout" not in plain.text()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"from": "11.30", "to": "13:30"}, "'11.30' is no time of day; write it as 11:30"),
        ({"from": "24:01", "to": "13:30"}, "is no time of day"),
        ({"from": "11:60", "to": "13:30"}, "is no time of day"),
        ({"from": "11:30", "to": "11:30"}, "must not end when it begins"),
        ({"from": "11:30", "to": "13:30", "days": "mon-"}, "'mon-' is no weekday"),
        ({"from": "11:30", "to": "13:30", "days": "fri-mon"}, "run backwards"),
        ({"from": "11:30", "to": "13:30", "days": ""}, "is no weekday"),
        ({"from": "11:30"}, "Field required"),
        ({"from": "11:30", "to": "13:30", "day": "mon"}, "Extra inputs"),
    ],
)
def test_what_cannot_be_a_window_is_refused_with_what_would_be(wrong: dict[str, str], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Window.model_validate(wrong)
