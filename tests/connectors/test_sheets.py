"""What Excel writes, read as Excel shows it."""

import datetime as dt
import io
import struct
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.connectors.workbooks import HEADER, ROWS, names, pulled, put, saved, settings, xlsx


def first_value(folder: Path, data: bytes, **more: Any) -> Any:
    put(folder, "a.xlsx", data)
    return pulled(settings(folder, **more)).values[0]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("000123", "000123"),
        (3, "3"),
        (3.5, "3.5"),
        (79190000001, "79190000001"),
        (True, "true"),
        (dt.date(2026, 5, 1), "2026-05-01"),
        (dt.datetime(2026, 5, 1, 7, 30), "2026-05-01T07:30:00"),
        (dt.time(7, 30), "07:30:00"),
        (dt.timedelta(hours=30, minutes=5), "30:05"),
        ("  nhiều\n dòng ", "nhiều\n dòng"),
        (None, ""),
    ],
)
def test_a_cell_is_the_text_that_it_means(tmp_path: Path, cell: Any, text: str) -> None:
    assert first_value(tmp_path, xlsx([["1", cell]], header=["Mã hồ sơ", "x"]))["x"] == text


def test_a_formula_is_its_value(tmp_path: Path) -> None:
    book = xlsx([["1", "=1+2"]], header=["Mã hồ sơ", "x"])
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"<v></v>", b"<v>3</v>").replace(b"<v />", b"<v>3</v>")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    assert first_value(tmp_path, file.getvalue())["x"] == "3"


def test_the_first_sheet_that_is_not_hidden_is_read_or_the_named_one(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    hidden: Any = book.active
    hidden.title, hidden.sheet_state = "Danh mục", "hidden"
    hidden.append(HEADER)
    hidden.append(["ẩn", "", ""])
    shown = book.create_sheet("Tháng 11")
    shown.append(HEADER)
    shown.append(["hiện", "", ""])
    assert first_value(tmp_path, saved(book))["Mã hồ sơ"] == "hiện"
    assert first_value(tmp_path, saved(book), sheet="danh mục")["Mã hồ sơ"] == "ẩn"
    put(tmp_path, "b.xlsx", saved(book))
    (warning,) = pulled(settings(tmp_path, sheet="Tháng 12")).warnings
    assert "has no sheet “Tháng 12”; it has `Danh mục`, `Tháng 11`" in warning


def test_a_title_above_and_space_around_the_table_are_passed_over(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet["C2"] = "DANH SÁCH HỒ SƠ"
    sheet.merge_cells("C2:E2")
    for column, name in enumerate(HEADER, start=3):
        sheet.cell(4, column, name)
        sheet.cell(7, column, f"giá trị {column}")
    assert first_value(tmp_path, saved(book), header_row=4) == {
        "Mã hồ sơ": "giá trị 3",
        "Họ tên": "giá trị 4",
        "Ngày nhận": "giá trị 5",
    }


def test_a_merged_cell_counts_for_every_row_that_it_covers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (["Mã hồ sơ", "Phường"], ["1", "An Thử"], ["2", None], ["3", "Bình Thử"]):
        sheet.append(row)
    sheet.merge_cells("B2:B3")
    put(tmp_path, "a.xlsx", saved(book))
    assert [value["Phường"] for value in pulled(settings(tmp_path)).values] == ["An Thử", "An Thử", "Bình Thử"]


def test_column_names_are_tidied_and_each_is_there_once(tmp_path: Path) -> None:
    header = ["Mã  hồ\nsơ ", "Ngày", "Ngày", None, "Ngày nhận"]
    value = first_value(tmp_path, xlsx([["1", "a", "b", "c", "d", "e"]], header=header))
    assert value == {"Mã hồ sơ": "1", "Ngày": "a", "Ngày (2)": "b", "D": "c", "Ngày nhận": "d", "F": "e"}


def test_a_row_without_a_key_is_set_aside_with_its_number_and_the_rest_goes_on(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", xlsx([ROWS[0], [], [None, "Trần Thử", ""], ROWS[1]]))
    done = pulled(settings(tmp_path, sheet="Hồ sơ"))
    assert done.keys == [ROWS[0][0], ROWS[1][0]]
    (bad,) = done.bad
    assert "row 4 of sheet “Hồ sơ” has nothing in the column `Mã hồ sơ`" in bad
    assert "“a.xlsx”" in bad
    assert names(tmp_path, "processed") == ["a.xlsx"]


def test_a_sheet_with_names_and_nothing_below_has_no_record_and_is_done_with(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", xlsx([]))
    assert pulled(settings(tmp_path)).keys == []
    assert names(tmp_path, "processed") == ["a.xlsx"]


def test_an_empty_sheet_is_set_aside(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", saved(openpyxl.Workbook()))
    assert "has no column names in row 1" in pulled(settings(tmp_path)).warnings[0]


def test_change_times_are_read(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", xlsx(ROWS[:1]))
    changed_at = {"from": "Ngày nhận", "date": "dd/MM/yyyy"}
    (page, *_) = pulled(settings(tmp_path, changed_at=changed_at)).pages
    assert page.records[0].changed_at is not None
    assert page.records[0].changed_at.isoformat() == "2026-11-01T00:00:00+07:00"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<html><body><table><tr><td>1</td></tr></table>", "a web page or XML that Excel opens"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "a web page or XML that Excel"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600), "is no workbook that can be read"),
        (xlsx([])[:4] + bytes(600), "ends before its end"),
    ],
)
def test_what_is_no_workbook_is_set_aside_with_a_sentence(tmp_path: Path, data: bytes, said: str) -> None:
    put(tmp_path, "a.xls", data)
    assert said in pulled(settings(tmp_path), clock=lambda: 1e11).warnings[0]


def test_a_document_that_is_packed_like_a_workbook_is_none(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("word/document.xml", "<w/>")
    put(tmp_path, "a.docx", file.getvalue())
    assert "is no workbook that can be read" in pulled(settings(tmp_path)).warnings[0]


def test_a_workbook_that_would_fill_the_memory_is_set_aside(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * 2_000_000)
    put(tmp_path, "a.xlsx", file.getvalue())
    done = pulled(settings(tmp_path, max_unpacked_bytes=1_000_000))
    assert "would unpack to 2,000,000 bytes" in done.warnings[0]


def locked() -> bytes:
    """A workbook behind a password, as far as its outside goes: a compound file with two streams."""
    sector, none, end, table, stream = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 4096
    head = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16)
    head += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, stream, end, 0, end, 0, 0)
    head += struct.pack("<108I", *[none] * 108)

    def entry(name: str, kind: int, child: int, right: int, start: int, size: int) -> bytes:
        text = name.encode("utf-16-le")
        about = struct.pack("<HBBIII16xI16xIQ", len(text) + 2, kind, 1, none, right, child, 0, start, size)
        return text.ljust(64, b"\0") + about

    chains = [table, end]
    for start in (2, 10):
        chains += [*range(start + 1, start + 8), end]
    directory = entry("Root Entry", 5, 1, none, end, 0) + entry("EncryptionInfo", 2, none, 2, 2, stream)
    directory += entry("EncryptedPackage", 2, none, none, 10, stream)
    fat = struct.pack("<128I", *chains, *[none] * (128 - len(chains)))
    return head + fat + directory.ljust(sector, b"\0") + bytes(2 * stream)


def test_a_workbook_behind_a_password_is_set_aside_with_a_note_for_its_author(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", locked())
    assert "“a.xlsx” is protected by a password" in pulled(settings(tmp_path)).warnings[0]
    assert "Hãy bỏ mật khẩu" in (tmp_path / "failed" / "a.xlsx.vi-sao.txt").read_text(encoding="utf-8")


def csv_of(rows: list[list[str]], separator: str = ";", charset: str = "utf-8-sig") -> bytes:
    return "".join(separator.join(row) + "\r\n" for row in [HEADER, *rows]).encode(charset)


@pytest.mark.parametrize(
    ("data", "more"),
    [
        (csv_of(ROWS), {}),
        (csv_of(ROWS, "\t", "utf-16"), {}),
        (b"sep=,\r\n" + csv_of(ROWS, ",", "utf-8"), {}),
    ],
)
def test_csv_of_excel_is_read(tmp_path: Path, data: bytes, more: dict[str, Any]) -> None:
    put(tmp_path, "a.csv", data)
    done = pulled(settings(tmp_path, **more))
    assert done.keys == [row[0] for row in ROWS]
    assert done.values[0]["Họ tên"] == "Nguyễn Thử 1"


def as_1258(text: str) -> bytes:
    """As Windows writes it: tones stand behind their letters."""
    parts = []
    for letter in text:
        plain = unicodedata.normalize("NFD", letter)
        tones = "".join(each for each in plain if each in "\u0300\u0301\u0303\u0309\u0323")
        base = unicodedata.normalize("NFC", "".join(each for each in plain if each not in tones))
        parts.append((base + tones).encode("windows-1258"))
    return b"".join(parts)


def test_csv_in_an_old_charset_is_read_when_that_is_named(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", as_1258("Mã hồ sơ;Họ tên\r\n1;Nguyễn Thử\r\n"))
    done = pulled(settings(tmp_path, charset="windows-1258"))
    assert done.keys == ["1"]
    assert unicodedata.normalize("NFC", done.values[0]["Họ tên"]) == "Nguyễn Thử"


def test_csv_in_an_old_charset_that_is_not_named_is_set_aside(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", as_1258("Mã hồ sơ;Họ tên\r\n1;x\r\n"))
    assert "not written in utf-8" in pulled(settings(tmp_path)).warnings[0]


def test_a_csv_row_that_does_not_fit_is_set_aside_with_its_line(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", csv_of([ROWS[0], ["1", "2"], ["", "x", "y"], ROWS[1]]))
    done = pulled(settings(tmp_path))
    assert done.keys == [ROWS[0][0], ROWS[1][0]]
    short, keyless = sorted(map(str, done.bad))
    assert "line 3 has 2 cells" in short
    assert "line 4 has nothing in the column" in keyless


def test_a_huge_csv_comes_in_parts(tmp_path: Path) -> None:
    rows = [[f"{at:06}", "Nguyễn Thử", "01/11/2026"] for at in range(25_000)]
    put(tmp_path, "a.csv", csv_of(rows))
    done = pulled(settings(tmp_path, page_size=10_000))
    assert [len(page.records) for page in done.pages] == [10_000, 10_000, 5_000, 0]
    assert len(set(done.keys)) == 25_000
