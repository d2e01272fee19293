"""A sheet of a workbook as rows of text, as Excel shows them. calamine lives here alone."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from connectors.body import Body
from connectors.csv import Row
from connectors.files.trouble import BadFile, not_whole
from connectors.wording import listed, quoted

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how .xlsx and .ods, and how .xls and locked ones begin
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_EXACT = 1e15  # whole numbers below this are whole in a workbook as well
_LOCKED = "Tệp được đặt mật khẩu. Hãy bỏ mật khẩu (Tệp → Thông tin → Bảo vệ sổ làm việc) rồi lưu và chép lại."
_NO_WORKBOOK = "Tệp không phải là bảng tính Excel. Hãy mở tệp, chọn Lưu thành → Sổ làm việc Excel (.xlsx), chép lại."


def rows(body: Body, name: str, sheet: str | None, max_unpacked_bytes: int) -> Iterator[Row]:
    """Every row from the top of the sheet, each as long as the widest.

    Raises:
        BadFile: it is locked or no workbook, or has no such sheet.
    """
    _refuse_broken(body, name, max_unpacked_bytes)
    try:
        with CalamineWorkbook.from_filelike(body.open()) as workbook:
            cells = _filled(workbook.get_sheet_by_name(_chosen(workbook, name, sheet)))
            yield from (Row(number, row, ()) for number, row in enumerate(cells, start=1))
    except PasswordError:
        raise _locked(name) from None
    except CalamineError as error:
        if body.head(8) == OLE and _ENCRYPTED in body.head(64 * 1024) + body.tail(64 * 1024):
            raise _locked(name) from None
        raise BadFile(f"“{name}” is no workbook that can be read: {quoted(str(error))}", _NO_WORKBOOK) from None


def _refuse_broken(body: Body, name: str, limit: int) -> None:
    """The list of what is in an .xlsx stands at its end: without it half of the file is missing."""
    if body.head(4) != ZIP:
        return
    try:
        with zipfile.ZipFile(body.open()) as packed:
            size = sum(each.file_size for each in packed.infolist())
    except (zipfile.BadZipFile, EOFError, ValueError):
        raise not_whole(name) from None
    if size > limit:
        raise BadFile(
            f"“{name}” would unpack to {size:,} bytes, more than the {limit:,} of `max_unpacked_bytes`",
            "Tệp quá lớn. Hãy xóa các trang và vùng không dùng, hoặc chia thành nhiều tệp.",
        )


def _chosen(workbook: CalamineWorkbook, name: str, wanted: str | None) -> str:
    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    names = [sheet.name for sheet in sheets]
    if wanted is not None:
        found = next((each for each in names if each.strip().casefold() == wanted.strip().casefold()), None)
    else:
        shown = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
        found = next(iter(shown), None)
    if found is None:
        missing = f"has no sheet {quoted(wanted)}" if wanted else "has no sheet that is not hidden"
        advice = f"Tệp không có trang tính “{wanted}”. Hãy đặt đúng tên trang rồi chép lại." if wanted else _NO_WORKBOOK
        raise BadFile(f"“{name}” {missing}; it has {listed(names)}", advice)
    return found


def _filled(sheet: CalamineSheet) -> Iterator[list[str]]:
    """The rows; a merged cell says the same in every place that it covers."""
    merged = _merged(sheet)
    covering: list[tuple[int, range, str]] = []  # last row, columns, text
    for number, row in enumerate(sheet.iter_rows()):
        texts = [_text(value) for value in row]
        covering = [each for each in covering if each[0] >= number]
        for last, columns in merged.get(number, ()):
            here = range(columns.start, min(columns.stop, len(texts)))
            if here:
                covering.append((last, here, texts[here.start]))
        for _, columns, text in covering:
            for column in columns:
                texts[column] = text
        yield texts


def _merged(sheet: CalamineSheet) -> dict[int, list[tuple[int, range]]]:
    """By the first row of each merged cell: its last row, and its columns counted from the first that is used."""
    found: dict[int, list[tuple[int, range]]] = {}
    left = sheet.start[1] if sheet.start else 0
    for (top, first), (bottom, last) in sheet.merged_cell_ranges or ():
        if first >= left:
            found.setdefault(top, []).append((bottom, range(first - left, last - left + 1)))
    return found


def _text(value: Any) -> str:
    """A cell as text: days and times as ISO 8601, whole numbers without a fraction."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds" if not value.microsecond else "microseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{int(value.total_seconds()) // 3600}:{int(value.total_seconds()) // 60 % 60:02}"
    return str(value).strip()


def _locked(name: str) -> BadFile:
    return BadFile(f"“{name}” is protected by a password, which the hub does not have", _LOCKED)
