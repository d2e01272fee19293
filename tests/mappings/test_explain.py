"""How a value came to be is told as it really was: the explanation agrees with what was read."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from mappings.engine.explain import Explained, Origin, explain
from mappings.engine.reading import Mapping
from tests.mappings.conftest import Make

FIELDS = """\
  code: {from: [so, maHoSo], required: true}
  status: {from: tt, table: tt, default: registered}
  received_at: {from: ngay, date: "dd/MM/yyyy"}
  applicant.name: {from: ten, text: trim}
  applicant.kind: {value: citizen}
  fees:
    each: phi
    fields:
      amount: {from: tien, money: vnd, required: true}
      name: {from: ten}
  supplements:
    each: bo_sung
    fields:
      content: {from: ly_do}
      requested_at: {from: ngay, date: "dd/MM/yyyy"}
      papers:
        each: giay
        fields: {name: {from: ten, required: true}}
tables:
  tt: {"1": accepted, "2": processing}
"""

SCALARS = st.none() | st.sampled_from(["", "1", "2", "9", "01/02/2026", "31/02/2026", "Ấu", " x ", "12.000", 5, True])
PAPERS = st.lists(st.dictionaries(st.sampled_from(["ten", "x"]), SCALARS, max_size=2) | SCALARS, max_size=2)
ROWS = st.lists(
    st.fixed_dictionaries(
        {}, optional={"ly_do": SCALARS, "ngay": SCALARS, "giay": PAPERS, "ten": SCALARS, "tien": SCALARS}
    )
    | SCALARS,
    max_size=3,
)
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("so", "maHoSo", "tt", "ngay", "ten"), SCALARS),
        **dict.fromkeys(("phi", "bo_sung"), ROWS | SCALARS),
    },
)


@pytest.fixture
def mapping(make: Make) -> Mapping:
    return make(FIELDS, always="")


def flat(values: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from flat(value, f"{above}{name}.")
        elif isinstance(value, list):
            for at, row in enumerate(value):
                yield from flat(row, f"{above}{name}[{at}].")
        else:
            yield above + name, value


def renumbered(found: list[Explained]) -> Iterator[tuple[str, Any]]:
    """The values that were kept, with their rows counted as in the result and not as in the source."""
    numbers: dict[str, dict[str, int]] = {}
    for each in found:
        if each.value is None or not each.kept:
            continue
        written, source = "", ""
        for part in re.split(r"(\[\d+\])", each.field):
            if part.startswith("["):
                rows = numbers.setdefault(source, {})
                written += f"[{rows.setdefault(part, len(rows))}]"
            else:
                written += part
            source += part
        yield written, each.value


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=RECORDS)
def test_an_explanation_agrees_with_what_is_read(record: Any, mapping: Mapping) -> None:
    draft, found = mapping.read(record), explain(mapping, record)
    assert sorted(renumbered(found), key=repr) == sorted(flat(draft.values), key=repr)
    assert [each.problem for each in found if each.problem] == list(draft.problems)


def one(found: list[Explained], field: str) -> Explained:
    (wanted,) = [each for each in found if each.field == field]
    return wanted


def test_it_says_where_it_looked_what_stood_there_and_what_it_did(mapping: Mapping) -> None:
    found = explain(mapping, {"maHoSo": "HS-7", "tt": "2", "ngay": "31/02/2026", "phi": [{"ten": "Lệ phí"}]})
    code = one(found, "code")
    assert (code.source, code.found, code.value, code.origin) == ("so, maHoSo", "HS-7", "HS-7", Origin.RECORD)
    status = one(found, "status")
    assert (status.found, set(status.words), status.value) == ("2", {"table: tt", "default: registered"}, "processing")
    assert one(found, "applicant.kind").origin is Origin.CONSTANT
    received = one(found, "received_at")
    assert (received.found, received.value) == ("31/02/2026", None)
    assert received.problem is not None
    assert one(found, "applicant.name").origin is Origin.NOTHING
    name = one(found, "fees[0].name")
    assert (name.value, name.kept) == ("Lệ phí", False)  # the row has no amount, so it is not in the record


def test_a_default_is_told_from_what_the_record_says(mapping: Mapping) -> None:
    assert one(explain(mapping, {"so": "1"}), "status").origin is Origin.DEFAULT


def test_xml_is_explained_alike(make: Make) -> None:
    mapping = make("  code: {from: So}\n  status: {value: accepted}\n  note: {from: '@tt'}\n", kind="xml", always="")
    found = explain(mapping, etree.fromstring('<H tt="x"><So>7</So></H>'))
    assert [(each.field, each.found, each.value) for each in found] == [
        ("code", "7", "7"),
        ("status", None, "accepted"),
        ("note", "x", "x"),
    ]
