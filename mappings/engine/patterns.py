"""The ways to write a time that `date:` can declare, each compiled to a function that takes a text apart."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeAlias

ISO = "iso"
EPOCH_SECONDS, EPOCH_MILLIS, EXCEL = "epoch_seconds", "epoch_millis", "excel"

# A time without its zone, and the zone's distance from UTC where the text gives one.
Stamp: TypeAlias = tuple[datetime, timedelta | None]
Parse: TypeAlias = Callable[[str], Stamp]  # raises OtherForm, or ValueError for a day or time that does not exist

_BEGINNING = datetime(1970, 1, 1)  # noqa: DTZ001 - the zone comes later

_EXCEL_BEGINNING = datetime(1899, 12, 30)  # noqa: DTZ001 - the zone comes later
_EXCEL_NUMBER = re.compile(r"([0-9]{1,6})(\.[0-9]{1,17})?")
_EXCEL_SOUND = 61  # before it Excel counts a day that never was: 29/02/1900

_PARTS = {  # letters of a pattern: the part of the time, and how it is written
    "yyyy": ("year", "[0-9]{4}"),
    "MMM": ("month", "[A-Za-z]{3}"),
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
LETTERS = tuple(_PARTS)
_TOKENS = re.compile(r"([A-Za-z])\1*|'([^']*)'|[^A-Za-z']|'")
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: at for at, name in enumerate(_NAMES, start=1)}
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
SHOWN = {
    ISO: "ISO 8601 (2026-05-20T08:15:00+07:00)",
    EPOCH_SECONDS: "seconds since 1970 (1779239700)",
    EPOCH_MILLIS: "milliseconds since 1970 (1779239700000)",
    EXCEL: "a day's number in Excel (46162.34375)",
}
WORDS = tuple(SHOWN)  # what `date:` may say in place of a pattern
_DOTNET = re.compile(r"/Date\((-?[0-9]{1,15})(?:[+-][0-9]{4})?\)/")  # as .NET writes milliseconds into JSON


class OtherForm(Exception):
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
    if text == EXCEL:
        return Pattern(text, _parse_excel, has_time=False)
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
    right = {"D": "dd", "DD": "dd", "Y": "yyyy", "YYYY": "yyyy", "mmm": "MMM", "MMMM": "MMM", "S": "SSS", "Z": "X"}.get(
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
    if {"half", "offset"} & set(parts) or "{1,2}" in written.pattern or "[A-Za-z]{3}" in written.pattern:
        return _slow_parser(match, parts)
    iso = ("%s-%s-%s", "%s-%s-%sT%s", "%s-%s-%sT%s:%s", "%s-%s-%sT%s:%s:%s")[len(groups) - 3]

    def parse(text: str) -> Stamp:
        found = match(text)
        if not found:
            raise OtherForm
        return datetime.fromisoformat(iso % found.group(*groups)), None  # half the time of datetime(*map(int, …))

    return parse


def _slow_parser(match: Callable[[str], re.Match[str] | None], parts: list[str]) -> Parse:
    def parse(text: str) -> Stamp:
        found = match(text)
        if not found:
            raise OtherForm
        given = dict(zip(parts, found.groups(), strict=True))
        hour = _hour(int(given["half"]), given["noon"]) if "half" in given else int(given.get("hour", 0))
        day = int(given["year"]), _month(given["month"]), int(given["day"])
        stamp = datetime(*day, hour, int(given.get("minute", 0)), int(given.get("second", 0)))  # noqa: DTZ001 - the zone comes later
        return stamp, _offset(given["offset"]) if "offset" in given else None

    return parse


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS.get(text.lower(), 0)


def _hour(half: int, noon: str) -> int:
    if not 1 <= half <= 12:
        raise ValueError(half)
    return half % 12 + (12 if noon.upper() in ("PM", "CH") else 0)


def _parse_iso(text: str) -> Stamp:
    found = _ISO.fullmatch(text)
    if not found:
        raise OtherForm
    day, clock, zone = found.groups()
    stamp = datetime.fromisoformat(f"{day}T{clock}" if clock else day)
    return stamp, _offset(zone) if zone and clock else None


def _epoch_parser(written: re.Pattern[str], in_a_second: int) -> Parse:
    def parse(text: str) -> Stamp:
        dotnet = _DOTNET.fullmatch(text) if in_a_second == 1000 else None
        if not dotnet and not written.fullmatch(text):
            raise OtherForm
        number = dotnet[1] if dotnet else text.partition(".")[0]
        return _BEGINNING + timedelta(seconds=int(number) // in_a_second), timedelta(0)

    return parse


def _parse_excel(text: str) -> Stamp:
    found = _EXCEL_NUMBER.fullmatch(text)
    if not found:
        raise OtherForm
    days, of_the_day = int(found[1]), float(found[2] or 0)
    if 0 < days < _EXCEL_SOUND:
        raise ValueError(text)
    return _EXCEL_BEGINNING + timedelta(days=days, seconds=round(of_the_day * 86400)), None


@lru_cache(maxsize=64)
def _offset(text: str) -> timedelta:
    if text == "Z":
        return timedelta(0)
    hours, minutes = int(text[1:3]), int(text[3:].removeprefix(":") or 0)
    if hours > 14 or minutes > 59:
        raise ValueError(text)
    return timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1)
