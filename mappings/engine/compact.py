"""Numbers and codes without the gaps that people write into them, and what systems write where there is none."""

import re
from typing import Any

from mappings.engine.text import clean, scalar

_GAPS = re.compile(r"[\s.\-‐-―]+")
_SPACES = re.compile(r"\s+")
_DASHES = re.compile(r"[‐-―−]")


def compact(raw: Any) -> str:
    """A number without spaces, dots and dashes; empty where there is none."""
    text = scalar(raw)
    return _GAPS.sub("", clean(text)) if text else ""


def code(raw: Any) -> str:
    """A code in capitals, without spaces, its dashes plain ones; empty where there is none."""
    text = scalar(raw)
    return _DASHES.sub("-", _SPACES.sub("", clean(text))).upper() if text else ""


def is_filler(number: str) -> bool:
    """One digit (or sign) over and over, as 000000000 or 1111111111: written where the number is not known."""
    return len(set(number)) == 1
