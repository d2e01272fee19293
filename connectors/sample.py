"""The fields of records that nothing describes, guessed from a few of them."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from connectors import xml
from connectors.contract import Field

_DEEPEST, _MOST = 12, 1000
_LONGEST_SAMPLE = 200  # characters
_TYPES: dict[type, str] = {bool: "boolean", int: "integer", float: "number", dict: "object"}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s?(Z|[+-]\d\d:?\d\d)?")


def fields_of(records: Sequence[Any]) -> tuple[Field, ...]:
    """Every place in these records (JSON values or elements), its type, and the first value that stands there."""
    seen: dict[str, _Seen] = {}
    for record in records:
        here: set[str] = set()
        for path, value, repeated in _places(record, "", _DEEPEST, repeated=False):
            if path in seen or len(seen) < _MOST:
                seen.setdefault(path, _Seen()).note(value, repeated=repeated, first=path not in here)
                here.add(path)
    return tuple(each.field(path, len(records)) for path, each in seen.items())


@dataclass(slots=True)
class _Seen:
    """What stood at one place so far."""

    types: dict[str, None] = field(default_factory=dict)
    records: int = 0  # in how many of them something stood there
    repeated: bool = False
    sample: str | None = None

    def note(self, value: Any, *, repeated: bool, first: bool) -> None:
        kind = _type(value)
        self.repeated = self.repeated or repeated
        if kind is None:
            return
        self.types[kind] = None
        self.records += first
        if self.sample is None and kind != "object":
            self.sample = _plain(value)[:_LONGEST_SAMPLE]

    def field(self, path: str, records: int) -> Field:
        types = set(self.types)
        kind = "number" if types == {"integer", "number"} else " or ".join(self.types) or "null"
        return Field(path, kind, self.repeated, self.records == records, sample=self.sample)


def _places(value: Any, path: str, deeper: int, *, repeated: bool) -> Iterator[tuple[str, Any, bool]]:
    """Every place in a value, what stands there, and whether it may stand there several times."""
    if isinstance(value, list):
        for item in value:
            yield from _places(item, path, deeper, repeated=True)
        if not value and path:
            yield path, None, True
        return
    if path:
        yield path, value, repeated
    if deeper:
        for name, item, again in _members(value):
            yield from _places(item, f"{path}.{name}" if path else name, deeper - 1, repeated=again)


def _members(value: Any) -> Iterator[tuple[str, Any, bool]]:
    """What stands in an object or element: its name, its value, and whether there are several of that name."""
    if isinstance(value, dict):
        yield from ((name, item, False) for name, item in value.items())
    elif etree.iselement(value):
        yield from ((f"@{str(name).rpartition('}')[2]}", text, False) for name, text in value.attrib.items())
        children = [(xml.local_name(child), child) for child in value.iterchildren("*")]
        counts = Counter(name for name, _ in children)
        yield from ((name, child, counts[name] > 1) for name, child in children)


def _type(value: Any) -> str | None:
    """What stands there; None where nothing does."""
    if etree.iselement(value):
        return "object" if len(value) else _type_of_text(_plain(value))
    if isinstance(value, str):
        return _type_of_text(value)
    return None if value is None else _TYPES.get(type(value), "object")


def _type_of_text(text: str) -> str | None:
    if not text.strip():
        return None
    if _DATE_TIME.fullmatch(text.strip()):
        return "date-time"
    return "date" if _DATE.fullmatch(text.strip()) else "string"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "".join(map(str, value.itertext())).strip() if etree.iselement(value) else str(value)
