"""The fields of a record as it came, each with a sample that may be shown to strangers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from lxml import etree

from connectors.contract import Field
from mappings.scaffold.personal import shown

Names: TypeAlias = tuple[str, ...]
_DEEPEST, _MOST_FIELDS = 16, 1000
_KINDS: dict[type, str] = {str: "text", int: "number", float: "number", bool: "boolean"}


@dataclass(slots=True)
class _Place:
    """One field while records are being looked at."""

    type: str = ""
    repeated: bool = False
    records: int = 0
    last: int = -1
    sample: str | None = None


def fields_of(records: Sequence[Any]) -> tuple[Field, ...]:
    """The fields of JSON values or lxml elements: path, type, whether repeated, whether always there, a sample."""
    places: dict[Names, _Place] = {}
    for number, record in enumerate(records):
        walk = _element(record, ()) if etree.iselement(record) else _value(record, ())
        for names, kind, text, repeated in walk:
            if len(places) >= _MOST_FIELDS and names not in places:
                continue
            place = places.setdefault(names, _Place())
            place.type = kind if not place.type or place.type == kind else "text" if text is not None else place.type
            place.repeated = place.repeated or repeated
            place.records += place.last != number
            place.last = number
            if place.sample is None and text:
                place.sample = shown(names, text)
    return tuple(
        Field(
            ".".join(names),
            place.type,
            place.repeated,
            len(records) > 1 and place.records == len(records),
            "",
            place.sample,
        )
        for names, place in places.items()
    )


_Seen: TypeAlias = tuple[Names, str, str | None, bool]


def _value(value: Any, names: Names, *, repeated: bool = False) -> Iterator[_Seen]:
    if isinstance(value, dict):
        if names:
            yield names, "object", None, repeated
        for name, below in value.items() if len(names) < _DEEPEST else ():
            yield from _value(below, (*names, str(name)))
    elif isinstance(value, list):
        for item in value:
            yield from _value(item, names, repeated=True)
        if not value:
            yield names, "", None, True
    elif names:
        kind = _KINDS.get(type(value), "")
        text = None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        yield names, kind, text, repeated


def _element(element: etree._Element, names: Names) -> Iterator[_Seen]:
    for name, text in element.attrib.items():
        yield (*names, f"@{str(name).rpartition('}')[2]}"), "text", str(text), False
    children = list(element.iterchildren("*"))
    counted: dict[str, int] = {}
    for child in children:
        local = etree.QName(child).localname
        counted[local] = counted.get(local, 0) + 1
    for child in children:
        local = etree.QName(child).localname
        inner, repeated = (*names, local), counted[local] > 1
        if len(child) and len(inner) < _DEEPEST:
            yield inner, "object", None, repeated
            yield from _element(child, inner)
        else:
            yield inner, "text", (child.text or "").strip() or None, repeated
