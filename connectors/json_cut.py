"""A JSON answer decoded record by record, which leaves each record with its own bytes as they were sent.

Where the text is cut is guessed from how its first two records meet. The guess is proved by what comes of it: a text is
a head, objects with commas between them, and a rest; every object can be read alone, and head and rest together have a
list at the right place. Else the text is to be read as a whole, and `slices` finds the same bytes in more time.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson

from connectors.json_scan import end_of, list_at, separator

MARK = "\0cut here\0"
_OPENING = re.compile(rb'\{\s*"(?:[^"\\]|\\.)*+"\s*:')
_MOST_JOINTS = 200  # inside one record
_DECODER = json.JSONDecoder()


@dataclass(slots=True)
class Cut:
    """A text whose records were taken out: what is around them, with `MARK` in their place, and the records."""

    around: bytes = b""
    records: list[Any] = field(default_factory=list)
    slices: list[bytes] = field(default_factory=list)  # the bytes of each


def cut(text: bytes, where: str) -> Cut | None:
    """Take out the list at `where`, a dotted path; None where that is not done so easily."""
    start = _beginning(text, where)
    opening = _OPENING.match(text, start) if start is not None else None
    if start is None or opening is None:
        return None
    found = Cut()
    try:
        end = _take_out(found, text, start, joint_at(text, start))
    except (ValueError, RecursionError):
        return None
    found.around = text[:start] + orjson.dumps(MARK) + text[end:]
    return found


def _beginning(text: bytes, where: str) -> int | None:
    """Where the first record of the list seems to begin."""
    if not where:
        found = re.match(rb"\s*\[\s*(?=\{)", text)
    else:
        name = orjson.dumps(where.rpartition(".")[2])
        found = re.search(re.escape(name) + rb"\s*:\s*\[\s*(?=\{)", text)
    return found.end() if found else None


@dataclass(frozen=True, slots=True)
class Joint:
    """How one record ends and the next begins."""

    written: bytes  # such as `},{"id":`
    overlap: int  # bytes of it that belong to the next one


def joint_at(text: bytes, start: int) -> Joint | None:
    """How the record at `start` meets the next one, if there is one that it meets so."""
    end = end_of(text, start) if text[start : start + 1] == b"{" else None
    between = separator(text, end) if end is not None else None
    opening = _OPENING.match(text, between.end()) if between is not None else None
    return Joint(text[end - 1 : opening.end()], len(opening[0])) if end is not None and opening is not None else None


def _take_out(found: Cut, text: bytes, start: int, between: Joint | None) -> int:
    """Read every record; where the last one ends."""
    loads, find, records, slices = orjson.loads, text.find, found.records, found.slices
    joint, overlap = (between.written, between.overlap) if between is not None else (b"", 0)
    while joint and (end := find(joint, start)) >= 0:
        piece = text[start : end + 1]
        try:
            record = loads(piece)
        except orjson.JSONDecodeError:
            longer = _longer(text, start, end, joint)
            if longer is None:
                break  # no joint ends it: it is the last one
            piece, record = longer
        records.append(record)
        slices.append(piece)
        start += len(piece) + len(joint) - overlap - 1
    tail = text[start:].decode()
    piece = tail[: _DECODER.raw_decode(tail)[1]].encode()
    records.append(loads(piece))
    slices.append(piece)
    return start + len(piece)


def _longer(text: bytes, start: int, end: int, joint: bytes) -> tuple[bytes, Any] | None:
    """The record that goes on behind this joint, as it holds objects that meet like records; None if there is none."""
    for _ in range(_MOST_JOINTS):
        end = text.find(joint, end + 1)
        if end < 0:
            return None
        piece = text[start : end + 1]
        if piece.count(b"{") == piece.count(b"}"):
            with suppress(orjson.JSONDecodeError):
                return piece, orjson.loads(piece)
    raise ValueError(joint)


def slices(text: bytes, where: str) -> Iterator[bytes]:
    """The bytes of each item of the list at `where`, of any text that is JSON."""
    at = list_at(text, where)
    while at is not None and (end := end_of(text, at)) is not None:
        yield text[at:end]
        between = separator(text, end)
        at = between.end() if between is not None and between[1] == b"," else None
