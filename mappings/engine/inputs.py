"""What differs between XML, JSON and tables: paths, rows, and the form in which a record is walked."""

from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

from mappings.engine.columns import column_path, prepared
from mappings.engine.inner import JSON, XML, record_in
from mappings.engine.json_path import json_path
from mappings.engine.path import BadPath, Path
from mappings.engine.plan import Rows
from mappings.engine.text import scalar
from mappings.engine.xml_path import ATTRIBUTES, QUALIFIED, select, xml_path
from mappings.engine.xml_tree import Branch, branch
from mappings.engine.xpath import xpath

CSV = "csv"
TEXT = "text"  # a row of a text that was taken apart
_SAME_AS = {"diffgram": XML, "xml-in-string": XML, "json-in-string": JSON}


def kind_of(said: str) -> str:
    """Which paths an `input` has: those of XML, of JSON, or the names of columns."""
    return _SAME_AS.get(said, said)


def path(kind: str, text: str, namespaces: Mapping[str, str]) -> Path:
    """Compile a path of this kind of input. Raises `BadPath`."""
    if not text.strip():
        raise BadPath("the path is empty", "name where the value stands; `.` is the record itself")
    if kind == TEXT and text.strip() != ".":
        raise BadPath("a row of a text that is split has no parts", "write `from: .`")
    if kind == CSV:
        return column_path(text)
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


def pieces(found: Path, separator: str) -> Rows:
    """The rows of a list that stands in one text (or in several), as `a.pdf##b.pdf`; empty pieces are no rows."""

    def each(record: Any) -> list[Any]:
        value = found.get(record)
        texts = [scalar(one) or "" for one in (value if isinstance(value, list) else [value])]
        return [piece.strip() for text in texts for piece in text.split(separator) if piece.strip()]

    return each


def preparer(kind: str, needs: frozenset[str]) -> Callable[[Any], Any]:
    """How a record that a connector hands over becomes what the paths walk."""
    if kind.endswith("-in-string"):
        return record_in(kind_of(kind))
    if kind == CSV:
        return prepared()
    if kind == JSON:
        return lambda value: value
    attributes, qualified = ATTRIBUTES in needs, QUALIFIED in needs

    def prepare(value: Any) -> Any:
        if not etree.iselement(value):
            return None
        return branch(value, attributes=attributes, qualified=qualified)

    return prepare
