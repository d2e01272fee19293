"""How a whole answer becomes its records, for cases and for payloads that were kept."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import jmespath
from jmespath.exceptions import JMESPathError
from lxml import etree

from mappings.engine import columns
from mappings.engine.inner import decoded
from mappings.engine.json_path import json_path
from mappings.engine.path import BadPath
from mappings.engine.xml_path import select
from mappings.engine.xpath import xpath

Split: TypeAlias = Callable[[bytes], list[Any]]

# The rows of a .NET DataSet as they are now: what they were before stands beside them, under a name of diffgr's own.
_ROWS = "//*[local-name()='diffgram']/*[namespace-uri() != 'urn:schemas-microsoft-com:xml-diffgram-v1']/*"


def splitter(kind: str, records: str | None, namespaces: Mapping[str, str]) -> Split:
    """What `records` finds in an answer, or the answer itself. Raises `BadPath`."""
    if kind == "csv":
        return columns.splitter(records)
    if kind == "json":
        return _json_splitter(records)
    if kind.endswith("-in-string"):
        return _either_splitter(records, namespaces)
    expression = xpath(records, namespaces) if records else etree.XPath(_ROWS) if kind == "diffgram" else None
    return _xml_splitter(expression, otherwise_whole=not records)


def _xml_splitter(expression: etree.XPath | None, *, otherwise_whole: bool) -> Split:
    def split(payload: bytes) -> list[Any]:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        try:
            root = etree.fromstring(payload, parser)
        except etree.XMLSyntaxError as error:
            raise ValueError(f"this is not well-formed XML: {error.msg}") from None
        found = [] if expression is None else [one for one in select(expression, root) if etree.iselement(one)]
        return found or ([root] if otherwise_whole else [])

    return split


def _json_splitter(records: str | None) -> Split:
    if records:
        json_path(records)
    expression = jmespath.compile(records) if records and records.strip() != "." else None

    def split(payload: bytes) -> list[Any]:
        value = decoded(payload)
        if expression is None:
            return [value]
        try:
            found = expression.search(value)
        except JMESPathError as error:
            raise ValueError(str(error)) from None
        return found if isinstance(found, list) else [] if found is None else [found]

    return split


def _either_splitter(records: str | None, namespaces: Mapping[str, str]) -> Split:
    """For texts with a document in them, which may stand in an answer of either kind."""
    made: dict[bool, Split] = {}
    wrong: list[BadPath] = []
    for is_xml in (True, False):
        try:
            made[is_xml] = splitter("xml" if is_xml else "json", records, namespaces)
        except BadPath as bad:
            wrong.append(bad)
    if not made:
        raise wrong[0]

    def split(payload: bytes) -> list[Any]:
        one = made.get(payload.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<")
        if one is None:
            raise ValueError("`records` is no path for an answer of this kind")
        return one(payload)

    return split
