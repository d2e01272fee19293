"""What keepers' CSV files have in common: the separator that a spreadsheet chose, days, and what is wrong with one."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date

_WRITTEN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")  # as spreadsheets in Vietnam write days
# Of our own: the `csv` module has one limit for the whole process, and whoever reads large files raises it.
_LONGEST_CELL = 131_072
_ISO = re.compile(r"\d{4}-\d\d-\d\d")


def separator(text: str) -> str:
    """Comma, semicolon or tab: the one of which the first line has the most."""
    return max(",;\t", key=text.partition("\n")[0].count)


class Rows:
    """The rows of a text, each a list of cells; `line_num` is the line that the last one ended on.

    Raises:
        csv.Error: a row is broken, or a cell is endless; `broken` says where.
    """

    def __init__(self, text: str, between: str) -> None:
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)

    @property
    def line_num(self) -> int:
        """Counted from 1."""
        return self._reader.line_num

    def __iter__(self) -> Iterator[list[str]]:
        """Itself: rows are read once."""
        return self

    def __next__(self) -> list[str]:
        """One row."""
        row = next(self._reader)
        if any(len(cell) > _LONGEST_CELL for cell in row):
            raise csv.Error
        return row


def day_of(text: str) -> date:
    """The day of `2026-05-20` and of `20/5/2026`: the day stands before the month.

    Raises:
        ValueError: it is written in another way, or there is no such day.
    """
    if written := _WRITTEN.fullmatch(text):
        return date(int(written[3]), int(written[2]), int(written[1]))
    if not _ISO.fullmatch(text):
        raise ValueError(f"{text!r} is no day")
    return date.fromisoformat(text)


def broken(text: str, line: int, between: str) -> tuple[int, int, str, str]:
    """Where a row that the `csv` module refused cannot be read, what is wrong and what would be right.

    `line` is the row's first; the place is a line and the number of a cell, both from 1.
    """
    begins, cell, inside, at_start, length = line, 1, False, True, 0
    row = "\n".join(text.split("\n")[line - 1 :])
    for at, sign in enumerate(row):
        follows = row[at + 1 : at + 2]
        length += 1
        if inside:
            if sign == '"' and follows not in ("", between, "\n", "\r", '"') and row[at - 1] != '"':
                return line, cell, "text stands after a closing quotation mark", 'write " twice inside a quoted text'
            inside = sign != '"'
        elif sign == between:
            begins, cell, at_start, length = line, cell + 1, True, 0
            continue
        elif sign == '"' and (at_start or row[at - 1] == '"'):
            inside = True
        elif sign == "\n":
            break
        if length > _LONGEST_CELL:
            what = f"this cell is longer than {_LONGEST_CELL:,} characters"
            return begins, cell, what, 'is a quotation mark (") missing that closes it?'
        at_start = False
        line += sign == "\n"
    if inside:
        return begins, cell, "a quotation mark is opened and never closed", 'close it, or write " twice inside a text'
    return begins, cell, "this line cannot be read as CSV", "save the file anew as CSV UTF-8"
