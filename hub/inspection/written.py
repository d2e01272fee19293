"""A record as it was received, written out line by line for a person, with the places that are pointed at."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from lxml import etree

from connectors.errors import ConnectorError
from hub.inspection.line import XML, kind_of
from hub.inspection.payload import read_payload

# Where something stands: names and numbers from the record down. In XML the numbers of elements, and `@name` last.
Place: TypeAlias = tuple[str | int, ...]
Shown: TypeAlias = Callable[[str], str]

MOST_LINES = 1200
_AROUND = 30  # lines that stay on each side of what is pointed at, where a record is cut
_LONGEST = 2_000  # letters of one value
_DEEPEST = 60
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line. Without a number: something that is not there (`absent`), or lines that were left out (`left_out`)."""

    number: int | None
    pieces: Sequence[Piece] = ()
    absent: str = ""
    left_out: int = 0
    place: Place | None = None  # of what begins in it

    @property
    def is_marked(self) -> bool:
        """Whether something in it is pointed at."""
        return bool(self.absent) or any(piece.is_marked for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Marks:
    """What is pointed at: places, and names that are missing below a place."""

    at: Collection[Place] = ()
    absent: Collection[tuple[Place, str]] = ()


def shape(text: str) -> str:
    """The form of a text without what it says: letters as x, digits as 0."""
    return "".join("0" if one.isdigit() else "x" if one.isalnum() or not one.isascii() else one for one in text)


def as_it_is(text: str) -> str:
    """For whoever may see personal data."""
    return text


def value_of(raw: bytes) -> Any:
    """The JSON value or the element that a record's bytes are; a text where they are neither."""
    text = raw.decode("utf-8", "replace")
    try:
        if text.lstrip().startswith('"'):  # a document inside a text
            inner = json.loads(text)
            return read_payload(str(inner).encode(), "the record")
        return read_payload(raw, "the record")
    except (ConnectorError, ValueError, RecursionError):
        return text


def written(value: Any, marks: Marks, shown: Shown) -> list[Line]:
    """A record (a JSON value, an element, or a text) as numbered lines."""
    if isinstance(value, str):
        found: Iterator[_Draft] = (_Draft(0, (Piece(shown(line)),)) for line in value.splitlines() or [""])
    elif kind_of(value) == XML:
        found = _element(value, (), 0, marks, shown)
    else:
        found = _json(value, (), 0, "", ("", ""), marks, shown)
    return _shortened(list(_numbered(found)))


@dataclass(frozen=True, slots=True)
class _Draft:
    depth: int
    pieces: tuple[Piece, ...] = ()
    place: Place | None = None
    absent: str = ""


def _numbered(found: Iterator[_Draft]) -> Iterator[Line]:
    number = 0
    for each in found:
        indent = Piece(_INDENT * each.depth)
        if each.absent:
            yield Line(None, (indent,), absent=each.absent, place=each.place)
            continue
        number += 1
        yield Line(number, (indent, *each.pieces) if each.depth else each.pieces, place=each.place)


def number_of(lines: Sequence[Line], place: Place) -> int | None:
    """The line in which something begins; of an attribute that of its element. None: it was left out."""
    if place and isinstance(place[-1], str) and place[-1].startswith("@"):
        found = number_of(lines, place[:-1])
        if found is not None:
            return found
    return next((line.number for line in lines if line.place == place and line.number is not None), None)


def _shortened(lines: list[Line]) -> list[Line]:
    """The beginning of a long record, and what is around everything that is pointed at."""
    if len(lines) <= MOST_LINES:
        return lines
    keep = set(range(MOST_LINES // 4))
    for at, line in enumerate(lines):
        if line.is_marked and len(keep) < MOST_LINES:
            keep.update(range(max(0, at - _AROUND), min(len(lines), at + _AROUND)))
    made: list[Line] = []
    for at, line in enumerate(lines):
        if at in keep:
            made.append(line)
        elif made[-1].left_out:
            made[-1] = replace(made[-1], left_out=made[-1].left_out + 1)
        else:
            made.append(Line(None, left_out=1))
    return made


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _absent(place: Place, depth: int, marks: Marks) -> Iterator[_Draft]:
    for above, name in marks.absent:
        if above == place:
            yield _Draft(depth, place=above, absent=name)


def _json(
    value: Any, place: Place, depth: int, name: str, around: tuple[str, str], marks: Marks, shown: Shown
) -> Iterator[_Draft]:
    """`around`: what stands before and after; the name of the value, and a comma."""
    is_marked = place in marks.at
    before, after = around
    head = (Piece(before), Piece(name, is_marked)) if name else (Piece(before),)
    colon = (Piece(": "),) if name else ()
    lacks = any(above == place for above, _ in marks.absent)
    if depth < _DEEPEST and isinstance(value, dict | list) and (value or lacks):
        opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
        yield _Draft(depth, (*head, *colon, Piece(opening, is_marked and not name)), place)
        items = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
        for at, (key, below) in enumerate(items, start=1):
            called = json.dumps(key, ensure_ascii=False) if isinstance(key, str) else ""
            comma = "," if at < len(items) else ""
            yield from _json(below, (*place, key), depth + 1, called, ("", comma), marks, shown)
        yield from _absent(place, depth + 1, marks)
        yield _Draft(depth, (Piece(closing + after),))
        return
    yield _Draft(depth, (*head, *colon, Piece(_scalar(value, shown), is_marked), Piece(after)), place)


def _scalar(value: Any, shown: Shown) -> str:
    if isinstance(value, str):
        return json.dumps(_cut(shown(value)), ensure_ascii=False)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) and not value else "[]" if not value else "…"
    return _cut(shown(str(value)))


def _element(element: etree._Element, place: Place, depth: int, marks: Marks, shown: Shown) -> Iterator[_Draft]:
    is_marked = place in marks.at
    name = _name(element.tag, element.prefix)
    start = (Piece("<"), Piece(name, is_marked), *_attributes(element, place, marks, shown))
    children = list(element.iterchildren("*"))
    lacks = any(above == place for above, _ in marks.absent)
    text = (element.text or "") if children else text_of(element)
    said = Piece(_escaped(_cut(shown(text.strip()))), is_marked)
    if (not children and not lacks) or depth >= _DEEPEST:
        end = (Piece(">"), said, Piece(f"</{name}>")) if text.strip() else (Piece("/>"),)
        yield _Draft(depth, (*start, *end), place)
        return
    yield _Draft(depth, (*start, Piece(">")), place)
    if text.strip():
        yield _Draft(depth + 1, (said,))
    for at, child in enumerate(children):
        yield from _element(child, (*place, at), depth + 1, marks, shown)
        if (child.tail or "").strip():
            yield _Draft(depth + 1, (Piece(_escaped(_cut(shown(str(child.tail).strip())))),))
    yield from _absent(place, depth + 1, marks)
    yield _Draft(depth, (Piece(f"</{name}>"),))


def _attributes(element: etree._Element, place: Place, marks: Marks, shown: Shown) -> Iterator[Piece]:
    for name, value in element.items():
        local = str(name).rpartition("}")[2]
        text = _escaped(_cut(shown(str(value)))).replace('"', "&quot;")
        yield Piece(" ")
        yield Piece(f'{local}="{text}"', (*place, f"@{local}") in marks.at)


def text_of(element: etree._Element) -> str:
    """What an element without others in it says; comments say nothing."""
    return "".join([element.text or "", *(child.tail or "" for child in element)])


def _name(tag: Any, prefix: str | None) -> str:
    local = str(tag).rpartition("}")[2]
    return f"{prefix}:{local}" if prefix else local


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
