"""What a day will bring: the same instants as the timer fires, and never more of them than a page can hold."""

from datetime import date, datetime, time, timedelta

import pytest

from schedules.cadence import ZONE
from schedules.plan import DAY, Band, Mark, closed_on, minutes_of, plan
from schedules.windows import Timetable, Window

MONDAY = date(2026, 11, 23)
MIDNIGHT = datetime.combine(MONDAY, time(), ZONE)


def told_by_the_timer(cron: str, day: date) -> tuple[int, ...]:
    midnight = datetime.combine(day, time(), ZONE)
    at, found = midnight - timedelta(seconds=1), []
    timetable = Timetable(cron=cron)
    while (at := timetable.next_fire(at)) < midnight + timedelta(days=1):
        found.append(int((at - midnight).total_seconds() // 60))
    return tuple(found)


@pytest.mark.parametrize(
    "cron",
    [
        *("*/15 7-17 * * 1-5", "0 2 * * *", "5,35 */6 * * sat,sun", "0 0 1 * *"),
        *("10-50/20 8 23 nov *", "7 3-9/2 * 11 *", "0 8 * * 5-7", "30 23 * jan-nov *", "0 6 last * *", "*/7 * * * *"),
    ],
)
def test_a_cron_line_is_expanded_as_the_timer_fires_it(cron: str) -> None:
    for ahead in range(9):
        day = MONDAY + timedelta(days=ahead)
        assert minutes_of(cron, day) == told_by_the_timer(cron, day), day


def test_what_runs_every_minute_is_one_band() -> None:
    found = plan(Timetable(every="1m"), None, MONDAY, MIDNIGHT)
    assert (found.marks, found.bands, found.count) == ((), [Band(0, DAY, 1.0)], DAY)
    assert plan(Timetable(cron="*/5 7-17 * * *"), None, MONDAY, MIDNIGHT).bands == [Band(7 * 60, 17 * 60 + 55, 5)]


def test_a_band_leaves_windows_out() -> None:
    noon = Timetable(every="5m", blackout=[Window(**{"from": "11:30", "to": "13:30"})])
    found = plan(noon, None, MONDAY, MIDNIGHT)
    assert [(band.begins, band.ends) for band in found.bands] == [(0, 690), (810, DAY)]
    assert found.closed == [(690, 810)]


def test_what_is_due_in_a_window_fires_once_when_it_is_over() -> None:
    noon = Timetable(cron="0 10,12,13 * * *", blackout=[Window(**{"from": "11:30", "to": "13:30"})], jitter="2m")
    assert plan(noon, None, MONDAY, MIDNIGHT).marks == [Mark(600, 602), Mark(810, 812, held=True)]


def test_a_window_that_lasts_over_midnight_closes_the_next_morning_too() -> None:
    night = [Window(**{"from": "22:00", "to": "02:00", "days": "sun"})]
    assert closed_on(night, MONDAY) == [(0, 120)]
    assert closed_on(night, MONDAY - timedelta(days=1)) == [(22 * 60, DAY)]


def test_regular_firings_go_on_from_the_next_one_and_the_past_is_left_out() -> None:
    found = plan(Timetable(every="6h"), MIDNIGHT + timedelta(hours=3), MONDAY, MIDNIGHT + timedelta(hours=8))
    assert [mark.begins for mark in found.marks] == [9 * 60, 15 * 60, 21 * 60]
    tomorrow = plan(Timetable(every="6h"), MIDNIGHT + timedelta(hours=9), MONDAY + timedelta(days=1), MIDNIGHT)
    assert [mark.begins for mark in tomorrow.marks] == [180, 540, 900, 1260]
    assert plan(Timetable(every="6h"), None, MONDAY - timedelta(days=1), MIDNIGHT).count == 0
