"""A foreign name as words: `SoHoSo`, `so_ho_so`, `SOHOSO` and `Số hồ sơ` are all `so ho so`."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from mappings.scaffold.vocabulary import ABBREVIATIONS, LEXICON, LONGEST_PHRASE, PHRASES

_MARKS = dict.fromkeys(code for code in range(0x300, 0x370) if unicodedata.combining(chr(code)))
_HUMPS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_MOST_READINGS = 12
_LONGEST_NAME = 60  # letters without a break: what is longer is no name that could be taken apart


def fold(text: str) -> str:
    """Without accents, with đ as d; capitals stay."""
    return unicodedata.normalize("NFD", text).translate(_MARKS).replace("đ", "d").replace("Đ", "D")


@lru_cache(maxsize=4096)
def readings(name: str) -> tuple[tuple[str, ...], ...]:
    """What a name may say, as words; abbreviations such as `tt` may say several things, the likeliest first."""
    found: list[tuple[str, ...]] = [()]
    for word in _split(name):
        meanings = ABBREVIATIONS.get(word, (word,))
        found = [(*before, *meaning.split()) for before in found for meaning in meanings][:_MOST_READINGS]
    return tuple(found)


def concepts(words: tuple[str, ...]) -> tuple[frozenset[str], int]:
    """The concepts that words stand for, and how many words are of no known concept. Longer phrases first."""
    found: set[str] = set()
    unknown = at = 0
    while at < len(words):
        for length in range(min(LONGEST_PHRASE, len(words) - at), 0, -1):
            known = PHRASES.get(" ".join(words[at : at + length]))
            if known is not None:
                found.update(known)
                at += length
                break
        else:
            unknown += not words[at].isdigit()
            at += 1
    return frozenset(found), unknown


def _split(name: str) -> Iterator[str]:
    for hump in _HUMPS.findall(fold(name)):
        word = hump.lower()
        yield from _apart(word) if word not in LEXICON and len(word) <= _LONGEST_NAME else (word,)


def _apart(run: str) -> tuple[str, ...]:
    """Words that were written without a break, such as `ngaytiepnhan`: the fewest that make up the whole."""
    best: list[tuple[str, ...] | None] = [(), *([None] * len(run))]
    for end in range(1, len(run) + 1):
        for start in range(end):
            before = best[start]
            if before is None or run[start:end] not in LEXICON:
                continue
            held = best[end]
            if held is None or len(before) + 1 < len(held):
                best[end] = (*before, run[start:end])
    return best[-1] or (run,)
