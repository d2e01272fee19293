"""Documents inside a text: XML or JSON in a string. A text that is none, or a hostile one, is unreadable as a whole."""

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn

import orjson
from lxml import etree

from mappings.engine.convert import Get
from mappings.engine.draft import Unreadable
from mappings.engine.text import scalar
from mappings.engine.xml_tree import Branch, branch

XML, JSON = "xml", "json"
LONGEST = 16 * 1024 * 1024  # characters
EXPECTED = {XML: "a text that is XML", JSON: "a text that is JSON"}
_LONG_NUMBER = re.compile(rb"[0-9]{17}")  # longer than what orjson keeps exactly as a number
_LOOKED_AT = 4096  # characters in which a DOCTYPE would stand


def xml_in(text: str) -> Branch:
    """The XML that a text is. Raises `Unreadable`, also for a DOCTYPE: what it defines could be without end."""
    text = _sound(text, XML)
    if "<!DOCTYPE" in text[:_LOOKED_AT]:
        raise Unreadable(EXPECTED[XML], "it has a DOCTYPE, which is not read")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8")
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError) as error:
        reason = getattr(error, "msg", None) or "it has half a character in it"
        raise Unreadable(EXPECTED[XML], f"it is not well-formed: {reason}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(EXPECTED[XML], "it has a DOCTYPE, which is not read")
    return branch(root, attributes=True, qualified=True)


def json_in(text: str) -> Any:
    """The JSON that a text is. Raises `Unreadable`."""
    try:
        return decoded(_sound(text, JSON).encode())
    except ValueError:
        raise Unreadable(EXPECTED[JSON], "it is not well-formed") from None


def decoded(payload: bytes) -> Any:
    """JSON with every number as it was written. Raises `ValueError`."""
    value = orjson.loads(payload)
    if not _LONG_NUMBER.search(payload):
        return value
    try:
        return json.loads(payload, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _sound(text: str, kind: str) -> str:
    if len(text) > LONGEST:
        raise Unreadable(EXPECTED[kind], f"it has {len(text)} characters, more than are read")
    return text.strip().removeprefix("\ufeff").lstrip()


READ: dict[str, Callable[[str], Any]] = {XML: xml_in, JSON: json_in}


def opened(find: Get, kind: str) -> Get:
    """The document in the text that `find` finds; None where nothing stands there.

    Several fields are read from one document, so the last one is remembered, whether or not it could be read.
    """
    read = READ[kind]
    last: tuple[str, Any, Unreadable | None] = ("", None, None)

    def get(record: Any) -> Any:
        nonlocal last
        text = scalar(find(record))
        if text is None or not text.strip():
            return None
        before = last
        if before[0] != text:
            before = last = (text, *_attempt(read, text))
        if before[2]:
            raise Unreadable(before[2].expected, before[2].hint, found=text)
        return before[1]

    return get


def _attempt(read: Callable[[str], Any], text: str) -> tuple[Any, Unreadable | None]:
    try:
        return read(text), None
    except Unreadable as trouble:
        return None, trouble


def through(opening: Get, get: Get) -> Get:
    """What a path finds in the document that `opening` opens."""

    def inside(record: Any) -> Any:
        document = opening(record)
        return None if document is None else get(document)

    return inside


def record_in(kind: str) -> Callable[[Any], Any]:
    """How a record that is such a text, or an element around one, is made ready for paths. Raises `Unreadable`."""

    def prepare(value: Any) -> Any:
        if etree.iselement(value):
            if kind == XML and any(isinstance(child.tag, str) for child in value):
                return branch(value, attributes=True, qualified=True)  # whoever fetched it has opened it already
            value = branch(value).single()
        elif kind == JSON and isinstance(value, dict):
            return value
        if not isinstance(value, str) or not value.strip():
            raise Unreadable(EXPECTED[kind], "name the field that has it, under `inside`")
        try:
            return READ[kind](value)
        except Unreadable as trouble:
            raise Unreadable(trouble.expected, trouble.hint, found=value) from None

    return prepare
