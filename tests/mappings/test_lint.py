"""Lint finds every mistake of a document at once, each at its line and column."""

from pathlib import Path

import pytest

from mappings.engine import Invalid, Targets, compile, lint, load  # noqa: A004

HEAD = "mapping: a/b\nversion: 1\nentity: dossier\ninput: json\n"  # four lines
FIELDS = HEAD + "fields:\n  code: {from: a}\n  status: {value: accepted}\n"  # what follows is line 8


def findings(text: str, folder: Path, targets: Targets, tables: str = "") -> list[str]:
    path = folder / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    if tables:
        (folder / "tables.yaml").write_text(tables, encoding="utf-8")
    return [str(finding).replace(f"{folder}/", "") for finding in lint(path, targets)]


def test_a_document_without_mistakes_has_no_findings(tmp_path: Path, targets: Targets) -> None:
    assert findings(FIELDS, tmp_path, targets) == []


def test_everything_wrong_is_reported_at_once(tmp_path: Path, targets: Targets) -> None:
    text = """\
mapping: so-tu-phap/ly-lich
version: 0
entity: dosier
input: xml
record: //HoSo
fields:
  cod: {from: SoHoSo}
  received_at: {from: NgayNhan, date: "dd/mm/yyyy"}
  due_at: {fron: NgayHen}
  channel: {from: Kenh, table: chanel}
  officer: {from: CanBo, table: ten}
  fees: {each: LePhi, fields: {name: {from: Ten}, amount: {from: Tien}}}
tables:
  channel: {1: direct, 2: onlin}
  ten: [a]
"""
    assert findings(text, tmp_path, targets, "kieu: {1: 1.5}\n") == [
        "mapping.yaml:2:10 0 is not allowed here; it must be at least 1",
        'mapping.yaml:3:9 "dosier" is not something a record can become; did you mean "dossier"?',
        'mapping.yaml:5:1 unknown key "record"; did you mean "records"?',
        'mapping.yaml:7:3 "cod" is not a field of a dossier; did you mean "code"?',
        'mapping.yaml:7:3 "code" is not mapped; a dossier cannot be kept without it; add it',
        'mapping.yaml:7:3 "status" is not mapped; a dossier cannot be kept without it; add it',
        'mapping.yaml:8:39 "dd/mm/yyyy" has no month; MM is the month, mm the minute',
        'mapping.yaml:9:12 unknown key "fron"; did you mean "from"?',
        'mapping.yaml:10:32 there is no table "chanel"; did you mean "channel"?',
        "mapping.yaml:12:59 this field is an amount in whole đồng and needs `money`; add `money: vnd`",
        "mapping.yaml:15:8 a list is not a group of `key: value` lines",
        "tables.yaml:1:11 only a text, a whole number, true or false can stand here",
    ]


def test_a_wrong_input_is_reported_before_its_paths_can_be_looked_at(tmp_path: Path, targets: Targets) -> None:
    (found,) = findings(FIELDS.replace("json", "jsn"), tmp_path, targets)
    assert found.startswith('mapping.yaml:4:8 "jsn" is not allowed here; did you mean "json"? (it must be xml, json, ')


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("note: SoHoSo", '8:9 "SoHoSo" is not a group of `key: value` lines'),
        ("note: {}", '8:9 "note" does not say where it comes from; add `from: PATH`, or `value:` for a constant'),
        ("note: {from: []}", "8:16 the list of paths is empty; name at least one"),
        ('note: {from: ""}', "8:16 the path is empty; name where the value stands; `.` is the record itself"),
        ('note: {from: "a["}', '8:16 "a[" is not a JMESPath: Invalid jmespath expression'),
        ("note: {from: [a, Ngày]}", '8:20 "Ngày" is not a JMESPath'),
        ('note: {from: "nam(a)"}', '8:16 JMESPath has no function "nam"; it has abs,'),
        ("note: {from: a, value: x}", "8:16 `from` has nothing to do beside `value`"),
        ("note: {value: 5}", '8:17 "5" is not a text'),
        ("note: {from: a, text: tcvn}", '8:25 "tcvn" is not a function for text; did you mean "tcvn3"?'),
        ("note: {from: a, as: cccd}", '8:23 "cccd" is not a form that can be read; known here: agency_code'),
        ("note: {from: a, date: iso}", "8:25 `date` does not make a text; for a text: as, by, find, join, table, text"),
        ("note: {from: a, join: x}", "8:25 `join` makes one text of several paths"),
        ("received_at: {from: a}", "8:16 this field is a time and needs `date`; add `date:"),
        ("received_at: {from: a, date: hh:mm dd/MM/yyyy}", "hours of 12 without AM or PM; HH is the hour of 24"),
        ("received_at: {from: a, date: dd/MM/yy}", "8:32 a year of two digits could be of any century"),
        (
            "received_at: {from: a, date: [d/M/yyyy, DD/MM/YYYY]}",
            '8:43 "DD" has no meaning in a pattern; did you mean "dd"?',
        ),
        ("received_at: {from: a, date: []}", "8:32 the list of patterns is empty"),
        (
            "received_at: {from: a, date: iso, zone: America/Los_Angles}",
            '8:43 there is no time zone "America/Los_Angles"; did you mean "America/Los_Angeles"? a name as Am',
        ),
        (
            "received_at: {from: a, date: iso, zone: Harbor}",
            '"Harbor"; a name as America/Los_Angeles; left out: Asia/Ho_Chi_Minh',
        ),
        (
            "fees: {each: f, fields: {name: {from: n}, amount: {from: a, money: usd}}}",
            "one in another currency goes to `extra.NAME`, as a text",
        ),
        ("extra.day: {from: a, date: iso}", "facts under `extra.` are texts, kept as they stand"),
        ("due_at: {from: a, date: dd/MM/yyyy HH:mm, end_of_day: true}", "8:27 `end_of_day` throws the time of"),
        ("applicant.birth_date: {from: a, date: iso, end_of_day: true}", "`end_of_day` does not make a date"),
        ("channel: {from: a}", "8:12 this field is a choice and needs `table`; add `table: NAME`"),
        ("channel: {value: mail}", '8:20 "mail" is not a choice of direct, online, post'),
        ("channel: {from: a, table: t, default: mail}\ntables: {t: {x: post}}", '8:41 "mail" is not a choice of'),
        (
            "channel: {from: a, table: t}\ntables: {t: {x: pos}}",
            '9:17 "pos" is not a choice of direct, online, post; did you mean "post"?',
        ),
        (
            "channel: {from: a, table: t}\ntables: {t: {x: [post]}}",
            "9:17 only a text, a whole number, true or false can stand here",
        ),
        ("note: {from: a}\ntables: {t: {x: y}}", '9:10 no field uses the table "t"; take it out, or use it'),
        (
            "note: {from: a, table: t}\ntables: {t: {Đã trả: x, ' đã  TRẢ': y}}",
            '9:25 " đã  TRẢ" is the same as "Đã trả" above it',
        ),
        ("documents: {from: a}", '8:14 "documents" is a list; write `{each: PATH, fields: {…}}`'),
        ("note: {each: a, fields: {}}", '8:9 "note" is not a list; write `{from: PATH}`'),
        (
            "documents: {each: a, fields: {name: {from: a}, nam: {from: b}}}",
            '8:50 "nam" is not a field of documents; did you mean "name"?',
        ),
        (
            "events: {each: a, fields: {name: {from: b}}}",
            '8:29 "events" needs the field "at"; a row without it',
        ),
        ("documents: {fields: {name: {from: b}}}", '8:14 "each" is missing'),
        (
            "wards: {from: a}",
            '8:3 "wards" is not a field of a dossier; a fact that has no field of ours goes to extra.NAME',
        ),
        ("extra.Ward: {from: a}", '8:3 "extra.Ward" is not a field of a dossier'),
        ("extra.a: {from: a}\n  extra.a.b: {from: a}", '8:3 "extra.a" cannot be a value and a group of values'),
        ("note: {from: a, missing: x}", '8:28 "x" is not a list'),
        ("note: {from: a, required: yes}", '8:29 "yes" is not true or false'),
        ("code: {from: b}", '8:3 "code" stands here twice; it is already on line 6'),
    ],
)
def test_a_mistake_is_found_where_it_stands(line: str, expected: str, tmp_path: Path, targets: Targets) -> None:
    found = findings(f"{FIELDS}  {line}\n", tmp_path, targets)
    assert len(found) == 1
    assert expected in found[0]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("A[", "is not an XPath"),
        ("hs:A", 'the prefix "hs" is not in `namespaces`; add it there, or leave the prefix out'),
        ("hs:A[1]", 'the prefix "hs" is not in `namespaces`'),
        ("upper(A)", 'XPath has no function "upper"'),
        ("$a", '"$a" is not an XPath'),
    ],
)
def test_a_bad_xpath_is_found(path: str, expected: str, tmp_path: Path, targets: Targets) -> None:
    (found,) = findings(f"{FIELDS.replace('json', 'xml')}  note: {{from: '{path}'}}\n", tmp_path, targets)
    assert found.startswith("mapping.yaml:8:16 ")
    assert expected in found


def test_a_mistake_in_tables_yaml_is_reported_in_that_file(tmp_path: Path, targets: Targets) -> None:
    text = FIELDS + "  channel: {from: a, table: kenh}\n"
    assert findings(text, tmp_path, targets, "kenh:\n  1: direct\n  2: onlin\n") == [
        'tables.yaml:3:6 "onlin" is not a choice of direct, online, post; did you mean "online"?'
    ]


def test_a_table_in_both_files_is_a_mistake(tmp_path: Path, targets: Targets) -> None:
    text = FIELDS + "  channel: {from: a, table: kenh}\ntables: {kenh: {1: direct}}\n"
    (found,) = findings(text, tmp_path, targets, "kenh: {1: online}\n")
    assert found == 'mapping.yaml:9:10 the table "kenh" stands here and in tables.yaml; keep one of the two'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "fields: [",
        "a: b: c",
        "mapping: x",
        "\t",
        "fields: {code: {from: &x [*x]}}",
        "- 1\n- 2",
        "fields:\n  code",
    ],
)
def test_a_file_that_is_no_document_is_findings_and_never_a_trace(text: str, tmp_path: Path, targets: Targets) -> None:
    found = findings(text, tmp_path, targets)
    assert found
    assert all(line.startswith("mapping.yaml:") for line in found)


def test_a_missing_file_is_a_finding(tmp_path: Path, targets: Targets) -> None:
    (found,) = lint(tmp_path / "none.yaml", targets)
    assert found.what == "the file does not exist"


def test_a_document_with_mistakes_does_not_compile(tmp_path: Path, targets: Targets) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(HEAD + "fields: {code: {from: a}}\n", encoding="utf-8")
    with pytest.raises(Invalid) as invalid:
        compile(load(path), targets)
    assert '"status" is not mapped' in str(invalid.value)


def test_the_choices_of_a_field_are_listed_once(tmp_path: Path, targets: Targets) -> None:
    (found,) = findings(f"{FIELDS}  channel: {{value: xyz}}\n", tmp_path, targets)
    assert found.count("online") == 1
