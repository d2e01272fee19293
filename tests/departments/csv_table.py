"""Reads any CSV file as it is found in the field: its encoding and its separator are told from its content."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

RESERVED = ("_id", "_extra")
_SEPARATORS = ",;\t"
_LARGEST_CELL = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Table:
    """The columns, each with a name of its own, and the rows with as many cells as the file has in each."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_table(path: Path) -> Table:
    """The table in a file; a missing file is an OSError, one without column names a ValueError."""
    text = _decode(path.read_bytes())
    if not text.strip():
        raise ValueError("the file is empty; a CSV file begins with a line of column names")
    csv.field_size_limit(_LARGEST_CELL)
    separator = max(_SEPARATORS, key=lambda candidate: len(next(_lines(text, candidate))))
    header, *rows = _lines(text, separator)
    return Table(_named(header), tuple(rows))


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1258", errors="replace")  # Vietnamese Windows; a few of its bytes mean nothing


def _lines(text: str, separator: str) -> Iterator[tuple[str, ...]]:
    return (tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row)


def _named(header: Sequence[str]) -> tuple[str, ...]:
    """Column names without doubles: `NAME_2` for the second NAME, `column_3` for a third column without a name."""
    taken = set(RESERVED)
    names = []
    for number, cell in enumerate(header, start=1):
        wanted = cell.strip() or f"column_{number}"
        name, count = wanted, 1
        while name in taken:
            count += 1
            name = f"{wanted}_{count}"
        taken.add(name)
        names.append(name)
    return tuple(names)
