"""A list as a file for spreadsheets: UTF-8 with its mark, semicolons, Vietnam's time, every text stays what it is."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from flask import Response, stream_with_context
from flask_babel import gettext as _

from hub.outbox.exports.csv_text import kept
from hub.record.moments import ZONE, today

MOST = 100_000  # rows: what a spreadsheet still opens, and what a thread of the server may be held for
_AT_ONCE = 200


def sheet(name: str, headings: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Response:
    """The answer that is such a file; written row by row, so it takes no memory."""
    file = f"{name}-{today():%Y%m%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return Response(
        stream_with_context(_written(headings, rows)), headers=headers, content_type="text/csv; charset=utf-8"
    )


def _written(headings: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    yield "\ufeff" + _lines([[str(one) for one in headings]])
    left, walk = MOST, iter(rows)
    while some := list(islice(walk, min(left, _AT_ONCE))):
        yield _lines([[_cell(one) for one in row] for row in some])
        left -= len(some)
        if not left:
            if next(walk, None) is not None:
                yield _lines([[_("Tệp dừng ở %(num)s dòng. Hãy lọc hẹp hơn rồi tải lại.", num=MOST)]])
            return


def _lines(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case int() | float():
            return str(value)
        case datetime():
            return value.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
        case date():
            return value.isoformat()
    return kept(str(value).replace("\0", ""))
