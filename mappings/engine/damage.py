"""Tells letters that became `?` on their way from a question: what is lost is flagged, an honest question is not."""

import re
from itertools import pairwise, takewhile
from unicodedata import normalize

from mappings.engine.draft import Damaged

_MARKS = re.compile(r"\?+")
_LETTERS = re.compile(r"[^\W\d_]*")
_VOWELS = frozenset("aeiouy")
# What Vietnamese words begin with. No word is nothing more: `th?` was thứ, thị or thẻ, and never a question.
_BEGINNING = re.compile("[bcdghklmnpqrstvxđ]|ch|gh|gi|kh|ngh?|nh|ph|qu|th|tr")
_BEGINS = re.compile(r"\s*[BCDGHKLMNPQRSTVX]\? +[^\W\d_]")  # `S? Tư pháp`: no question begins a text so
_ADDRESS = ("//", "www.", "=", "&")  # in a word that names a page or file: `?` means something else there
_PAGE = re.compile(r"[^/?.]*\.[^/?]*/[^?]*\?")


def check_whole(text: str) -> str:
    """The text itself. Raises `Damaged` where letters became `?` on the way: no one can say which they were."""
    if lost(text):
        raise Damaged(text, "a text with all its letters", "letters were lost before it reached us; ask for it again")
    return text


def lost(text: str) -> bool:
    """Were letters of this text replaced by `?`, or by the sign for what cannot be shown?"""
    if "\ufffd" in text:
        return True
    if "?" not in text:
        return False
    words = " ".join(word for word in text.split() if "?" not in word or not _is_address(word))
    if "??" in words and not any(letter.isalnum() for letter in text):
        return True  # nothing but marks: every letter was lost
    carried = any(ord(letter) > 0xFF and letter.isalpha() for letter in text)
    pieces = _MARKS.split(words)
    between = ((_last_letters(one), _LETTERS.match(other)) for one, other in pairwise(pieces))
    return bool(_BEGINS.match(words)) or any(
        _lost(before, after[0] if after else "", carried=carried) for before, after in between
    )


def _is_address(word: str) -> bool:
    return any(sign in word for sign in _ADDRESS) or ("/" in word and _PAGE.match(word) is not None)


def _last_letters(text: str) -> str:
    return "".join(takewhile(str.isalpha, reversed(text)))[::-1]


def _lost(before: str, after: str, *, carried: bool) -> bool:
    """Was it a letter that stood between? `carried` is whether the text still has letters that are lost first."""
    if not after:
        return _BEGINNING.fullmatch(before.lower()) is not None and (
            before.islower() or (len(before) > 1 and before.istitle())
        )
    if not before:
        return False
    goes_on = after[0].islower() or (before[-1].isupper() and after.isupper())  # no new sentence begins there
    if not _has_vowel(before) or not _has_vowel(after):
        return goes_on
    return goes_on and (after == "i" or not carried)  # no word is nothing more than an i


def _has_vowel(word: str) -> bool:
    return any(letter in _VOWELS for letter in normalize("NFD", word.lower()))
