"""What the samples of a field look like: a phone number, an amount, a dossier's code, text of an old font."""

import re
from collections.abc import Callable, Sequence

from mappings.engine.charsets import from_tcvn3
from mappings.engine.draft import Damaged, Unreadable
from mappings.engine.identity import identity_number
from mappings.engine.numbers import money
from mappings.scaffold.words import fold

MISSING_WORDS = frozenset({"undefined", "null", "none", "n/a", "nan", "nil", "-", "--", "...", "không có", "chưa có"})

_DOSSIER_CODE = re.compile(r"(?:(?:\d{3}\.)?\d{2}\.\d{2}\.)?[A-Y]\d{2}(?:\.[A-Z0-9]+)*-\d{6}-\d{4,}")
_PROCEDURE_CODE = re.compile(r"\d\.\d{6}(?:\.\S+)?")
_AGENCY_CODE = re.compile(r"(?:\d{3}\.)?\d{2}\.\d{2}\.[A-Y]\d{2}|[A-Y]\d{2}(?:\.[A-Z0-9]{1,4})+")
_PHONE = re.compile(r"(?:\+?84|0)[\d .-]{8,13}")
_TAX_CODE = re.compile(r"\d{10}(?:-\d{3})?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+")
_HEX = re.compile(r"[0-9a-f]{24}|[0-9a-f]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PERSON = re.compile(r"[^\W\d_]+(?:['. -]+[^\W\d_]+){1,6}\.?")
_FILE_NAME = re.compile(r"[^\n]{1,200}\.[A-Za-z0-9]{2,5}")
# Letters that only TCVN3 text shows (a capital after a small letter is one, too), and pairs that only VNI writes.
_ONLY_TCVN3 = re.compile("[µ¸¶·¹¨»¾¼½Æ©ÇË®ÐÎÏÑªÖ×ØÜÞßä«åæç¬ëîïñ\u00adøö÷ûüþ¡¢§£¤¥¦]|[a-zà-ỹ][ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝ]")
_ONLY_VNI = re.compile("[aeoAEO][âÂ]|a[êå]|[aeouyöôAEOUYÖÔ][øûïØÛÏ]|[uo]ù[nmtcp]|ñ[aeiouöô]")

Fit = Callable[[str], bool]


def _matches(written: re.Pattern[str]) -> Fit:
    return lambda text: written.fullmatch(text) is not None


def _is_identity(text: str) -> bool:
    try:
        return identity_number(text) is not None or set(text) <= {"0", "1"}
    except Unreadable:
        return False


def _is_money(text: str) -> bool:
    try:
        return money(text) is not None
    except Unreadable:
        return False


def _is_address(text: str) -> bool:
    return len(text) > 8 and " " in text and not _EMAIL.fullmatch(text)


def _is_words(text: str) -> bool:
    return sum(letter.isalpha() for letter in text) > len(text) / 2 and not _HEX.fullmatch(text)


def _is_code(text: str) -> bool:
    return len(text) <= 60 and any(letter.isdigit() for letter in text) and not text.isspace()


FORMS: dict[str, Fit] = {
    "dossier code": _matches(_DOSSIER_CODE),
    "procedure code": _matches(_PROCEDURE_CODE),
    "agency code": _matches(_AGENCY_CODE),
    "identity number": _is_identity,
    "phone": _matches(_PHONE),
    "email": _matches(_EMAIL),
    "url": _matches(_URL),
    "internal id": _matches(_HEX),
    "person": _matches(_PERSON),
    "address": _is_address,
    "money": _is_money,
    "whole number": str.isdecimal,
    "tax code": _matches(_TAX_CODE),
    "words": _is_words,
    "code": _is_code,
    "file name": _matches(_FILE_NAME),
}


is_phone, is_email = FORMS["phone"], FORMS["email"]


def share(form: str, samples: Sequence[str]) -> float:
    """How many of the samples have this form."""
    fits = FORMS[form]
    return sum(fits(text.strip()) for text in samples) / len(samples) if samples else 0.0


def is_tcvn3(samples: Sequence[str]) -> bool:
    """Whether these are texts of a TCVN3 font: some have its letters, and none has a letter that it lacks."""
    accented = [text for text in samples if not text.isascii()]
    if sum(bool(_ONLY_TCVN3.search(text)) for text in accented) < max(1, 0.3 * len(accented)):
        return False
    try:
        turned = [from_tcvn3(text) for text in accented]
    except Damaged:
        return False
    return sum(_vietnamese(text) for text in turned) > 0.8 * len(turned)


def is_vni(samples: Sequence[str]) -> bool:
    """Whether these look like texts of a VNI font, which writes an accent as a letter of its own."""
    accented = [text for text in samples if not text.isascii()]
    return bool(accented) and sum(bool(_ONLY_VNI.search(text)) for text in accented) > 0.4 * len(accented)


def from_old_font(text: str) -> str:
    """TCVN3 text as Unicode; what cannot be TCVN3 stays as it came."""
    try:
        return from_tcvn3(text)
    except Damaged as damaged:
        return damaged.kept


def _vietnamese(text: str) -> bool:
    """Whether every letter is one that Vietnamese has."""
    return all(letter.isascii() or fold(letter).isascii() for letter in text if letter.isalpha())
