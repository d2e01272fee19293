"""Telephone numbers: Vietnamese ones as they are dialled in the country (0901234567), foreign ones with their +."""

import re
from typing import Any

from mappings.engine.compact import is_filler
from mappings.engine.draft import Unreadable
from mappings.engine.text import clean, scalar

EXPECTED = "a telephone number as 0901234567, 02838221234 or +84901234567"
PHONE_IN_TEXT = re.compile(r"(?<![0-9+])(?:\+|0)[0-9](?:[\s.()-]{0,2}[0-9]){7,14}(?![0-9])")

_GAPS = re.compile(r"[\s.()\-‐-―]+")
_DIALLED = re.compile(r"\+?[0-9]+")
_COUNTRY = re.compile(r"(?:\+84|0084|84(?=[0-9]{9,10}$))0?")
# Mobile numbers since 2018, those of a place (02x and eight or seven digits), and the 1800 and 1900 of services.
_NATIONAL = re.compile(r"0[35789][0-9]{8}|02[0-9]{9}|1[89]00[0-9]{4,6}")
_FOREIGN = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})")
_HINTS = (
    (re.compile(r"[35789][0-9]{8}|2[0-9]{9}"), "a leading zero is lost where the number is kept as a number"),
    (re.compile(r"01[2689][0-9]{8}"), "mobile numbers of eleven digits ended in 2018"),
    (re.compile(r"[2-9][0-9]{6,7}"), "the code of its place is missing, as 028"),
)


def phone(raw: Any) -> str | None:
    """The number without punctuation; None for a filler. Raises `Unreadable` for what nobody could dial."""
    text = scalar(raw)
    number = _GAPS.sub("", clean(text)) if text else ""
    if not number or is_filler(number):
        return None
    if not _DIALLED.fullmatch(number):
        several = len(re.findall("[0-9]{7,}", number)) > 1
        raise Unreadable(
            EXPECTED, "more than one number stands there; take one with `split` and `part`" if several else ""
        )
    national = _COUNTRY.sub("0", number, count=1)
    if _NATIONAL.fullmatch(national):
        return national
    foreign = None if _COUNTRY.match(number) else _FOREIGN.fullmatch(number)
    if not foreign:
        raise Unreadable(EXPECTED, next((hint for form, hint in _HINTS if form.fullmatch(number)), ""))
    return "+" + foreign[1]
