"""What makes two source records speak of one dossier: its codes, local and national.

A code of an official form carries its agency and day, so it is unique in the country. Any other
number (`24-019651`) is unique only at the agency that gave it, so it never joins two agencies' dossiers.
"""

import re
import unicodedata
from typing import Any, NamedTuple

# Circular 01/2018 Art. 19 (two or three groups before the agency) and Decision 20/2020 (domain list identity_rules).
_OFFICIAL = re.compile(r"(?:(?:\d{3}\.)?\d{2}\.\d{2}\.[A-Z]\d{2}-\d{6}-\d{4,}|[A-Y]\d{2}(?:\.[A-Z0-9]+)*-\d{6}-\d{4,})")
_NATIONWIDE = ""


class Code(NamedTuple):
    """A dossier's code and the scope it is unique in: an agency, or the country (empty)."""

    scope: str
    value: str


def normalise(code: str) -> str:
    """A code as it is compared: NFC, upper case, no white space."""
    return "".join(unicodedata.normalize("NFC", code).upper().split())


def codes_of(values: dict[str, Any], scope: str) -> tuple[Code, ...]:
    """The codes that a record gives for its dossier, the local one first, without repeats."""
    found: dict[Code, None] = {}
    for name in ("code", "national_code"):
        if text := normalise(values.get(name) or ""):
            found[Code(_NATIONWIDE if _OFFICIAL.fullmatch(text) else scope, text)] = None
    return tuple(found)
