"""Rows of tables (CSV, XLSX): a record is a dict by the names of its columns, as the header has them."""

import csv
import re
from collections.abc import Callable, Iterator
from typing import Any
from unicodedata import normalize

from mappings.engine.inner import decoded
from mappings.engine.path import BadPath, Path
from mappings.engine.xml_tree import Several

_SEPARATORS = ",;\t|"
_QUOTED = re.compile(r'"[^"]*"')
_EXCEL_SAYS = re.compile(r"sep=(.)\s*", re.IGNORECASE)  # how Excel names the separator, in a line of its own
_HEADERS = 256  # headers that are remembered


def plain(name: str) -> str:
    """A column's name as it is compared: NFC, and spaces or line breaks as one space."""
    return normalize("NFC", " ".join(name.split()))


def column_path(text: str) -> Path:
    """The column of this name, whatever letters, dots or quotes it has; `.` is the row itself."""
    if text.strip() == ".":
        return Path(text, lambda row: row)
    name = plain(text)
    return Path(text, lambda row: row.get(name) if isinstance(row, dict) else None, (name,))


def prepared() -> Callable[[Any], Any]:
    """How a row that a connector hands over is made ready: its names as paths have them."""
    known: dict[tuple[Any, ...], dict[Any, str] | None] = {}

    def prepare(row: Any) -> Any:
        if not isinstance(row, dict):
            return None
        header = tuple(row)
        try:
            names = known[header]
        except KeyError:
            if len(known) >= _HEADERS:
                known.clear()
            names = known[header] = _other_names(header)
        return row if names is None else _renamed(row, names)

    return prepare


def _other_names(header: tuple[Any, ...]) -> dict[Any, str] | None:
    """The plain names of columns by those in the header; None where all are plain."""
    names = {name: plain(str(name)) for name in header}
    return None if all(name == written for written, name in names.items()) else names


def _renamed(row: dict[Any, Any], names: dict[Any, str]) -> dict[str, Any]:
    """The row by plain names; two columns that differ only in spaces are several values of one."""
    made: dict[str, Any] = {}
    for written, value in row.items():
        name = names[written]
        made[name] = Several([made[name], value]) if name in made else value
    return made


def splitter(records: str | None) -> Callable[[bytes], list[Any]]:
    """How a CSV file, or rows that were cut already and kept as JSON, become records. Raises `BadPath`."""
    if records:
        raise BadPath("every row of a table is a record", "leave `records` out")
    return _split


def _split(payload: bytes) -> list[Any]:
    text = _text(payload)
    if text.lstrip()[:1] in ("[", "{"):
        try:
            value = decoded(text.encode())
        except ValueError:
            pass  # a column may be called so
        else:
            return value if isinstance(value, list) else [value]
    try:
        return list(_rows(text))
    except csv.Error as error:
        raise ValueError(f"this is not CSV: {error}") from None


def _text(payload: bytes) -> str:
    charset = "utf-16" if payload[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return payload.decode(charset)
    except UnicodeDecodeError:
        raise ValueError("this is not UTF-8; save the file as “CSV UTF-8”") from None


def _rows(text: str) -> Iterator[dict[str, str]]:
    lines = text.splitlines(keepends=True)
    said = _EXCEL_SAYS.fullmatch(lines[0]) if lines else None
    lines = lines[1:] if said else lines
    reader = csv.reader(lines, delimiter=said[1] if said else _separator(lines[0] if lines else ""), strict=True)
    header = _named(next(reader, []))
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise ValueError(f"line {reader.line_num} has {len(cells)} cells where the header has {len(header)}")
        yield {name: cell.strip() for name, cell in zip(header, cells, strict=True)}


def _named(cells: list[str]) -> list[str]:
    """Every column with a name of its own: the second `Ngày` is `Ngày (2)`, one without a name goes by its letter."""
    names: list[str] = []
    for place, cell in enumerate(cells):
        written = plain(cell) or _letter(place)
        name, again = written, 1
        while name in names:
            again += 1
            name = f"{written} ({again})"
        names.append(name)
    return names


def _letter(place: int) -> str:
    above, rest = divmod(place, 26)
    return (_letter(above - 1) if above else "") + chr(ord("A") + rest)


def _separator(header: str) -> str:
    bare = _QUOTED.sub("", header)
    return max(_SEPARATORS, key=bare.count)
