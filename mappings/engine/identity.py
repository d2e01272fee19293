"""Numbers that identify a person: the forms that are possible, and the fillers that systems send for "unknown"."""

import re
from collections.abc import Callable
from typing import Any

from mappings.engine.draft import Unreadable
from mappings.engine.text import clean, scalar

_FILLER = re.compile(r"0+1?")  # 000000000, 000000001: sent where the number is not known
_NUMBER = re.compile(r"[0-9]{9}|[0-9]{12}")
_GAPS = re.compile(r"[\s.-]+")


def identity_number(raw: Any) -> str | None:
    """A CCCD (12 digits) or CMND (9 digits); None for a filler. Raises `Unreadable` for anything else."""
    if type(raw) is str and _NUMBER.fullmatch(raw) and not raw.startswith("0000000"):
        return raw
    text = scalar(raw)
    number = _GAPS.sub("", clean(text)) if text else ""
    if not number or _FILLER.fullmatch(number):
        return None
    if not _NUMBER.fullmatch(number):
        lost = len(number) in (8, 11) and number.isdigit()
        hint = "a leading zero is lost where the number is kept as a number" if lost else ""
        raise Unreadable("an identity number of 9 or 12 digits", hint)
    return number


FORMS: dict[str, Callable[[Any], str | None]] = {"identity_number": identity_number}  # what `as:` may name
