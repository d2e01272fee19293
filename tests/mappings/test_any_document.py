"""Whatever a document says: it has findings, or it compiles and reads any record. Nothing in between."""

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from lxml import etree

from mappings.engine import Targets
from mappings.engine.compile import build, compile  # noqa: A004
from mappings.engine.document import examine_text
from mappings.engine.forms import FORMS
from mappings.engine.text import FUNCTIONS

PATHS = st.one_of(
    st.sampled_from(["a", "b", "."]), st.sampled_from(["a.b", "a/b", "@a", "a[0]", "//a", "x:a", "", "a["])
)
WORDS: dict[str, st.SearchStrategy[Any]] = {
    "from": st.one_of(PATHS, st.lists(PATHS, max_size=2)),
    "by": st.lists(PATHS, max_size=3),
    "inside": st.sampled_from(["don", "khac"]),
    "value": st.sampled_from(["accepted", "x", 5, True]),
    "required": st.booleans(),
    "default": st.sampled_from(["accepted", "direct", 5, False]),
    "missing": st.just(["-"]),
    "join": st.just(", "),
    "split": st.sampled_from([";", ""]),
    "part": st.integers(-2, 2),
    "text": st.sampled_from([*FUNCTIONS, ["tcvn3", "vni"], "x"]),
    "table": st.sampled_from(["t", "u", "v", "national_status"]),
    "as": st.sampled_from([*FORMS, "x"]),
    "find": st.sampled_from([*FORMS, "x"]),
    "date": st.sampled_from(["iso", "d/M/yyyy", "excel", ["epoch_millis", "dd-MMM-yyyy"], "yy", []]),
    "zone": st.sampled_from(["UTC", "Mars/Olympus"]),
    "end_of_day": st.booleans(),
    "money": st.sampled_from(["vnd", "usd"]),
    "lạ": st.just(1),
}
# Mostly two or three words that can go together, or few documents would be right.
FIELD = st.sets(st.sampled_from(sorted(WORDS)), max_size=3).flatmap(
    lambda words: st.fixed_dictionaries({word: WORDS[word] for word in words})
)
FITTING = st.sampled_from(
    [
        {"from": "a"},
        {"from": ["a", "b"], "join": ", "},
        {"from": "a", "split": ";", "part": 1},
        {"inside": "don", "from": "a"},
        {"from": "a", "as": "phone"},
        {"from": "b", "date": "iso"},
        {"from": "b", "table": "t"},
        {"by": ["a", "b"], "table": "u"},
    ]
)
NAMES = st.sampled_from(
    ["note", "applicant.phone", "applicant.id_kind", "due_at", "channel", "digitised", "extra.x", "lạ"]
)
LIST = st.fixed_dictionaries(
    {"each": PATHS, "fields": st.dictionaries(st.sampled_from(["name", "amount", "papers"]), FITTING, max_size=2)},
    optional={"split": st.just("##"), "inside": st.just("don")},
)
RIGHT = st.sampled_from(
    [
        ("note", {"from": ["a", "b"], "join": ", "}),
        ("note", {"inside": "don", "from": "a"}),
        ("officer", {"from": "a", "split": ";", "part": 1}),
        ("applicant.phone", {"from": "a", "find": "phone"}),
        ("applicant.id_kind", {"from": "b", "as": "identity_kind"}),
        ("due_at", {"from": "b", "date": ["iso", "excel"], "end_of_day": True}),
        ("channel", {"from": "b", "table": "t", "text": "vni"}),
        ("channel", {"by": ["a", "b"], "table": "u"}),
        ("extra.x", {"from": ".", "missing": ["x"]}),
        ("documents", {"each": "a", "split": "##", "fields": {"name": {"from": "."}}}),
        (
            "supplements",
            {"each": ".", "fields": {"papers": {"inside": "don", "each": "a", "fields": {"name": {"from": "b"}}}}},
        ),
    ]
)
ANSWERS = {"t": {"x": "direct", "": "post"}, "u": {"x": {"y": "direct", "*": "post"}, "*": "post"}}


def _with_tables(document: Any) -> Any:
    """The document with the tables that it uses, unless it says otherwise: or nearly all would lack one."""
    used = {name for name in ANSWERS if f'"table":"{name}"' in orjson.dumps(document).decode()}
    declared = {"inside": {"don": {"from": "a", "input": "json"}}, "tables": {name: ANSWERS[name] for name in used}}
    return {**declared, **document}


DOCUMENT = st.fixed_dictionaries(
    {
        "mapping": st.just("a/b"),
        "version": st.just(1),
        "entity": st.sampled_from(["dossier", "dossier", "rating", "x"]),
        "input": st.sampled_from(["json", "xml", "csv", "xml-in-string", "json-in-string", "diffgram"]),
        "fields": st.builds(
            lambda fields, odd, lists: {
                "code": {"from": "a"},
                "status": {"value": "accepted"},
                **fields,
                **odd,
                **lists,
            },
            st.lists(RIGHT, max_size=4).map(dict),
            st.one_of(st.just({}), st.dictionaries(NAMES, st.one_of(FITTING, FIELD), max_size=1)),
            st.dictionaries(st.sampled_from(["documents", "fees", "supplements"]), LIST, max_size=1),
        ),
    },
    optional={
        "records": PATHS,
        "namespaces": st.sampled_from([{}, {"x": "urn:x"}]),
        "inside": st.fixed_dictionaries({"don": st.fixed_dictionaries({"from": PATHS, "input": st.just("json")})}),
        "tables": st.sampled_from([{"t": {"x": {"y": {"z": "direct"}}}}, {"t": {"": {"": "x"}}, "u": {"x": 5}}]),
    },
).map(_with_tables)
RECORDS: list[Any] = [
    {"a": "x", "b": "y"},
    {"a": {"b": [1, {"a": "0901234567"}]}, "b": "2026-05-20"},
    {"a": '{"a": "x"}', "b": None},
    {},
    None,
    "x;y",
    '{"a": "x"}',
    "<a><a>x</a><b>y</b></a>",
    etree.fromstring('<h a="1"><a>x##y</a><a><b>1</b></a><b>2026-05-20</b></h>'),
    etree.fromstring("<h/>"),
]


@given(DOCUMENT)
@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None, max_examples=100
)
def test_a_document_without_findings_compiles_and_reads_any_record(targets: Targets, document: Any) -> None:
    file, findings = examine_text(orjson.dumps(document).decode(), "mapping.yaml")
    mapping, more = build(file, targets) if file else (None, [])
    assert bool(findings or more) == (mapping is None or bool(findings))
    for finding in (*findings, *more):
        assert finding.line >= 1
        assert finding.what
    if findings or mapping is None:
        event("has findings")
        return
    event("compiles")
    assert file is not None
    assert compile(file, targets).fingerprint == mapping.fingerprint
    for record in RECORDS:
        draft = mapping.read(record)
        assert orjson.loads(orjson.dumps(draft.values)) == draft.values
        for problem in draft.problems:
            assert problem.field
            assert problem.source
            assert problem.expected


@pytest.mark.parametrize(
    "text", ["", "5", "[]", "a: [", "fields: 5", "inside: {a: 5}", "tables: {t: {a: {b: {c: {d: {e: f}}}}}}"]
)
def test_what_is_hardly_a_document_has_findings(text: str, targets: Targets) -> None:
    file, findings = examine_text(text, "mapping.yaml")
    assert findings or build(file, targets)[1]  # type: ignore[arg-type]
