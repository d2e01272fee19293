"""Kept parts of files, read again, whatever became of the files."""

import io
from collections.abc import Iterator
from itertools import chain
from typing import Any

from connectors import json, ndjson, xml
from connectors.contract import Record
from connectors.documents import Broken, XmlDocument
from connectors.errors import BadRecord, Changed
from connectors.files.content import given, keyless_as_broken, reader_of
from connectors.files.settings import FilesSettings
from connectors.files.table import Row
from connectors.payload import ROWS, holds, items

_SOURCE = "this file"


def reread(settings: FilesSettings, payload: bytes, media_type: str) -> Iterator[Record | BadRecord]:
    """The records in a payload, as a pull found them."""
    if not payload:
        return
    kind = media_type.partition(";")[0]
    if kind == "application/xml":
        reader = reader_of(settings.records, settings)
        document = XmlDocument(xml.parse(payload, _SOURCE, charset="utf-8"), _SOURCE)
        yield from items(reader.read(document, _SOURCE))
        return
    if kind == "application/x-ndjson":
        values = _lines(payload)
    else:
        values = _listed(payload)
        if holds(media_type) == ROWS:
            values = [_row(number, each, settings) for number, each in enumerate(values, start=1)]
    yield from items(given(values, _SOURCE, settings))


def _lines(payload: bytes) -> list[Any]:
    # Behind an empty line, as a broken record in the first line of a whole file would mean that it is no NDJSON.
    texts = chain(("\n",), io.StringIO(payload.decode(), newline=""))
    return [line.value for line in ndjson.lines(texts, _SOURCE)]


def _listed(payload: bytes) -> list[Any]:
    found = json.parse(payload, _SOURCE, charset="utf-8")
    if not isinstance(found, list):
        raise Changed("what was kept of this file is no list of records", code="records", hint="It is of another type.")
    return found


def _row(number: int, found: Any, settings: FilesSettings) -> Any:
    if isinstance(found, list):
        why, text = found
        return Broken(why, text.encode())
    return keyless_as_broken(Row(number, found, "record"), settings)  # its file knew the row
