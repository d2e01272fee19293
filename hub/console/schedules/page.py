"""The calendar of runs: a day, a week, or what comes next; with windows, holidays, and where too much comes at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from flask import current_app, render_template, request, url_for
from flask_babel import gettext as _

from hub.console.connectors.one import timetable_of
from hub.console.database import database
from hub.console.page import Page
from hub.console.schedules import drawing, load
from hub.console.schedules.load import Planned
from hub.console.visitor import own
from hub.record.connector_state import Life
from hub.record.moments import ZONE
from hub.record.rights import Right
from hub.store import connectors, durations
from hub.store.calendar import calendar_of
from hub.store.connectors import ConnectorRow
from schedules.calendar.days import Calendar, OutOfCalendar
from schedules.plan import DAY, plan

_PER_PAGE = 50
_VIEWS = ("day", "week", "next")
_FURTHEST = 366  # days ahead
_MOST_SHOWN = 100
_NEVER_SHORT = 12  # hours of what comes next, or 24


@dataclass(frozen=True, slots=True)
class Coming:
    """One firing of the near future; of a band its beginning."""

    at: datetime
    until: datetime | None  # for a band, or by chance
    every: float | None  # minutes, of a band
    planned: Planned


@dataclass(frozen=True, slots=True)
class DayShown:
    """One day of the week."""

    day: date
    holiday: str
    hours: Sequence[int]  # firings that begin in each hour
    count: int
    most: float  # runs at a time
    crowded: bool


def page() -> str:
    """The calendar."""
    now = datetime.now(UTC)
    today = now.astimezone(ZONE).date()
    view = request.args.get("view", "day")
    day = _day(request.args.get("day", ""), today)
    every = _own()
    name = request.args.get("connector", "")
    rows = [row for row in every if row.cadence and name in ("", row.name)]
    common: dict[str, Any] = {
        "view": view if view in _VIEWS else "day",
        "day": day,
        "today": today,
        "places": places(),
        "connector": name,
        "scheduled": len(rows),
        "by_hand": 0 if name else len(every) - len(rows),
        "now": now,
    }
    if view == "week":
        return _week(rows, day, now, common)
    if view == "next":
        return _next(rows, now, common)
    return _one_day(rows, day, now, common)


def places() -> int:
    """Runs that one worker process does at a time."""
    return cast("int", current_app.extensions["hub.places"])


def _one_day(rows: Sequence[ConnectorRow], day: date, now: datetime, common: dict[str, Any]) -> str:
    planned = _planned(rows, day, now)
    per_minute = load.expected(planned)
    after = request.args.get("after", "")
    rest = [one for one in planned if one.row.name > after]
    shown = rest[:_PER_PAGE]
    following = None
    if len(rest) > len(shown):
        following = url_for("console.schedules", view="day", day=day.isoformat(), after=shown[-1].row.name)
    return render_template(
        "console/schedules/day.html",
        planned=shown,
        total=len(planned),
        following=following,
        before=(day - timedelta(1)).isoformat(),
        later=(day + timedelta(1)).isoformat(),
        holiday=_holiday(_calendar(), day),
        crowds=load.crowds(planned, places()),
        drawn=drawing.load(load.drawn(per_minute), places(), _("Số lượt chạy dự kiến cùng lúc trong ngày")),
        hours=[max(per_minute[hour * 60 : hour * 60 + 60]) for hour in range(24)],
        timeline=drawing.timeline,
        clock=clock,
        **common,
    )


def _week(rows: Sequence[ConnectorRow], day: date, now: datetime, common: dict[str, Any]) -> str:
    monday, calendar = day - timedelta(days=day.weekday()), _calendar()
    seconds = durations.medians(database(), [row.id for row in rows])
    days = []
    for ahead in range(7):
        one = monday + timedelta(days=ahead)
        planned = _planned(rows, one, now, seconds)
        days.append(_shown(one, planned, _holiday(calendar, one)))
    return render_template(
        "console/schedules/week.html",
        days=days,
        monday=monday,
        before=(monday - timedelta(7)).isoformat(),
        later=(monday + timedelta(7)).isoformat(),
        **common,
    )


def _next(rows: Sequence[ConnectorRow], now: datetime, common: dict[str, Any]) -> str:
    hours = 24 if request.args.get("hours") == "24" else _NEVER_SHORT
    end, found = now + timedelta(hours=hours), []
    seconds = durations.medians(database(), [row.id for row in rows])
    today = now.astimezone(ZONE).date()
    for ahead in range(2):
        day = today + timedelta(days=ahead)
        for one in _planned(rows, day, now, seconds):
            found += [coming for coming in _coming(one, day) if coming.at < end]
    found.sort(key=lambda coming: (coming.at, coming.planned.row.name))
    return render_template(
        "console/schedules/next.html", coming=found[:_MOST_SHOWN], more=len(found) > _MOST_SHOWN, hours=hours, **common
    )


def _coming(one: Planned, day: date) -> list[Coming]:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZONE)

    def at(minute: int) -> datetime:
        return midnight + timedelta(minutes=minute)

    marks = [
        Coming(at(mark.begins), at(mark.ends) if mark.ends > mark.begins else None, None, one) for mark in one.day.marks
    ]
    return [*marks, *(Coming(at(band.begins), at(band.ends), band.every, one) for band in one.day.bands)]


def _shown(day: date, planned: Sequence[Planned], holiday: str) -> DayShown:
    hours = [0.0] * 24
    for one in planned:
        for mark in one.day.marks:
            hours[mark.begins // 60] += 1
        for band in one.day.bands:
            for hour in range(band.begins // 60, min(23, (band.ends - 1) // 60) + 1):
                within = min(band.ends, hour * 60 + 60) - max(band.begins, hour * 60)
                hours[hour] += within / band.every
    most = max(load.expected(planned), default=0.0)
    return DayShown(
        day, holiday, [round(one) for one in hours], round(sum(hours)), most, most > places() + load.CROWDED
    )


def _planned(
    rows: Sequence[ConnectorRow], day: date, now: datetime, seconds: dict[int, float] | None = None
) -> list[Planned]:
    known = durations.medians(database(), [row.id for row in rows]) if seconds is None else seconds
    found = []
    for row in rows:
        timetable = timetable_of(row)
        if timetable is not None:
            found.append(Planned(row, plan(timetable, row.next_fire_at, day, now), known.get(row.id)))
    return found


def _own() -> list[ConnectorRow]:
    """The active connectors of who asks."""
    return [row for row in own(connectors.listed(database())) if row.state == Life.ACTIVE]


def _calendar() -> Calendar:
    with database().read() as connection:
        return calendar_of(connection)


def _holiday(calendar: Calendar, day: date) -> str:
    """What is special about a day; schedules run all the same, unless a window says otherwise."""
    try:
        special = calendar.special(day)
    except OutOfCalendar:
        return ""
    return special.name if special else ""


def _day(text: str, today: date) -> date:
    """A day that can be told; an address that was changed begins with today."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs((day - today).days) <= _FURTHEST else today


def clock(minute: int) -> str:
    """`08:05`."""
    return f"{minute // 60:02}:{minute % 60:02}" if minute < DAY else "24:00"


PAGES = (Page("GET", "/schedules", "schedules", page, Right.WATCH),)
