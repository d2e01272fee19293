"""An XML answer too large to be held at once, cut into documents that can be read one after the other.

Each part is a whole document of its own: the tags that lead to its records as they were sent, the bytes of its records
exactly as received, and the closing tags. The last part is what the answer holds besides its records, with the last
records in their place; so parts without repetition make up the whole answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from connectors import xml
from connectors.body import Body
from connectors.charset import charset_of, transcoded
from connectors.xml_scan import Scanner

PART = 2 * 1024 * 1024  # bytes of records in one part
_MOST_OTHERS = 4 * 1024 * 1024  # bytes that may stand outside of records
_EDGE = 64 * 1024  # bytes at the beginning and the end that tell whether a document is whole


@dataclass(frozen=True, slots=True)
class XmlPart:
    """A piece of an answer as a document."""

    payload: bytes
    root: etree._Element
    is_last: bool
    records: Sequence[bytes]  # each record's own bytes, in order


def parts(
    body: Body, source: str, where: str, *, charset: str | None = None, told: str | None = None, size: int = PART
) -> Iterator[XmlPart]:
    """The answer in parts of about `size` bytes, cut between records; `where` is the path of a record.

    What can be said at once of an answer as a whole (it is no XML, it is cut off) is said before the first part.
    """
    text = readable(body, source, charset, told)
    return _parsed(text, source, Scanner(text.chunks(), source, where, size, _MOST_OTHERS))


def _parsed(text: Body, source: str, scanner: Scanner) -> Iterator[XmlPart]:
    try:
        for cut in scanner.cuts():
            yield XmlPart(cut.payload, xml.parse(cut.payload, source, charset="utf-8"), cut.is_last, cut.records)
    finally:
        text.close()


def readable(body: Body, source: str, charset: str | None, told: str | None) -> Body:
    """The body in UTF-8; refused at once where it can be seen that it is no XML, or half of it."""
    codec = charset_of(body, source, charset, told)
    text = body if codec == "utf-8" else transcoded(body, codec, source)
    head = text.head(_EDGE)
    xml.refuse_document_type(head, source)
    if xml.is_cut_off(head, text.tail(_EDGE)):
        raise xml.half(head, source)
    return text
