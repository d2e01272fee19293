"""Points in time and texts as somebody asks for them: a day of Vietnam, or a time with its zone."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from hub.record.moments import as_text, end_of, start_of

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_YEARS = range(1900, 2200)  # what a time in a dossier can be; far from where calendars end


def _point(instant_of: Callable[[date], str]) -> Callable[[str], str]:
    """Read a day of Vietnam or a time with its zone, as UTC text."""

    def read(text: str) -> str:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return as_text(_time(text))
        if day.year not in _YEARS:
            raise ValueError(f"“{text}” is out of range")
        return instant_of(day)

    return read


def _time(text: str) -> datetime:
    try:
        # A + that was not written as %2B arrives as a space; a time with a zone has no other.
        at = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise ValueError(f"“{text}” is neither a day (2026-05-20) nor a time (2026-05-20T08:15:00+07:00)") from error
    if at.tzinfo is None:
        raise ValueError(f"“{text}” has no zone; write {text}+07:00 for Vietnam's time, or just the day")
    if at.year not in _YEARS:
        raise ValueError(f"“{text}” is out of range")
    return at


def _storable(text: str) -> str:
    """PostgreSQL cannot hold a NUL, so nothing has one."""
    if "\0" in text:
        raise ValueError("holds a NUL character, which nothing in the hub has")
    return text


def _day(given: object) -> object:
    """A day is written as one: pydantic alone would take numbers for seconds since 1970."""
    if (isinstance(given, str) and not _DAY.fullmatch(given)) or isinstance(given, (int, float)):
        raise ValueError(f"“{given}” is no day; write it as 2026-05-20")
    return given


Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=date)]
Storable = Annotated[str, AfterValidator(_storable)]
Text = Annotated[Storable, Field(min_length=1, max_length=500)]
_POINT = WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]})
From = Annotated[str, AfterValidator(_point(start_of)), _POINT]
To = Annotated[str, AfterValidator(_point(end_of)), _POINT]
