"""What a change changed, to be read: field by field where both are JSON, else line by line."""

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

_AROUND = 3  # lines that stayed, around each that did not
_MOST_PAIRS = 30_000
_LARGEST = 4000  # lines of both together: beyond it comparing takes long, and nobody reads it


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `mark` is + where it is new, - where it is gone, … where lines that stayed are left out."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field that differs; None: it was not there."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """How two documents differ; of one that is too large to compare neither is said."""

    fields: tuple[Field, ...] = ()
    lines: tuple[Line, ...] = ()
    too_large: bool = False

    def __bool__(self) -> bool:
        return bool(self.fields or self.lines or self.too_large)


def difference(before: str | None, after: str | None) -> Difference:
    """How `after` differs from `before`; None: there was, or is, none."""
    old, new = _read(before), _read(after)
    if old is not None and new is not None:
        return Difference(fields=tuple(_fields(old, new)))
    first, second = (before or "").splitlines(), (after or "").splitlines()
    if not is_comparable(first, second):
        return Difference(too_large=True)
    return Difference(lines=tuple(_lines(first, second)))


def is_comparable(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether comparing them takes no longer than a page may: it looks at every pair of lines that are alike, so that
    a few thousand lines `a` would hold a thread of the server for hours."""
    if len(first) + len(second) > _LARGEST:
        return False
    counted = Counter(second)
    return sum(counted[line] for line in first) <= _MOST_PAIRS


def _read(text: str | None) -> Mapping[str, Any] | None:
    if text is None:
        return {}
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Field]:
    before, after = dict(_flat(old)), dict(_flat(new))
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield Field(name, before.get(name), after.get(name))


def _flat(document: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    for name, value in document.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{within}{name}.")
        elif value not in (None, "", {}, []):
            yield f"{within}{name}", value if isinstance(value, str) else orjson.dumps(value).decode()


def _lines(first: list[str], second: list[str]) -> Iterator[Line]:
    compared = difflib.SequenceMatcher(None, first, second, autojunk=False)
    for number, group in enumerate(compared.get_grouped_opcodes(_AROUND)):
        if number or group[0][1]:
            yield Line("…", "")
        for kind, start, end, other_start, other_end in group:
            if kind == "equal":
                yield from (Line(" ", text) for text in first[start:end])
                continue
            yield from (Line("−", text) for text in first[start:end])
            yield from (Line("+", text) for text in second[other_start:other_end])
