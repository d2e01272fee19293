"""Times and dates in the forms that a mapping declares; nothing is ever guessed from the text itself."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from mappings.engine.draft import Unreadable
from mappings.engine.patterns import SHOWN, OtherForm, Parse, Pattern, Stamp
from mappings.engine.recall import recalling

HOME = "Asia/Ho_Chi_Minh"

_HOME_ZONE = ZoneInfo(HOME)
_HOME_OFFSET = timedelta(hours=7)
_SETTLED = 1976  # Việt Nam's offset has been +07:00 without a break since 1975; earlier times ask the zone's history
_NO_SUCH_TIME = "there is no such day or time"
_YEARS = range(1900, 2200)  # beyond them a year is mistyped, or a number counts something else
_A_YEAR = re.compile("[0-9]{4}")

# What programs write where there is no day: .NET, SQL Server (twice), Excel and Access, and Oracle's "for ever".
NO_DAYS = (date(1, 1, 1), date(1753, 1, 1), date(1900, 1, 1), date(1899, 12, 30), date(9999, 12, 31))
_NO_DAYS = frozenset(NO_DAYS)


def _first(patterns: Sequence[Pattern]) -> Parse:
    """The first pattern that the text is written in decides, also when it then names no real day."""
    if len(patterns) == 1:
        return patterns[0].parse

    def parse(text: str) -> Stamp:
        for one in patterns:
            try:
                return one.parse(text)
            except OtherForm:
                continue
        raise OtherForm

    return parse


def _is_no_day(stamp: datetime, offset: timedelta | None, expected: str) -> bool:
    """Is this how a program writes "no day"? Raises `Unreadable` for a year that no dossier can be of."""
    if stamp.date() in _NO_DAYS or (offset is not None and (stamp - offset + _HOME_OFFSET).date() in _NO_DAYS):
        return True
    if stamp.year not in _YEARS:
        raise Unreadable(expected, f"the year {stamp.year} cannot be right")
    return False


def _moment(stamp: datetime, local: ZoneInfo, expected: str, *, last: bool = False) -> datetime:
    """The one moment that a local time names; of two the `last`, where that is wanted.

    Where the clocks are set forward an hour does not exist, and where they are set back one comes twice: neither is
    guessed. Midnight is the beginning of its day, also where that is skipped.
    """
    first, second = stamp.replace(tzinfo=local), stamp.replace(tzinfo=local, fold=1)
    early, late = first.utcoffset(), second.utcoffset()
    if early == late or early is None or late is None or stamp.time() == time.min:
        return first
    if early < late:
        raise Unreadable(expected, f"there is no such time in {local.key}: the clocks were set forward over it")
    if last:
        return second
    raise Unreadable(expected, f"this time came twice in {local.key}: the clocks were set back; which is not guessed")


def _year_alone(text: str) -> str:
    """What to say of a year where a day is wanted: 1990 is not 01/01/1990."""
    return "only the year is known, and no day is made up; keep it as `extra.NAME`" if _A_YEAR.fullmatch(text) else ""


def _names(patterns: Sequence[Pattern]) -> str:
    return " or ".join(SHOWN.get(one.text, one.text) for one in patterns)


def time_reader(patterns: Sequence[Pattern], zone: str, *, end_of_day: bool) -> Callable[[str], str | None]:
    """Text to `2026-05-20T01:15:00Z`; `end_of_day` makes it the last second of its local day. None for no day."""
    parse, expected = _first(patterns), "a time as " + _names(patterns)
    local = ZoneInfo(zone)
    settled = zone == HOME

    def read(text: str) -> str | None:
        try:
            stamp, offset = parse(text)
            if not 1900 < stamp.year < 2200 and _is_no_day(stamp, offset, expected):
                return None
            if end_of_day:
                day = stamp if offset is None else (stamp - offset).replace(tzinfo=UTC).astimezone(local)
                stamp, offset = datetime.combine(day.date(), time(23, 59, 59)), None
            if offset is None:
                if not settled or stamp.year < _SETTLED:
                    return _moment(stamp, local, expected, last=end_of_day).astimezone(UTC).isoformat()[:19] + "Z"
                offset = _HOME_OFFSET
            return (stamp - offset).isoformat() + "Z"
        except (ValueError, OverflowError):
            raise Unreadable(expected, _NO_SUCH_TIME) from None
        except OtherForm:
            raise Unreadable(expected, _year_alone(text)) from None

    if end_of_day or len(patterns) > 1:
        return _remembered(read, patterns)
    return recalling(_remembered(read, patterns), parse, patterns[0].text, zone)


def date_reader(patterns: Sequence[Pattern], zone: str) -> Callable[[str], str | None]:
    """Text to `2026-05-20`: the day it is at home, so 17:00 UTC is already the next day. None for no day."""
    parse, expected = _first(patterns), "a date as " + _names(patterns)
    local = ZoneInfo(zone)

    def read(text: str) -> str | None:
        try:
            stamp, offset = parse(text)
            if not 1900 < stamp.year < 2200 and _is_no_day(stamp, offset, expected):
                return None
            if offset is not None:
                stamp = (stamp - offset).replace(tzinfo=UTC).astimezone(_HOME_ZONE)
            elif zone != HOME and stamp.time() != time.min:
                stamp = _moment(stamp, local, expected).astimezone(_HOME_ZONE)
            return date.isoformat(stamp)
        except (ValueError, OverflowError):
            raise Unreadable(expected, _NO_SUCH_TIME) from None
        except OtherForm:
            raise Unreadable(expected, _year_alone(text)) from None

    return _remembered(read, patterns)


def _remembered(read: Callable[[str], str | None], patterns: Sequence[Pattern]) -> Callable[[str], str | None]:
    """Days come again and again, times of day do not."""
    if any(one.has_time or one.text in SHOWN for one in patterns):
        return read
    return lru_cache(maxsize=4096)(read)
