"""A JSON answer too large to be decoded at once, cut into documents that can be read one after the other.

Each part is a whole document of its own: what leads to the list of records, the records exactly as they were sent, and
the closing brackets. The last part is what the answer holds besides its records, with the last records in their place.
Every record is read once before the first part comes, so that half an answer, or one that is no JSON, brings nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from connectors import json, json_exact
from connectors.body import Body
from connectors.charset import charset_of, transcoded
from connectors.errors import Changed, ConnectorError, Unavailable
from connectors.json_scan import end_of, joint_at, list_at, separator
from connectors.xml_parts import PART

MOST_RECORDS = 2000  # in one part: tiny ones cost more than their bytes
_MOST_AROUND = 4 * 1024 * 1024  # bytes before the records, and after them
_WINDOW = 1024 * 1024
_LONGEST = 32 * 1024 * 1024  # bytes of one record
_MOST_SPACE = 4096
_BETWEEN = (b",", b"]", b"}")
_MARK = "\0the records\0"  # stands in their place
_MARKED = orjson.dumps(_MARK)


@dataclass(frozen=True, slots=True)
class JsonPart:
    """A piece of an answer as a document, in UTF-8."""

    payload: bytes
    is_last: bool


def parts(
    body: Body, source: str, where: str, *, charset: str | None = None, told: str | None = None, size: int = PART
) -> Iterator[JsonPart] | None:
    """The answer in parts of about `size` bytes, cut between the records of the list at `where`; None: there is none.

    Whatever is wrong with the answer as a whole is said before the first part.
    """
    codec = charset_of(body, source, charset, told)
    text = body if codec == "utf-8" else transcoded(body, codec, source)
    start = list_at(text.head(_MOST_AROUND), where)
    if start is None:
        return None
    spans = _Spans(text, source, size)
    spans.find(start)
    around = _around(text, start, spans.end, source)
    try:
        value = json.parse(around, source, charset="utf-8")
    except Unavailable:
        raise json.half(source, text.size) from None
    if json.at(value, where) != [_MARK]:
        return None  # its name stands twice
    return _parts(text, spans.found, _leading(value, where), around)


def _parts(text: Body, spans: Sequence[tuple[int, int]], leading: bytes, around: bytes) -> Iterator[JsonPart]:
    for start, end in spans[:-1]:
        yield JsonPart(_in_place(leading, text.at(start, end)), is_last=False)
    yield JsonPart(_in_place(around, text.at(*spans[-1])), is_last=True)


def _in_place(around: bytes, records: bytes) -> bytes:
    return around.replace(_MARKED, records, 1)


def _around(text: Body, start: int, end: int, source: str) -> bytes:
    if text.size - end > _MOST_AROUND:
        raise Changed(
            f"the answer of {source} has {text.size - end:,} bytes behind its records, too much to read it in parts",
            code="records",
            hint="Ask for fewer records at a time (`page_size`), or compare `records` with the kept answer.",
        )
    return text.at(0, start) + _MARKED + text.at(end, text.size)


def _leading(around: Any, where: str) -> bytes:
    """The shortest document with the list at the same place."""
    above: list[tuple[Any, str]] = []
    if isinstance(around, dict) and where in around:
        above.append((around, where))
    else:
        for name in where.split(".") if where else ():
            above.append((around, name))
            around = json.at(around, name)
    found: Any = [_MARK]
    for parent, name in reversed(above):
        found = {name: found} if isinstance(parent, dict) else [None] * int(name) + [found]
    return orjson.dumps(found)


class _Spans:
    """Looks where the records stand, a piece of the text at a time, and takes them together to spans of one part."""

    def __init__(self, text: Body, source: str, size: int) -> None:
        self._text, self._source, self._size = text, source, size
        self._window, self._from, self._at = b"", 0, 0  # what is at hand, where that begins, and how far we are in it
        self._joint: bytes | None = None
        self.found: list[tuple[int, int]] = []
        self.end = 0  # of the records

    def find(self, start: int) -> None:
        """Every record from `start` on; the spans are in `found` then, at least one."""
        self._move(start, _WINDOW)
        begin, count = start, 0
        self.end = start
        going_on = self._window[:1] != b"]"
        while going_on:
            going_on, after = self._one()
            count += 1
            if self.end - begin >= self._size or count >= MOST_RECORDS or not going_on:
                self.found.append((begin, self.end))
                begin, count = after, 0
        if not self.found:
            self.found.append((start, start))

    def _one(self) -> tuple[bool, int]:
        """Pass one record; whether another follows, and where that begins."""
        end = self._quickly() or self._surely()
        self.end = self._from + end
        between = separator(self._window, end)
        if between is None or between.end() == len(self._window):
            self._move(self.end, _WINDOW)  # it may go on there
            between = separator(self._window, 0)
        if between is None:
            raise self._unreadable(self.end, begun=False)
        self._at = between.end()
        return between[1] == b",", self._from + self._at

    def _quickly(self) -> int | None:
        """Where the record ends that begins here, where it ends as those before did."""
        if self._joint is None:
            return None
        found = self._window.find(self._joint, self._at)
        if found < 0:
            return None
        try:
            orjson.loads(memoryview(self._window)[self._at : found + 1])
        except orjson.JSONDecodeError:
            return None  # it holds what looks like a record
        return found + 1

    def _surely(self) -> int:
        """The same of any record."""
        while (end := end_of(self._window, self._at)) is None:
            here = self._from + self._at
            longer = max(_WINDOW, 2 * (len(self._window) - self._at))
            if self._from + len(self._window) >= self._text.size:
                raise self._unreadable(here, begun=True)
            if longer > 2 * _LONGEST:
                raise _too_long(self._source)
            self._move(here, longer)
        piece = self._window[self._at : end]
        try:
            orjson.loads(piece)
        except orjson.JSONDecodeError:
            self._slowly(piece)
        self._joint = joint_at(self._window, self._at)
        return end

    def _slowly(self, piece: bytes) -> None:
        """Refuse what no reader of JSON can read."""
        try:
            json_exact.slowly(piece)
        except ValueError as error:
            raise json.no_json(self._source, str(error)) from None
        except RecursionError:
            raise json.too_deep(self._source) from None

    def _move(self, start: int, size: int) -> None:
        """Take so much from `start` on to hand."""
        self._from, self._at = start, 0
        self._window = self._text.at(start, start + size)

    def _unreadable(self, here: int, *, begun: bool) -> ConnectorError:
        """What is wrong with a text that goes on as no list does, or not at all; a value may have `begun` here."""
        following = self._text.at(here, here + _MOST_SPACE).strip()[:1]
        if not following or (begun and following not in _BETWEEN):
            return json.half(self._source, self._text.size)
        return json.no_json(self._source, f"neither a value nor a comma where one should be, at byte {here:,}")


def _too_long(source: str) -> Changed:
    return Changed(
        f"the answer of {source} has a record of more than {_LONGEST:,} bytes",
        code="records",
        hint="Compare `records` in the settings with the kept answer: it should be the list of records.",
    )
