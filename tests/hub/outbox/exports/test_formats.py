"""What stands in the files: every text as it is, times and numbers as such, nothing that a spreadsheet would run."""

import csv
import gzip
import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from hub.console import words as console_words
from hub.outbox.exports import words, xlsx
from hub.outbox.exports.columns import columns_of
from hub.outbox.exports.csv_text import harmless, kept
from hub.outbox.exports.options import Dialect, Format, Options
from hub.outbox.exports.writers import write
from hub.record.grant import EVERYTHING, Grant, Group, Sight
from hub.view.fields import parse_fields

ITEM: dict[str, Any] = {
    "id": "7",
    "code": "000.00.15.H29-260520-0001",
    "status": {"code": "processing", "number": 4, "label": "Đang xử lý"},
    "status_text": "=1+1",
    "channel": "online",
    "summary": 'Cấp lại; “giấy phép"\r\nđợt 2, Đỗ',
    "procedure": {"code": "1.000656", "name": "Đăng ký khai tử"},
    "applicant": {
        "name": "Nguyễn Thị Ánh",
        "kind": "citizen",
        "id_number": "000190000001",
        "phone": "+84900000001",
        "birth_date": "1990-04-30",
        "vneid_verified": False,
    },
    "received_at": "2026-05-19T20:00:00Z",
    "note": "@SUM(A1)",
    "receipt_number": "'24-1",
    "fees": [{"name": "Lệ phí", "amount": 200000, "paid": True}],
    "documents": [],
    "extra": {"SoBienLai": "BL-0042"},
    "due": {"state": "overdue", "due_at": "2026-05-20T01:00:00Z", "ended_at": None},
    "as_of": "2026-05-20T01:15:00Z",
    "source_seen_at": None,
    "stale": True,
    "changed_at": "2026-05-20T01:15:00Z",
    "position": 9007199254740993,
    "gone_at": None,
}
BARE: dict[str, Any] = {"id": "8", "code": "24-1", "status": {"code": "new", "number": 1, "label": "Mới đăng ký"}}
COLUMNS = columns_of(EVERYTHING, None)
AT = {column.name: at for at, column in enumerate(COLUMNS)}


def _written(tmp_path: Path, options: Options, *items: dict[str, Any]) -> Path:
    place = tmp_path / f"file.{options.suffix}"
    write((orjson.dumps(item) + b"\n" for item in items), COLUMNS, place, options)
    return place


def test_the_words_of_columns_and_choices_are_those_of_the_console() -> None:
    ours = {name: word for name, word in words.FIELDS.items() if name in console_words.FIELDS}
    assert ours == {name: str(console_words.FIELDS[name]) for name in ours}
    assert len(ours) > 45
    choices = {name: rows for name, rows in words.CHOICES.items() if name != "due.state"}
    assert choices == {
        name: {str(code): str(word) for code, word in console_words.CHOICES[name].items()} for name in choices
    }


def test_every_column_has_a_word_and_no_two_have_the_same() -> None:
    assert len({column.word for column in COLUMNS}) == len(COLUMNS)


def test_what_a_grant_hides_has_no_column_and_what_it_masks_is_a_text() -> None:
    grant = Grant(sights={Group.IDENTITY: Sight.MASKED, Group.NAME: Sight.FULL})
    found = {column.name: column.kind for column in columns_of(grant, None)}
    assert "applicant.phone" not in found
    assert "documents" not in found
    assert found["applicant.birth_date"] == "text"
    assert {column.name: column.kind for column in COLUMNS}["applicant.birth_date"] == "date"


def test_chosen_fields_are_the_columns_with_those_that_are_always_there() -> None:
    chosen = columns_of(EVERYTHING, parse_fields("applicant,fees.amount,due_at", EVERYTHING))
    names = [column.name for column in chosen]
    assert names[:3] == ["id", "code", "status"]
    assert "applicant.phone" in names
    assert "fees" in names
    assert "summary" not in names
    assert names[-1] == "gone_at"


def test_ndjson_is_the_items_one_in_each_line(tmp_path: Path) -> None:
    place = _written(tmp_path, Options(Format.NDJSON), ITEM, BARE)
    assert [orjson.loads(line) for line in place.read_bytes().splitlines()] == [ITEM, BARE]


def test_csv_for_spreadsheets_is_utf_8_with_a_mark_semicolons_and_crlf(tmp_path: Path) -> None:
    raw = _written(tmp_path, Options(Format.CSV), ITEM, BARE).read_bytes()
    assert raw.startswith("\ufeffSố trong hub;Mã hồ sơ;".encode())
    assert raw.endswith(b"\r\n")
    assert b'"C\xe1\xba\xa5p l\xe1\xba\xa1i; ' in raw
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert len(rows) == 3
    assert {len(row) for row in rows} == {len(COLUMNS)}
    row = rows[1]
    assert row[AT["summary"]] == ITEM["summary"]
    assert row[AT["received_at"]] == "2026-05-20 03:00:00"  # Vietnam's
    assert row[AT["status"]] == "Đang xử lý"
    assert row[AT["applicant.vneid_verified"]] == "Không"
    assert row[AT["due.state"]] == "Quá hạn"
    assert row[AT["position"]] == "9007199254740993"
    assert orjson.loads(row[AT["fees"]]) == ITEM["fees"]
    assert row[AT["gone_at"]] == ""


def test_csv_for_spreadsheets_keeps_numbers_that_are_names_as_texts(tmp_path: Path) -> None:
    raw = _written(tmp_path, Options(Format.CSV), ITEM, BARE).read_bytes()
    first, second = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";"))[1:]
    assert first[AT["applicant.id_number"]] == "'000190000001"
    assert first[AT["procedure.code"]] == "'1.000656"
    assert second[AT["code"]] == "'24-1"
    assert first[AT["code"]] == ITEM["code"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1"])
def test_no_text_of_csv_begins_like_a_formula_and_the_text_can_be_had_back(text: str) -> None:
    for guarded in (harmless(text), kept(text)):
        assert guarded == f"'{text}"


@pytest.mark.parametrize(
    "text", ["000190000001", "1.000656", "24-1", "1E5", "20/05/2026", " 12", "5%", "1,5", ".5", "200000₫"]
)
def test_what_a_spreadsheet_would_read_as_a_number_or_a_day_is_kept(text: str) -> None:
    assert kept(text) == f"'{text}"
    assert harmless(text) == text


@pytest.mark.parametrize("text", ["000.00.15.H29-260520-0001", "12 Đường Số 3", "BL-0042", "Đỗ", "G15-TP01", ""])
def test_other_texts_are_left_alone(text: str) -> None:
    assert kept(text) == text


def test_plain_csv_is_rfc_4180_with_dotted_names_and_values_as_they_are(tmp_path: Path) -> None:
    raw = _written(tmp_path, Options(Format.CSV, dialect=Dialect.PLAIN), ITEM).read_bytes()
    header, row = list(csv.reader(io.StringIO(raw.decode("utf-8"), newline="")))
    assert header == [column.name for column in COLUMNS]
    assert row[AT["applicant.id_number"]] == "000190000001"
    assert row[AT["received_at"]] == "2026-05-19T20:00:00Z"
    assert row[AT["stale"]] == "true"
    assert row[AT["note"]] == "'@SUM(A1)"  # hostile for whoever opens it in a spreadsheet all the same


def test_compressed_files_are_gzip(tmp_path: Path) -> None:
    place = _written(tmp_path, Options(Format.CSV, compress=True, dialect=Dialect.PLAIN), ITEM)
    assert place.suffix == ".gz"
    assert gzip.decompress(place.read_bytes()).startswith(b"id,code,")


def test_what_is_compressed_by_itself_is_not_compressed_again() -> None:
    with pytest.raises(ValueError, match="compressed by itself"):
        Options(Format.XLSX, compress=True)


def test_a_workbook_has_texts_times_and_numbers_as_such(tmp_path: Path) -> None:
    place = _written(tmp_path, Options(Format.XLSX), ITEM, BARE)
    book = openpyxl.load_workbook(place)
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(3, len(COLUMNS)).coordinate}"
    row = {name: sheet.cell(2, at + 1) for name, at in AT.items()}
    assert row["applicant.id_number"].value == "000190000001"
    assert row["applicant.id_number"].data_type == "s"
    assert row["status_text"].value == "=1+1"
    assert row["status_text"].data_type == "s"
    assert row["received_at"].value == datetime(2026, 5, 20, 3, 0)
    assert row["received_at"].number_format == "dd/mm/yyyy hh:mm"
    assert row["applicant.birth_date"].value == datetime(1990, 4, 30)
    assert row["fees"].value == 1
    assert row["documents"].value == 0
    assert row["stale"].value == "Có"
    assert row["summary"].value.replace("_x000D_", "\r") == ITEM["summary"]
    assert sheet.cell(1, 1).value == "Số trong hub"


def test_another_reader_of_workbooks_sees_the_same(tmp_path: Path) -> None:
    place = _written(tmp_path, Options(Format.XLSX), ITEM, BARE)
    sheet = CalamineWorkbook.from_path(place).get_sheet_by_index(0)
    header, first, second = sheet.to_python()
    assert header[:2] == ["Số trong hub", "Mã hồ sơ"]
    assert first[AT["applicant.phone"]] == "+84900000001"
    assert first[AT["received_at"]] == datetime(2026, 5, 20, 3, 0)
    assert second[AT["code"]] == "24-1"
    assert second[AT["received_at"]] == ""


def test_a_workbook_goes_on_in_another_sheet_where_one_is_full(tmp_path: Path) -> None:
    place = tmp_path / "file.xlsx"
    with place.open("wb") as file:
        lines = (orjson.dumps(BARE | {"id": str(number)}) for number in range(25))
        xlsx.write(lines, COLUMNS, file, Options(Format.XLSX), rows=11)
    book = CalamineWorkbook.from_path(place)
    assert book.sheet_names == ["Hồ sơ", "Hồ sơ 2", "Hồ sơ 3"]
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    assert [len(rows) for rows in sheets] == [11, 11, 6]
    assert [row[0] for rows in sheets for row in rows[1:]] == [str(number) for number in range(25)]


def test_a_workbook_cuts_what_no_cell_can_hold_and_takes_days_of_long_ago(tmp_path: Path) -> None:
    odd = BARE | {"note": "x" * 40_000, "applicant": {"birth_date": "1890-01-02"}}
    sheet = openpyxl.load_workbook(_written(tmp_path, Options(Format.XLSX), odd)).worksheets[0]
    note = sheet.cell(2, AT["note"] + 1).value
    assert len(note) == 32_767
    assert note.endswith("…")
    assert sheet.cell(2, AT["applicant.birth_date"] + 1).value == "1890-01-02"


def test_parquet_has_types(tmp_path: Path) -> None:
    table = pq.read_table(_written(tmp_path, Options(Format.PARQUET), ITEM, BARE))
    types = {field.name: field.type for field in table.schema}
    assert types["received_at"] == pa.timestamp("us", tz="UTC")
    assert types["applicant.birth_date"] == pa.date32()
    assert types["position"] == pa.int64()
    assert types["stale"] == pa.bool_()
    first, second = table.to_pylist()
    assert first["received_at"] == datetime(2026, 5, 19, 20, tzinfo=UTC)
    assert first["applicant.birth_date"] == date(1990, 4, 30)
    assert first["position"] == 9007199254740993
    assert first["status"] == "processing"
    assert orjson.loads(first["extra"]) == ITEM["extra"]
    assert second["received_at"] is None
    meta = pq.ParquetFile(tmp_path / "file.parquet").metadata
    assert meta.row_group(0).column(0).compression == "ZSTD"


@pytest.mark.parametrize("form", list(Format))
def test_a_file_of_no_dossier_can_be_opened(tmp_path: Path, form: Format) -> None:
    place = _written(tmp_path, Options(form))
    match form:
        case Format.NDJSON:
            assert place.read_bytes() == b""
        case Format.CSV:
            assert place.read_bytes().count(b"\r\n") == 1
        case Format.XLSX:
            assert openpyxl.load_workbook(place).worksheets[0].max_row == 1
        case Format.PARQUET:
            assert pq.read_table(place).num_rows == 0
