"""Times and dates in the forms that a mapping declares; nothing is ever guessed from the text itself."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from mappings.engine.draft import Unreadable

HOME = "Asia/Ho_Chi_Minh"
ISO = "iso"
EPOCH_SECONDS, EPOCH_MILLIS = "epoch_seconds", "epoch_millis"

# A time without its zone, and the zone's distance from UTC where the text gives one.
Stamp: TypeAlias = tuple[datetime, timedelta | None]
Parse: TypeAlias = Callable[[str], Stamp]  # raises _OtherForm, or ValueError for a day or time that does not exist

_HOME_ZONE = ZoneInfo(HOME)
_HOME_OFFSET = timedelta(hours=7)
_SETTLED = 1976  # Việt Nam's offset has been +07:00 without a break since 1975; earlier times ask the zone's history
_NO_SUCH_TIME = "there is no such day or time"
_BEGINNING = datetime(1970, 1, 1)  # noqa: DTZ001 - the zone comes later
_EPOCH_YEARS = range(1900, 2200)  # beyond them the number counts something else, or in another unit

_PARTS = {  # letters of a pattern: the part of the time, and how it is written
    "yyyy": ("year", "[0-9]{4}"),
    "MM": ("month", "[0-9]{2}"),
    "M": ("month", "[0-9]{1,2}"),
    "dd": ("day", "[0-9]{2}"),
    "d": ("day", "[0-9]{1,2}"),
    "HH": ("hour", "[0-9]{2}"),
    "H": ("hour", "[0-9]{1,2}"),
    "hh": ("half", "[0-9]{2}"),
    "h": ("half", "[0-9]{1,2}"),
    "mm": ("minute", "[0-9]{2}"),
    "m": ("minute", "[0-9]{1,2}"),
    "ss": ("second", "[0-9]{2}"),
    "s": ("second", "[0-9]{1,2}"),
    "SSS": ("fraction", "[0-9]{1,9}"),
    "a": ("noon", "AM|PM|am|pm|SA|CH|sa|ch"),
    "X": ("offset", r"Z|[+-][0-9]{2}(?::?[0-9]{2})?"),
}
_TOKENS = re.compile(r"([A-Za-z])\1*|'([^']*)'|[^A-Za-z']|'")
_ORDER = ("year", "month", "day", "hour", "minute", "second")
_ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:[.,][0-9]{1,9})?)?"
    r"(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)


# What counts from 1970: how the number is written (so that 13 digits are never seconds), and how many make a second.
_EPOCHS = {
    EPOCH_SECONDS: (re.compile(r"-?[0-9]{1,11}(?:\.[0-9]{1,9})?"), 1),
    EPOCH_MILLIS: (re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?"), 1000),
}
_SHOWN = {
    ISO: "ISO 8601 (2026-05-20T08:15:00+07:00)",
    EPOCH_SECONDS: "seconds since 1970 (1779239700)",
    EPOCH_MILLIS: "milliseconds since 1970 (1779239700000)",
}


class _OtherForm(Exception):
    """The text is not written in this pattern."""


class BadPattern(Exception):
    """A pattern that cannot be used: what is wrong with it, and what would be right."""

    def __init__(self, what: str, right: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.right = right


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to write a time."""

    text: str
    parse: Parse
    has_time: bool


def pattern(text: str) -> Pattern:
    """Compile `dd/MM/yyyy HH:mm`, `iso`, `epoch_seconds` or `epoch_millis`. Raises `BadPattern`."""
    if text == ISO:
        return Pattern(text, _parse_iso, has_time=False)
    if text in _EPOCHS:
        return Pattern(text, _epoch_parser(*_EPOCHS[text]), has_time=False)
    parts: list[str] = []
    written = ""
    for token in _TOKENS.finditer(text):
        if not token[1]:
            literal = token[0] if token[2] is None else token[2] or "'"
            written += r"\s+" if literal.isspace() else re.escape(literal)
            continue
        part, form = _part(token[0])
        if part in parts:
            raise BadPattern(f'"{text}" has the {part} twice')
        parts.append(part)
        written += f"({form})"
    _check_parts(text, parts)
    return Pattern(text, _parser(re.compile(written), parts), has_time="hour" in parts or "half" in parts)


def _part(letters: str) -> tuple[str, str]:
    if letters in _PARTS:
        return _PARTS[letters]
    if letters in ("yy", "y"):
        raise BadPattern("a year of two digits could be of any century", "ask the source for yyyy")
    right = {"D": "dd", "DD": "dd", "Y": "yyyy", "YYYY": "yyyy", "mmm": "mm", "MMM": "MM", "S": "SSS", "Z": "X"}.get(
        letters
    )
    known = " ".join(_PARTS)
    raise BadPattern(
        f'"{letters}" has no meaning in a pattern',
        f'did you mean "{right}"?' if right else f"known: {known}; other letters stand between ' '",
    )


def _check_parts(text: str, parts: list[str]) -> None:
    for part in ("year", "month", "day"):
        if part not in parts:
            raise BadPattern(f'"{text}" has no {part}', "MM is the month, mm the minute" if part == "month" else "")
    if "half" in parts and "noon" not in parts:
        raise BadPattern(f'"{text}" has hours of 12 without AM or PM', "HH is the hour of 24; or add the letter a")
    if "noon" in parts and "half" not in parts:
        raise BadPattern(f'"{text}" has AM or PM without an hour of 12', "write hh for the hour")
    hours = [part.replace("half", "hour") for part in parts]
    for part, above in (("minute", "hour"), ("second", "minute"), ("fraction", "second")):
        if part in parts and above not in hours:
            raise BadPattern(f'"{text}" has the {part} without the {above}', "MM is the month, mm the minute")


def _parser(written: re.Pattern[str], parts: list[str]) -> Parse:
    match = written.fullmatch
    groups = [parts.index(part) + 1 for part in _ORDER if part in parts]
    if {"half", "offset"} & set(parts) or "{1,2}" in written.pattern:
        return _slow_parser(match, parts)
    iso = ("%s-%s-%s", "%s-%s-%sT%s", "%s-%s-%sT%s:%s", "%s-%s-%sT%s:%s:%s")[len(groups) - 3]

    def parse(text: str) -> Stamp:
        found = match(text)
        if not found:
            raise _OtherForm
        return datetime.fromisoformat(iso % found.group(*groups)), None  # half the time of datetime(*map(int, …))

    return parse


def _slow_parser(match: Callable[[str], re.Match[str] | None], parts: list[str]) -> Parse:
    def parse(text: str) -> Stamp:
        found = match(text)
        if not found:
            raise _OtherForm
        given = dict(zip(parts, found.groups(), strict=True))
        hour = _hour(int(given["half"]), given["noon"]) if "half" in given else int(given.get("hour", 0))
        day = int(given["year"]), int(given["month"]), int(given["day"])
        stamp = datetime(*day, hour, int(given.get("minute", 0)), int(given.get("second", 0)))  # noqa: DTZ001 - the zone comes later
        return stamp, _offset(given["offset"]) if "offset" in given else None

    return parse


def _hour(half: int, noon: str) -> int:
    if not 1 <= half <= 12:
        raise ValueError(half)
    return half % 12 + (12 if noon.upper() in ("PM", "CH") else 0)


def _parse_iso(text: str) -> Stamp:
    found = _ISO.fullmatch(text)
    if not found:
        raise _OtherForm
    day, clock, zone = found.groups()
    stamp = datetime.fromisoformat(f"{day}T{clock}" if clock else day)
    return stamp, _offset(zone) if zone and clock else None


def _epoch_parser(written: re.Pattern[str], in_a_second: int) -> Parse:
    def parse(text: str) -> Stamp:
        if not written.fullmatch(text):
            raise _OtherForm
        stamp = _BEGINNING + timedelta(seconds=int(text.partition(".")[0]) // in_a_second)
        if stamp.year not in _EPOCH_YEARS:
            raise ValueError(text)
        return stamp, timedelta(0)

    return parse


@lru_cache(maxsize=64)
def _offset(text: str) -> timedelta:
    if text == "Z":
        return timedelta(0)
    hours, minutes = int(text[1:3]), int(text[3:].removeprefix(":") or 0)
    if hours > 14 or minutes > 59:
        raise ValueError(text)
    return timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1)


def _first(patterns: Sequence[Pattern]) -> Parse:
    """The first pattern that the text is written in decides, also when it then names no real day."""
    if len(patterns) == 1:
        return patterns[0].parse

    def parse(text: str) -> Stamp:
        for one in patterns:
            try:
                return one.parse(text)
            except _OtherForm:
                continue
        raise _OtherForm

    return parse


def _names(patterns: Sequence[Pattern]) -> str:
    return " or ".join(_SHOWN.get(one.text, one.text) for one in patterns)


def time_reader(patterns: Sequence[Pattern], zone: str, *, end_of_day: bool) -> Callable[[str], str]:
    """Text to `2026-05-20T01:15:00Z`; `end_of_day` makes it the last second of its local day."""
    parse, expected = _first(patterns), "a time as " + _names(patterns)
    local = ZoneInfo(zone)
    settled = zone == HOME

    def read(text: str) -> str:
        try:
            stamp, offset = parse(text)
            if end_of_day:
                day = stamp if offset is None else (stamp - offset).replace(tzinfo=UTC).astimezone(local)
                stamp, offset = datetime.combine(day.date(), time(23, 59, 59)), None
            if offset is None:
                if not settled or stamp.year < _SETTLED:
                    return stamp.replace(tzinfo=local).astimezone(UTC).isoformat()[:19] + "Z"
                offset = _HOME_OFFSET
            return (stamp - offset).isoformat() + "Z"
        except (ValueError, OverflowError):
            raise Unreadable(expected, _NO_SUCH_TIME) from None
        except _OtherForm:
            raise Unreadable(expected) from None

    return _remembered(read, patterns)


def date_reader(patterns: Sequence[Pattern], zone: str) -> Callable[[str], str]:
    """Text to `2026-05-20`: the day it is at home, so 17:00 UTC is already the next day."""
    parse, expected = _first(patterns), "a date as " + _names(patterns)
    local = ZoneInfo(zone)

    def read(text: str) -> str:
        try:
            stamp, offset = parse(text)
            if offset is not None:
                stamp = (stamp - offset).replace(tzinfo=UTC).astimezone(_HOME_ZONE)
            elif zone != HOME and stamp.time() != time.min:
                stamp = stamp.replace(tzinfo=local).astimezone(_HOME_ZONE)
            return date.isoformat(stamp)
        except (ValueError, OverflowError):
            raise Unreadable(expected, _NO_SUCH_TIME) from None
        except _OtherForm:
            raise Unreadable(expected) from None

    return _remembered(read, patterns)


def _remembered(read: Callable[[str], str], patterns: Sequence[Pattern]) -> Callable[[str], str]:
    """Days come again and again, times of day do not."""
    if any(one.has_time or one.text in _SHOWN for one in patterns):
        return read
    return lru_cache(maxsize=4096)(read)
