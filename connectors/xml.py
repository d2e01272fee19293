"""Reads XML that may be hostile or cut off: no document type, no entities, no network, no huge trees."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, cast

from lxml import etree

from connectors.charset import as_utf8, wrong_charset
from connectors.errors import Changed, Unavailable
from connectors.mend import mend
from connectors.wording import quoted

_DOCTYPE = re.compile(rb"<!\s*DOCTYPE", re.I)
_FIRST_TAG = re.compile(rb"<([A-Za-z_][^\s/>]*)")
_LAST_TAG = re.compile(rb"</\s*([^\s<>]+)\s*>\s*(?:<!--.*?-->\s*)*\Z", re.S)
_LIMITS = {  # what libxml2 says when a document would eat memory or time
    etree.ErrorTypes.ERR_RESOURCE_LIMIT,
    etree.ErrorTypes.ERR_NAME_TOO_LONG,
    etree.ErrorTypes.ERR_ENTITY_LOOP,
}
_LONGEST_TEXT = 10_000_000  # bytes
_PROLOG = 4096  # bytes; a document type stands before the first element


def parse(body: bytes, source: str, *, charset: str | None = None, told: str | None = None) -> etree._Element:
    """The root element of `body`, which came from `source`.

    `charset` is the one to read it in, whatever it says of itself; `told` is what came beside it, tried where UTF-8
    does not fit. Characters that XML forbids are mended (`connectors.mend`).
    """
    return read(body, source, charset=charset, told=told)[0]


def read(
    body: bytes, source: str, *, charset: str | None = None, told: str | None = None
) -> tuple[etree._Element, bytes]:
    """As `parse`, and the text in UTF-8 that was read."""
    if not body.strip():
        raise Unavailable(
            f"{source} answered nothing at all", code="empty_answer", hint="The hub tries again later; nothing is lost."
        )
    # Nearly every answer is in UTF-8, and the parser sees by itself where it is not.
    text = body if charset is None else as_utf8(body, source, charset, told)
    with suppress(etree.XMLSyntaxError):
        return _root(text, source), text
    mended = mend(text)
    with suppress(etree.XMLSyntaxError):
        return _root(mended, source), mended
    text = as_utf8(body, source, charset, told)
    try:
        mended = mend(text)
        return _root(mended, source), mended
    except etree.XMLSyntaxError as error:
        raise _unreadable(text, source, error) from None


def _root(text: bytes, source: str) -> etree._Element:
    refuse_document_type(text, source)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=len(text) > _LONGEST_TEXT,  # the library's limit on one text; many services answer with one text
        remove_comments=True,
        remove_pis=True,
    )
    root = etree.fromstring(text, parser)
    if cast(Any, root.getroottree().docinfo).doctype:  # behind something that only looked like the first element
        raise forbidden(source, "a document type (DOCTYPE)")
    return root


def refuse_document_type(head: bytes, source: str) -> None:
    """No DOCTYPE before the first element: neither entities nor other files are ever looked at."""
    if _DOCTYPE.search(_before_root(head)):
        raise forbidden(source, "a document type (DOCTYPE)")


def is_cut_off(head: bytes, tail: bytes) -> bool:
    """Whether a document that begins and ends like this does not end with the tag that it began with."""
    first, last = _FIRST_TAG.search(head), _LAST_TAG.search(tail)
    return first is not None and (last is None or last[1] != first[1])


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def find(root: etree._Element, path: str) -> Iterator[etree._Element]:
    """Every element at a path of local names, in order: the first name at any depth, the others each a child.

    An element inside another of the same name is part of that one.
    """
    first, *rest = path.split(".")
    parent, is_inside = None, False
    for element in root.iter(f"{{*}}{first}"):
        above = element.getparent()
        if above is not parent or above is None:  # siblings, as records are, share what stands above them
            parent, is_inside = above, any(local_name(each) == first for each in element.iterancestors())
        if not is_inside:
            yield from _below(element, rest) if rest else (element,)


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
    said, code = error.msg or "", cast(Any, error).code
    if code in _LIMITS:
        return forbidden(source, f"more than is safe to read ({said})")
    if is_cut_off(body, body):
        return half(body, source)
    if code == etree.ErrorTypes.ERR_INVALID_ENCODING:
        return wrong_charset(source, "utf-8")
    return ill_formed(source, said)


def half(head: bytes, source: str) -> Unavailable:
    """What to say of a document that ends too early."""
    first = _FIRST_TAG.search(head)
    name = first[1].decode("utf-8", "replace") if first else "?"
    return Unavailable(
        f"the answer of {source} is half a document: it ends inside `{name}`",
        code="truncated",
        hint="Nothing is lost; the hub asks again later. If it lasts, lower `page_size`.",
    )


def ill_formed(source: str, why: str) -> Changed:
    """What to say of something that is no XML."""
    return Changed(
        f"the answer of {source} is not well-formed XML: {quoted(why)}",
        code="not_xml",
        hint="Show the kept answer to the department; the fault is in what their system wrote.",
    )


def forbidden(source: str, what: str) -> Changed:
    """What to say of XML that would eat memory or time, or that reaches elsewhere."""
    return Changed(
        f"the answer of {source} holds {what}, which the hub refuses to read",
        code="forbidden_xml",
        hint="No department system needs this in an answer; ask who stands between it and the hub.",
    )
