"""Which passwords people may choose: long ones that are not the first to be guessed."""

import re
import unicodedata
from enum import StrEnum

SHORTEST, LONGEST = 12, 200
_FEWEST = 5  # different letters
_TELLING = 4  # letters of a name; a shorter one is a part of many words
# What is left of the commonest long passwords once digits and signs are off, in Vietnamese without its marks, too.
_COMMONEST = frozenset(
    """
    abc abcd abcdef admin adminadmin administrator asdfghjkl changeme chinhquyen congdan department
    dichvucong hanhchinh hanoi hello hochiminh hoso iloveyou khongbiet letmein login matkhau matkhaumoi
    motcua motcuahub nguoidung operator pass password passwordpassword qazwsx qazwsxedc quanly quantri
    quantrivien qwerty qwertyuiop qwertyuiopasdfghjkl saigon secret sotuphap superman test thanhpho
    thanhphohochiminh toiyeuvietnam tphcm ubnd user vanhanh vietnam welcome xinchao zxcvbnm
    """.split()  # noqa: SIM905 - a list of words, one below the other
)


class Weak(StrEnum):
    """Why a password will not do."""

    SHORT = "short"
    LONG = "long"
    NAME = "name"
    COMMON = "common"


def normal(password: str) -> str:
    """A password as it is kept and compared: some keyboards write ế as one letter, others as three."""
    return unicodedata.normalize("NFC", password)


def weakness(password: str, name: str) -> Weak | None:
    """Why this password will not do for somebody of this name; None: it will."""
    text = normal(password)
    if len(text) < SHORTEST:
        return Weak.SHORT
    if len(text) > LONGEST:
        return Weak.LONG
    plain, called = _letters(text), _letters(name)
    if (len(name) >= _TELLING and name.lower() in text.lower()) or (called and plain in (called, called * 2)):
        return Weak.NAME
    if not plain or plain in _COMMONEST or len(set(text.lower())) < _FEWEST:
        return Weak.COMMON
    return None


def _letters(text: str) -> str:
    """Its letters alone, small and without marks."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return re.sub(r"[\W\d_]", "", "".join(letter for letter in bare if not unicodedata.combining(letter)))
