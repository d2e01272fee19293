"""Where a value of a JSON text begins and ends, byte by byte, without reading what is in it.

That the text is JSON is not proved here: whoever reads the values finds that out.
"""

import re
from collections.abc import Iterator

import orjson

_TO_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+([{}\[\]])', re.S)
_SINGLE = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[^\s,\]}"{\[]++(?=[\s,\]}])', re.S)
_BRACKETS = (b"{", b"[")
_SPACE = re.compile(rb"\s*+")
_NAME = re.compile(rb'\s*+("(?:[^"\\]++|\\.)*+")\s*+:\s*+', re.S)
_OPENING = re.compile(rb'\{\s*"(?:[^"\\]|\\.)*+"\s*:')
_SEPARATOR = re.compile(rb"\s*+([,\]}])\s*+")


def end_of(text: bytes, start: int) -> int | None:
    """Where the value ends that begins at `start`; None where the text ends before, or has no value there."""
    if text[start : start + 1] not in _BRACKETS:
        single = _SINGLE.match(text, start)
        return single.end() if single else None
    depth, match, at = 0, _TO_BRACKET.match, start
    while found := match(text, at):
        at = found.end()
        depth += 1 if found[1] in _BRACKETS else -1
        if not depth:
            return at
    return None


def separator(text: bytes, start: int) -> re.Match[bytes] | None:
    """What stands behind a value, with the space around it: in group 1 a comma, or what closes a list or an object."""
    return _SEPARATOR.match(text, start)


def list_at(text: bytes, where: str) -> int | None:
    """Where the first item of the list at `where` begins, or the list ends; `where` is as for `json.at`.

    None: there is none, or the text ends before it.
    """
    start = _past_space(text, 0)
    whole = _member(text, start, where) if where else start
    if whole is None:
        for name in where.split("."):
            found = _item(text, start, int(name)) if name.isdecimal() and text[start : start + 1] == b"[" else None
            whole = found if found is not None else _member(text, start, name)
            if whole is None:
                return None
            start = whole
    return _past_space(text, whole + 1) if whole is not None and text[whole : whole + 1] == b"[" else None


def slices(text: bytes, where: str) -> Iterator[bytes]:
    """The bytes of each item of the list at `where`, of any text that is JSON."""
    at = list_at(text, where)
    while at is not None and (end := end_of(text, at)) is not None:
        yield text[at:end]
        at = _behind_comma(text, end)


def joint_at(text: bytes, start: int) -> bytes | None:
    """How the record at `start` meets the next one, such as `},{"id":`, if there is one that it meets so."""
    end = end_of(text, start) if text[start : start + 1] == b"{" else None
    between = separator(text, end) if end is not None else None
    opening = _OPENING.match(text, between.end()) if between is not None else None
    return text[end - 1 : opening.end()] if end is not None and opening is not None else None


def _past_space(text: bytes, start: int) -> int:
    found = _SPACE.match(text, start)
    return found.end() if found else start


def _member(text: bytes, start: int, name: str) -> int | None:
    """Where the value of this name begins in the object at `start`."""
    at: int | None = start + 1
    while at is not None and text[start : start + 1] == b"{" and (found := _NAME.match(text, at)):
        if _says(found[1], name):
            return found.end()
        at = _next(text, found.end())
    return None


def _item(text: bytes, start: int, number: int) -> int | None:
    """Where an item begins in the list at `start`."""
    at: int | None = _past_space(text, start + 1)
    for _ in range(number):
        at = None if at is None else _next(text, at)
    return at


def _next(text: bytes, start: int) -> int | None:
    """Where it goes on behind the value at `start` and a comma."""
    end = end_of(text, start)
    return None if end is None else _behind_comma(text, end)


def _behind_comma(text: bytes, end: int) -> int | None:
    behind = separator(text, end)
    return behind.end() if behind is not None and behind[1] == b"," else None


def _says(written: bytes, name: str) -> bool:
    try:
        return bool(orjson.loads(written) == name)
    except orjson.JSONDecodeError:
        return False
