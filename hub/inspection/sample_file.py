"""A file with a sample, whatever it is: XML, JSON, lines of JSON, or a table (CSV, workbook) as rows by column name."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors import csv, ndjson
from connectors.body import Body
from connectors.charset import charset_of, undecodable
from connectors.documents import Broken
from connectors.errors import Changed
from connectors.files import content, workbook
from connectors.files.settings import FilesSettings
from connectors.files.table import Row, data_rows, of_sheet
from connectors.files.trouble import BadFile
from hub.inspection.payload import read_bytes, read_payload

_TABLES = frozenset({"csv", "xlsx"})


@dataclass(frozen=True, slots=True)
class Sample:
    """What a file holds: a JSON value or a root element; of a table, its rows."""

    value: Any
    is_table: bool = False


def read_sample(path: Path, settings: object = None) -> Sample:
    """Read a file as the `files` connector would; `settings` are those of the connector that it is a sample for.

    Raises:
        Changed: it cannot be read, or is nothing of the kind.
    """
    known = settings if isinstance(settings, FilesSettings) else FilesSettings.model_construct(key="")
    body, name = Body(read_bytes(path)), path.name
    try:
        kind = content.kind(body, name, known)
        if kind in _TABLES:
            return Sample([_whole(row) for row in _rows(kind, body, name, known)], is_table=True)
        if kind == "ndjson":
            lines = ndjson.lines(_lines(body, name, known), name)
            return Sample([line.value for line in lines if not isinstance(line.value, Broken)])
    except BadFile as bad:
        raise Changed(bad.sentence, code="not_described", hint=bad.advice) from None
    return Sample(read_payload(body.whole(), str(path)))


def _rows(kind: str, body: Body, name: str, settings: FilesSettings) -> Iterator[Row]:
    if kind == "xlsx":
        cells = workbook.rows(body, name, settings.sheet, settings.max_unpacked_bytes)
        return data_rows(cells, settings.header_row, [], name, of_sheet)
    cells = csv.rows(_lines(body, name, settings), name, settings.separator)
    return data_rows(cells, settings.header_row, [], name, csv.record)


def _whole(row: Row) -> dict[str, str]:
    if isinstance(row.value, Broken):
        raise BadFile(f"{row.value.why}; a sample must be whole")
    return row.value


def _lines(body: Body, name: str, settings: FilesSettings) -> Iterator[str]:
    charset = charset_of(body, name, settings.charset)
    with io.TextIOWrapper(body.open(), encoding=charset, newline="") as text:
        try:
            yield from text
        except UnicodeError as error:
            raise undecodable(error, charset, name) from None
