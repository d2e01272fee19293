"""A pushed body as the records in it, one or many, in the order they were sent."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from lxml import etree

from connectors import csv, json, ndjson, xml
from connectors.charset import as_utf8
from connectors.contract import Page, Record
from connectors.documents import Broken, Document, JsonDocument, RecordReader, XmlDocument
from connectors.errors import BadRecord, Changed, ConnectorError
from connectors.given import Given
from connectors.payload import ELEMENTS, charset_told, holds, items, noted
from connectors.push.refusal import NotTaken, unreadable
from connectors.push.settings import PushSettings
from connectors.wording import listed

LONGEST_ID = 200
_NO_OBJECT = "it must be an object with names and values, and is something else"
_SOURCE = "this push"
_MEDIA_TYPES = {
    "json": "application/json",
    "xml": "application/xml",
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
}


@dataclass(frozen=True, slots=True)
class Pushed:
    """What one push brought."""

    page: Page
    items: Sequence[Record | BadRecord]  # those of the page, in the order they were sent
    request_id: str | None  # the department's own number for this push, if it gave one

    @property
    def digest(self) -> bytes:
        """The same for the same records: what a repeated request number is held against."""
        found = blake2b(digest_size=16)
        for item in self.items:
            found.update(len(item.raw).to_bytes(8))
            found.update(item.raw)
        return found.digest()


def read(body: bytes, settings: PushSettings, *, told: str | None = None, request_id: str | None = None) -> Pushed:
    """The records of a body; `told` is the charset that came beside it, `request_id` the number.

    Raises:
        NotTaken: it cannot be read, or there are too many.
    """
    if not body.strip():
        raise unreadable("The body is empty")
    try:
        document, values = _READERS[settings.format](body, settings, told)
        number = request_id or (document.text(settings.request_id) if settings.request_id else None)
        media_type = noted(_MEDIA_TYPES[settings.format], told=told)
        return _pushed(document, values, (body, media_type), settings, number)
    except ConnectorError as error:
        raise unreadable(_of_a_body(str(error))) from None


def read_elements(wrapper: etree._Element, settings: PushSettings, request_id: str | None) -> Pushed:
    """The records that stand as elements inside `wrapper`."""
    payload = xml.raw_bytes(wrapper)
    # Read anew, as what stands around it (a password, say) is nobody's business who reads a record.
    document, values = _elements(payload, settings)
    number = request_id or (document.text(settings.request_id) if settings.request_id else None)
    return _pushed(document, values, (payload, noted("application/xml", ELEMENTS)), settings, number)


def reread(settings: PushSettings, payload: bytes, media_type: str) -> Iterator[Record | BadRecord]:
    """The records in a payload, as they were found when it was pushed."""
    try:
        if holds(media_type) == ELEMENTS:
            document, values = _elements(payload, settings)
        else:
            told = charset_told(media_type)
            document, values = _READERS[settings.format](payload, settings, told)
    except NotTaken as refused:
        raise Changed(refused.sentence, code="records", hint="Are `format` and `records` as they were?") from None
    yield from items(_reader(settings).read(Given(values, document), _SOURCE))


def _elements(payload: bytes, settings: PushSettings) -> tuple[Document, Sequence[Any]]:
    document = XmlDocument(xml.parse(payload, _SOURCE), _SOURCE)
    return document, document.records(settings.records) if settings.records else list(document.root)


def _of_a_body(sentence: str) -> str:
    plain = sentence.replace(f"the answer of {_SOURCE}", "the body")
    return plain[:1].upper() + plain[1:]


def _json(body: bytes, settings: PushSettings, told: str | None) -> tuple[Document, Sequence[Any]]:
    document = JsonDocument(json.parse(body, _SOURCE, charset=settings.charset, told=told), _SOURCE)
    found = json.at(document.value, settings.records)
    values = [found] if isinstance(found, dict) else document.records(settings.records)
    return document, [
        value if isinstance(value, dict) else Broken(_NO_OBJECT, json.raw_bytes(value)) for value in values
    ]


def _xml(body: bytes, settings: PushSettings, told: str | None) -> tuple[Document, Sequence[Any]]:
    document = XmlDocument(xml.parse(body, _SOURCE, charset=settings.charset, told=told), _SOURCE)
    if not settings.records:
        return document, [document.root]
    values = document.records(settings.records)
    if not values:
        raise unreadable(
            f"The body has no record `{settings.records}`: it has {listed(xml.names_in(document.root)[:20])}"
        )
    return document, values


def _csv(body: bytes, settings: PushSettings, told: str | None) -> tuple[Document, Sequence[Any]]:
    rows = csv.rows(_lines(body, settings, told), _SOURCE, settings.separator)
    header = next(rows, None)
    names = csv.named(header.cells, _SOURCE) if header else []
    return JsonDocument({}, _SOURCE), [csv.record(names, row) for row in rows]


def _ndjson(body: bytes, settings: PushSettings, told: str | None) -> tuple[Document, Sequence[Any]]:
    lines = ndjson.lines(_lines(body, settings, told), _SOURCE)
    return JsonDocument({}, _SOURCE), [line.value for line in lines]


def _lines(body: bytes, settings: PushSettings, told: str | None) -> Iterator[str]:
    return io.StringIO(as_utf8(body, _SOURCE, settings.charset, told).decode(), newline="")


_READERS = {"json": _json, "xml": _xml, "csv": _csv, "ndjson": _ndjson}


def _pushed(
    document: Document,
    values: Sequence[Any],
    payload: tuple[bytes, str],  # and its media type
    settings: PushSettings,
    request_id: str | None,
) -> Pushed:
    if len(values) > settings.max_records:
        sentence = f"The body brings {len(values):,} records; send at most {settings.max_records:,} at a time."
        raise NotTaken(413, "too_many_records", f"{sentence} Nothing was stored.")
    if request_id is not None and not (0 < len(request_id) <= LONGEST_ID and request_id.isprintable()):
        sentence = f"A request number has 1 to {LONGEST_ID} letters, digits or signs. Nothing was stored."
        raise NotTaken(422, "bad_request_id", sentence)
    given = Given(values, document)
    contents = _reader(settings).read(given, _SOURCE)
    page = Page(*payload, contents.records, None, contents.bad)
    return Pushed(page, list(_in_order(given, page, settings.key)), request_id)


def _reader(settings: PushSettings) -> RecordReader:
    return RecordReader("", settings.key, settings.changed_at.read if settings.changed_at else None)


def _in_order(given: Given, page: Page, key: str) -> Iterator[Record | BadRecord]:
    records, bad = iter(page.records), iter(page.bad)
    for value in given.values:
        yield next(records) if given.text_of(value, key) else next(bad)
