"""A JSON answer whose records are left unread says the same as one that is read at once."""

from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import json, json_unread
from connectors.documents import JsonDocument, RecordReader
from connectors.errors import ConnectorError
from connectors.json_exact import may_lose_integers

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.text(max_size=8), st.just('},{"id":'))
VALUES = st.recursive(
    SCALARS,
    lambda inside: st.one_of(
        st.lists(inside, max_size=3), st.dictionaries(st.sampled_from(["id", "list", "a"]), inside, max_size=3)
    ),
    max_leaves=8,
)
RECORDS = st.lists(
    st.one_of(st.fixed_dictionaries({"id": st.integers(0, 9)}, optional={"a": VALUES, "list": VALUES}), VALUES),
    max_size=6,
)
AROUND = st.dictionaries(st.sampled_from(["a", "b", "list", "id"]), VALUES, max_size=3)


def read(text: bytes, where: str) -> tuple[Any, Sequence[bytes]]:
    """An answer with all of its records read."""
    value, slices = json.read(text, "here", where)
    place = json.at(value, where)
    if isinstance(place, list):
        place[:] = [json.record(one) if isinstance(one, bytes) else one for one in place]
    return value, tuple(slices)


@given(records=RECORDS, around=AROUND, indent=st.booleans(), place=st.sampled_from(["list", "a.list", ""]))
@settings(max_examples=300, deadline=None)
def test_leaving_records_unread_changes_nothing(
    records: list[Any], around: dict[str, Any], indent: bool, place: str
) -> None:
    if place == "":
        whole: Any = records
    elif place == "list":
        whole = around | {"list": records}
    else:
        whole = {"b": around} | {"a": {"list": records}}
    text = orjson.dumps(whole, option=orjson.OPT_INDENT_2 if indent else None)
    value, slices = read(text, place)
    assert value == orjson.loads(text)
    if slices:
        assert [orjson.loads(each) for each in slices] == json.at(value, place)


def test_each_record_keeps_its_bytes_as_they_were_sent() -> None:
    value, slices = read(b'{"list": [ {"id":1, "b":"\\u00e1"} ,\n {"id":2} ], "last": true}', "list")
    assert list(slices) == [b'{"id":1, "b":"\\u00e1"}', b'{"id":2}']
    assert value == {"list": [{"id": 1, "b": "á"}, {"id": 2}], "last": True}


def test_records_that_hold_objects_like_themselves_are_told_apart() -> None:
    records = [{"id": n, "tasks": [{"id": n * 10 + m, "by": "}{"} for m in range(n)]} for n in range(5)]
    value, slices = read(orjson.dumps({"list": records}), "list")
    assert value == {"list": records}
    assert list(slices) == [orjson.dumps(record) for record in records]


LIKE_THEMSELVES = b'{"id": 1, "tasks": [{"id": 10}, {"id": 11}]}'


@pytest.mark.parametrize(
    "others",
    [
        [],
        [LIKE_THEMSELVES],
        [LIKE_THEMSELVES] * 300,
        [b'{"id":2}'],
        [b'{"by": "x", "id": 2}', b"{}", b"7", b"[]"],
        [b'{"id": 2, "file": "a", "file": "b"}'],
        [b'{"id": 2, "so": 123456789012345678901234}'],
        [b'{"id": 2, "ten": "\\ud800 a\tb"}', b'{"id": NaN}'],
    ],
)
@pytest.mark.parametrize("glue", [b",", b" ,\n  "])
def test_a_record_has_the_same_bytes_whichever_others_come_with_it(others: list[bytes], glue: bytes) -> None:
    text = b'{"a": [{"b": 1}], "ds": {"list": [' + glue.join([LIKE_THEMSELVES, *others]) + b'\n]}, "c": "}]"}'
    _, slices = json.read(text, "here", "ds.list")
    assert list(slices) == [LIKE_THEMSELVES, *others]


@pytest.mark.parametrize(
    ("text", "where"),
    [(b'{"a.b": [1]}', "a.b"), (b'[0, {"a": [1]}]', "1.a"), (b'{"1": [1]}', "1"), (b" [ 1 ] ", "")],
)
def test_the_list_is_found_wherever_a_path_may_lead(text: bytes, where: str) -> None:
    assert read(text, where) == (orjson.loads(text), (b"1",))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b'{"list": []}', "list"),
        (b'{"other": {"list": [{"id": 1}, {"id": 2}]}, "list": []}', "list"),
        (b'{"data": {"a": {"id": 1}, "b": {"id": 2}}}', "data.*"),
    ],
)
def test_what_is_no_plain_list_is_read_as_a_whole(text: bytes, place: str) -> None:
    assert read(text, place) == (orjson.loads(text), ())


@pytest.mark.parametrize(
    "text",
    [b'[{"id": 1}, {"id": 2}', b'[{"id": 1} {"id": 2}]', b'[{"id": 1}, {"id": 2}]]', b'[{"id": 1}, {"id": 2}] {}'],
)
def test_what_is_no_json_is_refused_all_the_same(text: bytes) -> None:
    with pytest.raises(ConnectorError):
        json.read(text, "here", "")


def test_a_name_that_stands_twice_in_every_record_is_not_lost() -> None:
    text = b'{"list":[' + b",".join(b'{"id":%d,"file":"a","file":"b"}' % n for n in range(100)) + b"]}"
    value, _ = read(text, "list")
    assert value["list"][50]["file"] == ["a", "b"]


def test_a_number_that_no_machine_number_holds_is_not_lost_in_any_record() -> None:
    numbers = [b"123456789012345678901234" if n == 77 else b"%d" % n for n in range(100)]
    text = b'{"list":[' + b",".join(b'{"id":1,"so":%s}' % number for number in numbers) + b"]}"
    value, _ = read(text, "list")
    assert value["list"][77]["so"] == "123456789012345678901234"


@pytest.mark.parametrize("before", range(12))
@pytest.mark.parametrize("digits", [20, 21, 40])
def test_an_integer_that_no_machine_number_holds_is_seen_wherever_it_stands(before: int, digits: int) -> None:
    assert may_lose_integers(b'{"a":"' + b"x" * before + b'","n":' + b"9" * digits + b"}")
    assert not may_lose_integers(b'{"a":"' + b"x" * before + b'","n":' + b"9" * 19 + b"}")


def test_a_record_is_told_apart_without_being_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []
    slowly = json_unread.record
    monkeypatch.setattr(json_unread, "record", lambda text: read.append(text) or slowly(text))
    value, slices = json.read(b'{"list": [{"id": "1", "at": {"day": 2}}, {"id": 2}, {"no": 3}]}', "here", "list")
    found = RecordReader("list", "id", None).read(JsonDocument(value, "here", slices), "here")
    assert ([one.key for one in found.records], len(found.bad)) == (["1", "2"], 1)
    assert read == [b"2"]  # a key that is no text
    assert found.records[0].value == {"id": "1", "at": {"day": 2}}


@pytest.mark.parametrize("path", ["a", "a.b", "a.b.c", "c", "1", "l.1", ""])
@pytest.mark.parametrize(
    "text",
    [
        b'{"a": {"b": {"c": 1}}, "c": null, "l": [1, 2]}',
        b'{"a.b": 1, "a": {"b": 2}}',
        b'{"a": {"b": "x"}}',
        b'[0, "t"]',
        b"7",
    ],
)
def test_a_path_leads_to_the_same_in_a_record_that_is_unread(text: bytes, path: str) -> None:
    assert json.at(json.some_of(text, path), path) == json.at(orjson.loads(text), path)


@given(text=st.text('{}[]",:\\u0019ae+-. \n\x01é', max_size=12).map(str.encode) | st.binary(max_size=6))
@settings(max_examples=500)
def test_what_is_left_unread_can_be_read(text: bytes) -> None:
    for record in (text, b'{"id": ' + text + b"}"):
        found = json_unread.unread(b"[" + record + b"]", "")
        for one in found[1] if found else ():
            json.record(one)


def test_a_text_that_is_not_in_utf_8_is_not_left_unread() -> None:
    assert json_unread.unread('[{"ten": "Nguyễn Văn Thử"}]'.encode("utf-16-le"), "") is None
    assert json_unread.unread('[{"ten": "Đặng"}]'.encode("windows-1258", "replace"), "") is None


def test_a_record_that_stands_around_the_list_too_is_left_where_it_is() -> None:
    text = b'{"first": {"id": 1}, "list": [{"id": 1}, {"id": 2}], "last": {"id": 2}, "d": {"list": [{"id": 1}]}}'
    assert read(text, "list")[0] == orjson.loads(text)
    assert read(b'{"list": [{"id": 1}], "list": [{"id": 1}]}', "list")[0] == {"list": [{"id": 1}]}
    assert read(b'{"list": [{"id": 1}, {"id": 2}], "list": [{"id": 1}]}', "list")[0] == {
        "list": [[{"id": 1}, {"id": 2}], [{"id": 1}]]
    }
