"""Vietnamese text as it is searched: without accents or case, and with đ as d."""

import unicodedata

_MARKS = dict.fromkeys(code for code in range(0x300, 0x370) if unicodedata.combining(chr(code)))
_MOST, _LONGEST = 16_384, 16  # words that are remembered (the language has some thousands), and letters of one


def fold(text: str) -> str:
    """`Nguyễn Đức` → `nguyen duc`: what a person types who has no Vietnamese keyboard."""
    return text.lower() if text.isascii() else " ".join([_WORDS[word] for word in text.split(" ")])


class _Words(dict[str, str]):
    """Words by how they are written."""

    def __missing__(self, word: str) -> str:
        folded = unicodedata.normalize("NFD", word).translate(_MARKS).replace("đ", "d").replace("Đ", "D").casefold()
        if len(word) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[word] = folded
        return folded


_WORDS = _Words()
