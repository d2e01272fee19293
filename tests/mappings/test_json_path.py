"""Paths into JSON: the quick ways give what JMESPath itself would."""

from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.engine.json_path import json_path

KEYS = st.sampled_from(["list", "id", "name", "of", "other"])
SCALARS = st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from([1.0, "1", "x", ""])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
)
RECORDS = st.dictionaries(KEYS, VALUES, max_size=4)


@pytest.mark.parametrize(
    "path",
    [
        "list[?id==`1`].name | [0]",
        "list[?id=='1'].name.of | [0]",
        "of.list[?id==`1`].name | [0]",
        "list[?id==`true`].name | [0]",
        "list[?id==`1.0`].name | [0]",
        "list[?id!=`1`].name | [0]",
        "list[?id==`1`].name | [1]",
        "of.name",
    ],
)
@given(record=RECORDS)
def test_a_path_finds_what_jmespath_finds(path: str, record: dict[str, Any]) -> None:
    found, wanted = json_path(path).get(record), jmespath.search(path, record)
    assert found == wanted
    assert type(found) is type(wanted)


@given(rows=st.lists(st.fixed_dictionaries({"id": SCALARS, "name": SCALARS}) | SCALARS, max_size=4))
def test_a_name_is_chosen_by_its_language_as_jmespath_chooses(rows: list[Any]) -> None:
    path = "list[?id==`1`].name | [0]"
    assert json_path(path).get({"list": rows}) == jmespath.search(path, {"list": rows})
