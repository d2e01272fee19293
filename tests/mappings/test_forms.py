"""Numbers and codes in their forms: what is right is written in one way, a filler is nothing, the rest a problem."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.vn import mst

from mappings.engine.draft import Unreadable
from mappings.engine.forms import FINDABLE, FORMS, finder
from tests.mappings.conftest import Read

OURS = {
    "identity_number": [
        ("000190000001", "000190000001"),
        (" 000 190 000 001 ", "000190000001"),
        ("000.123.456", "000123456"),
        ("000399000001", "000399000001"),
        (987654321, "987654321"),
    ],
    "identity_kind": [("000190000001", "citizen_id"), ("000123456", "id_card")],
    "phone": [
        ("0901 234 567", "0901234567"),
        ("+84 901-234-567", "0901234567"),
        ("+84 (0)901 234 567", "0901234567"),
        ("84901234567", "0901234567"),
        ("(028) 3822.1234", "02838221234"),
        ("0084 28 3822 1234", "02838221234"),
        ("842838221234", "02838221234"),
        ("0236 3 822 123", "02363822123"),
        ("1900 1234", "19001234"),
        ("+1 (415) 555-0100", "+14155550100"),
        ("001 415 555 0100", "+14155550100"),
    ],
    "tax_code": [
        ("0100233488", "0100233488"),
        ("01.00.233.488", "0100233488"),
        ("0314409058-002", "0314409058-002"),
        ("0314409058002", "0314409058-002"),
        ("000190000001", "000190000001"),
    ],
    "agency_code": [
        ("000.00.15.H29", "000.00.15.H29"),
        (" 000.00.15.h29", "000.00.15.H29"),
        ("00.15.H29", "00.15.H29"),
        ("H29.15", "H29.15"),
        ("H29", "H29"),
        ("H44.100.2A", "H44.100.2A"),
    ],
    "procedure_code": [
        ("1.000656", "1.000656"),
        (1.000656, "1.000656"),
        ("1.000656.000.00.00.h29", "1.000656.000.00.00.H29"),
        ("2.002621.H56", "2.002621.H56"),
    ],
    "dossier_code": [
        ("38.98.H29-210519-0003", "38.98.H29-210519-0003"),
        ("000.00.53.H48-220921-0099", "000.00.53.H48-220921-0099"),
        ("000.00.15.h29 – 260520 – 00012", "000.00.15.H29-260520-00012"),
        ("H29.15-240229-123456", "H29.15-240229-123456"),
    ],
}
FILLERS = {
    "identity_number": [
        "000000000",
        "000000001",
        "0000000001",
        "111111111",
        "999999999999",
        "123456789",
        "012345678901",
    ],
    "phone": ["0", "0000000000", "9999999999", "-"],
    "tax_code": ["0000000000", "1111111111"],
    "agency_code": ["0", "-", "000"],
    "procedure_code": ["0"],
    "dossier_code": ["0", "--"],
}
PROBLEMS = {
    "identity_number": [
        ("12345", ""),
        ("0001900000012", ""),
        ("00019000000A", ""),
        ("000900000001", "not born yet"),
        (19_000_000_123, "a leading zero is lost"),
        ("٠٠٠١٩٠٠٠٠٠٠٢", ""),
    ],
    "phone": [
        ("0123456789", ""),
        ("01234567890", "eleven digits ended in 2018"),
        (901234567, "a leading zero is lost"),
        ("38221234", "028"),
        ("0901234567/0902345678", "take one with `split`"),
        ("0901234567; 0902345678", "take one with `split`"),
        ("028 3822 1234 máy lẻ 12", ""),
        ("+84123", ""),
        ("không có", ""),
        ("٠٩٠١٢٣٤٥٦٧", ""),
    ],
    "tax_code": [
        ("0100233480", "check digit"),
        ("0314409058-000", "check digit"),
        ("100233488", "a leading zero is lost"),
        ("000900000001", "not born yet"),
        ("01002334881", ""),
    ],
    "agency_code": [("Sở Tư pháp", ""), ("H29..1", ""), ("H2.15", ""), ("Z29.15", ""), ("H29." + "1.2.3.4" * 6, "")],
    "procedure_code": [(2.00048, "zeros at its end are lost"), ("1,000656", ""), ("0.000656", ""), ("1.000656.X", "")],
    "dossier_code": [
        ("24-019651", "own number is read without `as`"),
        ("H29.15-260231-0001", "no such day"),
        ("000.00.15.H29-261301-0001", "no such day"),
        ("000.00.15.H29-260520-001", ""),
    ],
}


def cases(table: dict[str, list[Any]]) -> list[Any]:
    return [(form, one) for form, ones in table.items() for one in ones]


@pytest.mark.parametrize(("form", "case"), cases(OURS))
def test_a_number_of_its_form_is_written_in_one_way(form: str, case: tuple[Any, str]) -> None:
    raw, expected = case
    assert FORMS[form].read(raw) == expected


@pytest.mark.parametrize(("form", "case"), [one for one in cases(OURS) if one[0] != "identity_kind"])
def test_what_was_written_in_one_way_stays_so(form: str, case: tuple[Any, str]) -> None:
    assert FORMS[form].read(case[1]) == case[1]


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_no_value(form: str) -> None:
    assert [FORMS[form].read(raw) for raw in (None, "", "  ", [])] == [None] * 4


@pytest.mark.parametrize(("form", "raw"), cases(FILLERS))
def test_a_filler_is_no_value(form: str, raw: str) -> None:
    assert FORMS[form].read(raw) is None


@pytest.mark.parametrize(("form", "case"), cases(PROBLEMS))
def test_what_has_not_the_form_is_a_problem_that_says_why(form: str, case: tuple[Any, str]) -> None:
    raw, why = case
    with pytest.raises(Unreadable) as unreadable:
        FORMS[form].read(raw)
    assert why in unreadable.value.hint
    assert unreadable.value.expected == FORMS[form].expected


@given(st.integers(1, 9_999_999), st.integers(0, 99), st.integers(1, 999))
def test_a_tax_code_with_another_last_digit_is_refused(serial: int, province: int, branch: int) -> None:
    nine = f"{province:02}{serial:07}"
    digit = mst.calc_check_digit(nine)
    for last in "0123456789":
        number = nine + last
        if len(set(number)) == 1:
            continue
        if last == digit:
            assert FORMS["tax_code"].read(number) == number
            assert FORMS["tax_code"].read(f"{number}{branch:03}") == f"{number}-{branch:03}"
        else:
            with pytest.raises(Unreadable):
                FORMS["tax_code"].read(number)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.from_regex(r"[0-9A-Z.\- +()]{1,40}", fullmatch=True)))
def test_any_value_is_read_or_unreadable_and_reads_the_same_again(raw: Any) -> None:
    for name, form in FORMS.items():
        try:
            value = form.read(raw)
        except Unreadable:
            continue
        assert value is None or name == "identity_kind" or form.read(value) == value


@pytest.mark.parametrize(
    ("form", "text", "found"),
    [
        ("phone", "Nhà riêng: 028 3822 1234, CCCD 000190000001", "02838221234"),
        ("identity_number", "CCCD số 000190000001 cấp 12/03/2020", "000190000001"),
        ("tax_code", "MST: 0314409058-002, Cục Thuế", "0314409058-002"),
        ("dossier_code", "Hồ sơ 000.00.15.H29-260520-0001 (2.000488) đã trả", "000.00.15.H29-260520-0001"),
        ("procedure_code", "Hồ sơ 000.00.15.H29-260520-0001 (2.000488)", "2.000488"),
        ("agency_code", "Sở Tư pháp (H29.15).", "H29.15"),
        ("phone", "0901234567 hoặc +84901234567", "0901234567"),
    ],
)
def test_the_one_value_of_a_form_is_found_in_a_text(form: str, text: str, found: str) -> None:
    assert finder(FORMS[form])(text) == found


def test_none_or_two_in_a_text_are_a_problem() -> None:
    for text, why in (("không có", "none"), ("0901234567 hoặc 0902345678", "2 different")):
        with pytest.raises(Unreadable) as unreadable:
            finder(FORMS["phone"])(text)
        assert why in unreadable.value.hint


@given(st.text(st.sampled_from("0123456789 .-+()ABH29/")))
def test_looking_for_anything_is_quick_and_raises_only_what_is_unreadable(text: str) -> None:
    for name in FINDABLE:
        try:
            finder(FORMS[name])(text * 50)
        except Unreadable:
            continue


def test_the_kind_of_an_identity_number_fills_its_choice(read: Read) -> None:
    fields = (
        "  applicant.id_kind: {from: so, as: identity_kind}\n  applicant.id_number: {from: so, as: identity_number}\n"
    )
    assert read(fields, {"so": "000123456"}).values["applicant"] == {"id_kind": "id_card", "id_number": "000123456"}
    assert "applicant" not in read(fields, {"so": "000000001"}).values


@pytest.mark.parametrize(
    ("field", "what"),
    [
        ("applicant.id_kind: {from: a, as: phone}", '"phone" does not give the words of this field'),
        ("status: {from: a, as: identity_kind}", '"identity_kind" does not give the words of this field'),
        ("note: {from: a, find: identity_kind}", '"identity_kind" cannot be looked for'),
        ("note: {from: a, find: phone, as: phone}", "`find` does not go with `as`"),
        ("note: {from: a, text: tcvn3, as: phone}", "`text` has nothing to do beside `as`"),
    ],
)
def test_a_form_that_does_not_fit_is_a_mistake_of_the_document(field: str, what: str, read: Read) -> None:
    with pytest.raises(Exception, match=what):
        read(
            f"  {field}\n",
            {},
            always="  code: {value: x}\n" + ("" if "status" in field else "  status: {value: accepted}\n"),
        )
