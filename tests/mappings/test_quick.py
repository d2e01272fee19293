"""Reading at once and reading step by step are the same reading."""

import re
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from mappings.engine import Draft, Library, Mapping, compile, load  # noqa: A004
from mappings.engine.draft import Unreadable
from mappings.engine.plan import Group, Step
from mappings.engine.quick import written_out
from mappings.engine.repeats import Repeats
from tests.mappings.conftest import HEAD, Make, record_targets
from tests.mappings.test_never_raises import JSON, TEXTS, _xml_text, elements

TARGETS = record_targets()
LIBRARY = Library()
# Required and default, fallbacks, groups in groups, lists in lists, rows that the document fills, tables, joined texts.
FIELDS = """
  code: {from: [so, ma.so, ma.cap.so], required: true}
  status: {from: tt, table: t, default: accepted}
  channel: {from: ma.kenh, table: k, default: direct}
  note: {from: ma.cap.so}
  officer: {from: [ten, ma.ten]}
  applicant.name: {from: nguoi.ten, missing: [x]}
  applicant.birth_date: {from: nguoi.sinh, date: iso}
  applicant.address: {from: [nguoi.ten, ten], join: ", "}
  procedure.name: {from: [nguoi.so, nguoi.cap]}
  extra.x.y: {from: ma.cap.ten}
  extra.x.z: {from: nguoi.so}
  extra.w: {from: ten}
  received_at: {from: ngay, date: "dd/MM/yyyy HH:mm"}
  documents: {each: ., fields: {name: {from: ten}, code: {from: nguoi.so}}}
  fees: {each: phi, fields: {name: {value: Phí}, amount: {from: tien, money: vnd}, paid: {from: thu}}}
  supplements:
    each: lan
    fields:
      content: {from: [ten, ma.ten], required: true}
      papers: {each: giay, fields: {name: {from: ten}, code: {from: ma.so}, quantity: {from: tien}}}
tables: {t: {x: accepted}, k: {y: post}}
"""


def _all(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(values)


def _some(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Groups in which anything may be absent."""
    return st.fixed_dictionaries({}, optional=values)


TEXT = st.sampled_from(["Hồ sơ", "x", " "])
CODE = st.sampled_from(["HS-1", 7, "", None])
MONEY = st.sampled_from(["1000", "20.000", 5, None])
WHOLE = _all(so=CODE, ten=TEXT, cap=_some(so=CODE, ten=TEXT), kenh=st.sampled_from(["y", None]))
# Mostly what a record looks like, so that not only records full of trouble are compared.
TIDY = _all(
    so=CODE,
    ma=WHOLE,
    tt=st.sampled_from(["x", "X ", None]),
    ten=TEXT,
    nguoi=_some(ten=TEXT, so=CODE, sinh=st.sampled_from(["2001-02-03", "2001-02-03T17:00:00Z", ""])),
    ngay=st.sampled_from(["20/05/2026 08:15", "21/05/2026 23:15", None]),
    phi=st.lists(_some(tien=MONEY, thu=st.sampled_from(["1", "có", True])), max_size=3),
    lan=st.lists(_some(ten=TEXT, ma=WHOLE, giay=st.lists(_some(ten=TEXT, ma=WHOLE, tien=st.just(2)))), max_size=2),
)
# One place in it is of another kind.
SPOILT = st.tuples(TIDY, st.sampled_from(["so", "ma", "nguoi", "ngay", "phi", "lan"]), JSON).map(
    lambda parts: {**parts[0], parts[1]: parts[2]}
)


def _written(folder: Path, kind: str) -> Mapping:
    path = folder / f"{kind}.yaml"
    fields = FIELDS if kind == "json" else re.sub(r"\b(ma|cap|nguoi)\.", r"\1/", FIELDS)
    path.write_text(f"{HEAD}input: {kind}\nfields:{fields}", encoding="utf-8")
    return compile(load(path), TARGETS)


@pytest.fixture(scope="module")
def mappings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Mapping]]:
    folder = tmp_path_factory.mktemp("documents")
    built_in = {name: LIBRARY.mapping(name, TARGETS) for name in LIBRARY.documents()}
    is_xml = {name: "input: xml" in path.read_text("utf-8") for name, path in LIBRARY.documents().items()}
    return {
        kind: [_written(folder, kind), *(one for name, one in built_in.items() if is_xml[name] == (kind == "xml"))]
        for kind in ("json", "xml")
    }


def check(mapping: Mapping, record: Any) -> None:
    """Where nothing is wrong, both ways read the same; where something is, the quick way gives way."""
    try:
        prepared = mapping.record(record)
    except Unreadable:
        return
    careful, draft = mapping.read_carefully(prepared), mapping.read(record)
    assert draft == careful
    assert _keys(draft.values) == _keys(careful.values)
    try:
        quick = mapping.quick(prepared)
    except Unreadable:
        return
    assert Draft(quick) == careful


def _keys(value: Any) -> Any:
    """The order of what is filled, which a comparison of dicts does not see."""
    if isinstance(value, list):
        return [_keys(one) for one in value]
    return [(key, _keys(one)) for key, one in value.items()] if isinstance(value, dict) else None


SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@given(JSON)
@settings(suppress_health_check=SLOW, max_examples=50)
def test_any_json_record_is_read_at_once_as_step_by_step(mappings: dict[str, list[Mapping]], record: Any) -> None:
    for mapping in mappings["json"]:
        check(mapping, record)


@given(TIDY | SPOILT)
@settings(suppress_health_check=SLOW, max_examples=250)
def test_a_json_record_is_read_at_once_as_step_by_step(mappings: dict[str, list[Mapping]], record: Any) -> None:
    check(mappings["json"][0], record)


@given(elements())
@settings(suppress_health_check=SLOW, max_examples=50)
def test_any_element_is_read_at_once_as_step_by_step(
    mappings: dict[str, list[Mapping]], record: etree._Element
) -> None:
    for mapping in mappings["xml"]:
        check(mapping, record)


@given(TIDY | SPOILT)
@settings(suppress_health_check=SLOW, max_examples=250)
def test_an_xml_record_is_read_at_once_as_step_by_step(mappings: dict[str, list[Mapping]], record: Any) -> None:
    check(mappings["xml"][0], etree.fromstring(f"<a>{_xml(record)}</a>"))


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        each = {name: one if isinstance(one, list) else [one] for name, one in value.items()}
        return "".join(f"<{name}>{_xml(one)}</{name}>" for name, many in each.items() for one in many)
    return "" if value is None else escape(_xml_text(str(value)))


def test_a_tidy_record_is_read_at_once(make: Make) -> None:
    mapping = make("  note: {from: a.b}\n  extra.x.y: {from: [c, a.c]}\n  fees: {each: f, fields: {name: {from: n}}}\n")
    record = {"a": {"b": "x", "c": "y"}, "f": [{"n": "Phí"}, {}]}
    assert mapping.quick(record)["fees"] == [{"name": "Phí"}]
    assert mapping.quick(record)["extra"] == {"x": {"y": "y"}}


@pytest.mark.parametrize("record", [None, [], "x", {"f": 5, "r": None}, {"r": "x?y"}])
def test_what_is_wrong_is_left_to_the_careful_way(record: Any, make: Make) -> None:
    mapping = make("  note: {from: r, required: true}\n")
    with pytest.raises(Unreadable):
        mapping.quick(record)
    assert mapping.read(record).problems


@given(st.lists(st.sampled_from(["a'b", '"', "\n", "__import__('os')", "x1", "é", "{}", "\\"]) | TEXTS, min_size=1))
def test_no_name_of_a_document_is_written_into_what_is_run(names: list[str]) -> None:
    steps = [
        Step(name, name, name, lambda _: None, lambda raw: raw, plain=((name,), (name, name)), default=name)
        for name in dict.fromkeys(names)
    ]
    read = written_out([Group.of((), steps), Group.of((names[0],), steps)], [])
    record = {name: f"value of {name}" for name in names}
    filled = {step.key: record[step.key] for step in steps}
    assert read(record) == {**filled, names[0]: filled}


def test_what_was_read_is_remembered_within_bounds_and_what_failed_is_not() -> None:
    asked: list[str] = []

    def convert(text: str) -> str:
        asked.append(text)
        if text == "bad":
            raise Unreadable("a word")
        return text.upper()

    known = Repeats(convert)
    for text in ("a", "a", "x" * 10_000, "x" * 10_000, *map(str, range(1000))):
        assert known[text] == text.upper()
    assert (asked.count("a"), asked.count("x" * 10_000), len(known)) == (1, 2, 256)
    for _ in range(2):
        with pytest.raises(Unreadable):
            known["bad"]
    assert asked.count("bad") == 2
