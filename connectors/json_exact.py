"""What the fast JSON reader loses without a word, or refuses though it can be read.

A number that no machine number holds is its own digits, as text. A name that stands twice in one object has both
values, as a list. NaN is null, a control character in a text is itself, half a surrogate is the replacement character.
"""

import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import orjson

_AS_DIGITS = bytes.maketrans(b"123456789.", b"0000000000")
_RUN = b"0" * 17  # digits that a machine number may not hold: 15 it always holds, 16 with a point
_BEFORE = 64  # bytes before a number in which to look for what it belongs to
_LONGEST_INTEGER = 20
_INTEGERS_AS_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_LONG_INTEGER = b"0" * _LONGEST_INTEGER
_LEAST, _MOST = -(2**63), 2**64 - 1  # what the fast reader keeps whole
_ESCAPES = re.compile(rb"\\(?:u[Dd][89ABab]..\\u[Dd][C-Fc-f]..|(u[Dd][89A-Fa-f]..)|.)", re.S)


def may_have_lost(text: bytes, value: Any) -> bool:
    """Whether `value`, read from `text` by the fast reader, may lack something of it."""
    written = orjson.dumps(value)
    if written == text.rstrip():
        return False
    return text.count(b":") != written.count(b":") or any(_is_lossy(number) for number in _long_numbers(text))


def may_lose_integers(text: bytes) -> bool:
    """Whether `text` may hold an integer that no machine number holds."""
    return _LONG_INTEGER in text.translate(_INTEGERS_AS_ZEROS)


def slowly(text: bytes) -> Any:
    """The value of JSON, with nothing lost of it; ValueError where it is none."""
    return json.loads(
        _ESCAPES.sub(_whole_letter, text),
        strict=False,
        parse_int=_integer,
        parse_float=_decimal,
        parse_constant=lambda _: None,
        object_pairs_hook=_object,
    )


def _long_numbers(text: bytes) -> Iterator[str]:
    """Every number of many digits; those inside of texts mostly not."""
    digits = text.translate(_AS_DIGITS)
    start = digits.find(_RUN)
    while start >= 0:
        end = start
        while digits[end : end + 1] == b"0":
            end += 1
        if text[max(0, start - _BEFORE) : start].rstrip(b" \t\r\n-")[-1:] in (b":", b",", b"[", b""):
            yield text[start:end].decode()
        start = digits.find(_RUN, end)


def _is_lossy(number: str) -> bool:
    read = _decimal(number) if "." in number else _integer(number)
    return isinstance(read, str)


def _integer(digits: str) -> int | str:
    if len(digits) > _LONGEST_INTEGER:
        return digits
    number = int(digits)
    return number if _LEAST <= number <= _MOST else digits


def _decimal(digits: str) -> float | str:
    try:
        number = float(digits)
        return number if Decimal(repr(number)) == Decimal(digits) else digits
    except (ValueError, ArithmeticError):
        return digits


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    several: dict[str, list[Any]] = {}
    for name, value in pairs:
        if name in found and not _same(found[name], value):
            several.setdefault(name, [found[name]]).append(value)
        else:
            found[name] = value
    return found | several


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _whole_letter(escape: re.Match[bytes]) -> bytes:
    return b"\\ufffd" if escape[1] else escape[0]
