"""An answer of a `rest` system, decoded: its records, and what stands around them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from connectors import json, xml
from connectors.answers import Answer, data_of, refuse_larger
from connectors.documents import Document, JsonDocument, Places, XmlDocument
from connectors.errors import Changed, ConnectorError
from connectors.json_parts import JsonPart
from connectors.json_parts import parts as json_parts
from connectors.json_places import has_star
from connectors.rest.settings import RestSettings
from connectors.rest.tables import tables
from connectors.wording import listed, quoted
from connectors.xml_parts import parts
from connectors.xml_scan import records_in

MEDIA_TYPES = {"json": "application/json", "xml": "text/xml", "csv": "text/csv", "ndjson": "application/x-ndjson"}
_HEADER = "header:"
_NO_CONTENT = 204
_ERROR = re.compile(r"error|fault|exception", re.I)
_DEEPEST = 3  # texts inside each other


@dataclass(frozen=True, slots=True)
class Piece:
    """A whole answer or, where that is huge, a part of it."""

    payload: bytes
    document: Document  # where the records are
    places: Places  # where everything else is
    is_last: bool = True
    is_null: bool = False  # null stands where the records should be
    is_part: bool = False  # in UTF-8 then


@dataclass(frozen=True, slots=True)
class Around:
    """What an answer says besides its records: in the document itself, around it, or in its headers."""

    answer: Answer
    documents: Sequence[Places]

    def text(self, where: str) -> str | None:
        if where.startswith(_HEADER):
            return self.answer.headers.get(where.removeprefix(_HEADER), "").strip() or None
        return next((text for document in self.documents if (text := document.text(where)) is not None), None)

    def has(self, where: str) -> bool:
        if where.startswith(_HEADER):
            return where.removeprefix(_HEADER) in self.answer.headers
        return any(document.has(where) for document in self.documents)


def answered(answer: Answer, settings: RestSettings) -> Iterable[Piece] | None:
    """The pieces of an answer, None for one that says itself that it has no records; what says an error is raised."""
    if answer.status == _NO_CONTENT:
        return None
    if settings.errors is None or not answer.content.is_small:
        return pieces_of(data_of(answer), settings)
    is_good = 200 <= answer.status < 300
    try:
        outer = decoded(data_of(answer) if is_good else answer, settings)
    except ConnectorError:
        data_of(answer)  # a bad status says more than an unreadable answer that comes with it
        raise
    judge = settings.errors.judge if is_good else settings.errors.judge_failed
    if judge(Around(answer, [outer]), answer.address) == "empty":
        return None
    return (whole(data_of(answer), outer, settings),)


def pieces_of(answer: Answer, settings: RestSettings, *, is_part: bool = False) -> Iterable[Piece]:
    """The answer as documents, none of which says an error; what can be said of it at once is said at once.

    `is_part`: it is a part of a huge answer, which was kept as a payload of its own.
    """
    is_part = is_part or not answer.content.is_small
    if settings.format in ("csv", "ndjson"):
        return (
            Piece(payload, table, Around(answer, [table]), is_last, is_part=is_part)
            for payload, table, is_last in tables(answer, settings)
        )
    if settings.format == "xml" and is_part:
        return _xml_pieces(answer, settings)
    if settings.format == "json" and not answer.content.is_small:
        return _json_pieces(answer, settings)
    return (whole(answer, decoded(answer, settings), settings),)


def decoded(answer: Answer, settings: RestSettings) -> JsonDocument | XmlDocument:
    """A JSON or XML answer, decoded at once."""
    body, source, charset = answer.body, answer.address, settings.charset
    if settings.format == "xml":
        root, text = xml.read(body, source, charset=charset, told=answer.charset)
        return XmlDocument(root, source, records_in(text, source, settings.records) if settings.records else ())
    value, slices = json.read(body, source, settings.records, charset=charset, told=answer.charset)
    return JsonDocument(value, source, slices)


def whole(answer: Answer, outer: JsonDocument | XmlDocument, settings: RestSettings) -> Piece:
    """An answer of one piece."""
    if isinstance(outer, XmlDocument):
        return Piece(answer.body, outer, Around(answer, [outer]))
    inner = _inside(outer, settings.inside, answer.address) if settings.inside else outer
    is_null = inner is None or (isinstance(inner, JsonDocument) and inner.says_null(settings.records))
    documents = [outer] if inner is None or inner is outer else [inner, outer]
    return Piece(answer.body, inner or outer, Around(answer, documents), is_null=is_null)


def refuse_error(piece: Piece, source: str) -> None:
    """Of XML without records: `Changed` where it calls itself an error, which is no empty list."""
    if isinstance(piece.document, XmlDocument) and _ERROR.search(xml.local_name(piece.document.root)):
        said = " ".join(map(str, piece.document.root.itertext()))
        raise Changed(
            f"{source} answered `{xml.local_name(piece.document.root)}` instead of records: {quoted(said)}",
            code="records",
            hint="What it means can be told in `errors`, if it has a code.",
        )


def _inside(outer: JsonDocument, where: str, source: str) -> JsonDocument | XmlDocument | None:
    """The document in a text of the answer, which may be in a text of that again; None where it is empty."""
    value = json.at(outer.value, where)
    if value in (None, "") and outer.has(where):
        return None
    for _ in range(_DEEPEST):
        if not isinstance(value, str):
            break
        if value.lstrip("\ufeff \t\r\n").startswith("<"):
            return XmlDocument(xml.parse(value.encode(), source, charset="utf-8"), source)
        value = json.parse(value.encode(), source, charset="utf-8")
    if isinstance(value, dict | list):
        return JsonDocument(value, source)
    has = listed(outer.value) if isinstance(outer.value, dict) else "no names"
    raise Changed(
        f"the answer of {source} has no text at `{where}` that is JSON or XML: it has {has}",
        code="inside",
        hint="Correct `inside` in the settings; it may also be an error message of theirs.",
    )


def _xml_pieces(answer: Answer, settings: RestSettings) -> Iterable[Piece]:
    source, body = answer.address, answer.content
    found = parts(body, source, settings.records, charset=settings.charset, told=answer.charset)
    documents = ((part, XmlDocument(part.root, source, part.records)) for part in found)
    return (Piece(part.payload, each, Around(answer, [each]), part.is_last, is_part=True) for part, each in documents)


def _json_pieces(answer: Answer, settings: RestSettings) -> Iterable[Piece]:
    source, body = answer.address, answer.content
    is_plain = settings.inside is None and not has_star(settings.records)
    charset, told = settings.charset, answer.charset
    found = json_parts(body, source, settings.records, charset=charset, told=told) if is_plain else None
    if found is None:
        refuse_larger(answer)
        return (whole(answer, decoded(answer, settings), settings),)
    return (_json_piece(part, answer, settings) for part in found)


def _json_piece(part: JsonPart, answer: Answer, settings: RestSettings) -> Piece:
    value, slices = json.read(part.payload, answer.address, settings.records)
    document = JsonDocument(value, answer.address, slices)
    return Piece(part.payload, document, Around(answer, [document]), part.is_last, is_part=True)
