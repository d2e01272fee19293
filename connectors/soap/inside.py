"""A text of an answer that is itself a document: unwrapped from base64, gzip, CDATA and escaping, and read."""

import re
import zlib
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Sequence
from html import unescape
from typing import Any

from lxml import etree

from connectors import json, xml
from connectors.charset import as_utf8
from connectors.documents import Document, JsonDocument, XmlDocument
from connectors.errors import Changed, ConnectorError
from connectors.soap.settings import Inside
from connectors.wording import listed, quoted

_BASE64 = re.compile(r"[A-Za-z0-9+/]++={0,2}")
_CDATA = re.compile(r"<!\[CDATA\[(.*)\]\]>", re.S)
_DECLARATION = re.compile(r"<\?xml[^>]{0,200}\?>")
_GZIP = b"\x1f\x8b"
_DEEPEST = 4  # wrappings around one another
_SHORTEST = 16  # letters; a shorter text is a word that only looks like base64


def document_inside(content: etree._Element, inside: Inside, largest: int, source: str) -> Document:
    """The document that holds the records; where several texts do, all of them as one."""
    holders = list(xml.find(content, inside.element))
    if not holders:
        raise Changed(
            f"the answer of {source} has no `{inside.element}`, which should hold the records as a text",
            code="inside",
            hint=f"Correct `inside: {{element: …}}`; the answer has {listed(xml.names_in(content))}.",
        )
    read = _Reader(inside, largest, source)
    if inside.format == "json":
        return JsonDocument(_joined([value for holder in holders for value in read.values(holder)]), source)
    roots = [root for holder in holders for root in read.roots(holder)]
    if len(roots) == 1:
        return XmlDocument(roots[0], source)
    together = etree.Element("inside")
    together.extend(roots)
    return XmlDocument(together, source)


class _Reader:
    """Reads the texts of one answer."""

    def __init__(self, inside: Inside, largest: int, source: str) -> None:
        self._inside, self._largest, self._source = inside, largest, source

    def roots(self, holder: etree._Element) -> Sequence[etree._Element]:
        """The XML in an element: as a text, or as elements in it."""
        if len(holder):
            return [holder]
        text = self._unwrapped(holder.text or "")
        if not text:
            return []
        try:
            return [xml.parse(text.encode(), self._source, charset="utf-8")]
        except ConnectorError as error:
            pieces = self._pieces(text) if error.code in ("not_xml", "truncated") else None
            if pieces is None:
                raise
            return pieces

    def values(self, holder: etree._Element) -> Sequence[Any]:
        """The JSON in an element, if there is any."""
        text = self._unwrapped(holder.text or "")
        if not text:
            return []
        value = json.parse(text.encode(), self._source, charset="utf-8")
        if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
            value = json.parse(value.encode(), self._source, charset="utf-8")  # written as a text once more
        return [value]

    def _pieces(self, text: str) -> Sequence[etree._Element] | None:
        """Elements one after the other without one around them, as homemade services write; None: no XML at all."""
        wrapped = f"<inside>{_DECLARATION.sub('', text)}</inside>"
        try:
            together = xml.parse(wrapped.encode(), self._source, charset="utf-8")
        except ConnectorError:
            return None
        if any((each.tail or "").strip() for each in together):
            raise self._unexpected(text)
        return list(together)

    def _unwrapped(self, text: str) -> str:
        whole = text = _stripped(text)
        for _ in range(_DEEPEST):
            if not text or self._is_document(text):
                return text
            if text.startswith("&"):
                text = _stripped(unescape(text))
            elif unpacked := self._unpacked(text):
                text = _stripped(unpacked)
            else:
                break
        raise self._unexpected(whole)

    def _is_document(self, text: str) -> bool:
        return text.startswith("<" if self._inside.format == "xml" else ("{", "[", '"{', '"['))

    def _unpacked(self, text: str) -> str | None:
        """What is in a text of base64, which may be compressed; None where it is something else."""
        text = "".join(text.split())
        if len(text) < _SHORTEST or not _BASE64.fullmatch(text):
            return None
        try:
            data = b64decode(text)
        except NotBase64:
            return None
        if data.startswith(_GZIP):
            data = self._decompressed(data)
        head = data[:4].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
        if head[:1] not in (b"<", b"{", b"["):
            return None
        return as_utf8(data, self._source).decode()

    def _decompressed(self, data: bytes) -> bytes:
        inflate = zlib.decompressobj(wbits=31)
        try:
            found = inflate.decompress(data, self._largest + 1)
        except zlib.error:
            raise self._unreadable("it is compressed, but broken") from None
        if len(found) > self._largest:
            raise Changed(
                f"the text in the answer of {self._source} is larger than {self._largest:,} bytes when unpacked",
                code="too_large",
                hint="Ask for fewer records at a time (`page_size`), or raise `max_answer_bytes` if that is right.",
            )
        return found

    def _unexpected(self, text: str) -> Changed:
        return Changed(
            f"{self._source} answered {quoted(text)} where {self._inside.format.upper()} is expected",
            code="inside",
            hint="It may be an error message of theirs (`errors` can tell what it means), "
            "or `inside: {format: …}` is wrong.",
        )

    def _unreadable(self, why: str) -> Changed:
        return Changed(
            f"the text in `{self._inside.element}` of {self._source} cannot be read: {why}",
            code="inside",
            hint="Show the kept answer to the department; the fault is in what their system wrote.",
        )


def _stripped(text: str) -> str:
    text = text.strip().removeprefix("\ufeff").strip()
    cdata = _CDATA.fullmatch(text)  # written as letters, not as markup
    return cdata[1].strip() if cdata else text


def _joined(values: Sequence[Any]) -> Any:
    """Several documents as one list: of what they are, or of what they list."""
    if len(values) == 1:
        return values[0]
    if all(isinstance(value, list) for value in values):
        return [item for value in values for item in value]
    return list(values)
