"""What differs between XML and JSON: paths, rows, the form in which a record is walked, and whole answers."""

from collections.abc import Callable, Mapping
from typing import Any

import jmespath
import orjson
from jmespath.exceptions import JMESPathError
from lxml import etree

from mappings.engine.json_path import json_path
from mappings.engine.path import BadPath, Path
from mappings.engine.reading import Rows
from mappings.engine.xml_path import ATTRIBUTES, QUALIFIED, select, xml_path
from mappings.engine.xml_tree import Branch, branch
from mappings.engine.xpath import xpath

XML = "xml"


def path(kind: str, text: str, namespaces: Mapping[str, str]) -> Path:
    """Compile a path of this kind of input. Raises `BadPath`."""
    if not text.strip():
        raise BadPath("the path is empty", "name where the value stands; `.` is the record itself")
    return xml_path(text, namespaces) if kind == XML else json_path(text)


def rows(found: Path) -> Rows:
    """The rows of a list by its `each`; one object where a list is expected is a list of one."""
    get = found.get

    def each(record: Any) -> list[Any]:
        value = get(record)
        if value is None or value == "":
            return []
        if isinstance(value, list):
            return [row for row in value if row is not None]
        return [value]

    return each


def element_rows(text: str, namespaces: Mapping[str, str]) -> Rows:
    """Like `rows`, where the fields of a row need its element and not only its tree."""
    expression = xpath(text, namespaces)

    def each(record: Any) -> list[Any]:
        found = select(expression, record.element) if isinstance(record, Branch) else []
        return [branch(one, attributes=True, qualified=True) for one in found if etree.iselement(one)]

    return each


def preparer(kind: str, needs: frozenset[str]) -> Callable[[Any], Any]:
    """How a record that a connector hands over becomes what the paths walk."""
    if kind != XML:
        return lambda value: value
    attributes, qualified = ATTRIBUTES in needs, QUALIFIED in needs

    def prepare(value: Any) -> Any:
        if not etree.iselement(value):
            return None
        return branch(value, attributes=attributes, qualified=qualified)

    return prepare


def splitter(kind: str, records: str | None, namespaces: Mapping[str, str]) -> Callable[[bytes], list[Any]]:
    """How a whole answer becomes its records: what `records` finds, or the answer itself. Raises `BadPath`."""
    return _xml_splitter(records, namespaces) if kind == XML else _json_splitter(records)


def _xml_splitter(records: str | None, namespaces: Mapping[str, str]) -> Callable[[bytes], list[Any]]:
    expression = xpath(records, namespaces) if records else None

    def split(payload: bytes) -> list[Any]:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        try:
            root = etree.fromstring(payload, parser)
        except etree.XMLSyntaxError as error:
            raise ValueError(f"this is not well-formed XML: {error.msg}") from None
        return [root] if expression is None else [one for one in select(expression, root) if etree.iselement(one)]

    return split


def _json_splitter(records: str | None) -> Callable[[bytes], list[Any]]:
    if records:
        json_path(records)
    expression = jmespath.compile(records) if records else None

    def split(payload: bytes) -> list[Any]:
        value = orjson.loads(payload)
        if expression is None:
            return [value]
        try:
            found = expression.search(value)
        except JMESPathError as error:
            raise ValueError(str(error)) from None
        return found if isinstance(found, list) else [] if found is None else [found]

    return split
