"""A document held against real records: every field that does not fit them is named, and nobody's data is shown."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.wiring import record_targets
from mappings.engine import load
from mappings.scaffold.against import Held, hold_against

HEAD = "mapping: a/b\nversion: 1\nentity: dossier\ninput: json\nfields:\n"
FIELDS = """\
  code: {from: so}
  status: {from: tt, table: s}
  applicant.name: {from: ten}
  applicant.birth_date: {from: ns, date: d/M/yyyy}
  note: {from: khongCo}
  received_at: {from: ngay, date: d/M/yyyy}
  channel: {from: kenh, table: k, default: direct}
  agency.code: {value: 000.00.15.H29}
  fees: {each: phi, fields: {name: {from: t}, amount: {from: a, money: vnd}, code: {from: m}}}
  supplements: {each: bs, fields: {content: {from: n}, papers: {each: gt, fields: {name: {from: t}}}}}
  papers: {each: giayTo, fields: {name: {from: t}}}
tables:
  s: {x: accepted}
  k: {q: online}
"""

BORN = (
    '9:32 "applicant.birth_date": 1 of 10 records could not be read, such as "99/9/9999"; expected a date as d/M/yyyy'
)


def record(number: int) -> dict[str, Any]:
    return {
        "so": f"H{number}",
        "tt": "x" if number % 2 else "Treo",
        "ten": "Lê Văn Thử",
        "ns": "1/1/1990" if number else "31/2/1950",
        "ngay": "31/2/2026" if number < 3 else "1/2/2026",
        "phi": [{"t": "p", "a": "1.5"}, {"t": "q", "a": "1.5"}] if number < 4 else [],
        "bs": [{"n": "thiếu giấy"}],
    }


def held(folder: Path, text: str, records: list[Any]) -> Held:
    path = folder / "mapping.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return hold_against(load(path), record_targets(), records)


def lines(found: Held) -> list[str]:
    return [str(one).partition("mapping.yaml:")[2] for one in found.findings]


def test_each_field_that_does_not_fit_the_sample_is_named_where_it_stands(tmp_path: Path) -> None:
    found = held(tmp_path, FIELDS, [record(number) for number in range(10)])
    assert (found.records, found.kept) == (10, 5)
    assert lines(found) == [
        BORN,
        '10:16 "note": nothing stands at khongCo in any of 10 records; is the path right?',
        (
            '11:23 "received_at": 3 of 10 records could not be read, such as "31/2/2026"; expected a time as d/M/yyyy; '
            "there is no such day or time"
        ),
        '12:19 "channel": nothing stands at kenh in any of 10 records; is the path right?',
        (
            '14:62 "fees.amount": 4 of 4 records could not be read, such as "1.5"; expected an amount in whole đồng; '
            "decimals of a đồng, or an amount that could be read in two ways, are not guessed at"
        ),
        '14:91 "fees.code": nothing stands at m in any of 4 records; is the path right?',
        '15:71 "supplements.papers": no row stands at gt in any of 10 records; is the path right?',
        '16:18 "papers": no row stands at giayTo in any of 10 records; is the path right?',
        '18:3 the table "s" of "status" lacks "Treo" (5); add what is right',
    ]


def test_every_record_that_cannot_be_kept_is_counted_by_a_finding(tmp_path: Path) -> None:
    text = "  code: {from: so}\n  status: {from: tt, table: s}\n"
    text += "  received_at: {from: ngay, date: iso, required: true}\n"
    records = [{"so": f"H{n}", "tt": "x", "ngay": "2026-05-20"} for n in range(10)]
    records[0]["so"], records[1]["tt"], records[2]["tt"], records[3]["tt"] = "", "", " ", "Treo"
    del records[4]["ngay"]
    found = held(tmp_path, text + "tables: {s: {x: accepted}}\n", records)
    assert (found.records, found.kept) == (10, 5)
    ask = "name another field that has it, or ask the department"
    assert lines(found) == [
        f'6:16 "code": so is empty in 1 of 10 records, which are not kept; {ask}',
        f'7:18 "status": tt is empty in 2 of 10 records, which are not kept; {ask}',
        f'8:23 "received_at": ngay is empty in 1 of 10 records, which are not kept; {ask}',
        '9:10 the table "s" of "status" lacks "Treo" (1); add what is right',
    ]


def test_an_empty_field_with_a_default_is_not_said_to_keep_a_record_out(tmp_path: Path) -> None:
    text = "  code: {from: so}\n  status: {from: tt, table: s, default: accepted}\ntables: {s: {x: accepted}}\n"
    found = held(tmp_path, text, [{"so": "H1", "tt": "x"}, {"so": "H2"}])
    assert (found.kept, lines(found)) == (2, [])


def test_a_required_field_that_no_record_has_keeps_none_of_them(tmp_path: Path) -> None:
    found = held(tmp_path, "  code: {from: ma}\n  status: {value: accepted}\n", [record(1)])
    assert (found.records, found.kept) == (1, 0)
    assert lines(found) == [
        '6:16 "code": nothing stands at ma in any of 1 record; none of them would be kept; is the path right?'
    ]


def test_a_document_that_fits_and_a_sample_without_records_have_no_findings(tmp_path: Path) -> None:
    text = "  code: {from: so}\n  status: {from: tt, table: s}\ntables: {s: {x: accepted, treo: stopped}}\n"
    assert held(tmp_path, text, [record(1), record(2)]) == Held(2, 2, ())
    assert held(tmp_path, text, []) == Held(0, 0, ())


@pytest.mark.parametrize("secret", ["Nguyễn Thị Kín", "000190000001", "0900000001", "kin@hoso.example"])
@pytest.mark.parametrize("path", ["ten", "truong1"])
def test_what_is_shown_of_a_person_is_its_form_only(secret: str, path: str, tmp_path: Path) -> None:
    text = (
        f"  code: {{from: {path}, required: true, table: s}}\n  status: {{value: accepted}}\ntables: {{s: {{x: y}}}}\n"
    )
    (line,) = lines(held(tmp_path, text, [{path: secret}]))
    assert secret not in line
    assert "lacks" in line


def test_a_status_that_looks_like_a_name_is_shown_so_that_it_can_be_added(tmp_path: Path) -> None:
    text = "  code: {from: so}\n  status: {from: STATUS, table: s}\ntables: {s: {x: accepted}}\n"
    (line,) = lines(held(tmp_path, text, [{"so": "H1", "STATUS": "Application On Hold"}]))
    assert 'lacks "Application On Hold" (1)' in line


def test_a_table_that_several_fields_decide_is_held_against_what_they_say_together(tmp_path: Path) -> None:
    text = "  code: {from: so}\n  status: {by: [tt, pha], table: s}\ntables: {s: {x: {'1': accepted}}}\n"
    (line,) = lines(held(tmp_path, text, [{"so": "H1", "tt": "x", "pha": "2"}, {"so": "H2", "tt": "x", "pha": "1"}]))
    assert line == '8:10 the table "s" of "status" lacks "x + 2" (1); add what is right'


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["so", "tt", "phi", "t"]), inner),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(ANYTHING | st.fixed_dictionaries({"so": ANYTHING, "tt": ANYTHING, "phi": ANYTHING}), max_size=4))
def test_whatever_the_records_are_they_are_counted_and_nothing_is_raised(tmp_path: Path, records: list[Any]) -> None:
    found = held(tmp_path, FIELDS, records)
    assert 0 <= found.kept <= found.records == len(records)
