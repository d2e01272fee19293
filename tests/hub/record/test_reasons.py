"""Reasons become groups: what differs from record to record, and whom it is about, is taken out."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.record.reasons import example, groups_of, scrubbed

IN_TABLE = 'a text that the table "status" has'


def reason(
    field: str, value: str | None = None, expected: str = "a time", hint: str = "", source: str = "x"
) -> dict[str, Any]:
    return {"field": field, "source": source, "value": value, "expected": expected, "hint": hint}


def codes(*reasons: dict[str, Any]) -> list[str]:
    return [group.code for group in groups_of(reasons)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (reason("fees[0].amount", "1x"), reason("fees[17].amount", "2y")),
        (reason("supplements[0].papers[3].quantity"), reason("supplements[9].papers[0].quantity")),
        (reason("due_at", "31/02/2026"), reason("due_at", None)),
        (reason("status", "Lạ", IN_TABLE, "it has “a”"), reason("status", "Lạ", IN_TABLE, "it has “a”, “b”")),
        (
            reason("", "", "a record of “1.csv” cannot be read: row 4 has nothing in the column `ma`"),
            reason("", "", "a record of “2.csv” cannot be read: row 1729 has nothing in the column `ma`"),
        ),
        (reason("applicant.gender", "Nguyễn Văn An", IN_TABLE), reason("applicant.gender", "Nguyễn Vân Am", IN_TABLE)),
    ],
)
def test_the_same_reason_of_two_records_is_one_group(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert codes(one) == codes(other) == codes(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (reason("due_at"), reason("received_at")),
        (reason("due_at", source="han"), reason("due_at", source="hen")),
        (reason("due_at", expected="a time as dd/MM/yyyy"), reason("due_at", expected="a time as d/M/yyyy")),
        (reason("status", "Lạ", IN_TABLE), reason("status", "Khác", IN_TABLE)),
        (reason("fees[0].amount", hint="it is below zero"), reason("fees[0].amount", hint="decimals of a đồng")),
    ],
)
def test_different_reasons_are_different_groups(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert len(codes(one, other)) == 2


def test_an_unknown_text_of_a_table_is_told_as_it_stands_for_it_must_be_added() -> None:
    (group,) = groups_of([reason("status", "Chờ  bổ sung\n lần 2", IN_TABLE)])
    assert group.text == "Chờ bổ sung lần 2"


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("status", "Chờ bổ sung", "Chờ bổ sung"),
        ("received_at", "31/02/2026 08:15", "31/02/2026 08:15"),
        ("fees[3].amount", "12,5", "12,5"),
        ("procedure.code", "1.00x", "1.00x"),
        ("applicant.kind", "Hộ kinh doanh", "Hộ kinh doanh"),
        ("applicant.id_number", "000190000001", "999999999999"),
        ("applicant.birth_date", "32/13/1990", "99/99/9999"),
        ("applicant.tax_code", "0100-1", "9999-9"),
        ("officer", "Vũ Thị Hạnh", "xx xxx xxxx"),
        ("extra.GhiChu", "gặp bà Lụa", "xxx xx xxx"),
        ("events[0].actor", "An", "xx"),
        ("", "000190000001", "999999999999"),
        # a path that leads to the wrong place
        ("status", "Nguyễn Văn An", "xxxxxx xxx xx"),
        ("channel", "an@example.vn", "xx@xxxxxxx.xx"),
        ("status", "0900 000 001", "9999 999 999"),
    ],
)
def test_an_example_shows_only_the_form_of_what_may_be_about_somebody(field: str, value: str, shown: str) -> None:
    assert example(reason(field, value)) == shown


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.none() | st.text(max_size=40))
def test_any_reason_has_a_group_without_personal_values(field: str, source: str, expected: str, value: str) -> None:
    (group,) = groups_of([reason(f"applicant.{field}", value, expected, source=source)])
    assert len(group.code) == 10
    assert group.text is None


@given(st.text())
def test_a_scrubbed_text_has_no_letter_and_no_digit_left(text: str) -> None:
    assert {one for one in scrubbed(text) if one.isalnum()} <= {"x", "9"}


def test_a_record_with_a_thousand_wrong_rows_has_few_groups() -> None:
    assert len(groups_of(reason(f"extra.f{number}") for number in range(1000))) == 20
