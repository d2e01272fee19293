"""Numbers that identify a person: the forms that are possible, and the fillers that systems send for "unknown"."""

import re
from typing import Any

from mappings.engine.compact import compact, is_filler
from mappings.engine.draft import Unreadable

EXPECTED = "an identity number of 9 or 12 digits"
IDENTITY_IN_TEXT = re.compile(r"(?<![0-9])(?:[0-9]{12}|[0-9]{9})(?![0-9])")
CITIZEN_ID, ID_CARD = "citizen_id", "id_card"  # căn cước (12 digits), chứng minh nhân dân (9)

# Decree 137/2015 Art. 13: province, then sex and century of birth (0 and 1: the 20th, 2 and 3: the 21st), year, number.
_NUMBER = re.compile(r"[0-9]{9}|[0-9]{3}[0-3][0-9]{8}")
_PLAIN = re.compile(r"(?!([0-9])\1{5}|0?12345)(?:[0-9]{9}|[0-9]{3}[0-3][0-9]{8})")  # nothing to ask of it
_FILLER = re.compile(r"0+1?|0?123456789|1234567890?|123456789012|012345678901")
_USUAL = re.compile(rf"(?!(.)\1*\Z|(?:{_FILLER.pattern})\Z)(?:{_NUMBER.pattern})")
_NOT_BORN = re.compile(r"[0-9]{3}[4-9][0-9]{8}")


def identity_number(raw: Any) -> str | None:
    """A CCCD (12 digits) or CMND (9 digits); None for a filler. Raises `Unreadable` for anything else.

    Whether a province has the first three digits is not asked: provinces are merged, and their codes live on.
    """
    if type(raw) is str and _USUAL.fullmatch(raw):
        return raw
    if type(raw) is str and _PLAIN.fullmatch(raw):
        return raw
    number = compact(raw)
    if not number or is_filler(number) or _FILLER.fullmatch(number):
        return None
    if not _NUMBER.fullmatch(number):
        raise Unreadable(EXPECTED, _hint(number))
    return number


def identity_kind(raw: Any) -> str | None:
    """`citizen_id` for a number of 12 digits, `id_card` for one of 9."""
    number = identity_number(raw)
    return None if number is None else CITIZEN_ID if len(number) == 12 else ID_CARD


def _hint(number: str) -> str:
    if _NOT_BORN.fullmatch(number):
        return "its fourth digit says that the person is not born yet"
    lost = len(number) in (8, 11) and number.isdigit()
    return "a leading zero is lost where the number is kept as a number" if lost else ""
