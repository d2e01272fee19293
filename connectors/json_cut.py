"""A JSON answer decoded record by record, which leaves each record with its own bytes as they were sent.

Where the text is cut is guessed from how its first two records meet. The guess is proved by what comes of it: a text is
a head, objects with commas between them, and a rest; every object can be read alone, and head and rest together have a
list at the right place. Else there is nothing to cut, and the text is to be read as a whole.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson

MARK = "\0cut here\0"
_OPENING = re.compile(rb'\{\s*"(?:[^"\\]|\\.)*+"\s*:')
_GLUE = re.compile(rb"\}(\s*,\s*)\Z")
_LONGEST_GLUE = 200
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
        end = _take_out(found, text, start, _joint(text, start, opening[0]), len(opening[0]))
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


def _joint(text: bytes, start: int, opening: bytes) -> bytes | None:
    """How one record ends and the next begins, if there is a second one."""
    second = text.find(opening, start + 1)
    glue = _GLUE.search(text[max(start, second - _LONGEST_GLUE) : second]) if second >= 0 else None
    return glue[0] + opening if glue else None


def _take_out(found: Cut, text: bytes, start: int, joint: bytes | None, overlap: int) -> int:
    """Read every record; where the last one ends."""
    loads, find, records, slices = orjson.loads, text.find, found.records, found.slices
    while joint is not None and (end := find(joint, start)) >= 0:
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
