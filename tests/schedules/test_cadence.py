"""When a connector runs next."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schedules.cadence import ZONE, Cadence, parse_duration

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, st.sampled_from(["90s", "5m", "2h", "1d"]), st.sampled_from(["0s", "30s"]))
def test_the_next_time_of_an_interval_lies_one_interval_ahead_plus_jitter(
    after: datetime, every: str, jitter: str
) -> None:
    cadence = Cadence.model_validate({"every": every, "jitter": jitter})
    ahead = cadence.next_fire(after) - after
    assert parse_duration(every) <= ahead <= parse_duration(every) + parse_duration(jitter)


@given(MOMENTS)
def test_cron_weekdays_are_counted_from_sunday(after: datetime) -> None:
    fires = Cadence(cron="*/15 7-17 * * 1-5").next_fire(after).astimezone(ZONE)
    assert fires > after
    assert fires.isoweekday() in range(1, 6)
    assert fires.hour in range(7, 18)
    assert fires.minute % 15 == 0


@pytest.mark.parametrize("sunday", ["0", "7", "sun"])
def test_sunday_is_0_and_7_and_sun(sunday: str) -> None:
    assert Cadence(cron=f"0 0 * * {sunday}").next_fire(datetime(2026, 11, 18, tzinfo=UTC)).isoweekday() == 7


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("5-7", [5, 6, 7]),
        ("fri-sun", [5, 6, 7]),
        ("Fri-Sat", [5, 6]),
        ("sun-tue", [7, 1, 2]),
        ("1-5/2", [3, 5, 1]),
        ("mon,3", [3, 1]),
        ("5-6,0-1", [5, 6, 7, 1]),
    ],
)
def test_days_and_ranges_of_days_are_what_cron_says(field: str, days: list[int]) -> None:
    cadence = Cadence(cron=f"0 0 * * {field}")
    fires, found = datetime(2026, 11, 17, tzinfo=ZONE), []  # a Tuesday
    for _ in [*days, *days]:
        fires = cadence.next_fire(fires)
        found.append(fires.isoweekday())
    assert sorted(found) == sorted([*days, *days])
    assert set(found[: len(days)]) == set(days)


def test_a_year_is_the_longest_time() -> None:
    assert parse_duration("366d") == timedelta(days=366)


def test_a_cadence_fires_later_than_the_instant_that_it_fired_at() -> None:
    cadence = Cadence(cron="0 8 * * *")
    first = cadence.next_fire(datetime(2026, 11, 18, tzinfo=UTC))
    assert cadence.next_fire(first) - first == timedelta(days=1)


@given(st.sampled_from(["90s", "5m", "36h"]))
def test_a_cadence_reads_back_from_its_own_text(every: str) -> None:
    cadence = Cadence.model_validate({"every": every, "jitter": "7s"})
    assert Cadence.model_validate_json(cadence.text()) == cadence


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({}, "one of `every` and `cron`"),
        ({"every": "5m", "cron": "* * * * *"}, "one of `every` and `cron`"),
        ({"every": "5 minutes"}, "write a number and a unit"),
        ({"every": "0s"}, "at least 1s"),
        ({"every": "367d"}, "longer than 366 days"),
        ({"every": "99999999999d"}, "longer than 366 days"),
        ({"every": "9" * 5000 + "s"}, "write a number and a unit"),
        ({"every": "5m", "jitter": "5m"}, "shorter than `every`"),
        ({"cron": "0 8 * * */2"}, r"'\*/2' is no weekday: name days"),
        ({"cron": "0 8 * * 1/2"}, "'1/2' is no weekday: name days"),
        ({"cron": "0 8 * * mon/2"}, "'mon/2' is no weekday: name days"),
        ({"cron": "0 8 * * 5-1"}, "the weekdays '5-1' run backwards: write two ranges"),
        ({"cron": "0 8 * * fri-mon"}, "the weekdays 'fri-mon' run backwards"),
        ({"cron": "0 8 1 * 1"}, "both a day and a weekday"),
        ({"cron": "0 8 * * 8"}, "'8' is no weekday"),
        ({"cron": "61 * * * *"}, "cannot be read"),
        ({"cron": "* * *"}, "cannot be read: it has 3 fields instead of five"),
        ({"cron": ""}, "cannot be read"),
        ({"cron": "0 0 31 2 *"}, "never comes round"),
        ({"every": "5m", "jiter": "1s"}, "Extra inputs"),
    ],
)
def test_what_cannot_be_a_cadence_is_refused_with_what_would_be(wrong: dict[str, str], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Cadence.model_validate(wrong)
