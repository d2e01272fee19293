"""An answer of a SOAP service as the records in it, however the service wraps them."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from connectors import xml
from connectors.answers import Answer
from connectors.documents import Contents, Document, RecordReader, XmlDocument, flag, number
from connectors.errors import Changed
from connectors.payload import PART, noted
from connectors.plan import Ending, Part, Response
from connectors.soap.dataset import plain_rows
from connectors.soap.encoded import steady
from connectors.soap.faults import body_of, content_of, envelope_of, refuse_page
from connectors.soap.inside import document_inside
from connectors.soap.multipart import message_of
from connectors.soap.references import refers, resolve
from connectors.soap.settings import Inside, SoapSettings
from connectors.xml_parts import XmlPart, parts
from connectors.xml_scan import records_in
from connectors.xml_text import take_out

_NONE = Contents((), ())
_OF_PART = noted("text/xml", PART)
_NAMES = (b"href", b":ref", b"ncodingStyle")  # of attributes, where there is something to resolve or to steady
_VALUES = (b"urn:schemas-microsoft-com:xml-diffgram",)
_FEW = 64  # attributes
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?!!\[CDATA)")  # XML, not wrapped once more
_HEAD = 256


@dataclass(frozen=True, slots=True)
class AnswerReader:
    """Reads the answers to one operation."""

    settings: SoapSettings
    records: str
    inside: Inside | None
    page_size: int | None = None  # how many records were asked for

    def response(self, answer: Answer) -> Response:
        """The records of an answer; a huge one is read a piece at a time, where its form allows it."""
        is_multipart = answer.media_type == "multipart/related"
        if answer.content.is_small or is_multipart:
            return Response((self._whole(answer),), answer.date)
        if self.inside is None:
            return Response(self._pieces(answer), answer.date)
        return Response(self._pieces_inside(answer, self.inside) or (self._whole(answer),), answer.date)

    def document(self, answer: Answer) -> tuple[Document, str] | None:
        """What the answer says, and of what kind its payload is; None where it says that there is nothing."""
        settings, source = self.settings, answer.address
        message = message_of(answer)
        if message is None:
            root, text = envelope_of(answer, answer.body, settings.charset, answer.charset)
        else:
            root, text = envelope_of(answer, message.envelope, settings.charset, message.charset)
        body = body_of(root, answer)
        if message is not None:
            message.put_back(body)
        is_plain = message is None and _is_plain(text)
        if not is_plain:
            resolve(body, source)
            steady(body)
        if not self._says_something(body, answer):
            return None
        content = content_of(body, answer, settings.faults)
        if content is None:
            return None
        if not is_plain:
            plain_rows(body)
        slices = records_in(text, source, self.records) if is_plain and self.inside is None else ()
        document = self._judged(content if message is None else body, source, slices)
        return None if document is None else (document, _kind(answer))

    def part_again(self, answer: Answer) -> Iterator[Contents]:
        """The records of a part of a huge answer that was kept by itself."""
        inside, source = self.inside, answer.address
        if inside is None:
            found = parts(answer.content, source, self.records, charset="utf-8")
            again = (self._piece(answer, replace(piece, is_last=False)) for piece in found)
        else:
            taken = take_out(answer.content, source, inside.element, charset="utf-8")
            if taken is None:
                return
            found = parts(taken.text, source, self.records, charset="utf-8")
            again = (self._piece_inside(b"", replace(piece, is_last=False), source, None) for piece in found)
        yield from (part.contents for part in again)

    def _whole(self, answer: Answer) -> Part:
        found = self.document(answer)
        if found is None:
            return Part(answer.body, _kind(answer), _NONE, Ending(last=True, total=0))
        document, kind = found
        contents = self.reader.read(document, answer.address)
        return Part(answer.body, kind, contents, self._ending(document, contents, answer.address))

    def _pieces(self, answer: Answer) -> Iterator[Part]:
        """What can be said of a huge answer at once is said at once."""
        settings = self.settings
        refuse_page(answer)
        pieces = parts(answer.content, answer.address, self.records, charset=settings.charset, told=answer.charset)
        return (self._piece(answer, piece) for piece in pieces)

    def _pieces_inside(self, answer: Answer, inside: Inside) -> Iterable[Part] | None:
        """The same for a huge text that is XML; None where it is something else, and must be read as a whole."""
        settings, source = self.settings, answer.address
        refuse_page(answer)
        if inside.format != "xml":
            return None
        taken = take_out(answer.content, source, inside.element, charset=settings.charset, told=answer.charset)
        if taken is None or not _BEGINS.match(taken.text.head(_HEAD)):
            return None
        body = body_of(xml.parse(taken.around(b""), source, charset="utf-8"), answer)
        content = content_of(body, answer, settings.faults) if self._says_something(body, answer) else None
        if content is None:
            return (Part(taken.around(b""), _OF_PART, _NONE, Ending(last=True, total=0)),)
        outer, errors = XmlDocument(content, source), settings.errors
        is_outer = errors is not None and outer.has(errors.at)
        if errors is not None and is_outer and errors.judge(outer, source) == "empty":
            return (Part(taken.around(b""), _OF_PART, _NONE, Ending(last=True, total=0)),)
        judge = errors.judge if errors is not None and not is_outer else None
        pieces = parts(taken.text, source, self.records, charset="utf-8")
        return (self._piece_inside(taken.around(piece.payload), piece, source, judge) for piece in pieces)

    def _piece_inside(
        self, payload: bytes, piece: XmlPart, source: str, judge: Callable[[XmlDocument, str], str] | None
    ) -> Part:
        document = XmlDocument(piece.root, source, piece.records)
        if piece.is_last and judge is not None and judge(document, source) == "empty":
            return Part(payload, _OF_PART, _NONE, Ending(last=True, total=0))
        contents = self.reader.read(document, source)
        ending = self._ending(document, contents, source) if piece.is_last else None
        return Part(payload, _OF_PART, contents, ending)

    def _piece(self, answer: Answer, piece: XmlPart) -> Part:
        source, payload, slices = answer.address, piece.payload, piece.records
        content = content_of(body_of(piece.root, answer), answer, self.settings.faults)
        if content is None:
            return Part(payload, _OF_PART, _NONE, Ending(last=True, total=0))
        is_plain = _is_plain(payload)
        if not is_plain and refers(content):
            raise Changed(
                f"the answer of {source} refers from one value to another, and is too large to be read as a whole",
                code="multi_reference",
                hint="Ask for fewer records at a time (`page_size`).",
            )
        if not is_plain:
            steady(content)
            plain_rows(content)
            slices = ()
        document: Document | None = XmlDocument(content, source, slices)
        if piece.is_last:
            document = self._judged(content, source, slices)
        if document is None:
            return Part(payload, _OF_PART, _NONE, Ending(last=True, total=0))
        contents = self.reader.read(document, source)
        ending = self._ending(document, contents, source) if piece.is_last else None
        return Part(payload, _OF_PART, contents, ending)

    def _says_something(self, body: etree._Element, answer: Answer) -> bool:
        """Whether an error that comes with a bad status is more than the settings' word for nothing."""
        errors = self.settings.errors
        if errors is None or 200 <= answer.status < 300:
            return True
        return errors.judge_failed(XmlDocument(body, answer.address), answer.address) != "empty"

    def _judged(self, content: etree._Element, source: str, slices: Sequence[bytes]) -> Document | None:
        """The document with the records; None where it says that there are none. An error in it is raised."""
        errors, outer = self.settings.errors, XmlDocument(content, source, slices)
        is_outer = errors is not None and (self.inside is None or outer.has(errors.at))
        if errors is not None and is_outer and errors.judge(outer, source) == "empty":
            return None
        if self.inside is None:
            return outer
        document = document_inside(content, self.inside, self.settings.max_answer_bytes, source)
        if errors is not None and not is_outer and errors.judge(document, source) == "empty":
            return None
        return document

    def _ending(self, document: Document, contents: Contents, source: str) -> Ending:
        settings = self.settings
        more = flag(document, settings.more, source) if settings.more else None
        return Ending(
            last=None if more is None else not more,
            total=number(document, settings.total),
            next_cursor=self._cursor(document, contents, source),
        )

    def _cursor(self, document: Document, contents: Contents, source: str) -> str | None:
        """What the next request goes on from; a misspelt name must not look like the end."""
        settings = self.settings
        if "last_id" in settings.placeholders():
            return contents.records[-1].key if contents.records else None
        if settings.next_cursor is None:
            return None
        is_full = self.page_size is not None and contents.count >= self.page_size
        if is_full and settings.more is None and not document.has(settings.next_cursor):
            raise Changed(
                f"the answer of {source} does not say how to go on: it has no `{settings.next_cursor}`",
                code="paging",
                hint="Correct `next_cursor`; where they leave it out on a last page that is full, name `more` as well.",
            )
        return document.text(settings.next_cursor) or None

    @property
    def reader(self) -> RecordReader:
        """Tells the records of such an answer apart."""
        return RecordReader(self.records, self.settings.key, self.settings.changed_at)


def _is_plain(text: bytes) -> bool:
    """Whether the records can be taken just as they stand: all that stands against it shows in attributes."""
    if text.count(b"=") > _FEW:
        return not any(mark in text for mark in (*_NAMES, *_VALUES))
    name, *others = text.split(b"=")
    names, values = (name, *others[:-1]), others
    return not any(each.rstrip().endswith(_NAMES) for each in names) and not any(
        each.lstrip(b" \t\r\n\"'").startswith(_VALUES) for each in values
    )


def _kind(answer: Answer) -> str:
    """The media type of the payload; of one in parts with what tells them apart."""
    told = answer.headers.get("Content-Type", "")
    return told if answer.media_type == "multipart/related" else noted("text/xml", told=answer.charset)
