"""Text as the record keeps it: NFC, trimmed, no control characters; and what old fonts and lost letters did to it."""

import math
import re
from collections.abc import Callable, Container
from typing import Any
from unicodedata import normalize

from mappings.engine.draft import Damaged, Unreadable
from mappings.engine.xml_tree import Branch, Several

# TCVN3 (TCVN 5712 by way of a .Vn font): bytes that look like these letters when read as Windows-1252.
_TCVN3 = "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦"
_UNICODE = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ"
_FROM_TCVN3 = str.maketrans(_TCVN3, _UNICODE)
_NOT_TCVN3 = re.compile(f"[\u00a1-\u024f\u1ea0-\u1eff](?<![{re.escape(_TCVN3)}])")
_CAPITALS = re.compile(r"[A-Z]{2}")
_SMALL = re.compile(r"[a-z]")

# Control characters except tab and line break, and marks without width that make equal codes differ.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character: nothing can store it
_LOST = re.compile(r"[^\W\d_]\?[^\W\d_]|\ufffd")
_SPACES = re.compile(r"\s+")

FUNCTIONS = ("tcvn3", "nfc", "trim")  # `nfc` and `trim` always happen; a document may say so all the same
EXPECTED = "a text"


def clean(text: str) -> str:
    """NFC, trimmed, without control characters; line breaks stay."""
    if not text.isprintable():
        text = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
        text = _SURROGATE.sub("\ufffd", text)
    if not text.isascii():
        text = normalize("NFC", text)
    return text.strip()


def check_whole(text: str) -> str:
    """The text itself. Raises `Damaged` where letters became `?` on the way: no one can say which they were."""
    if _LOST.search(text) and "://" not in text:
        raise Damaged(text, "a text with all its letters", "letters were lost before it reached us; ask for it again")
    return text


def from_tcvn3(text: str) -> str:
    """TCVN3 text as Unicode. Raises `Damaged` for text that cannot be TCVN3; it is kept as it came."""
    if text.isascii():
        return text
    if _NOT_TCVN3.search(text):
        raise Damaged(clean(text), "a text in TCVN3", "it has letters that TCVN3 does not have and was kept as it came")
    turned = text.translate(_FROM_TCVN3)
    if _CAPITALS.search(turned) and not _SMALL.search(turned):
        return turned.upper()  # the fonts for capitals (.VnTimeH) show the codes of small letters as capitals
    return turned


def comparable(text: str) -> str:
    """The form in which texts are compared with the keys of a table."""
    return _SPACES.sub(" ", clean(text)).casefold()


def scalar(raw: Any) -> str | None:
    """The text of one foreign value; None where there is no value. Raises `Unreadable` for groups and lists."""
    if isinstance(raw, str):
        return raw
    if raw is None:
        return None
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int | float):
        return _number(raw)
    if isinstance(raw, Branch | Several):
        return scalar(raw.single())
    if isinstance(raw, dict | list) and not raw:
        return None  # some systems write "nothing" as an empty list
    raise Unreadable("one value", "the path leads to a group of values; name the one that is meant")


def _number(raw: int | float) -> str:
    if isinstance(raw, int):
        if abs(raw) > 10**40:
            raise Unreadable("a value", "this number is too long to be one of ours")
        return str(raw)
    if not math.isfinite(raw):
        raise Unreadable("a value", "this number has no value")
    return str(int(raw)) if raw.is_integer() and abs(raw) < 2**53 else str(raw)


def reader(functions: tuple[str, ...], missing: Container[str]) -> Callable[[Any], str | None]:
    """How to read a text field. `missing` has the texts that mean "no value", the empty text among them."""
    if "tcvn3" in functions:
        return lambda raw: _read(raw, missing, from_tcvn3)

    def read(raw: Any) -> str | None:
        if type(raw) is not str or not raw.isprintable():
            return _read(raw, missing, None)
        text = raw.strip() if raw.isascii() else normalize("NFC", raw).strip()
        if "?" in text or "\ufffd" in text:
            check_whole(text)
        return None if text in missing else text

    return read


def _read(raw: Any, missing: Container[str], convert: Callable[[str], str] | None) -> str | None:
    text = scalar(raw)
    if text is None:
        return None
    text = clean(convert(text) if convert else text)
    if "?" in text or "\ufffd" in text:
        check_whole(text)
    return None if text in missing else text
