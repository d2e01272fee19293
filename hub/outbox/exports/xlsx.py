"""XLSX: text is text, times are times (Vietnam's), the header stays in sight and filters."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import orjson
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from hub.outbox.exports.columns import Column, Kind, as_json, for_people
from hub.outbox.exports.options import Options
from hub.record.moments import ZONE

Put: TypeAlias = Callable[[Worksheet, int, int, Any], Any]

_ROWS = 1_048_576  # of a sheet, its header included
_LONGEST = 32_767  # characters of a cell
_FIRST_YEAR = 1900  # before it a spreadsheet has no dates
_WIDTHS = {Kind.TIME: 18, Kind.DATE: 12, Kind.BOOLEAN: 10, Kind.INTEGER: 14, Kind.LIST: 10}


def write(
    lines: Iterable[bytes],
    columns: Sequence[Column],
    file: BinaryIO,
    options: Options,  # noqa: ARG001  # as all writers
    *,
    rows: int = _ROWS,
) -> None:
    """Write a workbook of as many sheets as it takes, each of at most so many rows.

    Raises:
        OSError: the file, or what is written aside before it, cannot be.
    """
    aside = str(Path(file.name).parent) if isinstance(getattr(file, "name", None), str) else None
    settings = {"constant_memory": True, "tmpdir": aside, "default_date_format": "dd/mm/yyyy hh:mm"}
    target = _Target(file)
    book = xlsxwriter.Workbook(target, settings)
    book.use_zip64()
    try:
        _fill(book, lines, columns, rows)
        book.close()
    except FileCreateError as error:
        raise error.args[0] if error.args and isinstance(error.args[0], OSError) else OSError(str(error)) from error
    finally:
        target.is_shut = True
        _leave(book)


class _Target:
    """The file, until it is shut: what of a workbook is left when it cannot be written tries again when it is freed."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.is_shut = file, False

    def write(self, data: bytes) -> int:
        """Write, or pretend to."""
        return len(data) if self.is_shut else self._file.write(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go there, or pretend to."""
        return offset if self.is_shut else self._file.seek(offset, whence)

    def tell(self) -> int:
        """Where it is."""
        return 0 if self.is_shut else self._file.tell()

    def flush(self) -> None:
        """Let the system have it."""
        if not self.is_shut:
            self._file.flush()


def _leave(book: xlsxwriter.Workbook) -> None:
    """Close what the library leaves open where it was interrupted."""
    book.fileclosed = True  # else it complains, when it is freed, that nobody closed it
    for sheet in book.worksheets():
        if sheet.row_data_fh is not None:
            sheet.row_data_fh.close()


def _fill(book: xlsxwriter.Workbook, lines: Iterable[bytes], columns: Sequence[Column], rows: int) -> None:
    puts = [(at, column.value, _put(book, column)) for at, column in enumerate(columns)]
    sheet, row = _sheet(book, columns), 1
    for line in lines:
        if row == rows:
            _end(sheet, columns, row)
            sheet, row = _sheet(book, columns), 1
        item = orjson.loads(line)
        for at, value_of, put in puts:
            value = value_of(item)
            if value is not None:
                put(sheet, row, at, value)
        row += 1
    _end(sheet, columns, row)


def _sheet(book: xlsxwriter.Workbook, columns: Sequence[Column]) -> Worksheet:
    number = len(book.worksheets()) + 1
    sheet = book.add_worksheet("Hồ sơ" if number == 1 else f"Hồ sơ {number}")
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for at, column in enumerate(columns):
        sheet.set_column(at, at, _WIDTHS.get(column.kind, 24))
        sheet.write_string(0, at, column.word, bold)
    return sheet


def _end(sheet: Worksheet, columns: Sequence[Column], rows: int) -> None:
    sheet.autofilter(0, 0, rows - 1, len(columns) - 1)


def _put(book: xlsxwriter.Workbook, column: Column) -> Put:
    match column.kind:
        case Kind.TIME:
            shown = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
            return lambda sheet, row, at, text: _put_moment(sheet, row, at, _local(text), shown, text)
        case Kind.DATE:
            day = book.add_format({"num_format": "dd/mm/yyyy"})
            return lambda sheet, row, at, text: _put_moment(sheet, row, at, _midnight(text), day, text)
        case Kind.INTEGER:
            whole = book.add_format({"num_format": "#,##0"})
            return lambda sheet, row, at, number: sheet.write_number(row, at, number, whole)
        case Kind.LIST:
            return lambda sheet, row, at, entries: sheet.write_number(row, at, len(entries))
        case Kind.FACTS:
            return lambda sheet, row, at, facts: sheet.write_string(row, at, _cut(as_json(facts)))
    return lambda sheet, row, at, value: sheet.write_string(row, at, _cut(str(for_people(column, value))))


def _put_moment(sheet: Worksheet, row: int, at: int, moment: datetime, shown: Any, text: str) -> None:
    if moment.year < _FIRST_YEAR:
        sheet.write_string(row, at, text)
    else:
        sheet.write_datetime(row, at, moment, shown)


def _local(text: str) -> datetime:
    """Vietnam's time; a cell has no zone."""
    return datetime.fromisoformat(text).astimezone(ZONE).replace(tzinfo=None)


def _midnight(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), time())


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
