"""Where in a record the value stands that a mapping could not read: the path of its field, walked in the record."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import jmespath
from jmespath.exceptions import JMESPathError
from lxml import etree

from hub.inspection.line import XML, kind_of
from hub.inspection.written import Place, text_of
from mappings.engine.columns import plain
from mappings.engine.draft import Unreadable, shown
from mappings.engine.path import BadPath
from mappings.engine.plan import ListPlan
from mappings.engine.reading import Mapping
from mappings.engine.xml_path import select
from mappings.engine.xpath import xpath

_ROW = re.compile(r"([^.\[\]]+(?:\.[^.\[\]]+)*)\[(\d+)\]\.?")
_APART = re.compile(r""" "(?:[^"\\]|\\.)*" | '[^']*' | `[^`]*` | [\[({] | [\])}] | ,\s | \s\+\s """, re.VERBOSE)
_PREFIX = re.compile(r"(?<![\w:'\"])[^\W\d][\w.-]*:(?!:)(?=[^\W\d])")
_STEPS = re.compile(r"(?:\./)?((?:[^\W\d][\w.-]*)(?:/(?:[^\W\d][\w.-]*))*)")
_INSIDE = re.compile(r"[^\W\d][\w.-]*: ")  # in a document that stands in a text: its paths do not lead through here
_MOST = 20  # places of one path
_MOST_VALUES = 50_000  # that are looked at for one that says the same


class Failed(NamedTuple):
    """What is said of one value that could not be read."""

    field: str  # with its row: fees[2].amount
    source: str  # the path, as the mapping writes it
    value: str | None  # what stood there, shortened


@dataclass(frozen=True, slots=True)
class Found:
    """Where it stands; without places and without `absent` nobody can say."""

    places: Sequence[Place] = ()
    absent: tuple[Place, str] | None = None  # nothing stands there: where it would, and the name that is missing
    by_value: bool = False  # not by its path: there is just one place that says the same


def located(value: Any, failed: Failed, mapping: Mapping | None) -> Found:
    """The places in a record (a JSON value or an element) of what failed."""
    if isinstance(value, str) or not failed.source or failed.source in (".", "value"):
        return Found()
    walker = _Elements(value) if kind_of(value) == XML else _Values(value)
    row = _row(walker, failed.field, mapping.lists if mapping else ())
    if row is not None and not _INSIDE.match(failed.source):
        found = _first(walker, row, list(_paths(failed.source)), failed.value)
        if found.places:
            return found
        same = _same(walker, failed.value)
        return same if same.places else found
    return _same(walker, failed.value)


def _first(walker: "_Values | _Elements", row: Place, paths: Sequence[str], value: str | None) -> Found:
    """The path whose value is the one that is spoken of, else the first that leads somewhere."""
    known = [walker.find(row, path) for path in paths]
    for places in known:
        if value is not None and any(shown(walker.says(place)) == value for place in places):
            return Found(places)
    places = next(filter(None, known), [])
    if places:
        return Found(places)
    return Found(absent=walker.lacks(row, paths[0]))


def _same(walker: "_Values | _Elements", value: str | None) -> Found:
    """The one place that says just this."""
    if not value:
        return Found()
    places = [place for place in walker.leaves() if shown(walker.says(place)) == value]
    return Found(places, by_value=True) if len(places) == 1 else Found()


def _row(walker: "_Values | _Elements", field: str, lists: Sequence[ListPlan]) -> Place | None:
    """The row that a field stands in; None where the mapping knows no such list, or the record no such row."""
    place: Place = ()
    rest = field
    while found := _ROW.match(rest):
        plan = next((one for one in lists if one.name == found[1]), None)
        rows = walker.find(place, plan.source) if plan else []
        if plan is None or int(found[2]) >= len(rows):
            return None
        place, lists, rest = rows[int(found[2])], plan.lists, rest[found.end() :]
    return place


def _paths(source: str) -> Iterator[str]:
    """The paths of a field with several: `a, b` of which one is taken, `a + b` that decide together."""
    depth, begun = 0, 0
    for found in _APART.finditer(source):
        said = found[0]
        if said in "[({":
            depth += 1
        elif said in "])}":
            depth -= 1
        elif depth == 0 and said[0] not in "\"'`":
            yield source[begun : found.start()].strip()
            begun = found.end()
    yield source[begun:].strip()


class _Values:
    """A JSON value, every part of which knows its place."""

    def __init__(self, value: Any) -> None:
        self._places: dict[int, Place] = {}
        self._parts: dict[Place, Any] = {}
        self._leaves: list[Place] = []
        self._root = self._placed(value, ())

    def _placed(self, value: Any, place: Place) -> Any:
        """A copy in which no two parts are the same object, as small numbers and texts else are."""
        made: Any
        if isinstance(value, dict):
            made = {key: self._placed(below, (*place, key)) for key, below in value.items()}
        elif isinstance(value, list):
            made = [self._placed(below, (*place, at)) for at, below in enumerate(value)]
        else:
            kind = _OWN.get(type(value))
            made = value if kind is None else kind(value)
            self._leaves.append(place)
        self._places[id(made)], self._parts[place] = place, made
        return made

    def leaves(self) -> list[Place]:
        """Every value that holds no others."""
        return self._leaves[:_MOST_VALUES]

    def says(self, place: Place) -> Any:
        """What stands at a place."""
        return self._parts.get(place)

    def find(self, row: Place, path: str) -> list[Place]:
        """The places that a path leads to from a row."""
        start = self._parts.get(row)
        if path == ".":
            return [row]
        if isinstance(start, dict):
            column = next((key for key in start if plain(str(key)) == plain(path)), None)
            if column is not None:
                rows = start[column]
                below = len(rows) if isinstance(rows, list) else 0
                return [(*row, column, at) for at in range(below)] if below else [(*row, column)]
        try:
            expression = jmespath.compile(path)
            found = expression.search(start)
        except (JMESPathError, RecursionError, ValueError, TypeError, AttributeError):
            return []
        places = list(dict.fromkeys(self._places_of(found)))
        if not places and found is not None:
            places = self._walked(row, _leading(expression.parsed))[0]
        return places[:_MOST]

    def _places_of(self, found: Any) -> Iterator[Place]:
        if found is None or isinstance(found, bool):
            return
        if id(found) in self._places:
            place = self._places[id(found)]
            below = self._parts[place]
            rows = isinstance(below, list)
            yield from [(*place, at) for at in range(len(below))] if rows else [place]
        elif isinstance(found, list):
            for each in found:
                yield from self._places_of(each)

    def lacks(self, row: Place, path: str) -> tuple[Place, str] | None:
        """Up to where the names of a path lead, and the first that is missing."""
        try:
            names = _leading(jmespath.compile(path).parsed)
        except JMESPathError:
            names = (path,)
        return self._walked(row, names)[1]

    def _walked(self, row: Place, names: Sequence[str]) -> tuple[list[Place], tuple[Place, str] | None]:
        place, here = row, self._parts.get(row)
        for name in names:
            if not isinstance(here, dict) or name not in here:
                return [], (place, name)
            place = (*place, name)
            here = here[name]
        return ([place] if names else []), None


# Named as the types that they stand for: JMESPath's functions ask for a type by its name.
_OWN: dict[type, Any] = {kind: type(kind.__name__, (kind,), {}) for kind in (str, int, float)}


def _leading(node: Any) -> tuple[str, ...]:
    """The names with which an expression begins."""
    if node["type"] == "field":
        return (node["value"],)
    below = [child for child in node["children"] if isinstance(child, dict) and "children" in child]
    if node["type"] == "subexpression":
        first = _leading(below[0])
        plain_so_far = below[0]["type"] in ("field", "subexpression")
        return first + (_leading(below[1]) if plain_so_far else ())
    return next(filter(None, map(_leading, below)), ())


class _Elements:
    """An XML record; a place is the numbers of elements, from the record down."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root

    def leaves(self) -> list[Place]:
        """Every element that holds no others, and every attribute."""
        found: list[Place] = []
        for element in self._root.iter("*"):
            place = self._place(element)
            found += [] if any(True for _ in _children(element)) else [place]
            found += [(*place, f"@{str(name).rpartition('}')[2]}") for name in element.keys()]  # noqa: SIM118
            if len(found) >= _MOST_VALUES:
                break
        return found

    def says(self, place: Place) -> Any:
        """The text at a place."""
        element, attribute = self._at(place)
        if element is None:
            return None
        if attribute:
            named = {str(name).rpartition("}")[2]: str(text) for name, text in element.items()}
            return named.get(attribute)
        return None if any(True for _ in _children(element)) else text_of(element)

    def find(self, row: Place, path: str) -> list[Place]:
        """The places that a path leads to from a row."""
        start, _ = self._at(row)
        if start is None:
            return []
        if path == ".":
            return [row]
        head, attribute = _without_attribute(path)
        try:
            found = [start] if head == "." else select(xpath(_PREFIX.sub("", head), {}), start)
        except (BadPath, Unreadable):
            return []
        elements = [one for one in found if etree.iselement(one)][:_MOST]
        places = [self._place(one) for one in elements if attribute is None or _has(one, attribute)]
        return [(*place, f"@{attribute}") for place in places] if attribute else places

    def lacks(self, row: Place, path: str) -> tuple[Place, str] | None:
        """Up to where the names of a path lead, and the first that is missing."""
        here, _ = self._at(row)
        steps = _STEPS.match(_PREFIX.sub("", path))
        for name in steps[1].split("/") if steps else ():
            below = None if here is None else next((one for one in _children(here) if _local(one) == name), None)
            if below is None:
                return None if here is None else (self._place(here), name)
            here = below
        head, attribute = _without_attribute(path)
        return (self._place(here), f"@{attribute}") if here is not None and attribute and head else None

    def _at(self, place: Place) -> tuple[etree._Element | None, str]:
        here: etree._Element = self._root
        for step in place:
            if isinstance(step, str):
                return here, step.removeprefix("@")
            children = list(_children(here))
            if step >= len(children):
                return None, ""
            here = children[step]
        return here, ""

    def _place(self, element: etree._Element) -> Place:
        steps: list[int] = []
        while element is not self._root:
            above = element.getparent()
            if above is None:
                break
            steps.append(sum(1 for _ in element.itersiblings("*", preceding=True)))
            element = above
        return tuple(reversed(steps))


def _children(element: etree._Element) -> Iterator[etree._Element]:
    return element.iterchildren("*")


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _has(element: etree._Element, attribute: str) -> bool:
    return any(str(name).rpartition("}")[2] == attribute for name in element.keys())  # noqa: SIM118


def _without_attribute(path: str) -> tuple[str, str | None]:
    """The path to the element, and the attribute (or nothing) that is meant of it."""
    head, _, last = path.rpartition("/")
    if last.startswith("@"):
        return head or ".", last[1:].rpartition(":")[2]
    return (head or ".", None) if last == "text()" else (path, None)
