"""A file as parts of records, whatever it is: each part is one page, and only that much is held at once."""

import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, TypeAlias, TypeVar

import orjson

from connectors import csv, json, ndjson
from connectors.body import Body
from connectors.charset import charset_of, undecodable
from connectors.contract import Record
from connectors.documents import Broken, Contents, JsonDocument, RecordReader, XmlDocument
from connectors.errors import BadRecord, ConnectorError
from connectors.files import workbook
from connectors.files.settings import FilesSettings
from connectors.files.table import Row, data_rows, of_sheet
from connectors.files.trouble import BadFile, of_error
from connectors.given import Given
from connectors.payload import PART, ROWS, noted
from connectors.xml_parts import parts as xml_parts

T = TypeVar("T")
_LOOK_AT = 4096  # bytes that tell what a file is
_WEB_PAGE = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|table|head|meta)\b", re.I)
_OLD_EXCEL_XML = re.compile(rb"<\?mso-application|urn:schemas-microsoft-com:office:spreadsheet", re.I)
_SAVE_ANEW = "Hãy mở tệp bằng Excel, chọn Lưu thành → Sổ làm việc Excel (.xlsx), rồi chép lại vào thư mục."
_SEVERAL_OBJECTS = re.compile(rb"\{[^\n]*\}\s*\n\s*\{")


@dataclass(frozen=True, slots=True)
class Part:
    """As many records as are stored at a time."""

    payload: bytes
    media_type: str
    records: Sequence[Record]
    bad: Sequence[BadRecord] = ()
    is_last: bool = False


Reader: TypeAlias = Callable[[Body, str, FilesSettings], Iterator[Part]]


def parts(body: Body, name: str, settings: FilesSettings, skip: int = 0) -> Iterator[Part]:
    """The parts of a file after the first `skip`; at least one, of which the last says so.

    Raises:
        BadFile: it cannot be read, from here on.
    """
    try:
        found = _READERS[kind(body, name, settings)](body, name, settings)
        yield from _with_last(islice(found, skip, None))
    except ConnectorError as error:
        raise of_error(error, name) from None


def kind(body: Body, name: str, settings: FilesSettings) -> str:
    """What the file is: by the settings, or by what it begins with."""
    head = body.head(_LOOK_AT)
    if not head.strip():
        raise BadFile(f"“{name}” is empty", "Tệp rỗng. Hãy kiểm tra lại rồi chép lại vào thư mục.")
    if _WEB_PAGE.match(head) or _OLD_EXCEL_XML.search(head):
        raise BadFile(f"“{name}” is a web page or XML that Excel opens, and no workbook", _SAVE_ANEW)
    if settings.format != "auto":
        return settings.format
    return "xlsx" if head.startswith((workbook.ZIP, workbook.OLE)) else _kind_of_text(head)


def _kind_of_text(head: bytes) -> str:
    plain = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")  # whatever the charset
    if plain.startswith(b"<"):
        return "xml"
    if plain.startswith(b"{"):
        return "ndjson" if _SEVERAL_OBJECTS.match(plain) else "json"
    return "json" if plain.startswith(b"[") else "csv"


def first_record(body: Body, name: str, settings: FilesSettings) -> Record | BadRecord | None:
    """The first record of a file, for whoever wants to know whether it can be read."""
    part = next(parts(body, name, settings.model_copy(update={"page_size": 1})))
    found: list[Record | BadRecord] = [*part.records, *part.bad]
    return found[0] if found else None


def _sheet(body: Body, name: str, settings: FilesSettings) -> Iterator[Part]:
    rows = workbook.rows(body, name, settings.sheet, settings.max_unpacked_bytes)
    return _table(data_rows(rows, settings.header_row, _needed(settings), name, of_sheet), name, settings)


def _csv(body: Body, name: str, settings: FilesSettings) -> Iterator[Part]:
    rows = csv.rows(_lines(body, name, settings), f"“{name}”", settings.separator)
    return _table(data_rows(rows, settings.header_row, _needed(settings), name, csv.record, "line"), name, settings)


def _needed(settings: FilesSettings) -> list[str]:
    return [settings.key, *([settings.changed_at.from_] if settings.changed_at else ())]


def _table(rows: Iterator[Row], name: str, settings: FilesSettings) -> Iterator[Part]:
    for some in _batches(rows, settings.page_size):
        found = [keyless_as_broken(row, settings) for row in some]
        payload = orjson.dumps([_kept(row.value) for row in some])
        yield _part(found, name, settings, payload, noted("application/json", ROWS))


def _kept(value: dict[str, str] | Broken) -> dict[str, str] | list[str]:
    """A row as it stands in a payload; one that could not be cut is told by its kind."""
    return [value.why, value.raw.decode()] if isinstance(value, Broken) else value


def keyless_as_broken(row: Row, settings: FilesSettings) -> dict[str, str] | Broken:
    """A row without a key, said so that the unit finds it in its file."""
    if isinstance(row.value, Broken) or row.value.get(settings.key):
        return row.value
    sheet = f" of sheet “{settings.sheet}”" if settings.sheet and row.unit == "row" else ""
    return Broken(
        f"{row.unit} {row.number}{sheet} has nothing in the column `{settings.key}`", json.raw_bytes(row.value)
    )


def _ndjson(body: Body, name: str, settings: FilesSettings) -> Iterator[Part]:
    for some in _batches(ndjson.lines(_lines(body, name, settings), f"“{name}”"), settings.page_size):
        payload = "".join(line.text for line in some).encode()
        yield _part([line.value for line in some], name, settings, payload, noted("application/x-ndjson", PART))


def _json(body: Body, name: str, settings: FilesSettings) -> Iterator[Part]:
    source = f"“{name}”"
    document = JsonDocument(json.parse(body.whole(), source, charset=settings.charset), source)
    found = json.at(document.value, settings.records)
    values = [found] if isinstance(found, dict) else document.records(settings.records)
    for some in _batches(values, settings.page_size):
        yield _part(some, name, settings, orjson.dumps(some))


def _part(
    values: Sequence[Any], name: str, settings: FilesSettings, payload: bytes, media_type: str = "application/json"
) -> Part:
    contents = given(values, f"“{name}”", settings)
    return Part(payload, media_type, contents.records, contents.bad)


def given(values: Sequence[Any], source: str, settings: FilesSettings) -> Contents:
    """The records among values that were cut out of a file of tables, lines or JSON already."""
    return reader_of("", settings).read(Given(values, JsonDocument({}, source)), source)


def reader_of(where: str, settings: FilesSettings) -> RecordReader:
    """Tells the records of a file apart, where they are elements at `where` or given as they are."""
    return RecordReader(where, settings.key, settings.changed_at.read if settings.changed_at else None)


def _xml(body: Body, name: str, settings: FilesSettings) -> Iterator[Part]:
    source = f"“{name}”"
    if not settings.records:
        raise BadFile(f"“{name}” is XML, and `records` in the settings does not say which element is one record")
    reader = reader_of(settings.records, settings)
    for part in xml_parts(body, source, settings.records, charset=settings.charset):
        contents = reader.read(XmlDocument(part.root, source), source)
        yield Part(part.payload, noted("application/xml", PART), contents.records, contents.bad)


_READERS: dict[str, Reader] = {"xlsx": _sheet, "csv": _csv, "ndjson": _ndjson, "json": _json, "xml": _xml}


def _lines(body: Body, name: str, settings: FilesSettings) -> Iterator[str]:
    """The lines of a text file with their ends, however large it is."""
    source = f"“{name}”"
    charset = charset_of(body, source, settings.charset)
    with io.TextIOWrapper(body.open(), encoding=charset, newline="") as text:
        try:
            yield from text
        except UnicodeError as error:
            raise undecodable(error, charset, source) from None


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    taking = iter(items)
    while some := list(islice(taking, size)):
        yield some


def _with_last(found: Iterator[Part]) -> Iterator[Part]:
    """The same, looking one ahead; a file without any record is one empty part."""
    before = next(found, Part(b"", "application/octet-stream", ()))
    for part in found:
        yield before
        before = part
    yield replace(before, is_last=True)
