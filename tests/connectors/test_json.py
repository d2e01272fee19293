"""JSON is read whatever it is called; half of it is told from wrong JSON."""

import pytest

from connectors import json
from connectors.errors import Changed, ConnectorError, Unavailable
from tests.departments import hostile

WHOLE = '{"content": [{"id": "Hòa", "n": 12}], "last": true}'.encode()


def error_of(body: bytes) -> tuple[type, str]:
    with pytest.raises(ConnectorError) as caught:
        json.parse(body, "http://mot-cua.example/")
    return type(caught.value), caught.value.code


def test_a_byte_order_mark_is_tolerated() -> None:
    assert json.parse(b"\xef\xbb\xbf[1]", "here") == [1]


@pytest.mark.parametrize("length", range(1, len(WHOLE)))
def test_half_a_document_is_unavailable_wherever_it_was_cut(length: int) -> None:
    assert error_of(WHOLE[:length]) == (Unavailable, "truncated")


@pytest.mark.parametrize("body", [b"", b"\xef\xbb\xbf \n"])
def test_nothing_at_all_is_unavailable(body: bytes) -> None:
    assert error_of(body) == (Unavailable, "empty_answer")


@pytest.mark.parametrize("body", [hostile.INVALID_JSON, b"OK", b'{"a": 1} trailing', b"[" * 2000 + b"]" * 2000])
def test_wrong_json_is_changed(body: bytes) -> None:
    assert error_of(body) == (Changed, "not_json")


@pytest.mark.parametrize(
    ("path", "value"),
    [("", {"a": {"b": 1}, "@odata.next": 2}), ("a.b", 1), ("@odata.next", 2), ("a.x", None), ("a.b.c", None)],
)
def test_a_dotted_path_finds_its_value(path: str, value: object) -> None:
    assert json.at({"a": {"b": 1}, "@odata.next": 2}, path) == value


def test_the_order_of_names_does_not_change_a_records_bytes() -> None:
    assert json.raw_bytes({"b": 1, "a": [1.5, None]}) == json.raw_bytes({"a": [1.5, None], "b": 1})
