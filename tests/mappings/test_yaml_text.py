"""What is written as YAML is read back as the same data."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.engine.yaml_source import parse
from mappings.engine.yaml_text import write

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
DATA = st.dictionaries(
    TEXTS, st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=8)
)


@given(DATA)
def test_whatever_is_written_is_read_back(data: dict[str, Any]) -> None:
    assert parse(write(data), "written").data == data


@pytest.mark.parametrize(
    "text",
    ["22:30", "yes", "no", "null", "~", "1e3", "0123", "0x1f", "1_000", "2026-11-22", "{page}", "# a", "", " a "],
)
def test_a_text_that_looks_like_something_else_stays_a_text(text: str) -> None:
    assert parse(write({"a": text}), "written").data == {"a": text}


def test_keys_keep_their_order_and_letters_stay_readable() -> None:
    assert write({"title": "Sở Tư pháp", "a": [1, {"b": 2}]}) == "title: Sở Tư pháp\na:\n  - 1\n  - b: 2\n"
