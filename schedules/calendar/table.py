"""Reads a file of special days (CSV: day,kind,name). Every finding at once; nothing is guessed."""

import csv
import re
from collections.abc import Iterator
from datetime import date

from schedules.calendar.csv_text import Rows, broken, day_of, separator
from schedules.calendar.days import FIRST_YEAR, LAST_YEAR, Days, Kind, SpecialDay

COLUMNS = ("day", "kind", "name")
MOST_ROWS = 10_000
_LONGEST_NAME = 200
_YEAR = re.compile(r"\d{4}")


class WrongDays(ValueError):
    """A file of days that cannot be used, with every finding: `FILE:LINE what; what would be right`."""

    def __init__(self, findings: list[str]) -> None:
        super().__init__("\n".join(findings))
        self.findings = findings


def read(text: str, origin: str) -> Days:
    """The days of a file; `origin` names it in findings and in the days.

    Raises:
        WrongDays: with everything that is wrong with it.
    """
    findings: list[str] = []
    special: dict[date, SpecialDay] = {}
    confirmed: dict[int, str] = {}
    first: dict[str, int] = {}
    for line, row in _rows(text, origin, findings):
        written, kind, name = row
        day = _plain(written)
        if first.setdefault(day, line) != line:
            findings.append(f"{origin}:{line} {day} stands in line {first[day]} already; leave one of the two")
        elif wrong := _wrong(day, kind, name):
            findings.append(f"{origin}:{line} {wrong}")
        elif kind == Kind.CONFIRMED:
            confirmed[int(day)] = name
        else:
            special[date.fromisoformat(day)] = SpecialDay(date.fromisoformat(day), Kind(kind), name, origin)
    if findings:
        raise WrongDays(findings)
    return Days(tuple(special.values()), confirmed)


def _rows(text: str, origin: str, findings: list[str]) -> Iterator[tuple[int, tuple[str, str, str]]]:
    """Lines with their number, and findings of those that are no rows."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    between = separator(text)
    lines = Rows(text, between)
    before = 0
    try:
        header = [cell.strip().lower() for cell in next(lines, [])]
        before = lines.line_num
        if header != list(COLUMNS):
            findings.append(f"{origin}:1 the columns are {','.join(header) or 'none'}; write {','.join(COLUMNS)}")
            return
        for row in lines:
            cells = [cell.strip() for cell in row]
            if lines.line_num > MOST_ROWS:
                findings.append(f"{origin}:{lines.line_num} more than {MOST_ROWS:,} rows; no calendar is so long")
                return
            if len(cells) == len(COLUMNS):
                yield lines.line_num, (cells[0], cells[1], cells[2])
            elif any(cells):
                findings.append(f"{origin}:{lines.line_num} {len(cells)} columns; write {','.join(COLUMNS)}")
            before = lines.line_num
    except csv.Error:
        line, cell, what, right = broken(text, before + 1, between)
        findings.append(f"{origin}:{line}:{cell} {what}; {right}")


def _plain(written: str) -> str:
    """A day as ISO writes it; anything else as it stands, for `_wrong` to tell."""
    try:
        return day_of(written).isoformat()
    except ValueError:
        return written


def _year(text: str) -> int:
    if not _YEAR.fullmatch(text):
        raise ValueError(f"{text!r} is no year")
    return int(text)


def _wrong(day: str, kind: str, name: str) -> str | None:
    """What is wrong with one row; None where nothing is."""
    if kind not in tuple(Kind):
        return f"the kind “{kind}” is none; write {', '.join(Kind)}"
    try:
        year = _year(day) if kind == Kind.CONFIRMED else date.fromisoformat(day).year
    except ValueError:
        wanted = "a year, as 2027" if kind == Kind.CONFIRMED else "a day that exists, as 2027-02-05 or 05/02/2027"
        return f"“{day}” is no {kind} day; write {wanted}"
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return f"the year of “{day}” is out of range; write one from {FIRST_YEAR} to {LAST_YEAR}"
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        return f"a name of up to {_LONGEST_NAME} characters is needed, as the decision that says so"
    return None
