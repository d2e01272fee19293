"""Paths into an XML record: names joined by `/` are walked in the record's tree, anything more is XPath 1.0."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lxml import etree

from mappings.engine.draft import Unreadable
from mappings.engine.path import OTHER_KIND, WORKABLE, BadPath, Path
from mappings.engine.xml_tree import Branch, Several, branch
from mappings.engine.xpath import xpath

_NAME = r"(?:[^\W\d][\w.-]*:)?[^\W\d][\w.-]*"
_PLAIN = re.compile(rf"(?:\./)?({_NAME}(?:/{_NAME})*(?:/@{_NAME})?|@{_NAME})")

ATTRIBUTES = "attributes"  # what a path needs beyond names and texts
QUALIFIED = "qualified"
ELEMENT = "element"


def xml_path(text: str, namespaces: Mapping[str, str]) -> Path:
    """Compile a path; `.` is the record itself. Raises `BadPath`."""
    if text.strip() == ".":
        return Path(text, lambda record: record)
    plain = _PLAIN.fullmatch(text.strip())
    if not plain:
        return Path(text, _search(xpath(text, namespaces)), needs=frozenset([ELEMENT]))
    steps = plain[1].split("/")
    needs = {ATTRIBUTES for step in steps if step.startswith("@")} | {QUALIFIED for step in steps if ":" in step}
    names = tuple(_key(step, namespaces) for step in steps)
    return Path(text, _walk(names), names, frozenset(needs))


def _key(step: str, namespaces: Mapping[str, str]) -> str:
    """The name under which a tree keeps this step."""
    prefix, colon, name = step.rpartition(":")
    if not colon:
        return step
    if prefix.removeprefix("@") not in namespaces:
        raise BadPath(f'the prefix "{prefix}" is not in `namespaces`', "add it there, or leave the prefix out")
    return "@" + name if prefix.startswith("@") else f"{{{namespaces[prefix]}}}{name}"


def _walk(names: Sequence[str]) -> Callable[[Any], Any]:
    def get(record: Any) -> Any:
        for name in names:
            if isinstance(record, Branch):
                record = record.get(name)
            elif isinstance(record, Several):
                record = _spread(record, name)
            else:
                return None
        return record

    return get


def _spread(nodes: Several, name: str) -> Any:
    """What stands under `name` in all of several elements."""
    found = Several()
    for node in nodes:
        value = node.get(name) if isinstance(node, Branch) else None
        if isinstance(value, Several):
            found.extend(value)
        elif value is not None:
            found.append(value)
    return _one_or_more(found)


def _one_or_more(found: Several) -> Any:
    if not found:
        return None
    return found[0] if len(found) == 1 else found


def _search(expression: etree.XPath) -> Callable[[Any], Any]:
    def get(record: Any) -> Any:
        found = select(expression, record.element) if isinstance(record, Branch) else []
        return _one_or_more(Several(branch(one) if etree.iselement(one) else one for one in found))

    return get


def select(expression: etree.XPath, element: Any) -> list[Any]:
    """Everything that the expression finds, as a list. Raises `Unreadable` where it cannot be worked out."""
    try:
        found = expression(element)
    except (etree.LxmlError, ValueError, TypeError):
        raise Unreadable(WORKABLE, OTHER_KIND) from None
    return found if isinstance(found, list) else [found]
