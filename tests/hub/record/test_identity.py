"""Which codes make two records one dossier."""

import pytest

from hub.record.identity import Code, codes_of


@pytest.mark.parametrize(
    "code",
    [
        "000.00.15.H29-260520-0001",  # Circular 01/2018
        "38.98.H29-210519-0003",  # a real legacy form of two groups
        "000.00.53.H48-220921-00099",  # five digits
        "H29.15.3-260520-0001",  # Decision 20/2020
    ],
)
def test_an_official_code_is_one_dossier_whoever_says_it(code: str) -> None:
    assert codes_of({"code": code}, "000.00.15.H29") == codes_of({"national_code": code}, "000.00.00.H29")


def test_an_agencys_own_number_never_joins_two_agencies_dossiers() -> None:
    assert codes_of({"code": "24-019651"}, "a") == (Code("a", "24-019651"),)
    assert codes_of({"code": "24-019651"}, "b") == (Code("b", "24-019651"),)


def test_case_and_white_space_do_not_make_another_code() -> None:
    assert codes_of({"code": " 000.00.15.h29-260520-0001\n"}, "") == codes_of({"code": "000.00.15.H29-260520-0001"}, "")


@pytest.mark.parametrize("filler", ["0", "000", "-", "N/A", "chưa có", "undefined", "24-001"])
def test_what_is_no_official_code_in_the_national_codes_place_joins_nothing(filler: str) -> None:
    assert codes_of({"code": "24-019651", "national_code": filler}, "a") == (Code("a", "24-019651"),)


@pytest.mark.parametrize("filler", ["0", "0000", "-", "...", "  ", "X" * 201])
def test_a_filler_is_no_code(filler: str) -> None:
    assert codes_of({"code": filler}, "a") == ()


def test_both_codes_count_and_a_repeated_one_counts_once() -> None:
    values = {"code": "000.00.00.H29-260520-0007", "national_code": "000.00.15.H29-260520-0001"}
    assert [code.value for code in codes_of(values, "x")] == list(values.values())
    assert len(codes_of({"code": "H29.15-260520-0001", "national_code": "h29.15-260520-0001"}, "x")) == 1
    assert codes_of({"code": "  "}, "x") == ()
