"""What the address of a catalogue's page asks for."""

from collections.abc import Mapping
from datetime import date

from flask import request

from hub.console.words import Word
from hub.record.moments import today
from schedules.calendar.csv_text import day_of


def day() -> tuple[date, str | None]:
    """The day that is asked for, and as links carry it; what is no day is today."""
    asked = request.args.get("on", "").strip()
    try:
        found = day_of(asked)
    except ValueError:
        return today(), None
    return found, found.isoformat()


def chosen(name: str, choices: Mapping[str, Word]) -> str | None:
    """What the link chose; what nobody offers chooses nothing."""
    asked = request.args.get(name, "")
    return asked if asked in choices else None
