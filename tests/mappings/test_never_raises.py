"""Whatever a department sends: a draft or problems, never an exception, and always values that are ready for JSON."""

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from mappings.engine import Draft, Library, Mapping, compile, load  # noqa: A004
from tests.mappings.conftest import record_targets

TARGETS = record_targets()
LIBRARY = Library()
FIELDS = """
  code: {from: [a, b.c, "d[0]"]}
  status: {from: s, table: t, text: tcvn3}
  channel: {from: b, table: k, default: direct}
  note: {from: a, text: tcvn3}
  summary: {from: [a, b, s], join: "-"}
  officer: {from: "PATH"}
  applicant.id_number: {from: a, as: identity_number}
  applicant.birth_date: {from: s, date: [iso, d/M/yyyy]}
  received_at: {from: a, date: [iso, "dd/MM/yyyy HH:mm:ss", "hh a d/M/yyyyX"]}
  due_at: {from: a, date: iso, end_of_day: true, zone: America/St_Johns}
  extra.x.y: {from: b.c}
  documents: {each: ., fields: {name: {from: a}}}
  fees: {each: b, fields: {name: {from: .}, amount: {from: a, money: vnd}, paid: {from: s}}}
  papers: {each: a, split: ".", fields: {name: {from: ., split: "-", part: 1}, quantity: {from: .}}}
  supplements: {each: d, fields: {content: {from: a}, papers: {inside: don, each: b, fields: {name: {from: a}}}}}
  results: {inside: don, each: ., fields: {name: {from: a, text: vni}, code: {from: b, find: phone}}}
  applicant.phone: {from: a, as: phone}
  applicant.tax_code: {from: s, as: tax_code}
  applicant.id_kind: {from: a, as: identity_kind}
  applicant.name: {from: a, text: windows-1258}
  applicant.address: {from: a, text: utf-8}
  agency.code: {from: a, as: agency_code}
  procedure.code: {from: s, as: procedure_code}
  national_code: {from: [a, s], as: dossier_code}
  submitted_at: {from: a, date: [excel, epoch_millis, d-MMM-yyyy]}
  return_method: {by: [a, s], table: r}
  digitised: {from: s, table: z}
  other_information: {inside: don, from: a}
inside: {don: {from: a, input: KIND}}
tables:
  t: {x: accepted}
  k: {y: post}
  r: {x: {y: direct, "*": post}, "*": {"": direct}}
  z: {x: true, "": false}
"""

NAMES = st.sampled_from(["a", "b", "c", "d", "s"])
TEXTS = st.one_of(
    st.text(st.characters(codec=None)),  # lone surrogates too
    st.sampled_from(
        [
            "2026-05-20T08:15:00Z",
            '{"a": "x", "b": [{"a": 1}]}',
            "<a><a>x</a><b><a>1</a></b></a>",
            "{",
            "<a",
            "?",
            "31/02/2026",
            "01/01/0001 00:00:00",
            "12 AM 1/1/2026+14",
            "x",
            "y",
            "0001-01-01",
        ]
    ),
    st.from_regex(r"[0-9]{1,4}[-/.,][0-9]{1,4}[-/.,][0-9]{1,4}( [0-9]{2}:[0-9]{2})?", fullmatch=True),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=5)),
    max_leaves=20,
)


def _mapping(folder: Path, kind: str) -> Mapping:
    path = folder / f"{kind}.yaml"
    fields = FIELDS.replace("d[0]", "d[1]").replace("b.c", "b/c") if kind == "xml" else FIELDS
    fields = fields.replace("KIND", "json" if kind == "xml" else "xml")
    fields = fields.replace("PATH", "string(b/*[1])" if kind == "xml" else "join('', s || `[]`)")
    path.write_text(f"mapping: a/b\nversion: 1\nentity: dossier\ninput: {kind}\nfields:{fields}", encoding="utf-8")
    return compile(load(path), TARGETS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("documents")


@pytest.fixture(scope="module")
def json_mappings(folder: Path) -> list[Mapping]:
    built_in = [LIBRARY.mapping(name, TARGETS) for name in ("mot-cua/ho-so", "du-lieu-mo/giay-phep-xay-dung")]
    return [_mapping(folder, "json"), *built_in]


@pytest.fixture(scope="module")
def xml_mappings(folder: Path) -> list[Mapping]:
    return [_mapping(folder, "xml"), LIBRARY.mapping("so-tu-phap/ly-lich-tu-phap", TARGETS)]


def check(draft: Draft) -> None:
    """The promises that hold for every draft."""
    assert orjson.loads(orjson.dumps(draft.values)) == draft.values
    for value in draft.values.values():
        _check_values(value)
    for problem in draft.problems:
        str(problem).encode()
        assert problem.field
        assert problem.expected
    assert draft.rejected or {"code", "status"} <= draft.values.keys()
    assert not draft.rejected or draft.problems


def _check_values(value: Any) -> None:
    if isinstance(value, dict | list):
        assert value
        for inner in value.values() if isinstance(value, dict) else value:
            _check_values(inner)
    else:
        assert isinstance(value, int | bool) or (value and value == value.strip() and "\x00" not in value)


@given(JSON)
@example({"a": 10**5000, "b": float("nan"), "d": [float("inf")], "s": -(10**5000)})
@example({"a": "9999-12-31T23:59:59-14:00", "s": "\ud800"})
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_json_value_gives_a_draft(json_mappings: list[Mapping], record: Any) -> None:
    for mapping in json_mappings:
        check(mapping.read(record))


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> etree._Element:
    """An element with any text, comments, attributes, repeated and nested children, in and out of namespaces."""
    names = [*"abcds", "SoHoSo", "TinhTrang", "NgayNhan", "LePhi", "SoTien", "QuaTrinh", "Buoc", "HoTen"]
    namespace = draw(st.sampled_from(["", "{urn:x}"]))
    element = etree.Element(namespace + draw(st.sampled_from(names)))
    element.text = _xml_text(draw(TEXTS))
    if draw(st.booleans()):
        element.set("a", _xml_text(draw(TEXTS)))
    for _ in range(draw(st.integers(0, 4)) if depth else 0):
        child = etree.Comment("c") if draw(st.integers(0, 5)) == 0 else draw(elements(depth=depth - 1))
        child.tail = _xml_text(draw(TEXTS))
        element.append(child)
    return element


def _xml_text(text: str) -> str:
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


@given(elements())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
def test_any_xml_element_gives_a_draft(xml_mappings: list[Mapping], record: etree._Element) -> None:
    for mapping in xml_mappings:
        check(mapping.read(record))


@given(st.binary(), st.sampled_from([b"", b"<a>", b'{"a":', b"\xff\xfe"]))
def test_any_bytes_are_records_or_a_value_error(
    json_mappings: list[Mapping], xml_mappings: list[Mapping], payload: bytes, before: bytes
) -> None:
    for mapping in (*json_mappings, *xml_mappings):
        try:
            records = mapping.records(before + payload)
        except ValueError:
            continue
        for record in records:
            check(mapping.read(record))
