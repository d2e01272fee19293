"""An XML record as nested dicts by local name, built in one pass: looking thirty fields up one by one is slower."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from mappings.engine.draft import Unreadable


class Several(list[Any]):
    """What stands under a name that is repeated."""

    def single(self) -> Any:
        """The one value that all of them have. Raises `Unreadable` where they differ."""
        texts = {one.single() if isinstance(one, Branch) else one for one in self}
        if len(texts) != 1:
            raise Unreadable("one value", f"{len(self)} different ones stand there; choose one, as in Name[1]")
        return texts.pop()


class Branch(dict[str, Any]):
    """One element with what is in it: a text, a `Branch`, or `Several`; attributes stand under `@name`."""

    __slots__ = ("element",)
    element: etree._Element

    def single(self) -> str | None:
        """The element's own text. Raises `Unreadable` where it holds elements."""
        if any(not name.startswith("@") for name in self):
            raise Unreadable("one value", "the element holds other elements; name the one that is meant")
        return "".join(_pieces(self.element)) or None


def _pieces(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:  # only comments, instructions and entities are left here
        if isinstance(child, etree._Entity):  # noqa: SLF001 - lxml names its public classes so
            yield child.text or ""
        yield child.tail or ""


class _Local(dict[Any, str | None]):
    """By tag, the name without its namespace; None for comments and instructions, whose tag is a function."""

    def __missing__(self, tag: Any) -> str | None:
        if len(self) >= _TAGS:
            self.clear()
        self[tag] = name = tag.rpartition("}")[2] if isinstance(tag, str) else None
        return name


_TAGS = 4096  # that are remembered
_LOCAL = _Local()


def branch(element: etree._Element, *, attributes: bool = False, qualified: bool = False) -> Branch:
    """The element as a `Branch`; `qualified` keeps each child under `{namespace}name` as well."""
    made = Branch()
    made.element = element
    for child in element:
        tag = child.tag
        name = _LOCAL[tag]
        if name is None:
            continue
        value: Any = child.text
        if len(child) or (attributes and child.keys()):
            value = branch(child, attributes=attributes, qualified=qualified)
        if name in made:
            _add(made, name, value)
        else:
            made[name] = value
        if qualified and tag != name:
            _add(made, str(tag), value)
    if attributes:
        for attribute, text in element.items():
            made["@" + str(attribute).rpartition("}")[2]] = str(text)
    return made


def _add(made: Branch, name: str, value: Any) -> None:
    before = made.get(name)
    if before is None:
        made[name] = value
    elif isinstance(before, Several):
        before.append(value)
    elif value is not None:
        made[name] = Several([before, value])
