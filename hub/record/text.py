"""Vietnamese text as it is searched: without accents or case, and with đ as d."""

import unicodedata

_MARKS = dict.fromkeys(code for code in range(0x300, 0x370) if unicodedata.combining(chr(code)))


def fold(text: str) -> str:
    """`Nguyễn Đức` → `nguyen duc`: what a person types who has no Vietnamese keyboard."""
    return unicodedata.normalize("NFD", text).translate(_MARKS).replace("đ", "d").replace("Đ", "D").casefold()
