"""Every word of the mapping language, with an example that tests run; `docs/reference/mapping.md` is made of it."""

from mappings.reference.page import page
from mappings.reference.word import Example, Word
from mappings.reference.words import CHAPTERS

__all__ = ["CHAPTERS", "Example", "Word", "page"]
