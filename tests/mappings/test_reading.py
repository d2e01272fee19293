"""How a record is read: paths, lists, what is missing, and what rejects it."""

from typing import Any

import pytest
from lxml import etree

from tests.mappings.conftest import Make, Read

XML = '<h:HoSo xmlns:h="urn:1"><h:A> x </h:A><B loai="2">y<!-- c -->z</B><C><D>1</D><D>2</D></C><E/></h:HoSo>'


def values(draft: Any) -> Any:
    assert draft.problems == ()
    return {key: value for key, value in draft.values.items() if key not in ("code", "status")}


def sentences(draft: Any) -> list[str]:
    return [str(problem) for problem in draft.problems]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("A", "x"),
        ("./A", "x"),
        ("B", "yz"),
        ("B/@loai", "2"),
        ("C/D[2]", "2"),
        ("//D[last()]", "2"),
        ("concat(A, '-', count(C/D))", " x -2"),
        ("q:A", "x"),
        ("q:A[1]", "x"),
        ("E", None),
        ("C/X", None),
        ("A/X", None),
        ("q:B", None),
    ],
)
def test_an_xml_path_finds_its_value(path: str, expected: str | None, make: Make) -> None:
    prefixes = 'namespaces: {q: "urn:1"}\n' if "q:" in path else ""
    mapping = make(f'  note: {{from: "{path}"}}\n{prefixes}', kind="xml")
    found = values(mapping.read(etree.fromstring(XML))).get("note")
    assert found == (expected.strip() if expected else None)


@pytest.mark.parametrize(("path", "reason"), [("C", "holds other elements"), ("C/D", "2 different ones stand there")])
def test_an_xml_path_to_more_than_one_value_is_a_problem(path: str, reason: str, read: Read) -> None:
    draft = read(f"  note: {{from: {path}}}\n", XML)
    assert "note" not in draft.values
    assert reason in sentences(draft)[0]


def test_the_same_value_twice_is_one_value(read: Read) -> None:
    assert values(read("  note: {from: A}\n", "<a><A>x</A><A>x</A></a>")) == {"note": "x"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.b", "x"),
        ('"c d".e', "y"),
        ("f[0]", "1"),
        ("f[?@ > `1`] | [0]", "2"),
        ("a.none.x", None),
        ("f.x", None),
        ("nothing", None),
        ("empty", None),
    ],
)
def test_a_json_path_finds_its_value(path: str, expected: str | None, read: Read) -> None:
    record = {"a": {"b": "x"}, "c d": {"e": "y"}, "f": [1, 2], "empty": [], "nothing": None}
    assert values(read(f"  note: {{from: '{path}'}}\n", record)).get("note") == expected


def test_a_json_path_that_cannot_be_worked_out_is_a_problem(read: Read) -> None:
    draft = read('  note: {from: "length(a)"}\n', {"a": 5})
    assert "expected a value that the path can work with" in sentences(draft)[0]


def test_a_missing_required_field_rejects_the_record_and_the_rest_is_still_read(read: Read) -> None:
    draft = read("  code: {from: so}\n  note: {from: n}\n", {"n": "x"}, always="  status: {value: accepted}\n")
    assert draft.rejected
    assert draft.values == {"status": "accepted", "note": "x"}
    assert sentences(draft) == ["code: so has no value, expected a text; without it the record cannot be kept"]


def test_an_optional_field_that_cannot_be_read_is_left_out_with_its_problem(read: Read) -> None:
    draft = read("  received_at: {from: n, date: dd/MM/yyyy}\n", {"n": "31/02/2026"})
    assert not draft.rejected
    assert "received_at" not in draft.values
    (problem,) = draft.problems
    assert (problem.field, problem.source, problem.value) == ("received_at", "n", "31/02/2026")
    assert (problem.expected, problem.hint) == ("a time as dd/MM/yyyy", "there is no such day or time")


def test_a_document_can_require_more_than_the_record_does(read: Read) -> None:
    assert read("  received_at: {from: n, date: iso, required: true}\n", {"n": "x"}).rejected
    assert read("  received_at: {from: n, date: iso, required: true}\n", {}).rejected


def test_a_default_is_for_what_is_missing_and_not_for_what_cannot_be_read(read: Read) -> None:
    field = "  channel: {from: k, table: t, default: direct}\ntables: {t: {x: post}}\n"
    assert values(read(field, {})) == {"channel": "direct"}
    assert values(read(field, {"k": "X"})) == {"channel": "post"}
    draft = read(field, {"k": "y"})
    assert "channel" not in draft.values
    assert 'says "y"' in sentences(draft)[0]


def test_texts_that_mean_no_value_are_declared_for_a_field_or_for_all(read: Read) -> None:
    fields = (
        "  note: {from: a, missing: [không]}\n  officer: {from: a}\n  summary: {from: b}\n"
        "  due_at: {from: b, date: iso}\n  applicant.id_number: {from: b, as: identity_number}\nmissing: [N/A]\n"
    )
    assert values(read(fields, {"a": " không ", "b": "N/A"})) == {"officer": "không"}


def test_of_several_paths_the_first_with_a_value_is_taken(read: Read) -> None:
    field = "  note: {from: [a, b.c, d]}\nmissing: [undefined]\n"
    assert values(read(field, {"a": " ", "b": {"c": "undefined"}, "d": "x"})) == {"note": "x"}
    assert values(read(field, {"a": [], "d": 0})) == {"note": "0"}
    assert values(read(field, {})) == {}


def test_joined_texts_leave_out_what_is_missing_and_keep_what_is_damaged(read: Read) -> None:
    field = '  summary: {from: [a, b, c], join: ", "}\n'
    assert values(read(field, {"a": "x", "b": "", "c": 3})) == {"summary": "x, 3"}
    assert values(read(field, {})) == {}
    draft = read(field, {"a": "Thanh to?n", "b": "y"})
    assert draft.values["summary"] == "Thanh to?n, y"
    assert len(draft.problems) == 1


@pytest.mark.parametrize("text", ["Thanh to?n cho h? s?", "mất ch\ufffd"])
def test_text_that_lost_letters_is_kept_and_flagged_and_rejects_nothing(text: str, read: Read) -> None:
    draft = read("  note: {from: a, required: true}\n", {"a": text})
    assert draft.values["note"] == text
    assert not draft.rejected
    assert "letters were lost" in sentences(draft)[0]


@pytest.mark.parametrize("text", ["Có không? Có.", "http://a.example/x?y=z", "?"])
def test_an_honest_question_mark_is_not_flagged(text: str, read: Read) -> None:
    assert values(read("  note: {from: a}\n", {"a": text})) == {"note": text}


def test_a_row_without_its_required_column_is_left_out_with_its_problem(read: Read) -> None:
    field = "  fees: {each: f, fields: {name: {from: n}, amount: {from: t, money: vnd, required: true}}}\n"
    draft = read(field, {"f": [{"n": "a", "t": 1}, {"n": "b"}, {"n": "c", "t": "1.5"}, {"n": "", "t": None}, None]})
    assert draft.values["fees"] == [{"name": "a", "amount": 1}]
    assert [problem.field for problem in draft.problems] == ["fees[1].amount", "fees[2].amount"]
    assert not draft.rejected


def test_rows_are_found_in_xml_by_names_and_by_xpath(read: Read) -> None:
    record = "<a><L><G ma='1'><T>x</T></G><G ma='2'><T>y</T><Z/></G></L></a>"
    expected = {"documents": [{"name": "x", "code": "1"}, {"name": "y", "code": "2"}]}
    for each, name in (("L/G", "T"), ("L/G", "string(T)"), ("//G[T]", "T")):
        field = f'  documents: {{each: "{each}", fields: {{name: {{from: "{name}"}}, code: {{from: "@ma"}}}}}}\n'
        assert values(read(field, record)) == expected


def test_one_row_and_a_row_of_text_are_rows_too(read: Read) -> None:
    field = '  documents: {each: g, fields: {name: {from: "."}}}\n'
    assert values(read(field, {"g": "x"})) == {"documents": [{"name": "x"}]}
    assert values(read(field, {"g": ["x", "y"]})) == {"documents": [{"name": "x"}, {"name": "y"}]}
    assert values(read(field, "<a><g>x</g><g>y</g></a>")) == {"documents": [{"name": "x"}, {"name": "y"}]}
    assert values(read(field, {"g": ""})) == {}
    assert values(read("  documents: {each: g, fields: {name: {from: n}}}\n", {"g": {"n": "x"}})) == {
        "documents": [{"name": "x"}]
    }


def test_groups_are_nested_and_absent_when_empty(read: Read) -> None:
    field = "  extra.a.b: {from: x}\n  extra.a.c: {from: y}\n  extra.d.e.f: {from: z}\n  applicant.name: {from: n}\n"
    assert values(read(field, {"x": 1, "y": 2})) == {"extra": {"a": {"b": "1", "c": "2"}}}
    assert values(read(field, {})) == {}


def test_a_record_that_is_nothing_like_one_is_rejected_and_raises_nothing(make: Make) -> None:
    for kind in ("json", "xml"):
        mapping = make("  code: {from: a}\n", kind=kind, always="  status: {value: accepted}\n")
        for record in (None, 5, "text", [], [1], b"bytes", object(), {1: 2}):
            assert mapping.read(record).rejected


def test_an_xml_record_nested_without_end_is_rejected(make: Make) -> None:
    mapping = make("  code: {from: a}\n", kind="xml", always="  status: {value: accepted}\n")
    root = element = etree.Element("a")
    for _ in range(5000):
        element = etree.SubElement(element, "a")
    assert mapping.read(root).rejected


def test_the_fingerprint_changes_with_what_decides_the_outcome_and_with_nothing_else(make: Make) -> None:
    first = make("  note: {from: a}\n")
    assert len(first.fingerprint) == 64
    assert make("  note: {from: a} # a comment\n").fingerprint == first.fingerprint
    assert make("  note: {from: a}\nrecords: x\n").fingerprint == first.fingerprint
    assert make("  note: {from: b}\n").fingerprint != first.fingerprint
    with_table = [make(f"  note: {{from: a, table: t}}\ntables: {{t: {{x: {value}}}}}\n") for value in ("y", "z")]
    assert len({one.fingerprint for one in (first, *with_table)}) == 3


def test_records_are_found_in_a_whole_answer(make: Make) -> None:
    mapping = make("  note: {from: a}\nrecords: d.rows\n")
    assert [mapping.read(one).values["note"] for one in mapping.records(b'{"d": {"rows": [{"a": 1}, {"a": 2}]}}')] == [
        "1",
        "2",
    ]
    assert mapping.records(b"{}") == []
    mapping = make("  note: {from: a}\nrecords: //r\n", kind="xml")
    answer = b'<s xmlns="urn:x"><r><a>1</a></r><r><a>2</a></r></s>'
    assert [mapping.read(one).values["note"] for one in mapping.records(answer)] == ["1", "2"]
    for broken in (b"", b"<s><r>", b"{"):
        with pytest.raises(ValueError):  # noqa: PT011 - the decoder words it
            mapping.records(broken)


def test_an_answer_with_an_entity_reads_no_file(make: Make) -> None:
    mapping = make("  note: {from: a}\n", kind="xml")
    answer = b'<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/hostname">]><r><a>&e;</a></r>'
    (record,) = mapping.records(answer)
    assert mapping.read(record).values.get("note") == "&e;"
