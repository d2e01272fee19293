"""How a record looks: its fields and their kinds, bounded, and never a value."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from connectors.shape import shape_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def test_json_is_told_by_path_and_kind() -> None:
    record = {
        "ma": "1",
        "phi": 5,
        "gia": Decimal("1.5"),
        "xong": False,
        "ghiChu": None,
        "trong": "",
        "ho": {"ten": "A"},
    }
    assert shape_of(record) == {
        "ma": "text",
        "phi": "number",
        "gia": "number",
        "xong": "boolean",
        "ghiChu": "",
        "trong": "",
        "ho": "object",
        "ho.ten": "text",
    }


def test_the_items_of_a_list_are_one_with_it() -> None:
    record = {"giayTo": [{"ten": "A"}, {"ten": "B", "so": 1}], "rong": [], "ma": ["1", "2"]}
    assert shape_of(record) == {"giayTo": "list", "giayTo.ten": "text", "giayTo.so": "number", "rong": "", "ma": "list"}


def test_xml_is_told_by_local_names_attributes_and_what_stands_in_an_element() -> None:
    record = etree.fromstring(
        '<h:HoSo xmlns:h="urn:h" xmlns:x="urn:x" x:nil="0"><!-- x --><h:Ma>1</h:Ma><h:Trong> </h:Trong>'
        '<h:Ho loai="1"><h:Ten>A</h:Ten></h:Ho><h:So/><h:So>7</h:So></h:HoSo>'
    )
    assert shape_of(record) == {
        "@nil": "text",
        "Ma": "text",
        "Trong": "",
        "Ho": "object",
        "Ho.@loai": "text",
        "Ho.Ten": "text",
        "So": "text",
    }


def test_keys_that_are_data_are_one_field() -> None:
    assert shape_of({"000.00.15.H29-1": {"x": 1}, "000190000001": {"x": 2}}) == {"#": "object", "#.x": "number"}


def test_names_and_depth_are_bounded() -> None:
    deep: dict[str, Any] = {}
    for _ in range(3000):
        deep = {"a": deep}
    paths = shape_of({"a" * 10_000: {"b" * 10_000: {"c" * 10_000: {"d" * 10_000: 1}}}, "deep": deep})
    assert max(map(len, paths)) < 400
    assert len(paths) < 20


@pytest.mark.parametrize("value", [None, "text", 7, [], {}, [[[[1]]]]])
def test_what_is_no_record_has_no_shape(value: Any) -> None:
    assert shape_of(value) == {}


@given(JSON)
def test_no_value_breaks_it(value: Any) -> None:
    assert set(shape_of(value).values()) <= {"", "object", "list", "text", "number", "boolean"}
