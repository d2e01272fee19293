"""What reading one record gives: values ready for JSON, and a problem for everything that could not be read."""

from dataclasses import dataclass
from typing import Any, NamedTuple

SHOWN = 200  # characters of a foreign value that a problem repeats


@dataclass(frozen=True, slots=True)
class Problem:
    """One value that could not be read, or was read and looks damaged; `str(problem)` is one sentence."""

    field: str  # the target's name, with the row in a list: fees[2].amount
    source: str  # the path in the record, as the mapping writes it
    value: str | None  # what stood there, shortened; None where nothing stood
    expected: str
    hint: str = ""

    def __str__(self) -> str:
        said = "has no value" if self.value is None else f'says "{self.value}"'
        sentence = f"{self.field}: {self.source} {said}, expected {self.expected}"
        return f"{sentence}; {self.hint}" if self.hint else sentence


class Draft(NamedTuple):  # made for every record: several times as fast as a frozen dataclass
    """One record as our words have it. Fields without a value are absent, never null or empty."""

    values: dict[str, Any]
    problems: tuple[Problem, ...] = ()
    rejected: bool = False  # a required field could not be read: this record is not for the record


class Unreadable(Exception):
    """A value that is not what the field expects; it is left out."""

    def __init__(self, expected: str, hint: str = "", *, found: str | None = None) -> None:
        super().__init__(expected)
        self.expected = expected
        self.hint = hint
        self.found = found  # what stood there, where whoever caught this could not say


class Damaged(Unreadable):
    """A text that lost letters on its way; `kept` is what can still be shown."""

    def __init__(self, kept: str, expected: str, hint: str) -> None:
        super().__init__(expected, hint)
        self.kept = kept


def shown(raw: Any) -> str | None:
    """A foreign value as a problem repeats it: printable, and not without end."""
    if raw is None:
        return None
    if isinstance(raw, dict | list):
        return "a group of values" if isinstance(raw, dict) else f"a list of {len(raw)}"
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, int) and abs(raw) > 10**SHOWN:
        return "a number without end"  # Python refuses to write out a number of thousands of digits
    text = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in str(raw)[: SHOWN + 1])
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
