"""What somebody who asks for a dossier by its code must know besides: the end of its owner's number or telephone."""

import re
from collections.abc import Iterator
from hmac import compare_digest

from hub.record.identity import normalise
from hub.record.merge import Values
from hub.record.shown import phone_key

SHORTEST, LONGEST = 4, 20  # letters and digits of a fact
_FACT = re.compile(rf"[0-9A-Z]{{{SHORTEST},{LONGEST}}}")
_NUMBERS = ("id_number", "paper_number", "tax_code")


def read_fact(text: str) -> str:
    """A fact as it is compared; spaces, dots and dashes do not matter.

    Raises:
        ValueError: it is too short, too long, or no number.
    """
    fact = re.sub(r"[\s.\-]", "", normalise(text))
    if not _FACT.fullmatch(fact):
        raise ValueError(
            f"the second fact is the last {SHORTEST} or more characters of the owner's identity number or telephone"
        )
    return fact


def is_known_by(values: Values, fact: str) -> bool:
    """Whether a number of the dossier's owner ends so; takes as long wherever they differ."""
    same = [compare_digest(number[-len(fact) :].encode(), fact.encode()) for number in _numbers(values)]
    return any(same)


def _numbers(values: Values) -> Iterator[str]:
    owner = values.get("applicant", {})
    for name in _NUMBERS:
        if owner.get(name):
            yield re.sub(r"[.\-]", "", normalise(owner[name]))
    if owner.get("phone"):
        yield phone_key(owner["phone"])
