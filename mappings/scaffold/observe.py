"""The fields of a department's records, found by looking at them: where each stands, what it says, what repeats."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson
from lxml import etree

from mappings.engine.draft import Unreadable
from mappings.engine.text import scalar
from mappings.scaffold.values import MISSING_WORDS

XML, CSV = "xml", "csv"
MOST_SAMPLES = 1000  # of one field: more would not make a guess better
_DEEPEST = 12
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LANGUAGES = ("languageid", "language", "lang", "locale", "languagecode")
_VIETNAMESE = (228, "228", "vi", "vi_VN", "vi-VN", "vn", "VI")

Names: TypeAlias = tuple[str, ...]


@dataclass(slots=True)
class Leaf:
    """One field: where it stands in a record (or in a row), and what it says there."""

    names: Names
    source: str  # as a mapping writes it
    samples: list[str] = field(default_factory=list)  # in the order of the records, empty ones left out
    seen: int = 0  # in how many records (or rows) it stands, empty or not
    several: bool = False  # more than one value in one record
    is_number: bool = True  # never a text
    declared: str = ""  # the type that the source's own description gives
    at: list[int] = field(default_factory=list)  # the number of the record that each sample is from
    records: set[int] = field(default_factory=set)  # those in which it says something
    fillers: set[str] = field(default_factory=set)  # words that it says where there is no value

    def take(self, text: str | None, record: int, *, is_number: bool = False) -> None:
        """One value of it was seen."""
        self.seen += 1
        if text is None or not text.strip():
            return
        if text.strip().casefold() in MISSING_WORDS:
            self.fillers.add(text.strip())
            return
        self.records.add(record)
        self.is_number = self.is_number and is_number
        if len(self.samples) < MOST_SAMPLES:
            self.samples.append(text)
            self.at.append(record)


@dataclass(slots=True)
class Shape:
    """What records (or the rows of a list) are made of."""

    records: int = 0
    leaves: dict[str, Leaf] = field(default_factory=dict)  # by source
    lists: dict[str, "Rows"] = field(default_factory=dict)

    def leaf(self, names: Names, source: str) -> Leaf:
        """The leaf that stands there."""
        return self.leaves.setdefault(source, Leaf(names, source))

    def all_leaves(self) -> Iterator[Leaf]:
        """Every leaf, those of its lists too."""
        yield from self.leaves.values()
        for rows in self.lists.values():
            yield from rows.shape.all_leaves()

    def declare(self, kind: str, types: Mapping[Names, str]) -> None:
        """Take in what the source's own description says: a field that no record has is still known from it."""
        for names, typed in types.items():
            source = "/".join(names) if kind == XML else json_source(names)
            held = any(names[: len(rows.names)] == rows.names for rows in self.lists.values())
            group = any(leaf.names[: len(names)] == names and leaf.names != names for leaf in self.leaves.values())
            if not held and not group:
                self.leaf(names, source).declared = typed

    def rows(self, names: Names, source: str) -> "Rows":
        """The list that stands there."""
        return self.lists.setdefault(source, Rows(names, source))


@dataclass(slots=True)
class Rows:
    """A list of records within a record."""

    names: Names
    source: str
    shape: Shape = field(default_factory=Shape)


def observe(kind: str, records: Sequence[Any]) -> Shape:
    """The shape of JSON values, of lxml elements, or of rows by column name."""
    shape = Shape()
    repeated = _repeated(records) if kind == XML else frozenset()
    for record in records:
        if kind == XML:
            _element(shape, record, (), repeated, ())
        elif kind == CSV:
            _row(shape, record)
        else:
            _object(shape, record, ())
        shape.records += 1
    return shape


def _object(shape: Shape, value: Any, names: Names) -> None:
    if not isinstance(value, dict) or len(names) > _DEEPEST:
        return
    for name, below in value.items():
        inner = (*names, str(name))
        if isinstance(below, dict):
            _object(shape, below, inner)
        elif isinstance(below, list):
            _list(shape, below, inner)
        else:
            _take(shape.leaf(inner, json_source(inner)), below, shape.records)


def _row(shape: Shape, row: Any) -> None:
    """A row of a table: its columns are named as they are headed, and hold text."""
    for name, text in row.items() if isinstance(row, dict) else ():
        plain = " ".join(str(name).split())
        _take(shape.leaf((plain,), plain), text, shape.records)


def _list(shape: Shape, values: list[Any], names: Names) -> None:
    found = [value for value in values if isinstance(value, dict)]
    by_language = _by_language(found)
    if by_language:
        _translated(shape, found, names, *by_language)
    elif found:
        rows = shape.rows(names, json_source(names))
        for value in found:
            _object(rows.shape, value, ())
            rows.shape.records += 1
    elif values:
        leaf = shape.leaf(names, json_source(names))
        leaf.several = leaf.several or len(values) > 1
        for value in values:
            _take(leaf, value, shape.records)


def _by_language(found: Sequence[dict[str, Any]]) -> tuple[str, Any] | None:
    """Where a list says one thing in several languages: the key that names the language, and what is Vietnamese."""
    if not found or len({name for one in found for name in one}) > 4:
        return None
    for name in found[0]:
        if name.lower() in _LANGUAGES:
            wanted = next((one[name] for one in found if one.get(name) in _VIETNAMESE), None)
            return None if wanted is None else (name, wanted)
    return None


def _translated(shape: Shape, found: Sequence[dict[str, Any]], names: Names, key: str, wanted: Any) -> None:
    literal = orjson.dumps(wanted).decode()
    chosen = next(one for one in found if one.get(key) == wanted)
    for name, value in chosen.items():
        if name != key and not isinstance(value, dict | list):
            source = f"{json_source(names)}[?{_quoted(key)}==`{literal}`].{_quoted(name)} | [0]"
            inner = names if name.lower() in ("name", "value", "text", "label") else (*names, name)
            _take(shape.leaf(inner, source), value, shape.records)


def _take(leaf: Leaf, value: Any, record: int) -> None:
    try:
        leaf.take(scalar(value), record, is_number=isinstance(value, int | float) and not isinstance(value, bool))
    except Unreadable:
        leaf.take(None, record)


def json_source(names: Names) -> str:
    """A path as JMESPath writes it."""
    return ".".join(map(_quoted, names))


def _quoted(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else orjson.dumps(name).decode()


def _element(shape: Shape, element: Any, names: Names, repeated: frozenset[Names], above: Names) -> None:
    """`names` counts from the record or the row, `above` from the record."""
    for name, value in element.attrib.items():
        local = "@" + str(name).rpartition("}")[2]
        if not str(name).startswith("{http://www.w3.org/"):  # xsi:nil, xsi:type and the like say nothing of ours
            _take(shape.leaf((*names, local), "/".join((*names, local))), value, shape.records)
    for child in element.iterchildren("*"):
        name = local_name(child)
        inner, whole = (*names, name), (*above, name)
        source = "/".join(inner)
        holds = len(child) > 0 and len(inner) <= _DEEPEST
        if whole in repeated and holds:
            rows = shape.rows(inner, source)
            _element(rows.shape, child, (), repeated, whole)
            rows.shape.records += 1
        elif holds:
            _element(shape, child, inner, repeated, whole)
        else:
            leaf = shape.leaf(inner, source)
            leaf.several = leaf.several or whole in repeated
            _take(leaf, child.text, shape.records)


def _repeated(records: Sequence[Any]) -> frozenset[Names]:
    """The places that stand more than once below one parent, in any record; and what a list's name says is one."""
    found: set[Names] = set()
    for record in records:
        for names, children in _places(record, ()):
            counted: dict[str, int] = {}
            for child in children:
                counted[local_name(child)] = counted.get(local_name(child), 0) + 1
            lone = len(counted) == 1 and names and _names_a_list(names[-1])
            found |= {(*names, name) for name, count in counted.items() if count > 1 or lone}
    return frozenset(found)


def _places(element: Any, names: Names) -> Iterator[tuple[Names, list[Any]]]:
    children = list(element.iterchildren("*"))
    yield names, children
    if len(names) < _DEEPEST:
        for child in children:
            yield from _places(child, (*names, local_name(child)))


def _names_a_list(name: str) -> bool:
    folded = name.lower()
    return (
        folded.startswith(("danhsach", "ds", "list", "arrayof"))
        or folded.endswith("list")
        or (folded.endswith("s") and not folded.endswith(("ss", "us")))
    )


def local_name(element: Any) -> str:
    """The element's name without its namespace."""
    return str(etree.QName(element).localname)
