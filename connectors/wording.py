"""Words for the sentences that connectors say: quoting foreign text, listing names, guessing what was meant."""

from collections.abc import Iterable
from difflib import get_close_matches
from unicodedata import combining, normalize

LONGEST_QUOTE = 200  # characters of a department's own words that fit into a sentence


def quoted(text: str) -> str:
    """Foreign text in quotation marks: one line, and cut where it would drown the sentence."""
    line = " ".join(text.split())
    return f"“{line[:LONGEST_QUOTE]}…”" if len(line) > LONGEST_QUOTE else f"“{line}”"


def sentence(text: object) -> str:
    """With a full stop, unless it ends like a sentence already."""
    said = str(text).rstrip()
    return said if said.endswith((".", "?", "!", "…")) else f"{said}."


def without_accents(text: str) -> str:
    """Vietnamese as it is typed without its marks, in small letters, for comparing."""
    plain = "".join(letter for letter in normalize("NFD", text.lower()) if not combining(letter))
    return plain.replace("đ", "d")


def listed(names: Iterable[str]) -> str:
    """Names as `a`, `b`, `c`; says so when there is none."""
    return ", ".join(f"`{name}`" for name in names) or "none"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint for a name that is not known: the nearest one, where there is one, and all of them."""
    names = list(known)
    folded = {each.lower(): each for each in names}
    near = get_close_matches(name.lower(), folded, n=1)
    guess = f"Did you mean `{folded[near[0]]}`? " if near else ""
    return f"{guess}Known: {listed(names)}."
