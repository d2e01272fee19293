"""Text as the record keeps it: NFC, trimmed, no control characters, whatever charset it was written in."""

import math
import re
from collections.abc import Callable, Container, Iterable
from typing import Any
from unicodedata import normalize

from mappings.engine.charsets import Decode, from_tcvn3, from_utf_8, from_vni, from_windows_1258
from mappings.engine.damage import check_whole
from mappings.engine.draft import Damaged, Unreadable
from mappings.engine.xml_tree import Branch, Several

# Control characters except tab and line break, and marks without width that make equal codes differ.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character: nothing can store it
_SPACES = re.compile(r"\s+")

# What a text was written in; one of them at most.
CHARSETS: dict[str, Decode] = {
    "tcvn3": from_tcvn3,
    "vni": from_vni,
    "windows-1258": from_windows_1258,
    "utf-8": from_utf_8,
}
_LONG = 10**15
FUNCTIONS = (*CHARSETS, "nfc", "trim")  # `nfc` and `trim` always happen; a document may say so all the same
EXPECTED = "a text"


def clean(text: str) -> str:
    """NFC, trimmed, without control characters; line breaks stay."""
    if not text.isprintable():
        text = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
        text = _SURROGATE.sub("\ufffd", text)
    if not text.isascii():
        text = normalize("NFC", text)
    return text.strip()


def decoder(functions: Iterable[str]) -> Decode | None:
    """What undoes the charset that is among these functions. Its `Damaged` keeps a clean text."""
    decode = next((CHARSETS[name] for name in functions if name in CHARSETS), None)
    if decode is None:
        return None
    charset = decode

    def decoded(text: str) -> str:
        try:
            return charset(text)
        except Damaged as damaged:
            raise Damaged(clean(damaged.kept), damaged.expected, damaged.hint) from None

    return decoded


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


def reader(functions: Iterable[str], missing: Container[str]) -> Callable[[Any], str | None]:
    """How to read a text field. `missing` has the texts that mean "no value", the empty text among them."""
    decode = decoder(functions)
    if decode:
        return lambda raw: _read(raw, missing, decode)

    def read(raw: Any) -> str | None:
        if type(raw) is not str or not raw.isprintable():
            if type(raw) is int and -_LONG < raw < _LONG:
                return None if str(raw) in missing else str(raw)
            return _read(raw, missing, None)
        text = raw.strip() if raw.isascii() else normalize("NFC", raw).strip()
        if text in missing:
            return None
        if "?" in text or "\ufffd" in text:
            check_whole(text)
        return text

    return read


def _read(raw: Any, missing: Container[str], decode: Decode | None) -> str | None:
    text = scalar(raw)
    if text is None or text.strip() in missing:
        return None
    text = clean(decode(text) if decode else text)
    if text in missing:
        return None
    if "?" in text or "\ufffd" in text:
        check_whole(text)
    return text
