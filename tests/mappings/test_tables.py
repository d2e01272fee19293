"""Tables by which several fields decide together, that have a word for anything else, or for nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.engine.convert import Convert
from mappings.engine.draft import Unreadable
from mappings.engine.lookup import ANYTHING, NOTHING, table_lookup, together
from tests.mappings.conftest import Read

ALWAYS = "  code: {value: HS-1}\n"
STATUS = "  status: {by: [tinhTrang, ketQua], table: t}\n"
TABLE = """
tables:
  t:
    Đã xong: {Đạt: completed, Không đạt: not_accepted, "": processing}
    Đang xử lý: processing
    Trả lại: {"*": returned, Chờ: supplement_requested}
    "*": {Rút: withdrawn}
    "": registered
"""


@pytest.mark.parametrize(
    ("record", "status"),
    [
        ({"tinhTrang": "Đã xong", "ketQua": "Đạt"}, "completed"),
        ({"tinhTrang": " ĐÃ  xong", "ketQua": "đạt "}, "completed"),
        ({"tinhTrang": "Đã xong", "ketQua": "Không đạt"}, "not_accepted"),
        ({"tinhTrang": "Đã xong"}, "processing"),
        ({"tinhTrang": "Đã xong", "ketQua": " "}, "processing"),
        ({"tinhTrang": "Đang xử lý", "ketQua": "gì cũng được"}, "processing"),
        ({"tinhTrang": "Đang xử lý"}, "processing"),
        ({"tinhTrang": "Trả lại", "ketQua": "Chờ"}, "supplement_requested"),
        ({"tinhTrang": "Trả lại", "ketQua": "khác"}, "returned"),
        ({"tinhTrang": "Trả lại"}, "returned"),
        ({"tinhTrang": "lạ", "ketQua": "Rút"}, "withdrawn"),
        ({"ketQua": "Rút"}, "registered"),  # the first field decides before the second
        ({}, "registered"),
        ({"tinhTrang": "", "ketQua": None}, "registered"),
    ],
)
def test_two_fields_decide_together(record: Any, status: str, read: Read) -> None:
    draft = read(STATUS + TABLE, record, always=ALWAYS)
    assert draft.problems == ()
    assert draft.values["status"] == status


def test_what_names_the_first_text_decides_also_where_it_lacks_the_second(read: Read) -> None:
    draft = read(STATUS + TABLE, {"tinhTrang": "Đã xong", "ketQua": "Rút"}, always=ALWAYS)
    assert draft.rejected


def test_what_the_table_lacks_is_a_problem_with_both_texts(read: Read) -> None:
    draft = read(STATUS + TABLE, {"tinhTrang": "Lạ"}, always=ALWAYS)
    assert draft.rejected
    sentence = str(draft.problems[0])
    assert 'status: tinhTrang + ketQua says "Lạ + nothing", expected a text that the table "t" has' in sentence
    assert 'it has "Đã xong + Đạt", "Đã xong + Không đạt", "Đã xong + nothing", "Đang xử lý"' in sentence


def test_in_xml_and_by_three_fields(read: Read) -> None:
    fields = '  status: {by: [A, B/C, "@d"], table: t}\ntables: {t: {x: {y: {z: completed, "*": processing}}}}\n'
    assert read(fields, '<H d="z"><A>x</A><B><C>y</C></B></H>', always=ALWAYS).values["status"] == "completed"
    assert read(fields, "<H><A>x</A><B><C>y</C></B></H>", always=ALWAYS).values["status"] == "processing"
    assert read(fields, "<H><A>x</A></H>", always=ALWAYS).rejected


def test_a_group_where_a_text_should_decide_is_a_problem(read: Read) -> None:
    draft = read(STATUS + TABLE, {"tinhTrang": {"a": 1}, "ketQua": "Rút"}, always=ALWAYS)
    assert "the path leads to a group of values" in str(draft.problems[0])


@pytest.mark.parametrize(
    ("table", "record", "value"),
    [
        ('{x: true, "": false}', {"a": "X"}, True),
        ('{x: true, "": false}', {"a": ""}, False),
        ('{x: true, "": false}', {}, False),
        ('{x: true, "*": false}', {"a": "gì khác"}, False),
        ('{x: true, "*": false}', {}, None),  # nothing said is nothing known
        ('{x: true, "*": false, "": true}', {"a": None}, True),
    ],
)
def test_one_field_and_a_word_for_nothing_or_anything(table: str, record: Any, value: bool | None, read: Read) -> None:
    draft = read(f"  digitised: {{from: a, table: t}}\ntables: {{t: {table}}}\n", record)
    assert draft.problems == ()
    assert draft.values.get("digitised") is value


def test_a_default_stands_in_where_the_table_has_nothing_to_say(read: Read) -> None:
    fields = "  channel: {by: [a, b], table: t, default: direct}\ntables: {t: {x: {y: post}}}\n"
    assert read(fields, {}).values["channel"] == "direct"
    assert read(fields, {"a": "x", "b": "y"}).values["channel"] == "post"
    assert "channel" not in read(fields, {"a": "x", "b": "z"}).values


def test_texts_of_an_old_font_decide_too(read: Read) -> None:
    fields = "  status: {by: [a, b], table: t, text: vni}\ntables: {t: {Đã trả: {Đủ: returned}}}\n"
    assert read(fields, {"a": "Ñaõ traû", "b": "Ñuû"}, always=ALWAYS).values["status"] == "returned"
    draft = read(fields, {"a": "Đã trả", "b": "Ñuû"}, always=ALWAYS)
    assert draft.rejected


def test_lost_letters_are_told_from_a_text_that_is_not_known(read: Read) -> None:
    draft = read("  status: {from: a, table: t}\ntables: {t: {Đã trả: returned}}\n", {"a": "Đ? tr?"}, always=ALWAYS)
    assert "letters were lost" in str(draft.problems[0])


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        (
            "  status: {from: a, table: t}\ntables: {t: {x: {y: accepted}}}\n",
            'the table "t" asks for 2 texts, and this field gives 1',
        ),
        ("  status: {by: [a, b], table: t}\ntables: {t: {x: {y: acepted}}}\n", '"acepted" is not a choice'),
        (
            "  status: {by: [a, b], table: t}\ntables: {t: {x: {y: [1]}}}\n",
            "only a text, a whole number, true or false",
        ),
        ("  status: {by: [a, b]}\n", "needs `table`"),
        ("  status: {by: [a, b], from: c, table: t}\ntables: {t: {x: accepted}}\n", "`by` stands in place of `from`"),
        ("  status: {by: [], table: t}\ntables: {t: {x: accepted}}\n", "the list of paths is empty"),
    ],
)
def test_a_table_that_does_not_fit_is_a_mistake_of_the_document(fields: str, what: str, read: Read) -> None:
    with pytest.raises(Exception, match=what):
        read(fields, {}, always=ALWAYS)


WORDS = st.sampled_from(["a", "b", "", ANYTHING])
ROWS = st.dictionaries(
    WORDS, st.one_of(st.integers(1, 9), st.dictionaries(WORDS, st.integers(1, 9), min_size=1)), min_size=1
)


def _by_hand(table: Any, texts: list[str]) -> Any:
    """The rule said in another way: of all entries written out in full, those that fit, `*` after what is named."""
    entries = [
        (first, second, answer)
        for first, inner in table.items()
        for second, answer in (inner.items() if isinstance(inner, dict) else [(None, inner)])
    ]
    for place in (0, 1):
        named = [entry for entry in entries if entry[place] == texts[place] or (place == 1 and entry[1] is None)]
        anything = [entry for entry in entries if entry[place] == ANYTHING and any(texts)]
        entries = named or anything
    return entries[0][2] if entries else None


@given(ROWS, st.sampled_from(["a", "b", "c", ""]), st.sampled_from(["a", "b", "c", ""]))
def test_the_answer_is_that_of_the_most_exact_keys(table: Any, first: str, second: str) -> None:
    convert: Convert = table_lookup("t", table, decode=None, missing=frozenset({NOTHING}))
    raw = together([lambda record: record[0], lambda record: record[1]])((first, second))
    expected = _by_hand(table, [first, second])
    try:
        assert convert(raw) == expected
    except Unreadable:
        assert expected is None
        assert first or second
