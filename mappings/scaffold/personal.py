"""Which fields speak of a person, or hold a secret, so that a sample can be shown to strangers."""

import re
from functools import lru_cache

from mappings.scaffold.labels import meaning
from mappings.scaffold.observe import Names
from mappings.scaffold.values import from_old_font, is_email, is_phone
from mappings.scaffold.words import concepts, readings

BLANK = "•••"
LONGEST = 80  # of a sample: enough to see its form
_PERSONAL = frozenset(
    {"owner", "applicant", "officer", "full name", "identity", "birth", "phone", "email", "address", "gender"}
    | {"passport", "tax", "portal id", "fax"}
    # Free text, in which anybody may be named.
    | {"summary", "note", "content", "other information", "return information"}
)
_STATUSES = frozenset({"status", "channel"})
_IDENTITY = re.compile(r"(?:\d ?){8}\d|(?:\d ?){11}\d")  # dots belong to codes of procedures
_SECRET = re.compile(
    r"pass(word|wd|phrase)?|mat ?khau|secret|token|api ?key|access ?key|credential|session|authoriz|otp"
)


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Whether a field of this name holds what nobody else may know."""
    return any(_SECRET.search(" ".join(words)) or _SECRET.search("".join(words)) for words in readings(name))


@lru_cache(maxsize=4096)
def is_personal(names: Names) -> bool:
    """Whether the field at these names speaks of a person, by any reading of any of them."""
    return any(concepts(words)[0] & _PERSONAL for name in names for words in readings(name))


def shown(names: Names, text: str) -> str:
    """A sample that may be shown: its form only where it could be about somebody, nothing where it is a secret."""
    if any(map(is_secret, names)):
        return BLANK
    line = " ".join(text.split())
    line = line if len(line) <= LONGEST else line[:LONGEST] + "…"
    return scrubbed(line) if is_personal(names) or _looks_personal(names, text.strip()) else line


def scrubbed(text: str) -> str:
    """The form of a text without what it says: letters as x, digits as 9."""
    return "".join("9" if one.isdigit() else "x" if one.isalpha() or not one.isascii() else one for one in text)


def _looks_personal(names: Names, text: str) -> bool:
    if is_phone(text) or is_email(text) or _is_identity(text):
        return True
    return not _says_status(names) and _is_name(from_old_font(text))


def _says_status(names: Names) -> bool:
    """A status or a channel is written with capitals in many systems: `Application On Hold` is nobody's name."""
    return any(concepts(words)[0] & _STATUSES for name in names[-1:] for words in readings(name))


def _is_name(text: str) -> bool:
    """Two to six words of letters, each with a capital: rather scrubbed for nothing than shown."""
    words = text.split()
    named = 2 <= len(words) <= 6 and all(word[0].isupper() and word.strip(".").isalpha() for word in words)
    return named and not meaning("status", text)


def _is_identity(text: str) -> bool:
    return _IDENTITY.fullmatch(text) is not None
