"""Reads XML that may be hostile or cut off: no document type, no entities, no network, no huge trees."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, cast

from lxml import etree

from connectors.errors import Changed, Unavailable
from connectors.wording import quoted

_DOCTYPE = re.compile(rb"<!\s*DOCTYPE", re.I)
_FIRST_TAG = re.compile(rb"<([A-Za-z_][^\s/>]*)")
_LAST_TAG = re.compile(rb"</\s*([^\s<>]+)\s*>\s*(?:<!--.*?-->\s*)*\Z", re.S)
_LIMITS = {  # what libxml2 says when a document would eat memory or time
    etree.ErrorTypes.ERR_RESOURCE_LIMIT,
    etree.ErrorTypes.ERR_NAME_TOO_LONG,
    etree.ErrorTypes.ERR_ENTITY_LOOP,
}
_PROLOG = 4096  # bytes; a document type stands before the first element


def parse(body: bytes, source: str, *, encoding: str | None = None) -> etree._Element:
    """The root element of `body`, which came from `source`; `encoding` overrides what the document says of itself."""
    if not body.strip():
        raise Unavailable(
            f"{source} answered nothing at all", code="empty_answer", hint="The hub tries again later; nothing is lost."
        )
    if _DOCTYPE.search(_before_root(body)):
        raise _forbidden(source, "a document type (DOCTYPE)")
    parser = etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise _unreadable(body, source, error) from None
    if cast(Any, root.getroottree().docinfo).doctype:  # in an encoding that the search above cannot read
        raise _forbidden(source, "a document type (DOCTYPE)")
    return root


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def find(root: etree._Element, path: str) -> Iterator[etree._Element]:
    """Every element at a path of local names, in order: the first name at any depth, the others each a child.

    An element inside another of the same name is part of that one.
    """
    first, *rest = path.split(".")
    for element in root.iter(f"{{*}}{first}"):
        if not any(local_name(above) == first for above in element.iterancestors()):
            yield from _below(element, rest)


def _below(element: etree._Element, names: Sequence[str]) -> Iterator[etree._Element]:
    if not names:
        yield element
    else:
        for child in element.iterchildren(f"{{*}}{names[0]}"):
            yield from _below(child, names[1:])


def names_in(root: etree._Element) -> list[str]:
    """The local names of every element, each once, in the order of their first appearance."""
    return list(dict.fromkeys(local_name(element) for element in root.iter("*")))


def raw_bytes(element: etree._Element) -> bytes:
    """The element's own bytes: the same for the same content, wherever in an answer it stands."""
    # Exclusive, or whatever namespaces the envelope happens to declare would come along.
    try:
        return etree.tostring(element, method="c14n", exclusive=True)
    except etree.C14NError:  # canonical XML knows no relative namespaces, which some systems declare
        return etree.tostring(element, with_tail=False, encoding="utf-8")


def _before_root(body: bytes) -> bytes:
    first = _FIRST_TAG.search(body)
    return body[: first.start()] if first else body[:_PROLOG]


def _unreadable(body: bytes, source: str, error: etree.XMLSyntaxError) -> Exception:
    """Half a document, one that breaks the safety limits, or no XML at all."""
    first, last = _FIRST_TAG.search(body), _LAST_TAG.search(body)
    said = error.msg or ""
    if cast(Any, error).code in _LIMITS:
        return _forbidden(source, f"more than is safe to read ({said})")
    if first and (last is None or last[1] != first[1]):
        return Unavailable(
            f"the answer of {source} is half a document: it ends inside `{first[1].decode('utf-8', 'replace')}`",
            code="truncated",
            hint="Nothing is lost; the hub asks again later. If it lasts, lower `page_size`.",
        )
    return Changed(
        f"the answer of {source} is not well-formed XML: {quoted(said)}",
        code="not_xml",
        hint="Show the kept answer to the department; the fault is in what their system wrote.",
    )


def _forbidden(source: str, what: str) -> Changed:
    return Changed(
        f"the answer of {source} holds {what}, which the hub refuses to read",
        code="forbidden_xml",
        hint="No department system needs this in an answer; ask who stands between it and the hub.",
    )
