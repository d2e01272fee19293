"""What makes two source records speak of one dossier: its codes, local and national.

A code of an official form carries its agency and day, so it is unique in the country. Any other
number (`24-019651`) is unique only at the agency that gave it, so it never joins two agencies' dossiers.
"""

import hashlib
import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import Any, NamedTuple

LONGEST = 200  # characters of a code; what is longer is no code

# Circular 01/2018 Art. 19 (two or three groups before the agency) and Decision 20/2020 (domain list identity_rules).
_OFFICIAL = re.compile(r"(?:(?:\d{3}\.)?\d{2}\.\d{2}\.[A-Z]\d{2}-\d{6}-\d{4,}|[A-Y]\d{2}(?:\.[A-Z0-9]+)*-\d{6}-\d{4,})")
_SAYS_SOMETHING = re.compile(r"[^\W0_]")  # a letter, or a digit that is not 0: `0`, `-` and `000` are fillers
_NATIONWIDE = ""


class Code(NamedTuple):
    """A dossier's code and the scope it is unique in: an agency, or the country (empty)."""

    scope: str
    value: str


def normalise(code: str) -> str:
    """A code as it is compared: NFC, upper case, no white space."""
    composed = code if code.isascii() else unicodedata.normalize("NFC", code)
    return "".join(composed.upper().split())


def codes_of(values: dict[str, Any], scope: str) -> tuple[Code, ...]:
    """The codes that a record gives for its dossier, the local one first, without repeats; none where it gives none.

    A national code counts only in its official form: whatever else stands there (`0`, `chưa có`) would join strangers.
    """
    local, national = values.get("code"), values.get("national_code")
    one = _code(local, scope) if local else None
    other = _code(national, scope) if national else None
    if other is None or other == one or other.scope != _NATIONWIDE:
        return (one,) if one else ()
    return (one, other) if one else (other,)


def disowning(values: dict[str, Any], scope: str, wrong: Collection[Code], name: tuple[str, str]) -> dict[str, Any]:
    """A record's values without the codes that a person found to be wrong.

    Where none is left, `name` (its connector and key) stands for one: nothing else gives that, and it can be found.
    """
    kept = dict(values)
    for field in ("code", "national_code"):
        if field in kept and _code(kept[field], scope) in wrong:
            del kept[field]
    if "code" not in kept:
        kept["code"] = kept["national_code"] if codes_of(kept, scope) else stand_in(name)
    return kept


def stand_in(name: tuple[str, str]) -> str:
    """What a record is found under that has no code left."""
    connector, key = name
    readable = f"{connector}#{key}"
    return readable if len(readable) <= LONGEST else f"{connector}#{hashlib.sha256(key.encode()).hexdigest()}"


@lru_cache(maxsize=4096)  # the codes of a page are asked for again and again
def _code(written: str, scope: str) -> Code | None:
    text = normalise(written)
    if len(text) > LONGEST:
        return None
    if _OFFICIAL.fullmatch(text):
        return Code(_NATIONWIDE, text)
    return Code(scope, text) if _SAYS_SOMETHING.search(text) else None
