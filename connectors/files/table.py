"""Rows of a sheet or a CSV file as records: the names stand in one row, everything below it is data."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from connectors import csv
from connectors.documents import Broken
from connectors.files.trouble import BadFile
from connectors.wording import did_you_mean

ByName: TypeAlias = Callable[[Sequence[str], csv.Row], dict[str, str] | Broken]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of data, and where it stands in the file, counted as people do."""

    number: int
    value: dict[str, str] | Broken
    unit: str = "row"  # what was counted: the lines of a text, as a cell of CSV may hold several


def data_rows(
    rows: Iterable[csv.Row], header_row: int, needed: Sequence[str], name: str, by_name: ByName, unit: str = "row"
) -> Iterator[Row]:
    """The rows below the header that hold anything.

    Raises:
        BadFile: it has no header, or one without the columns that are `needed`.
    """
    taking = iter(rows)
    header = next((row for row in taking if row.number >= header_row), None)
    names = _names(header.cells) if header else []
    if not names:
        raise BadFile(
            f"“{name}” has no column names in row {header_row}",
            f"Dòng {header_row} phải có tên các cột. Hãy dùng đúng mẫu rồi chép lại.",
        )
    _refuse_without(needed, names, header_row, name)
    for row in taking:
        if any(map(str.strip, row.cells)):
            yield Row(row.number, by_name(names, row), unit)


def of_sheet(names: Sequence[str], row: csv.Row) -> dict[str, str]:
    """A row of a sheet, where every cell has its place: what stands in a column without a name goes by its letter."""
    value = {name: cell.strip() for name, cell in zip(names, row.cells, strict=False)}
    beyond = enumerate(row.cells[len(names) :], len(names))
    return value | {_letter(place): cell.strip() for place, cell in beyond if cell.strip()}


def _names(header: Sequence[str]) -> list[str]:
    """Column names, each once: a column without a name goes by its letter, and none counts behind the last name."""
    found: list[str] = []
    plain = [unicodedata.normalize("NFC", " ".join(cell.split())) for cell in header]
    while plain and not plain[-1]:
        plain.pop()
    for place, written in enumerate(plain):
        again, name = 1, written or _letter(place)
        while name in found:
            again, name = again + 1, f"{written or _letter(place)} ({again + 1})"
        found.append(name)
    return found


def _letter(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _refuse_without(needed: Sequence[str], names: list[str], header_row: int, name: str) -> None:
    missing = next((each for each in needed if each not in names), None)
    if missing is not None:
        raise BadFile(
            f"“{name}” has no column `{missing}` in row {header_row}. {did_you_mean(missing, names)}",
            f"Thiếu cột “{missing}” ở dòng {header_row}. Hãy dùng đúng mẫu rồi chép lại.",
        )
