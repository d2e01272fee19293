"""The open-data department: any CSV file, read as it is and served to the last row over a real socket."""

from pathlib import Path
from typing import Any

import pytest
import requests

from tests.departments.csv_table import read_table
from tests.departments.du_lieu_mo import PATH, DuLieuMo
from tests.departments.processes import ROOT
from tests.departments.server import serve

BURLINGTON = ROOT.parent / "shared" / "real-data" / "burlington_building_permits.csv"


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "data.csv"
    path.write_bytes(content)
    return path


def _pages(url: str, limit: int) -> list[dict[str, Any]]:
    """Every record, by following the links until a page is empty."""
    records: list[dict[str, Any]] = []
    link = f"{PATH}?offset=0&limit={limit}"
    while True:
        answer = requests.get(url + link, timeout=10).json()
        assert answer["success"] is True
        if not answer["result"]["records"]:
            assert answer["result"]["total"] == len(records)
            return records
        records += answer["result"]["records"]
        link = answer["result"]["_links"]["next"]


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffSố hồ sơ,Tên\r\n1,Đỗ Thị Hà\r\n".encode(),
        "Số hồ sơ;Tên\n1;Đỗ Thị Hà\n".encode(),
        "Số hồ sơ\tTên\n1\tĐỗ Thị Hà\n".encode("utf-16"),
        "\ufeffSố hồ sơ,Tên\n1,Đỗ Thị Hà".encode("utf-16-be"),
    ],
    ids=["utf-8 with mark, comma", "utf-8, semicolon", "utf-16, tab", "utf-16 big-endian"],
)
def test_the_encoding_and_the_separator_are_told_from_the_content(tmp_path: Path, content: bytes) -> None:
    table = read_table(_file(tmp_path, content))
    assert (table.columns, table.rows) == (("Số hồ sơ", "Tên"), (("1", "Đỗ Thị Hà"),))


def test_a_file_of_vietnamese_windows_keeps_its_decomposed_tones(tmp_path: Path) -> None:
    table = read_table(_file(tmp_path, "tên,phường\nHà,Tân Bi\u0300nh\n".replace("ườ", "ươ\u0300").encode("cp1258")))
    assert table.rows == (("Hà", "Tân Bi\u0300nh"),)


def test_a_quoted_cell_may_hold_lines_separators_and_quotes(tmp_path: Path) -> None:
    table = read_table(_file(tmp_path, b'a,b;c\n"one\r\ntwo, ""three""",4\n\n5,6\n'))
    assert table.rows == (('one\r\ntwo, "three"', "4"), ("5", "6"))


def test_column_names_are_made_unique(tmp_path: Path) -> None:
    table = read_table(_file(tmp_path, b"NAME,,NAME,_id,NAME_2,\n"))
    assert table.columns == ("NAME", "column_2", "NAME_2", "_id_2", "NAME_2_2", "column_6")
    assert table.rows == ()


def test_a_huge_cell_is_served_whole(tmp_path: Path) -> None:
    table = read_table(_file(tmp_path, b"a,b\n1," + b"x" * 1_000_000 + b"\n"))
    with serve(DuLieuMo(table.columns, table.rows).app) as url:
        (record,) = _pages(url, 10)
    assert record == {"_id": 1, "a": "1", "b": "x" * 1_000_000}


@pytest.mark.parametrize("content", [b"", b"\n \r\n", b"\xef\xbb\xbf"])
def test_a_file_without_column_names_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ValueError, match="the file is empty"):
        read_table(_file(tmp_path, content))


@pytest.mark.parametrize("limit", [1, 3, 10, 500])
def test_the_links_lead_through_every_row_once_and_in_order(limit: int) -> None:
    with serve(DuLieuMo(["n"], [[str(n)] for n in range(10)]).app) as url:
        assert _pages(url, limit) == [{"_id": n + 1, "n": str(n)} for n in range(10)]


def test_missing_cells_are_empty_and_cells_too_many_are_kept() -> None:
    with serve(DuLieuMo(["a", "b"], [["1"], ["1", "2", "3", "4"]]).app) as url:
        short, long = _pages(url, 10)
    assert short == {"_id": 1, "a": "1", "b": ""}
    assert long == {"_id": 2, "a": "1", "b": "2", "_extra": ["3", "4"]}


def test_rows_can_be_changed_added_and_removed_while_it_serves() -> None:
    department = DuLieuMo(["a", "b"], [["1", "2"], ["3", "4", "more"], ["5", "6"]])
    with serve(department.app) as url:
        department.change(2, b="four")
        department.remove(3)
        assert department.add("7", "8") == 4
        records = _pages(url, 10)
    assert [record["_id"] for record in records] == [1, 2, 4]
    assert records[1] == {"_id": 2, "a": "3", "b": "four", "_extra": ["more"]}
    with pytest.raises(ValueError, match="no such column: c"):
        department.change(1, c="x")


@pytest.mark.parametrize("query", ["offset=-1", "limit=x"])
def test_a_bad_parameter_is_refused_as_ckan_does(query: str) -> None:
    with serve(DuLieuMo(["a"]).app) as url:
        answer = requests.get(f"{url}{PATH}?{query}", timeout=10)
    assert answer.status_code == 409
    assert answer.json()["success"] is False
    assert answer.json()["error"]["__type"] == "Validation Error"


def test_a_hundred_thousand_rows_are_served_to_the_last(tmp_path: Path) -> None:
    path = _file(tmp_path, b"n,text\n" + b"".join(b"%d,row\n" % n for n in range(100_000)))
    table = read_table(path)
    with serve(DuLieuMo(table.columns, table.rows).app) as url:
        answer = requests.get(f"{url}{PATH}?offset=99990&limit=500", timeout=30).json()["result"]
    assert answer["total"] == 100_000
    assert [record["n"] for record in answer["records"]] == [str(n) for n in range(99_990, 100_000)]


@pytest.mark.skipif(not BURLINGTON.exists(), reason=f"NOT TESTED: the real city's file is absent ({BURLINGTON.name})")
def test_every_row_of_a_real_citys_file_is_served() -> None:
    table = read_table(BURLINGTON)
    with serve(DuLieuMo(table.columns, table.rows).app) as url:
        records = _pages(url, 500)
    assert len(records) == 5026
    assert len({record["FILENO"] for record in records}) == 4670
    assert table.columns[0] == "X"  # the mark at the beginning is no part of a name
    assert not any("_extra" in record for record in records)
