"""What the address of a list asks for. What nobody offers, and what is cut or changed, asks for nothing."""

from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Any, TypeVar

from flask import request, url_for

from hub.record.moments import end_of, start_of
from hub.store import cursor
from schedules.calendar.csv_text import day_of

T = TypeVar("T")
PER_PAGE = 50


def word(name: str, longest: int = 200) -> str | None:
    """A text that was typed."""
    return request.args.get(name, "").strip()[:longest] or None


def chosen(name: str, choices: Collection[str]) -> str | None:
    """One of these."""
    asked = request.args.get(name, "")
    return asked if asked in choices else None


def day(name: str) -> date | None:
    """A day, as browsers send it or as people write it."""
    try:
        return day_of(request.args.get(name, "").strip())
    except ValueError:
        return None


def since(first: date | None) -> datetime | None:
    """The moment at which a day begins in Vietnam."""
    return None if first is None else datetime.fromisoformat(start_of(first))


def until(last: date | None) -> datetime | None:
    """The moment at which a day is over."""
    return None if last is None or last == date.max else datetime.fromisoformat(end_of(last))


def position(of: str) -> int | None:
    """Where the list goes on; None: from its start."""
    try:
        return cursor.id_position(of, request.args.get("after", ""))
    except cursor.CursorError:
        return None


def a_page(
    of: str, found: list[T], id_of: Callable[[T], int], endpoint: str, **wanted: Any
) -> tuple[list[T], str | None]:
    """What fits on a page of a list that was asked for one more, and where the next one is."""
    shown = found[:PER_PAGE]
    if len(found) <= PER_PAGE:
        return shown, None
    return shown, url_for(endpoint, **wanted, after=cursor.after_id(of, id_of(shown[-1])))


def is_first() -> bool:
    """Whether this is the first page of a list."""
    return "after" not in request.args
