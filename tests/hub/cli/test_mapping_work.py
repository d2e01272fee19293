"""From a file to a mapping as a department does it: guessed, linted against it, tested, run; all rows accounted for."""

import json
from pathlib import Path

import openpyxl
import pytest

from tests.hub.cli.inside import hub

NAME = "phuong-thu/giay-phep"
CONFIG = """
database: {{url: "sqlite:///{folder}/hub.db"}}
mappings: {{folders: [mine]}}
connectors:
  - name: phuong-thu
    title: Phường Thử – Giấy phép
    type: files
    agency: 000.00.99.H29
    mapping: phuong-thu/giay-phep
    settings: {{folder: {folder}/in, key: Mã hồ sơ, settle_seconds: 0}}
"""
HEAD = ["Mã hồ sơ", "Tên thủ tục", "Ngày nhận", "Tình trạng", "Họ và tên người nộp", "Điện thoại"]
STATUSES = ("Đang xử lý", "Đã trả kết quả", "Treo")


def row(number: int) -> list[str]:
    status = STATUSES[0 if number < 58 else number % 3]
    return [
        f"HS-{number:04}",
        "Cấp phép, sửa nhà",
        f"{number % 28 + 1}/5/2026",
        status,
        "Lê Văn Thử",
        f"0900000{number:03}",
    ]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(CONFIG.format(folder=tmp_path), encoding="utf-8")
    (tmp_path / "in").mkdir()
    return path


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "mau.csv"
    rows = [HEAD, *(row(number) for number in range(60))]
    path.write_text("\n".join(";".join(cells) for cells in rows) + "\n", encoding="utf-8-sig")
    return path


def test_from_a_table_to_records_with_every_row_accounted_for(config: Path, table: Path) -> None:
    folder = config.parent / "mine" / NAME
    document, case = folder / "mapping.yaml", folder / "cases" / "first"
    made = hub("mapping", "new", NAME, "--from", table, "--write", "-c", config)
    assert (made.code, f"{document} is written" in made.err) == (0, True), made.err
    text = document.read_text(encoding="utf-8")
    assert "input: csv" in text
    assert "  received_at: {from: Ngày nhận, date: d/M/yyyy}" in text
    assert "# ? Treo: # seen once" in text  # the last row: a file is looked at as a whole

    held = hub("mapping", "lint", NAME, "--sample", table, "-c", config)
    assert held.code == 1
    assert f"{table}: 59 of 60 records can be kept" in held.out
    assert 'the table "status" of "status" lacks "Treo" (1); add what is right' in held.err
    assert "Lê Văn Thử" not in held.out + held.err
    document.write_text(text.replace("# ? Treo:", "Treo: stopped"), encoding="utf-8")
    held = hub("mapping", "lint", NAME, "--sample", table, "-c", config, "--json")
    assert held.code == 0
    assert held.document["samples"][0]["kept"] == 60

    assert f"{NAME}: no cases; put a record into {folder}" in hub("mapping", "test", NAME, "-c", config).out
    case.mkdir(parents=True)
    lines = table.read_text(encoding="utf-8-sig").splitlines()
    (case / "source.csv").write_text("\n".join(lines[:2]), encoding="utf-8")
    assert "there must be either expected.yaml or" in hub("mapping", "test", NAME, "-c", config).out
    assert hub("mapping", "test", "--write", NAME, "first", "-c", config).code == 0
    expected = case / "expected.yaml"
    assert hub("mapping", "test", NAME, "-c", config).code == 0
    again = hub("mapping", "test", "--write", NAME, "first", "-c", config)
    assert (again.code, "--force replaces it" in again.err) == (2, True)
    expected.write_text(expected.read_text(encoding="utf-8").replace("status: processing", "status: returned"))
    failed = hub("mapping", "test", NAME, "-c", config)
    assert failed.code == 1
    assert '    status  expected  "returned"\n            found     "processing"\n' in failed.out
    (difference,) = hub("mapping", "test", NAME, "-c", config, "--json").document[NAME][0]["differences"]
    assert difference == {"path": "status", "expected": '"returned"', "found": '"processing"'}

    (synced,) = hub("sync", "phuong-thu", "-c", config, "--json").document["connectors"]
    assert (synced["fetched"], synced["created"], synced["quarantined"]) == (60, 60, 0)


def test_a_workbook_is_guessed_from_as_its_connector_reads_it(config: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (["Sổ theo dõi"], [], HEAD, *(row(number) for number in range(3))):
        sheet.append(cells)
    book.save(tmp_path / "so.xlsx")
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("settle_seconds: 0", "settle_seconds: 0, header_row: 3"), encoding="utf-8")
    made = hub("mapping", "new", "--connector", "phuong-thu", "--from", tmp_path / "so.xlsx", "-c", config)
    assert made.code == 0, made.err
    assert "mapping: phuong-thu/giay-phep" in made.out
    assert "  code: {from: Mã hồ sơ}" in made.out


@pytest.mark.parametrize(
    ("entity", "needed"),
    [
        (
            "event",
            [
                "dossier_code: {from: Mã hồ sơ}",
                "at may be {from: Ngày nhận, date: d/M/yyyy}",
                "status: {from: Tình trạng",
            ],
        ),
        ("rating", ["dossier_code: {from: Mã hồ sơ}", "overall: {from: not_found, table: overall}"]),
        ("procedure", ["code: {from: ", "name: {from: Tên thủ tục}"]),
        ("agency", ["code: {from: ", "name: {from: "]),
    ],
)
def test_a_mapping_for_anything_else_has_its_required_fields(
    entity: str, needed: list[str], config: Path, table: Path
) -> None:
    made = hub("mapping", "new", NAME, "--from", table, "--entity", entity, "--write", "-c", config)
    assert made.code == 0, made.err
    text = (config.parent / "mine" / NAME / "mapping.yaml").read_text(encoding="utf-8")
    assert all(line in text for line in needed), text
    assert hub("mapping", "lint", NAME, "-c", config).code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("new",), 2, "Say which mapping, and from what"),
        (("new", NAME), 2, "--from FILE"),
        (("new", NAME, "--from", "no.csv"), 1, "no.csv"),
        (("new", NAME, "--from", "{table}", "--entity", "dosier"), 2, 'did you mean "dossier"?'),
        (("new", "--connector", "none"), 4, "there is no connector"),
        (("lint", "--sample", "{table}"), 2, "A sample is for one mapping"),
        (("lint", "cong-quoc-gia/ho-so", "--sample", "no.json"), 1, "no.json"),
        (("lint", "cong-quoc-gia/ho-so", "--sample", "{empty}"), 1, "has no record at `records: data`"),
        (("lint", "so-tu-phap/ly-lich-tu-phap", "--sample", "{empty}"), 1, "is not xml"),
        (("test", "--write", "cong-quoc-gia/ho-so"), 2, "--write takes a mapping and one of its cases"),
        (("test", "--write", "cong-quoc-gia/ho-so", "none"), 2, "there is no source.xml"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_an_exit_code(
    arguments: tuple[str, ...], code: int, sentence: str, config: Path, table: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text('{"data": []}', encoding="utf-8")
    done = hub("mapping", *(one.format(table=table, empty=empty) for one in arguments), "-c", config)
    assert (done.code, sentence in done.err) == (code, True), done.err
    assert "Traceback" not in done.err


def test_the_schema_for_editors_is_printed() -> None:
    assert json.loads(hub("mapping", "schema").out)["title"] == "Một Cửa Hub: mapping.yaml"


def test_lint_takes_a_document_by_its_file_too(config: Path, table: Path, tmp_path: Path) -> None:
    made = hub("mapping", "new", NAME, "--from", table, "-c", config)
    document = tmp_path / "elsewhere.yaml"
    document.write_text(made.out, encoding="utf-8")
    assert hub("mapping", "lint", document, "-c", config).out == "1 mapping: right.\n"
    held = hub("mapping", "lint", document, "--sample", table, "-c", config)
    assert held.out.startswith("1 mapping: right.\n")
    document.write_text(made.out.replace("version: 1", "versoin: 1"), encoding="utf-8")
    wrong = hub("mapping", "lint", document, "-c", config)
    assert (wrong.code, "elsewhere.yaml:" in wrong.err) == (2, True)
    assert hub("mapping", "lint", tmp_path / "none.yaml", "-c", config).code == 4
