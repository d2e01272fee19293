"""Catalogues from files: what is wrong, what would change, all or nothing."""

import re
from datetime import date
from pathlib import Path

import pytest

from hub.config.catalogue import How, load, read_contents
from hub.config.mapping import read_mapping
from hub.store import catalogue
from hub.store.catalogue import AGENCIES, FROM_FILE, PROCEDURES
from hub.store.database import Database
from hub.wiring import record_targets
from mappings.engine.yaml_source import Invalid
from tests.hub.config.registering import EMBEDDED

TODAY = date(2026, 11, 22)

AGENCIES_YAML = """
agencies:
  - code: H29
    name: UBND Thành phố
    level: city
  - code: H29.15
    name: Sở Tư pháp
    parent_code: H29
    leader: {name: Lê Đức Trí, title: Giám đốc}
    aliases:
      - {code: 000.00.15.H29, effective_from: "2016-06-01", effective_to: "2026-12-31"}
    hours:
      - {days: mon-fri, from: "07:30", to: "11:30"}
      - {days: mon-fri, from: "13:00", to: "17:00"}
"""
AGENCIES_CSV = """code;name;level;parent_code;leader.name;leader.title;aliases;hours
H29;UBND Thành phố;city;;;;;
H29.15;Sở Tư pháp;;H29;Lê Đức Trí;Giám đốc;000.00.15.H29 1/6/2016..31/12/2026;mon-fri 07:30-11:30 13:00-17:00
"""
PROCEDURES_CSV = """code,name,term,term_unit,fee,online_payment,online_level,effective_from,effective_to
1.001193,Đăng ký khai sinh,5,working_days,8000,có,level_3,01/01/2020,30/06/2025
1.001193,Đăng ký khai sinh,1,working_days,0,yes,full,2025-07-01,
"""


def _file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _refused(database: Database, kind, path: Path, *, prune: bool = False) -> list[str]:
    with pytest.raises(Invalid) as caught:
        load(database, kind, path, How(prune=prune))
    return [str(finding).removeprefix(str(path)) for finding in caught.value.findings]


@pytest.mark.parametrize(("name", "text"), [("a.yaml", AGENCIES_YAML), ("a.csv", "\ufeff" + AGENCIES_CSV)])
def test_agencies_are_loaded_from_either_form(database: Database, tmp_path: Path, name: str, text: str) -> None:
    loaded = load(database, AGENCIES, _file(tmp_path, name, text))
    assert (loaded.added, loaded.unchanged) == (["H29", "H29.15"], 0)
    with database.read() as connection:
        found = catalogue.agency_on(connection, "000.00.15.H29", TODAY)
    assert (found.code, found.leader_name, found.leader_title) == ("H29.15", "Lê Đức Trí", "Giám đốc")
    assert [(hours.days, f"{hours.begins:%H:%M}") for hours in found.hours] == [
        ((0, 1, 2, 3, 4), "07:30"),
        ((0, 1, 2, 3, 4), "13:00"),
    ]


@EMBEDDED
def test_both_forms_say_the_same(database: Database, tmp_path: Path) -> None:
    load(database, AGENCIES, _file(tmp_path, "a.yaml", AGENCIES_YAML))
    loaded = load(database, AGENCIES, _file(tmp_path, "a.csv", AGENCIES_CSV), How(prune=True))
    assert not loaded.differs
    assert loaded.unchanged == 2


def test_several_dated_entries_of_a_procedure_are_one_file(database: Database, tmp_path: Path) -> None:
    load(database, PROCEDURES, _file(tmp_path, "p.csv", PROCEDURES_CSV))
    with database.read() as connection:
        then = catalogue.procedure_on(connection, "1.001193", date(2025, 6, 30))
        now = catalogue.procedure_on(connection, "1.001193", TODAY)
    assert (then.term, then.fee, then.online_level) == (5, 8000, "level_3")
    assert (now.term, now.fee, now.online_level, now.online_payment) == (1, 0, "full", True)


def test_a_dry_run_shows_what_would_change_and_changes_nothing(database: Database, tmp_path: Path) -> None:
    load(database, PROCEDURES, _file(tmp_path, "p.csv", PROCEDURES_CSV))
    path = _file(tmp_path, "q.csv", "code,name,effective_from\n1.001193,Khai sinh,2025-07-01\n2.000488,LLTP,\n")
    before = _all(database)
    loaded = load(database, PROCEDURES, path, How(prune=True, dry=True))
    assert loaded.added == ["2.000488"]
    assert loaded.gone == ["1.001193 2020-01-01"]
    assert [one.key for one in loaded.changed] == ["1.001193 2025-07-01"]
    assert loaded.changed[0].fields["name"] == ("Đăng ký khai sinh", "Khai sinh")
    assert loaded.changed[0].fields["term"] == (1, None)
    assert _all(database) == before


def _all(database: Database):
    with database.read() as connection:
        return catalogue.stored(connection, PROCEDURES, FROM_FILE)


def test_what_a_file_does_not_name_stays_unless_it_is_pruned(database: Database, tmp_path: Path) -> None:
    load(database, PROCEDURES, _file(tmp_path, "p.csv", PROCEDURES_CSV))
    other = _file(tmp_path, "q.csv", "code,name\n2.000488,Lý lịch tư pháp\n")
    loaded = load(database, PROCEDURES, other)
    assert loaded.elsewhere == ["1.001193 2020-01-01", "1.001193 2025-07-01"]
    assert len(_all(database)) == 3
    assert load(database, PROCEDURES, other, How(prune=True)).gone == loaded.elsewhere
    assert list(_all(database)) == ["2.000488"]


@EMBEDDED
def test_everything_wrong_with_a_table_is_said_with_its_line_and_nothing_is_written(
    database: Database, tmp_path: Path
) -> None:
    text = (
        "code,nam,term,term_unit,fee,effective_from,online_level\n"
        "1.001193,Khai sinh,5,days,8.000,2025-02-30,toàn trình\n"
        "1.00119,Khai tử,,,,\n"
    )
    found = _refused(database, PROCEDURES, _file(tmp_path, "p.csv", text))
    assert found == [
        ':1:1 the column "name" is missing; add it',
        ':1:2 unknown column "nam"; did you mean "name"?',
        (
            ':2:4 term_unit: "days" is not allowed here; '
            "known here: calendar_days, calendar_hours, working_days, working_hours"
        ),
        ':2:5 fee: "8.000" is not a number of whole đồng; write digits alone, as 50000',
        ':2:6 effective_from: "2025-02-30" is no day; write 2026-05-20 or 20/05/2026',
        (
            ':2:7 online_level: "toàn trình" is not allowed here; known here: full, information, level_1, level_2, '
            "level_3, level_4, partial"
        ),
        (
            ":3:1 code: 1.00119 has lost digits, as spreadsheets drop zeros at the end; "
            "a national code has six digits after the point; format the column as text"
        ),
    ]
    assert _all(database) == {}


@EMBEDDED
def test_everything_wrong_with_a_document_is_said_with_its_place(database: Database, tmp_path: Path) -> None:
    text = (
        "agencies:\n"
        "  - code: 1.5\n"
        "    name: Sở Tư pháp\n"
        "    leder: {name: A}\n"
        "    aliases: [{code: X.1, effective_to: 30.6.2025}]\n"
        "    hours: [{days: mon-fri, from: '7.30', to: '11:30'}]\n"
        "  - nonsense\n"
        "more: 1\n"
    )
    found = _refused(database, AGENCIES, _file(tmp_path, "a.yaml", text))
    assert found == [
        ":2:11 code: 1.5 is not a text; put it in quotes",
        ':4:5 unknown key "leder"; did you mean "leader.name"?',
        ':5:41 effective_to: "30.6.2025" is no day; write 2026-05-20 or 20/05/2026',
        ':6:35 hours[1].from: "7.30" is no time of day; write 07:30',
        ":7:5 this is not a group of `key: value`; write one",
        ':8:1 unknown key "more"; `agencies:` stands above the entries',
    ]


@EMBEDDED
def test_agencies_that_contradict_each_other_are_refused_together(database: Database, tmp_path: Path) -> None:
    text = (
        "code,name,parent_code,aliases\nA01,Một,B01,X ..2025-06-30\nB01,Hai,A01,X 2025-06-30..; Y\n"
        "C01,Ba,,\nC01,Ba nữa,,\n"
    )
    found = _refused(database, AGENCIES, _file(tmp_path, "a.csv", text))
    assert found == [
        ":2:3 A01 comes to stand above itself; one of the agencies above it is wrong",
        ":3:3 B01 comes to stand above itself; one of the agencies above it is wrong",
        (
            ":3:4 X is claimed by B01 (from 2025-06-30) and by A01 (until 2025-06-30); "
            "on one day a code is one agency's; the other entry is on line 2"
        ),
        (
            ":5:1 C01 stands twice for the same days (always and always); "
            "let the earlier entry end the day before the later one begins; the other entry is on line 4"
        ),
    ]


@EMBEDDED
def test_a_file_is_held_against_earlier_files_too(database: Database, tmp_path: Path) -> None:
    load(database, PROCEDURES, _file(tmp_path, "p.csv", PROCEDURES_CSV))
    path = _file(tmp_path, "q.csv", "code,name,effective_from\n1.001193,Mới,2026-01-01\n")
    (found,) = _refused(database, PROCEDURES, path)
    assert "1.001193 stands twice" in found
    assert "from an earlier file" in found
    assert load(database, PROCEDURES, path, How(prune=True)).added == ["1.001193 2026-01-01"]


@EMBEDDED
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"PK", ":1:1 files of this kind are not read; save it as .csv, .yaml or .json"),
        ("a.csv", "code,name\nA,S\xf4".encode("cp1258"), ":2:1 the text is not UTF-8; save it as “CSV UTF-8”"),
        (
            "a.csv",
            b'code,name\nA,"S',
            ':2:2 a quotation mark is opened and never closed; close it, or write " twice inside a text',
        ),
        ("a.csv", b"", ':1:1 the column "code" is missing; add it'),
        ("a.yaml", b"", ":1:1 there is no list of agencies; write `agencies:` and a list"),
        ("a.json", b'{"agencies": 5}', ":1:14 there is no list of agencies; write `agencies:` and a list"),
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(
    database: Database, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert _refused(database, AGENCIES, path)[0] == said


@EMBEDDED
def test_a_file_that_is_not_there_is_said(database: Database, tmp_path: Path) -> None:
    assert _refused(database, AGENCIES, tmp_path / "no.csv") == [
        ":1:1 the file cannot be read: No such file or directory"
    ]


@EMBEDDED
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('code,name\nH29,"x" y\n', ":2:2 text stands after a closing quotation mark"),
        (f'code,name\nH29,x\nH30,"{"x" * 140_000}\n', ":3:2 this cell is longer than 131,072 characters"),
        ("code,name,parent_code\nH29,x,H29\n", ":2:3 parent_code: it is its own parent"),
        ("code;name\n1.5;x\n", ':2:1 code: "1.5" is no agency\'s code'),
        ("mã,tên\n1,x\n2,y\n", None),
    ],
)
def test_each_mistake_is_told_once_in_a_sentence(
    database: Database, tmp_path: Path, text: str, said: str | None
) -> None:
    found = _refused(database, AGENCIES, _file(tmp_path, "a.csv", text))
    if said is None:
        assert [one.partition(" ")[0] for one in found] == [":1:1", ":1:1", ":1:1", ":1:2"]
        return
    (only,) = found
    assert only.startswith(said)


@EMBEDDED
def test_a_file_that_would_empty_the_catalogue_must_say_so(database: Database, tmp_path: Path) -> None:
    load(database, PROCEDURES, _file(tmp_path, "p.csv", PROCEDURES_CSV))
    nothing = _file(tmp_path, "none.csv", "code,name\n")
    (found,) = _refused(database, PROCEDURES, nothing, prune=True)
    assert "would empty the catalogue; give --prune --empty" in found
    assert len(_all(database)) == 2
    assert len(load(database, PROCEDURES, nothing).elsewhere) == 2
    assert len(load(database, PROCEDURES, nothing, How(prune=True, empty=True)).gone) == 2
    assert _all(database) == {}


@EMBEDDED
def test_odd_codes_and_unknown_parents_are_remarks_and_are_taken(database: Database, tmp_path: Path) -> None:
    load(database, AGENCIES, _file(tmp_path, "a.csv", "code,name,aliases\nH29,x,000.00.00.H29\n"))
    text = "code,name,parent_code\nH29.15,a,000.00.00.H29\nH29-TP,b,H30\nH29.16,c,H29.15\n000.00.17.H29,d,H29-TP\n"
    loaded = load(database, AGENCIES, _file(tmp_path, "b.csv", text))
    assert len(loaded.added) == 4
    assert [one.partition(" has ")[0::2] for one in loaded.remarks] == [
        ("H29-TP", "neither form of an agency's code: 000.00.15.H29 (QCVN 102:2016) or H29.15 (Decision 20/2020)"),
        ("H29-TP", "the parent H30, which no entry has"),
    ]


DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("page", ["catalogues.md", "catalogues.vi.md"])
def test_the_files_that_the_documents_show_can_be_loaded(tmp_path: Path, page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    blocks = re.findall(r"```(csv|yaml)\n(.*?)```", text, re.DOTALL)
    shown = [(form, block) for form, block in blocks if not block.startswith("mapping:")]
    assert len(shown) >= 2
    for at, (form, block) in enumerate(shown):
        entity = "procedure" if "1.001193" in block else "agency"
        contents = read_contents(_file(tmp_path, f"{at}.{form}", block), entity)
        assert contents.findings == []
        kind = PROCEDURES if entity == "procedure" else AGENCIES
        assert [fault for entry in contents.entries for fault in kind.read(entry.values)[1]] == []


def test_the_mapping_that_the_document_shows_is_right(tmp_path: Path) -> None:
    text = (DOCS / "catalogues.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(mapping:.*?)```", text, re.DOTALL)
    assert read_mapping(block, "catalogues.md", record_targets()).entity == "procedure"
