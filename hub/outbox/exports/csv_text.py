"""CSV. For spreadsheets: Vietnamese headers and times, every text stays what it is. For programs: RFC 4180."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, BinaryIO, TypeAlias

import orjson

from hub.outbox.exports.columns import Column, Kind, as_json, for_people
from hub.outbox.exports.options import Dialect, Options
from hub.record.moments import ZONE

Cell: TypeAlias = Callable[[Any], str]

# What a spreadsheet takes for a formula; an apostrophe too, so that taking one off always gives the text back.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
# What it would take for a number or a day: 000190000001 → 190000001, 1.000656 → 1000656, 24-1 → 24 January.
_NUMBER = re.compile(r"[\s$₫]*[.,]?\d[\d\s.,:/-]*(e[+-]?\d*)?\s*[%₫]?", re.IGNORECASE)


def write(lines: Iterable[bytes], columns: Sequence[Column], file: BinaryIO, options: Options) -> None:
    """Write a header and a row for each line."""
    excel = options.dialect is Dialect.EXCEL
    cells = [(column.value, _cell(column, excel=excel)) for column in columns]
    text = io.TextIOWrapper(file, "utf-8-sig" if excel else "utf-8", newline="", write_through=False)
    writer = csv.writer(text, delimiter=";" if excel else ",", lineterminator="\r\n")
    writer.writerow([column.word if excel else column.name for column in columns])
    writer.writerows(_rows(lines, cells))
    text.flush()
    text.detach()  # the file is its owner's to close


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def kept(text: str) -> str:
    """A text that no spreadsheet takes for anything else."""
    return f"'{text}" if text.startswith(_FORMULA) or _NUMBER.fullmatch(text) else text


def _rows(lines: Iterable[bytes], cells: Sequence[tuple[Callable[[Any], Any], Cell]]) -> Iterable[list[str]]:
    for line in lines:
        item = orjson.loads(line)
        row: list[str] = []
        for value_of, cell in cells:
            value = value_of(item)
            row.append("" if value is None else cell(value))
        yield row


def _cell(column: Column, *, excel: bool) -> Cell:
    if column.kind in (Kind.LIST, Kind.FACTS):
        return as_json  # begins with [ or {
    if column.kind is Kind.INTEGER or column.name == "id":  # a number of ours, read as one it is the same
        return str
    return _for_people(column) if excel else _for_programs(column)


def _for_people(column: Column) -> Cell:
    match column.kind:
        case Kind.TIME:
            return _local
        case Kind.DATE:
            return str
    return lambda value: kept(str(for_people(column, value)))


def _for_programs(column: Column) -> Cell:
    if column.kind is Kind.BOOLEAN:
        return lambda value: "true" if value else "false"
    return lambda value: harmless(str(value))


def _local(text: str) -> str:
    """Vietnam's time, in the one order of day and month that every spreadsheet reads alike."""
    return datetime.fromisoformat(text).astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
