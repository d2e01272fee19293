"""Vietnam's holidays: the `holidays` library, corrected by the file that comes with the hub and by the keeper's."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files

import holidays

from schedules.calendar.days import TO_BE_VERIFIED, Calendar, Days, Kind, SpecialDay
from schedules.calendar.table import read

COMPUTED = "Labour Code Art. 112"
EXCHANGED = "the yearly decision, as the library holidays knows it"
CULTURE_DAY = f"Resolution 80-NQ/TW, {TO_BE_VERIFIED}"  # 24 November: no law at hand says so yet
TET = "Nghỉ Tết Nguyên đán"
SHIPPED = "vietnam.csv"


def vietnam(*more: Days) -> Calendar:
    """The calendar of the state sector; of `more` the later goes before the earlier."""
    return Calendar(_computed, (_shipped(), *more))


@cache
def _shipped() -> Days:
    return read(files("schedules.calendar").joinpath(SHIPPED).read_text("utf-8"), SHIPPED)


@cache
def _computed(year: int) -> Mapping[date, SpecialDay]:
    found = holidays.country_holidays("VN", years=year, language="vi")
    days = {
        day: SpecialDay(day, Kind.HOLIDAY, _named(name), _origin(name))
        for day, name in found.items()
        if day.year == year
    }
    # The library knows the days that were worked in exchange, too; it keeps those of all years in one set.
    worked = {day for day in found.weekend_workdays if day.year == year}
    return days | {day: SpecialDay(day, Kind.WORKING, "Ngày làm bù", EXCHANGED) for day in worked}


def _origin(name: str) -> str:
    if name.startswith("Ngày Văn hóa Việt Nam"):
        return CULTURE_DAY
    return EXCHANGED if name.startswith("Ngày nghỉ (thay cho") else COMPUTED


def _named(name: str) -> str:
    """The library counts the last days of a lunar year as if each had thirty: 29 Tết is not always one."""
    return TET if "Tết" in name and not name.startswith("Tết Dương lịch") else name
