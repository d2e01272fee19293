from hypothesis import given
from hypothesis import strategies as st

from hub.record.spelling import forms, is_one_slip, may_be_mistyped

WORDS = st.text("abn", max_size=6)


def slips_of(word: str) -> set[str]:
    """Every text that is one slip away, made by making every slip."""
    made = set()
    for at in range(len(word) + 1):
        start, end = word[:at], word[at:]
        made |= {start + letter + end for letter in "abn"}
        if end:
            made |= {start + letter + end[1:] for letter in "abn"} | {start + end[1:]}
        if len(end) > 1:
            made.add(start + end[1] + end[0] + end[2:])
    return made - {word}


@given(WORDS, WORDS)
def test_one_slip_is_a_letter_wrong_missing_or_too_many_or_two_swapped(word: str, other: str) -> None:
    assert is_one_slip(word, other) == (other in slips_of(word))


@given(WORDS)
def test_every_slip_is_one(word: str) -> None:
    assert all(is_one_slip(word, other) and is_one_slip(other, word) for other in slips_of(word))


@given(WORDS)
def test_whatever_is_one_slip_away_has_a_form_in_common(word: str) -> None:
    assert all(forms(word) & forms(other) for other in slips_of(word))


def test_a_word_is_one_of_its_forms_and_each_other_lacks_one_letter() -> None:
    assert forms("van") == {"van", "an", "vn", "va"}
    assert forms("") == {""}


def test_numbers_short_words_and_words_without_end_are_not_mistyped() -> None:
    able = {word: may_be_mistyped(word) for word in ("an", "van", "h29", "2026", "x" * 40, "x" * 41, "")}
    assert able == {"an": False, "van": True, "h29": False, "2026": False, "x" * 40: True, "x" * 41: False, "": False}
