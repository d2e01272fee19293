"""The place in a record that failed: found by its path, told where nothing stands there, and never guessed."""

import json
from typing import Any

import pytest

from hub.inspection.marking import Failed, Found, located
from hub.inspection.written import MOST_LINES, Marks, as_it_is, number_of, shape, value_of, written
from hub.wiring import record_targets
from mappings.engine.compile import build
from mappings.engine.document import examine_text
from mappings.engine.reading import Mapping

XML = """<h:HoSo xmlns:h="urn:x" loai="A"><!-- ghi chú --><h:So>HS-1</h:So><h:Chu ten="An"><h:Sinh>1990</h:Sinh></h:Chu>
<h:Phi><h:Tien>5.000</h:Tien></h:Phi><h:Phi><h:Tien>năm nghìn</h:Tien></h:Phi></h:HoSo>"""
JSON: dict[str, Any] = {
    "so": "HS-1",
    "chu": {"ten": "An", "tuoi": 7},
    "ten": [{"ngonNgu": 1, "ten": "One"}, {"ngonNgu": 228, "ten": "Một"}],
    "phi": [{"tien": "5.000"}, {"tien": "năm nghìn"}],
    "Ngày nhận": "31/02/2026",
}
RECORD = {"xml": value_of(XML.encode()), "json": value_of(json.dumps(JSON).encode())}
FEES = "fees: {each: %s, fields: {amount: {from: %s, money: vnd}}}"
FIELDS = f"fields: {{code: {{from: so}}, status: {{value: processing}}, {FEES}}}"


def mapping(kind: str, each: str, amount: str) -> Mapping:
    text = f"mapping: so-thu/ho-so\nversion: 1\nentity: dossier\ninput: {kind}\n{FIELDS % (each, amount)}\n"
    file, findings = examine_text(text, "")
    assert file is not None
    made, more = build(file, record_targets())
    assert made is not None, [*findings, *more]
    return made


def marked(kind: str, found: Found) -> list[str]:
    """What is marked of the record, piece by piece."""
    marks = Marks(found.places, [found.absent] if found.absent else [])
    lines = written(RECORD[kind], marks, as_it_is)
    return [piece.text for line in lines for piece in line.pieces if piece.is_marked] + [
        f"no {line.absent}" for line in lines if line.absent
    ]


@pytest.mark.parametrize(
    ("kind", "source", "value", "expected"),
    [
        ("xml", "So", "HS-1", ["h:So", "HS-1"]),
        ("xml", "Chu/Sinh", "1990", ["h:Sinh", "1990"]),
        ("xml", "h:Chu/h:Sinh", "1990", ["h:Sinh", "1990"]),
        ("xml", "Chu/@ten", "An", ['ten="An"']),
        ("xml", "@loai", "A", ['loai="A"']),
        ("xml", "Phi[2]/Tien", "năm nghìn", ["h:Tien", "năm nghìn"]),
        ("xml", "Chu/Mat, So", "HS-1", ["h:So", "HS-1"]),
        ("xml", "Chu/Mat", None, ["no Mat"]),
        ("xml", "don: Chu", "năm nghìn", ["h:Tien", "năm nghìn"]),  # in a document inside a text: by its value
        ("xml", "don: Chu/Mat", "không ở đâu", []),
        ("json", "so", "HS-1", ['"so"', '"HS-1"']),
        ("json", "chu.tuoi", "7", ['"tuoi"', "7"]),
        ("json", "ten[?ngonNgu==`228`].ten | [0]", "Một", ['"ten"', '"Một"']),
        ("json", '"Ngày nhận"', "31/02/2026", ['"Ngày nhận"', '"31/02/2026"']),
        ("json", "Ngày nhận", "31/02/2026", ['"Ngày nhận"', '"31/02/2026"']),  # a column of a table
        ("json", "chu.ngaySinh, chu.namSinh", None, ["no ngaySinh"]),
        ("json", "join(', ', ten[].ten)", "One, Một", ['"ten"']),
        ("json", "", "HS-1", []),
    ],
)
def test_a_path_leads_to_the_very_place(kind: str, source: str, value: str | None, expected: list[str]) -> None:
    assert marked(kind, located(RECORD[kind], Failed("summary", source, value), None)) == expected


@pytest.mark.parametrize(
    ("kind", "made", "source", "expected"),
    [
        ("xml", mapping("xml", "Phi", "Tien"), "Tien", ["h:Tien", "năm nghìn"]),
        ("json", mapping("json", "phi", "tien"), "tien", ['"tien"', '"năm nghìn"']),
    ],
)
def test_in_a_list_only_the_row_that_failed_is_marked(
    kind: str, made: Mapping, source: str, expected: list[str]
) -> None:
    failed = Failed("fees[1].amount", source, "năm nghìn")
    assert marked(kind, located(RECORD[kind], failed, made)) == expected
    gone = located(RECORD[kind], Failed("fees[9].amount", source, "không ở đâu"), made)
    assert gone == Found()


def test_a_number_that_stands_twice_is_marked_where_the_path_leads() -> None:
    value = value_of(b'{"a": 1, "b": {"c": 1}, "d": true}')
    assert located(value, Failed("x", "b.c", "1"), None).places == [("b", "c")]
    assert located(value, Failed("x", "d", "true"), None).places == [("d",)]


def test_lines_have_numbers_and_values_their_form_only() -> None:
    lines = written(RECORD["json"], Marks(), shape)
    text = "\n".join("".join(piece.text for piece in line.pieces) for line in lines)
    assert '"Ngày nhận": "00/00/0000"' in text
    assert "An" not in text.replace("Ngày nhận", "")
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert lines[(number_of(lines, ("chu", "tuoi")) or 0) - 1].pieces[-2].text == "0"
    xml = "".join(piece.text for line in written(RECORD["xml"], Marks(), shape) for piece in line.pieces)
    assert ("HS-1" in xml, "ghi chú" in xml, "<h:So>xx-0</h:So>" in xml) == (False, False, True)


def test_a_huge_record_is_cut_but_not_where_it_failed() -> None:
    value = value_of(json.dumps({f"a{at}": at for at in range(20_000)}).encode())
    lines = written(value, Marks([("a15000",)]), as_it_is)
    assert len(lines) <= MOST_LINES
    assert any(line.is_marked and line.number == 15_002 for line in lines)
    assert sum(line.left_out for line in lines) == 20_002 - sum(line.number is not None for line in lines)


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"<HoSo>", b"{", b'"<a><b>1</b></a>"', b"[" * 5000, b"<a>" * 5000])
def test_whatever_came_is_written_out(raw: bytes) -> None:
    value = value_of(raw)
    assert written(value, Marks([(0,)], [((), "x")]), as_it_is)
    assert located(value, Failed("x", "b", "1"), None) is not None
