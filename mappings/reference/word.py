"""What the reference says of one word."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """A line of `fields:`, what stands beside it in the document, a record, and what becomes of it.

    `result` is the draft's values as JSON, or `problem …`, `rejected …` with a part of the sentence; values may stand
    before a problem.
    """

    field: str
    record: str
    result: str
    beside: str = ""  # further lines of the document, such as `tables: {…}`


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the language."""

    name: str
    does: str
    example: Example


@dataclass(frozen=True, slots=True)
class Chapter:
    """The words that may stand in one place."""

    title: str
    about: str
    words: tuple[Word, ...]


def word(name: str, does: str, field: str, record: str, result: str, beside: str = "") -> Word:
    """One word with its example, written in one line."""
    return Word(name, does, Example(field, record, result, beside))
