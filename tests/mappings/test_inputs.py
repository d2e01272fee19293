"""What a record can be: tables, documents inside a text, rows of a DataSet; and documents that mean harm."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from mappings.engine import Draft, Mapping, Targets, compile, load  # noqa: A004
from mappings.engine.draft import Unreadable
from mappings.engine.inner import json_in, xml_in
from tests.mappings.conftest import Make

INSIDE = "inside: {don: {from: d, input: %s}}\n"
BOMB = (
    '<!DOCTYPE a [<!ENTITY x "hahahaha">'
    + "".join(f'<!ENTITY x{n} "{f"&x{n - 1 if n else str()};" * 10}">' for n in range(9))
    + "]><a>&x8;</a>"
)
HOSTILE = {
    "doctype": "<!DOCTYPE a SYSTEM 'file:///etc/hostname'><a><b>x</b></a>",
    "doctype behind a long comment": f"<!--{'<a' * 4000}--><!DOCTYPE a [<!ENTITY e 'x'>]><a><b>&e;</b></a>",
    "entities without end": BOMB,
    "cut off": "<a><b>x</b>",
    "deep": "<a>" * 5000 + "</a>" * 5000,
    "not XML": "OK: 12345",
    "half a character": "<a><b>\ud800</b></a>",
    "control character": "<a><b>\x00</b></a>",
    "huge": "<a><b>" + "x" * (17 * 1024 * 1024) + "</b></a>",
}


def told(draft: Draft) -> str:
    return "\n".join(map(str, draft.problems))


def rest(draft: Draft) -> dict[str, Any]:
    assert not draft.problems
    return {name: value for name, value in draft.values.items() if name not in ("code", "status")}


# Tables


@pytest.mark.parametrize(
    "name",
    [
        "Số hồ sơ",
        "so.ho.so",
        'Số "cũ"',
        "a/b",
        "Ngày (2)",
        "@ma",
        "[0]",
        "*",
        "từ: đến",
        "D",
        "x | y",
        "`z`",
        "Mã  hồ\nsơ",
    ],
)
def test_a_column_is_named_as_its_header_has_it(name: str, tmp_path: Path, targets: Targets) -> None:
    path = tmp_path / "mapping.yaml"
    line = orjson.dumps(name).decode()
    path.write_text(
        "mapping: a/b\nversion: 1\nentity: dossier\ninput: csv\n"
        f"fields: {{code: {{value: A}}, status: {{value: accepted}}, note: {{from: {line}}}}}\n"
    )
    mapping = compile(load(path), targets)
    assert rest(mapping.read({name: " x ", "khác": "y"})) == {"note": "x"}
    assert rest(mapping.read({"khác": "y"})) == {}


def test_a_header_in_decomposed_letters_or_with_line_breaks_is_the_same_column(make: Make) -> None:
    mapping = make("  note: {from: Mã hồ sơ}\n", kind="csv")
    for name in ("Ma\u0303 ho\u0302\u0300 so\u031b", "Mã\nhồ  sơ", " Mã hồ sơ "):
        assert rest(mapping.read({name: "x"})) == {"note": "x"}


def test_two_columns_that_differ_only_in_spaces_are_not_guessed_at(make: Make) -> None:
    mapping = make("  note: {from: Ngày}\n", kind="csv")
    assert rest(mapping.read({"Ngày": "x", "Ngày ": "x"})) == {"note": "x"}
    assert "2 different ones" in told(mapping.read({"Ngày": "x", "Ngày ": "y"}))


@pytest.mark.parametrize("record", [None, [], "x", 5, {1: "x", None: "y"}])
def test_what_is_no_row_of_a_table_is_a_draft_without_values(record: Any, make: Make) -> None:
    assert rest(make("  note: {from: Ngày}\n", kind="csv").read(record)) == {}


@pytest.mark.parametrize(
    "payload",
    [
        "Mã,Ghi chú\nHS-1,a\nHS-2,b\n".encode(),
        "\ufeffMã;Ghi chú\r\nHS-1;a\r\n\r\nHS-2;b\r\n".encode(),
        "Mã\tGhi chú\nHS-1\ta\nHS-2\tb".encode("utf-16"),
        'sep=;\nMã;Ghi chú\nHS-1;"a"\nHS-2;b'.encode(),
        '[{"Mã": "HS-1", "Ghi chú": "a"}, {"Mã": "HS-2", "Ghi chú": "b"}]'.encode(),
    ],
)
def test_a_csv_file_is_split_into_its_rows(payload: bytes, make: Make) -> None:
    mapping = make("  note: {from: Ghi chú}\n", kind="csv")
    assert [rest(mapping.read(record))["note"] for record in mapping.records(payload)] == ["a", "b"]


def test_columns_without_a_name_or_with_the_same_have_one_each(make: Make) -> None:
    (record,) = make("  note: {from: a}\n", kind="csv").records("Ngày,,Ngày\n1,2,3\n".encode())
    assert record == {"Ngày": "1", "B": "2", "Ngày (2)": "3"}


@pytest.mark.parametrize("payload", [b"a,b\n1,2,3\n", b"a,b\n1\n", b'a,b\n1,"2\n', b"a\xff,b\n1,2\n", b'a\n"x"y\n'])
def test_a_csv_file_that_is_broken_is_told_so(payload: bytes, make: Make) -> None:
    with pytest.raises(ValueError, match=r"CSV|cells|UTF-8"):
        make("  note: {from: a}\n", kind="csv").records(payload)


def test_an_empty_csv_file_has_no_records(make: Make) -> None:
    assert make("  note: {from: a}\n", kind="csv").records(b"") == []


def test_records_make_no_sense_in_a_table(make: Make) -> None:
    with pytest.raises(Exception, match="every row of a table is a record"):
        make("  note: {from: a}\nrecords: a\n", kind="csv")


# A record that is a text


@pytest.mark.parametrize(
    "record",
    [
        "<HoSo><A>x</A></HoSo>",
        '\ufeff <?xml version="1.0" encoding="utf-16"?>\n<HoSo xmlns="urn:1"><A>x</A></HoSo>',
        etree.fromstring("<string>&lt;HoSo>&lt;A>x&lt;/A>&lt;/HoSo></string>"),
        etree.fromstring("<string><!-- c --><![CDATA[<HoSo><A>x</A></HoSo>]]></string>"),
        etree.fromstring("<HoSo><A>x</A></HoSo>"),  # whoever fetched it has opened it
    ],
)
def test_a_record_that_is_a_text_with_xml(record: Any, make: Make) -> None:
    mapping = make("  note: {from: A}\n  officer: {from: 'string(//A)'}\n", kind="xml-in-string")
    assert rest(mapping.read(record)) == {"note": "x", "officer": "x"}


@pytest.mark.parametrize(
    "record", ['{"a": {"b": "x"}}', etree.fromstring('<s>{"a": {"b": "x"}}</s>'), {"a": {"b": "x"}}]
)
def test_a_record_that_is_a_text_with_json(record: Any, make: Make) -> None:
    assert rest(make("  note: {from: a.b}\n", kind="json-in-string").read(record)) == {"note": "x"}


@pytest.mark.parametrize("kind", ["xml-in-string", "json-in-string"])
@pytest.mark.parametrize("record", [*HOSTILE.values(), "", None, 5, [], "{", etree.fromstring("<a/>")])
def test_a_text_that_is_no_document_rejects_the_record(record: Any, kind: str, make: Make) -> None:
    draft = make("  note: {from: a}\n", kind=kind).read(record)
    assert draft.rejected
    assert draft.values == {}
    (problem,) = draft.problems
    assert problem.expected == f"a text that is {kind.partition('-')[0].upper()}"
    assert problem.hint
    assert len(str(problem)) < 500


@pytest.mark.parametrize(
    ("payload", "records", "count"),
    [
        (b"<a><s>&lt;H>&lt;A>x&lt;/A>&lt;/H></s><s>&lt;H>&lt;A>x&lt;/A>&lt;/H></s></a>", "records: //s\n", 2),
        (b'{"ds": ["<H><A>x</A></H>"]}', "records: ds\n", 1),
        (b'"<H><A>x</A></H>"', "", 1),
        (b"<H><A>x</A></H>", "", 1),
    ],
)
def test_texts_are_found_in_answers_of_either_kind(payload: bytes, records: str, count: int, make: Make) -> None:
    mapping = make(f"  note: {{from: A}}\n{records}", kind="xml-in-string")
    assert [rest(mapping.read(one)) for one in mapping.records(payload)] == [{"note": "x"}] * count


# Rows of a DataSet

DIFFGRAM = b"""<LayResult><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" id="NewDataSet"/>
<d:diffgram xmlns:d="urn:schemas-microsoft-com:xml-diffgram-v1"><NewDataSet xmlns="">
<Table d:id="Table1"><So>HS-1</So></Table><Table d:id="Table2"><So>HS-2</So></Table></NewDataSet>
<d:before><Table d:id="Table1"><So>HS-0</So></Table></d:before></d:diffgram></LayResult>"""


@pytest.mark.parametrize("records", ["", "records: //NewDataSet/Table\n"])
def test_the_rows_of_a_data_set_are_those_that_are_now(records: str, make: Make) -> None:
    mapping = make(f"  note: {{from: So}}\n{records}", kind="diffgram")
    assert [rest(mapping.read(row)) for row in mapping.records(DIFFGRAM)] == [{"note": "HS-1"}, {"note": "HS-2"}]


def test_a_data_set_without_rows_and_a_row_alone(make: Make) -> None:
    mapping = make("  note: {from: So}\n", kind="diffgram")
    assert [rest(mapping.read(row)) for row in mapping.records(b"<Table><So>HS-1</So></Table>")] == [{"note": "HS-1"}]


# A document inside one field


def test_xml_in_a_field_of_a_json_record(make: Make) -> None:
    mapping = make(
        "  note: {from: ghiChu}\n  applicant.name: {inside: don, from: Nguoi/Ten}\n"
        "  documents:\n    inside: don\n    each: Giay\n"
        "    fields: {name: {from: T}, code: {from: '@m'}, url: {from: 'string(T)'}}\n"
        "  fees: {inside: don, each: Tep, split: '##', fields: {name: {from: .}}}\n" + INSIDE % "xml"
    )
    inner = '<?xml version="1.0"?><D><Nguoi><Ten>Lê Thử</Ten></Nguoi><Giay m="1"><T>Đơn</T></Giay><Tep>a##b</Tep></D>'
    assert rest(mapping.read({"ghiChu": "x", "d": inner})) == {
        "note": "x",
        "applicant": {"name": "Lê Thử"},
        "documents": [{"name": "Đơn", "code": "1", "url": "Đơn"}],
        "fees": [{"name": "a"}, {"name": "b"}],
    }


def test_json_in_a_field_of_an_xml_record_and_of_each_of_its_rows(make: Make) -> None:
    mapping = make(
        "  officer: {inside: don, from: 'canBo[0].ten'}\n"
        "  documents: {each: G, fields: {name: {inside: don, from: ten}, code: {from: M}}}\n" + INSIDE % "json",
        kind="xml",
    )
    record = '<H><d>{"canBo": [{"ten": "Tư"}]}</d><G><d>{"ten": "Đơn"}</d><M>1</M></G><G><d/><M>2</M></G></H>'
    documents = [{"name": "Đơn", "code": "1"}, {"code": "2"}]
    assert rest(mapping.read(etree.fromstring(record))) == {"officer": "Tư", "documents": documents}


def test_a_document_inside_a_column(make: Make) -> None:
    mapping = make("  note: {inside: don, from: A}\n" + INSIDE % "xml", kind="csv")
    assert rest(mapping.read({"d": "<D><A>x</A></D>"})) == {"note": "x"}


@pytest.mark.parametrize("record", [{}, {"d": None}, {"d": " "}])
def test_where_no_document_stands_there_is_no_value(record: Any, make: Make) -> None:
    fields = "  note: {inside: don, from: A}\n  documents: {inside: don, each: G, fields: {name: {from: T}}}\n"
    assert rest(make(fields + INSIDE % "xml").read(record)) == {}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_in_a_field_is_a_problem_and_the_rest_is_read(name: str, make: Make) -> None:
    fields = "  note: {from: a}\n  officer: {inside: don, from: b}\n"
    lists = "  documents: {inside: don, each: b, fields: {name: {from: .}}}\n"
    draft = make(fields + lists + INSIDE % "xml").read({"a": "x", "d": HOSTILE[name]})
    assert draft.values == {"code": "HS-1", "status": "accepted", "note": "x"}
    assert [problem.field for problem in draft.problems] == ["officer", "documents"]
    for problem in draft.problems:
        assert problem.value is not None
        assert len(problem.value) < 250
        assert problem.expected == "a text that is XML"
        assert problem.hint


def test_a_required_field_in_a_broken_document_rejects_the_record(make: Make) -> None:
    draft = make("  note: {inside: don, from: a, required: true}\n" + INSIDE % "json").read({"d": '{"a": '})
    assert draft.rejected
    assert told(draft) == 'note: don: a says "{"a": ", expected a text that is JSON; it is not well-formed'


def test_a_document_is_read_anew_for_each_record(make: Make) -> None:
    mapping = make("  note: {inside: don, from: a}\n" + INSIDE % "json")
    found = [mapping.read({"d": text}).values.get("note") for text in ('{"a": 1}', "x", '{"a": 2}', '{"a": 1}')]
    assert found == ["1", None, "2", "1"]


def test_long_numbers_in_json_keep_their_digits() -> None:
    assert json_in('{"a": 12345678901234567890123}') == {"a": 12345678901234567890123}
    for text in ('{"a": NaN, "b": 12345678901234567}', "[" * 5000 + "]" * 5000, '{"a": ' + "9" * 5000 + "}"):
        with pytest.raises(Unreadable):
            json_in(text)


@given(st.text())
def test_any_text_is_a_document_or_unreadable(text: str) -> None:
    for read in (xml_in, json_in):
        for tried in (text, f"<a>{text}</a>", f'{{"a": "{text}"}}'):
            try:
                read(tried)
            except Unreadable:
                continue


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ("  note: {inside: dom, from: a}\n", 'nothing is called "dom" under `inside`; did you mean "don"?'),
        ("  note: {inside: don, from: 'a['}\n", '"a\\[" is not an XPath|not a JMESPath'),
        (
            "  documents: {inside: don, each: a, fields: {name: {inside: don, from: b}}}\n",
            "a text in a document that is itself a text is not opened",
        ),
        ("  documents: {each: a, split: ';', fields: {name: {from: b}}}\n", "write `from: .`"),
    ],
)
def test_a_wrong_use_of_inside_is_a_mistake_of_the_document(fields: str, what: str, make: Make) -> None:
    with pytest.raises(Exception, match=what):
        make(fields + INSIDE % "json")


def test_one_mapping_is_used_by_several_threads_at_once(make: Make) -> None:
    from concurrent.futures import ThreadPoolExecutor

    mapping: Mapping = make("  note: {inside: don, from: a}\n" + INSIDE % "json")
    numbers = [str(number % 7) for number in range(400)]
    with ThreadPoolExecutor(4) as pool:
        drafts = list(pool.map(lambda one: mapping.read({"d": f'{{"a": "{one}"}}'}), numbers))
    assert [draft.values["note"] for draft in drafts] == numbers
