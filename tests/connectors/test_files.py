"""A folder that a unit puts files into: each is taken once, whole, and moved away when it is stored."""

import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from connectors.contract import Discovers, Spans
from connectors.errors import BadRecord, Changed, Refused, Unavailable
from connectors.files import FILES
from connectors.files.connector import open_files
from tests.connectors.desk import once
from tests.connectors.workbooks import HEADER, ROWS, names, pulled, put, settings, xlsx


def lines(*rows: list[str]) -> bytes:
    return "".join(";".join(row) + "\r\n" for row in rows).encode()


def test_files_are_read_oldest_first_and_moved_when_they_are_stored(tmp_path: Path) -> None:
    put(tmp_path, "b.xlsx", xlsx(ROWS[:2]), at=1)
    put(tmp_path, "a.xlsx", xlsx(ROWS[2:4]), at=2)
    done = pulled(settings(tmp_path))
    assert done.keys == [row[0] for row in ROWS[:4]]
    assert names(tmp_path) == []
    assert names(tmp_path, "processed") == ["a.xlsx", "b.xlsx"]


def test_a_period_is_read_again_from_the_files_that_were_read_and_nothing_moves(tmp_path: Path) -> None:
    rows = [{"id": day, "changed": f"2026-05-0{day}T08:00:00+07:00"} for day in range(1, 6)]
    wanted = settings(tmp_path, key="id", changed_at={"from": "changed"})
    midnight = [datetime(2026, 5, day, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")) for day in (2, 4)]
    with open_files(wanted, once) as connector:
        assert isinstance(connector, Spans)
        assert list(connector.pull_period(*midnight)) == []
    put(tmp_path, "a.json", orjson.dumps(rows[:3]), at=1)
    put(tmp_path, "b.json", orjson.dumps(rows[3:]), at=2)
    pulled(wanted)
    with open_files(wanted, once) as connector:
        assert isinstance(connector, Spans)
        pages = list(connector.pull_period(*midnight))
    assert [record.key for page in pages for record in page.records] == ["2", "3"]
    assert [page.bookmark for page in pages] == [None]
    assert names(tmp_path, "processed") == ["a.json", "b.json"]
    with open_files(settings(tmp_path), once) as connector:
        assert not isinstance(connector, Spans), "undated records of an old file would undo what newer ones said"


def test_who_only_looks_moves_nothing(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", xlsx(ROWS))
    for _ in range(2):
        assert len(pulled(settings(tmp_path), stores=False).keys) == 5
    assert names(tmp_path) == ["a.xlsx"]


def test_a_file_that_was_stored_before_the_hub_was_killed_is_moved_and_not_read_again(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", xlsx(ROWS))
    killed = pulled(settings(tmp_path), stores=False)
    again = pulled(settings(tmp_path), killed.bookmark)
    assert again.keys == []
    assert names(tmp_path, "processed") == ["a.xlsx"]


def test_a_file_goes_on_where_it_was_broken_off(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", xlsx(ROWS))
    wanted = settings(tmp_path, page_size=2)
    with open_files(wanted, once) as connector:
        first = next(iter(connector.pull(None)))
    rest = pulled(wanted, first.bookmark)
    assert [record.key for record in first.records] + rest.keys == [row[0] for row in ROWS]
    assert names(tmp_path) == []


def test_a_file_that_was_replaced_meanwhile_is_read_from_its_start(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", xlsx(ROWS))
    wanted = settings(tmp_path, page_size=2)
    with open_files(wanted, once) as connector:
        first = next(iter(connector.pull(None)))
    put(tmp_path, "a.xlsx", xlsx(ROWS[::-1]), at=9)
    assert pulled(wanted, first.bookmark).keys == [row[0] for row in ROWS[::-1]]


def test_a_new_file_that_takes_the_place_of_one_being_read_is_not_moved_unread(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", xlsx(ROWS[:1]))
    seen = pulled(settings(tmp_path), stores=False)
    put(tmp_path, "a.xlsx", xlsx(ROWS[1:2]), at=5)
    assert pulled(settings(tmp_path), seen.bookmark).keys == [ROWS[1][0]]


def test_a_file_of_the_same_name_is_kept_beside_the_earlier_one(tmp_path: Path) -> None:
    for at in (1, 2, 2):
        put(tmp_path, "a.xlsx", xlsx(ROWS[:at]), at=at)
        pulled(settings(tmp_path))
    assert names(tmp_path, "processed") == ["a.20231114T221322-2.xlsx", "a.20231114T221322.xlsx", "a.xlsx"]


def test_a_file_that_is_put_back_is_read_again(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", xlsx(ROWS[:1]))
    first = pulled(settings(tmp_path))
    (tmp_path / "processed" / "a.xlsx").rename(tmp_path / "a.xlsx")
    assert pulled(settings(tmp_path), first.bookmark).keys == [ROWS[0][0]]


def test_a_file_waits_until_it_has_settled(tmp_path: Path) -> None:
    path = put(tmp_path, "a.xlsx", xlsx(ROWS[:1]))
    touched = path.stat().st_ctime  # its time of writing lies long ago, but somebody has just put it there
    wanted = settings(tmp_path, settle_seconds=60)
    early = pulled(wanted, clock=lambda: touched + 59)
    assert early.keys == []
    assert early.waiting == "1 file waits (“a.xlsx”): changed 59 s ago, `settle_seconds` is 60"
    late = pulled(wanted, early.bookmark, clock=lambda: touched + 61)
    assert (late.keys, late.waiting) == ([ROWS[0][0]], "")


def test_check_tells_of_files_that_wait(tmp_path: Path) -> None:
    for name in "ab":
        path = put(tmp_path, f"{name}.xlsx", xlsx(ROWS[:1]))
    touched = path.stat().st_ctime
    with open_files(settings(tmp_path, settle_seconds=60), once, lambda: touched + 20) as connector:
        *_, last = connector.check()
    assert last == "2 files wait: the last one changed 20 s ago, `settle_seconds` is 60"


def test_a_workbook_without_its_end_waits_and_is_told_of(tmp_path: Path) -> None:
    path = put(tmp_path, "a.xlsx", xlsx(ROWS)[:-30])
    done = pulled(settings(tmp_path), clock=lambda: path.stat().st_ctime + 5)
    assert (done.keys, done.waiting) == (
        [],
        "1 file waits (“a.xlsx”): its end is not there, so it may still be on the way",
    )


def test_a_file_that_grows_while_it_is_read_is_left_for_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, "a.csv", lines(HEADER, *ROWS))
    read = os.fstat

    def growing(file: int) -> os.stat_result:
        with path.open("ab") as more:
            more.write(b"x")
        return read(file)

    monkeypatch.setattr(os, "fstat", growing)
    assert pulled(settings(tmp_path)).keys == []
    monkeypatch.undo()
    assert names(tmp_path) == ["a.csv"]


def test_with_a_marker_only_the_marked_file_is_taken_and_its_marker_goes_with_it(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", xlsx(ROWS[:1]))
    put(tmp_path, "b.xlsx", xlsx(ROWS[1:2]))
    put(tmp_path, "b.xlsx.done", b"")
    put(tmp_path, "c.xlsx.done", b"")
    done = pulled(settings(tmp_path, marker=".done", settle_seconds=1e9))
    assert done.keys == [ROWS[1][0]]
    assert names(tmp_path) == ["a.xlsx", "c.xlsx.done"]
    assert names(tmp_path, "processed") == ["b.xlsx", "b.xlsx.done"]


@pytest.mark.parametrize("name", ["~$a.xlsx", ".a.xlsx.swp", "a.xlsx.tmp", "a.xlsx.filepart", "Thumbs.db"])
def test_what_programs_leave_lying_is_no_file_of_the_unit(tmp_path: Path, name: str) -> None:
    put(tmp_path, name, xlsx(ROWS))
    assert pulled(settings(tmp_path)).keys == []
    assert names(tmp_path) == [name]


def test_capitals_do_not_matter_in_a_pattern(tmp_path: Path) -> None:
    put(tmp_path, "HO-SO.XLSX", xlsx(ROWS[:1]))
    put(tmp_path, "ghi chú.docx", b"PK\x03\x04")
    assert len(pulled(settings(tmp_path, pattern="*.xlsx")).keys) == 1
    assert names(tmp_path) == ["ghi chú.docx"]


def test_links_and_folders_are_not_followed(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "in"
    outside.mkdir()
    folder.mkdir()
    put(outside, "a.xlsx", xlsx(ROWS))
    (folder / "a.xlsx").symlink_to(outside / "a.xlsx")
    (folder / "b.xlsx").mkdir()
    os.mkfifo(folder / "c.xlsx")
    assert pulled(settings(folder)).keys == []
    assert names(outside) == ["a.xlsx"]


def test_an_archive_that_is_a_link_to_elsewhere_is_not_written_to(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "in"
    outside.mkdir()
    folder.mkdir()
    (folder / "processed").symlink_to(outside)
    put(folder, "a.xlsx", xlsx(ROWS))
    with pytest.raises(Unavailable):
        pulled(settings(folder))
    assert names(outside) == []


def test_a_name_in_letters_of_another_age_is_read_and_moved(tmp_path: Path) -> None:
    name = os.fsdecode(b"h\xe5 s\xac.xlsx")
    put(tmp_path, name, xlsx(ROWS[:1]))
    put(tmp_path, f"2\n{name}", b"not a workbook, but text")
    done = pulled(settings(tmp_path))
    assert done.keys == [ROWS[0][0]]
    assert done.bookmark is not None
    assert done.bookmark.isascii()
    assert "“2?h? s?.xlsx” has no column" in done.warnings[0]
    assert names(tmp_path, "processed") == [name]


def test_a_file_that_cannot_be_read_is_set_aside_with_a_note_and_the_others_go_on(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", xlsx(ROWS[:1], header=["Mã", "Họ tên", "Ngày nhận"]), at=1)
    put(tmp_path, "b.xlsx", xlsx(ROWS[1:2]), at=2)
    done = pulled(settings(tmp_path))
    assert done.keys == [ROWS[1][0]]
    assert names(tmp_path, "failed") == ["a.xlsx", "a.xlsx.vi-sao.txt"]
    note = (tmp_path / "failed" / "a.xlsx.vi-sao.txt").read_text(encoding="utf-8")
    assert "Thiếu cột “Mã hồ sơ” ở dòng 1" in note
    assert "has no column `Mã hồ sơ` in row 1" in note
    assert "1 file that cannot be read" in done.warnings[0]
    assert "has no column `Mã hồ sơ`" in done.warnings[0]


def test_files_that_were_set_aside_are_told_until_somebody_takes_them_away(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", b"")
    first = pulled(settings(tmp_path))
    second = pulled(settings(tmp_path), first.bookmark)
    assert "1 file that cannot be read" in second.warnings[0]
    for name in names(tmp_path, "failed"):
        (tmp_path / "failed" / name).unlink()
    assert pulled(settings(tmp_path), second.bookmark).warnings == []


def test_a_failure_that_was_stored_before_the_hub_was_killed_is_set_aside_by_the_next_pull(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", b"")
    killed = pulled(settings(tmp_path), stores=False)
    assert names(tmp_path) == ["a.xlsx"]
    assert "is empty" in killed.warnings[0]
    pulled(settings(tmp_path), killed.bookmark)
    assert names(tmp_path, "failed") == ["a.xlsx", "a.xlsx.vi-sao.txt"]


def test_a_file_without_its_end_is_given_time_before_it_counts_as_damaged(tmp_path: Path) -> None:
    path = put(tmp_path, "a.xlsx", xlsx(ROWS)[:-30])
    touched = path.stat().st_ctime
    waits = pulled(settings(tmp_path), clock=lambda: touched + 1800)
    assert waits.warnings == []
    assert names(tmp_path) == ["a.xlsx"]
    done = pulled(settings(tmp_path), waits.bookmark, clock=lambda: touched + 3601)
    assert "ends before its end" in done.warnings[0]
    assert names(tmp_path, "failed") == ["a.xlsx", "a.xlsx.vi-sao.txt"]


def test_nothing_new_says_nothing_after_the_first_time(tmp_path: Path) -> None:
    first = pulled(settings(tmp_path))
    assert pulled(settings(tmp_path), first.bookmark).pages == []


def test_a_folder_that_is_not_there_may_come_back(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"the folder .*/gone is not there"):
        pulled(settings(tmp_path / "gone"))


def test_a_file_larger_than_the_limit_is_set_aside(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", b"x" * 101)
    assert "101 bytes, more than the 100" in pulled(settings(tmp_path, max_file_bytes=100)).warnings[0]


def test_a_bookmark_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Changed, match="says nothing of files"):
        pulled(settings(tmp_path), "2026-01-01T00:00:00+00:00")


def checked(folder: Path, **more: Any) -> list[str]:
    with open_files(settings(folder, **more), once) as connector:
        return list(connector.check())


def test_check_says_each_step_and_leaves_everything_as_it_was(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", xlsx(ROWS))
    said = checked(tmp_path, pattern="*.xlsx")
    assert said == [
        f"reached {tmp_path} and listed it",
        "may move files to `processed` and `failed` in it",
        "1 file matches “*.xlsx”",
        "“a.xlsx” can be read (xlsx), and its first record has the key and form that the settings say",
    ]
    assert names(tmp_path) == ["a.xlsx"]
    assert names(tmp_path, "processed") == names(tmp_path, "failed") == []


def test_check_names_a_column_that_is_missing(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", xlsx(ROWS, header=["Mã hồ so", "Họ tên", "Ngày nhận"]))
    with pytest.raises(Changed, match=r"no column `Mã hồ sơ` in row 1\. Did you mean `Mã hồ so`"):
        checked(tmp_path)


def test_check_shows_a_first_row_without_a_key(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", xlsx([["", "Nguyễn Thử", ""]]))
    with pytest.raises(BadRecord, match="row 2 has nothing in the column `Mã hồ sơ`"):
        checked(tmp_path)


def test_check_tells_of_an_empty_folder_and_of_what_lies_aside(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", b"")
    pulled(settings(tmp_path))
    assert checked(tmp_path)[2:] == [
        "no file matches “*” just now",
        "in `failed` lie 1 that could not be read, each with a note on why",
    ]


def test_the_columns_of_the_oldest_file_are_described(tmp_path: Path) -> None:
    with open_files(settings(tmp_path), once) as connector:
        assert isinstance(connector, Discovers)
        assert connector.discover().problems == (
            f"no file matches “*” just now, so nothing can be said of the records in {tmp_path}",
        )
        put(tmp_path, "a.xlsx", xlsx(ROWS))
        (operation,) = connector.discover().operations
    assert (operation.style, [field.path for field in operation.answer]) == ("xlsx", HEADER)
    assert operation.answer[0].sample == ROWS[0][0]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"folder": "relative"}, "must be a whole path"),
        ({"folder": "/srv/../etc"}, "must be a whole path"),
        ({"folder": None}, "either `folder` or `sftp`"),
        ({"processed": "../out"}, "without a slash"),
        ({"failed": "processed"}, "two folders"),
        ({"sftp": {"host": "h", "username": "u", "password": "p", "host_key": "x"}}, "server's public key"),
    ],
)
def test_wrong_settings_are_said(tmp_path: Path, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        FILES.settings.model_validate({"folder": str(tmp_path), "key": "Mã", **wrong})


MAY_NOT = """
import os, sys
from pathlib import Path
from tests.connectors.test_files import said_without_rights
if os.getuid() == 0:  # whom nothing is forbidden
    os.setgid(65534), os.setuid(65534)
print(said_without_rights(Path(sys.argv[1])))
"""


def said_without_rights(folder: Path) -> str:
    try:
        pulled(settings(folder))
    except Refused as error:
        return f"{error} | {error.hint}"
    return "read"


def test_missing_rights_are_said(pytestconfig: pytest.Config) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        put(folder, "a.xlsx", xlsx(ROWS)).chmod(0)
        command = [sys.executable, "-c", MAY_NOT, name]
        told = subprocess.run(command, cwd=pytestconfig.rootpath, capture_output=True, text=True, check=False)
    assert f"the hub may not read a.xlsx in {name} | Give the hub's user the right" in told.stdout, told.stderr


def test_json_files_hold_one_record_or_many(tmp_path: Path) -> None:
    put(tmp_path, "a.json", orjson.dumps({"Mã hồ sơ": "1"}), at=1)
    put(tmp_path, "b.json", b"\xef\xbb\xbf" + orjson.dumps([{"Mã hồ sơ": "2"}, {"x": 1}, {"Mã hồ sơ": "3"}]), at=2)
    several = '{"Mã hồ sơ": "4"}\n{"Mã hồ sơ": "5"}\nnot json\n{"Mã hồ sơ": "6"}\n'
    put(tmp_path, "c.json", several.encode(), at=3)
    done = pulled(settings(tmp_path, page_size=2))
    assert done.keys == ["1", "2", "3", "4", "5", "6"]
    assert len(done.bad) == 2
    assert "line 3 is no JSON" in done.bad[1]


def test_xml_files_are_read_by_their_element(tmp_path: Path) -> None:
    put(tmp_path, "a.xml", "<DS><HoSo><Ma>1</Ma></HoSo><HoSo><Ma>2</Ma></HoSo></DS>".encode("utf-16"))
    assert pulled(settings(tmp_path, records="HoSo", key="Ma")).keys == ["1", "2"]


def test_xml_with_a_document_type_is_set_aside(tmp_path: Path) -> None:
    put(tmp_path, "a.xml", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><DS><HoSo><Ma>&x;</Ma></HoSo></DS>')
    done = pulled(settings(tmp_path, records="HoSo", key="Ma"))
    assert done.keys == []
    assert "DOCTYPE" in done.warnings[0]
