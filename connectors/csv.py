"""Reads CSV: the separator is told or seen in the first row, and a row that does not fit its header is set aside."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, TypeAlias
from unicodedata import normalize

from connectors.documents import Broken
from connectors.errors import Changed, ConnectorError, Unavailable
from connectors.wording import listed, quoted

Separator: TypeAlias = Literal["auto", "comma", "semicolon", "tab", "pipe"]

_LETTERS: Mapping[str, str] = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
_EXCEL_SAYS = re.compile(r"sep=(.)[\r\n]*\Z", re.I)  # how Excel names the separator in a line of its own
_QUOTED = re.compile(r'"[^"]*"')
_LONGEST_CELL = 16 * 1024 * 1024  # characters; the library's own limit is too small for what some put into a cell
_CUT_OFF = "unexpected end of data"


@dataclass(frozen=True, slots=True)
class Row:
    """One row, and the lines of the text that it was read from."""

    number: int  # of its first line
    cells: Sequence[str]
    lines: Sequence[str]


def rows(lines: Iterable[str], source: str, separator: Separator = "auto", width: int | None = None) -> Iterator[Row]:
    """Every row that is not empty. `lines` keep their ends, so that a line break in quotation marks stays what it is;
    `width` is how many cells a row has, where that is known."""
    taking = iter(lines)
    first = next(taking, "")
    letter = separator_of(first, source, separator, width)
    excel = says_separator(first)
    taken: list[str] = [first] if excel else []
    ahead = taking if excel else chain((first,), taking)
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(_noted(ahead, taken), delimiter=letter, strict=True)
    yield from _checked(reader, taken, source)


def separator_of(first: str, source: str, separator: Separator = "auto", width: int | None = None) -> str:
    """The letter between cells, by the first line: it says so, the settings do, or it shows."""
    excel = _EXCEL_SAYS.match(first)
    return excel[1] if excel else _LETTERS.get(separator) or _seen(first, source, width)


def says_separator(line: str) -> bool:
    """Whether this is how Excel names the separator, in a line of its own."""
    return _EXCEL_SAYS.match(line) is not None


def named(header: Sequence[str], source: str) -> list[str]:
    """The names of the columns, fit to tell the cells of a row apart; empty ones at the end do not count."""
    names = [normalize("NFC", cell.strip()) for cell in header]
    while names and not names[-1]:
        names.pop()
    if "" in names:
        raise _bad_header(source, f"column {names.index('') + 1} has no name")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise _bad_header(source, f"{listed(twice)} stands there more than once")
    return names


def record(names: Sequence[str], row: Row) -> dict[str, str] | Broken:
    """A row by the names of its columns; a row with too few or too many cells may have them in the wrong places."""
    cells = row.cells
    if len(cells) < len(names) or any(cell.strip() for cell in cells[len(names) :]):
        raw = "".join(row.lines).encode()
        return Broken(f"line {row.number} has {len(cells)} cells where the header has {len(names)}", raw)
    return {name: cell.strip() for name, cell in zip(names, cells, strict=False)}


def _noted(lines: Iterable[str], taken: list[str]) -> Iterator[str]:
    for line in lines:
        taken.append(line)
        yield line


def _checked(reader: Iterable[list[str]], taken: list[str], source: str) -> Iterator[Row]:
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Row(number, cells, tuple(taken))
            number += len(taken)
            taken.clear()
    except csv.Error as error:
        raise _unreadable(source, number, str(error)) from None


def _seen(first: str, source: str, width: int | None) -> str:
    """The separator of the first row: the only one that stands there outside of quotation marks."""
    plain = _QUOTED.sub("", first)
    found = {name: plain.count(letter) for name, letter in _LETTERS.items() if letter in plain}
    if width is not None and len(found) > 1:
        found = {name: count for name, count in found.items() if count == width - 1}
    if len(found) > 1:
        raise Changed(
            f"the first row of {source} may be cut at {listed(found)}: {quoted(first)}",
            code="not_csv",
            hint="Name the right one in `separator`.",
        )
    return _LETTERS[next(iter(found), "comma")]


def _bad_header(source: str, what: str) -> Changed:
    return Changed(
        f"the first row of {source} does not name its columns: {what}",
        code="not_csv",
        hint="If it is data, name the columns in `columns`; else ask the department to name each column once.",
    )


def _unreadable(source: str, number: int, said: str) -> ConnectorError:
    if said == _CUT_OFF:
        return Unavailable(
            f"the answer of {source} ends inside a quotation mark that opens in line {number:,}",
            code="truncated",
            hint="Nothing is lost; the hub asks again later. If it lasts, their export leaves quotation marks single.",
        )
    return Changed(
        f"line {number:,} of {source} is no CSV: {quoted(said)}",
        code="not_csv",
        hint="Look at that line of the kept answer: a quotation mark inside a quoted cell must be doubled.",
    )
