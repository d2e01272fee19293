"""Whole numbers, đồng and yes/no from the forms in which systems write them; what could mean two things is refused."""

import re
from functools import lru_cache
from typing import Any

from mappings.engine.draft import Unreadable
from mappings.engine.text import comparable, scalar

MONEY = "an amount in whole đồng"
INTEGER = "a whole number"
BOOLEAN = "true, false, 1, 0, có or không"
CURRENCIES = ("vnd",)
LARGEST = 10**15  # more đồng than any fee: beyond it something is wrong, and databases begin to lose digits

_LONGEST = 100  # characters of an amount with its currency

_MONEY = re.compile(
    r"""(?P<plain>[0-9]{1,18})(?:[.,]00?)?
      | (?P<dots>[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,00?)?
      | (?P<commas>[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.00?)?
      | (?P<spaces>[1-9][0-9]{0,2}(?:\ [0-9]{3})+)(?:[.,]00?)?
      | (?P<long>[0-9]{4,18}|0)[.,]0+""",  # 10000.000 cannot be groups of three, so the zeros are decimals
    re.VERBOSE,
)
_CURRENCY = re.compile(r"^\s*(?:vnd|vnđ|₫)?\s*(.*?)\s*(?:₫|đồng|vnđ|vnd|đ)?\.?\s*$", re.IGNORECASE | re.DOTALL)
# 1.000 is one or a thousand, by who wrote it; 1000.000 and 0.000 cannot be groups of three.
_WHOLE = re.compile(r"(?![+-]?[1-9][0-9]{0,2}\.000$)([+-]?[0-9]{1,18})(?:\.0+)?")
_BOOLEANS = {"true": True, "1": True, "có": True, "false": False, "0": False, "không": False}


def money(raw: Any) -> int | None:
    """`200.000`, `200,000 đ` or `10000.0` as đồng. Raises `Unreadable` for what is lossy or could mean two amounts."""
    if type(raw) is int:
        return _in_range(raw)
    if isinstance(raw, bool):
        raise Unreadable(MONEY)
    if isinstance(raw, float):
        return _in_range(_whole(raw))
    text = raw if type(raw) is str else scalar(raw)
    return None if text is None else _in_range(_amount(text))


@lru_cache(maxsize=4096)  # the same fees come again and again
def _amount(text: str) -> int:
    if len(text) > _LONGEST:
        raise Unreadable(MONEY, "it is too long to be an amount")
    bare = _CURRENCY.sub(r"\1", text.replace("\u00a0", " ").replace("\u202f", " "))
    found = _MONEY.fullmatch(bare)
    if not found or not found.lastgroup:
        raise Unreadable(MONEY, "decimals of a đồng, or an amount that could be read in two ways, are not guessed at")
    return int(re.sub("[^0-9]", "", found[found.lastgroup]))


def _whole(number: float) -> int:
    """A number's decimals are decimals: only a text writes thousands with a point."""
    if not number.is_integer():
        raise Unreadable(MONEY, "decimals of a đồng are not guessed at")
    return int(number)


def _in_range(amount: int) -> int:
    if 0 <= amount < LARGEST:
        return amount
    raise Unreadable(MONEY, "it is below zero" if amount < 0 else "it is more than any fee can be")


def integer(raw: Any) -> int | None:
    """A whole number, also from text. Raises `Unreadable` for decimals, and for what may mean thousands (`1.000`)."""
    text = None if isinstance(raw, bool) else scalar(raw)
    if text is None and not isinstance(raw, bool):
        return None
    found = _WHOLE.fullmatch((text or "").strip())
    if not found:
        raise Unreadable(INTEGER, "decimals, or what could be a group of thousands, are not guessed at")
    return int(found[1])


def boolean(raw: Any) -> bool | None:
    """Yes or no. Raises `Unreadable` for any other word: a table says what such words mean."""
    if isinstance(raw, bool):
        return raw
    text = scalar(raw)
    if text is None:
        return None
    word = _BOOLEANS.get(comparable(text))
    if word is None:
        raise Unreadable(BOOLEAN, "other words need a table")
    return word
