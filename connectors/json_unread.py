"""The records of a JSON answer, found without being read: most of what comes is known already, by its bytes.

A record that is not read yet stands in the answer's value as its bytes. Whatever is not so plain that leaving it unread
loses nothing is for whoever asked to read as a whole.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

import msgspec
import orjson
from msgspec import Raw

from connectors import json_exact

_SAMPLE = 32  # records of which one is looked at


def unread(text: bytes, where: str) -> tuple[Any, list[bytes]] | None:
    """The value of a text, and the records of the list at `where`, which stand in it unread.

    None: the text is none in UTF-8 that is JSON, has no list of records there, or needs a closer look.
    """
    try:
        if not text.isascii():
            text.decode()  # who skips over a text does not prove it
        found = [bytes(one) for one in _list_reader(where)(text)]
        return (_with_records(text, found, where), found) if found and not _may_lose(found) else None
    except (UnicodeDecodeError, msgspec.DecodeError, orjson.JSONDecodeError, TypeError, RecursionError, LookupError):
        return None


@lru_cache(maxsize=256)
def _list_reader(where: str) -> Callable[[bytes], Sequence[Raw]]:
    """What finds the items of the list at a dotted path, and skips over all else."""
    kind: Any = list[Raw]
    names = where.split(".") if where else []
    for name in reversed(names):
        kind = msgspec.defstruct("Above", [("below", kind, msgspec.field(name=name))])
    decode = msgspec.json.Decoder(kind).decode

    def read(text: bytes) -> Sequence[Raw]:
        found: Any = decode(text)
        for _ in names:
            found = found.below
        items: Sequence[Raw] = found
        return items

    return read


def _with_records(text: bytes, found: list[bytes], where: str) -> Any:
    """The value of a text, with its records in their place.

    Raises:
        LookupError: the text is not what stands around these records, and they.
    """
    start, end = text.find(found[0]), text.rfind(found[-1]) + len(found[-1])
    around = text[:start] + text[end:]
    value = orjson.loads(around)
    place = value
    for name in where.split(".") if where else ():
        place = place[name]
    if place != [] or json_exact.may_have_lost(around, value) or not _is_one_list(text[start:end], found):
        raise LookupError(where)
    place += found
    return value


def _is_one_list(text: bytes, found: Sequence[bytes]) -> bool:
    """Whether a text is these records, one like the other apart; else two lists may have the same name."""
    first, others = len(found[0]), len(found) - 1
    apart = text.find(found[1], first) - first if others else 0
    return len(text) == sum(map(len, found)) + others * apart


def _may_lose(found: Sequence[bytes]) -> bool:
    # Names that stand twice in an object, and endless decimals, come from how a system writes all of its records.
    return any(json_exact.may_have_lost(one, orjson.loads(one)) for one in found[::_SAMPLE])


def record(text: bytes) -> Any:
    """The value of a record that was left unread.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it is nested too deep.
    """
    if not json_exact.may_lose_integers(text):
        with suppress(orjson.JSONDecodeError):
            return orjson.loads(text)
    return json_exact.slowly(text)


def some_of(text: bytes, where: str) -> Any:
    """A record that was left unread with only what a dotted path into it may need; errors as for `record`."""
    if not where:
        return record(text)
    names, decode = _reader(where)
    try:
        found = decode(text)
    except msgspec.DecodeError:  # it is no object
        return record(text)
    return {name: _part(bytes(raw)) for name, raw in zip(names, found, strict=True) if raw is not None}


def _part(text: bytes) -> Any:
    return orjson.loads(text) if text[:1] == b'"' else record(text)


@lru_cache(maxsize=256)
def _reader(where: str) -> tuple[Sequence[str], Callable[[bytes], Sequence[Raw | None]]]:
    """What finds in an object the name that a path begins with, or is: names may have dots."""
    names = tuple(dict.fromkeys((where, where.partition(".")[0])))
    fields = [(f"at_{at}", Raw, msgspec.field(name=name, default=None)) for at, name in enumerate(names)]
    decode, parts = msgspec.json.Decoder(msgspec.defstruct("Some", fields)).decode, msgspec.structs.astuple
    return names, lambda text: parts(decode(text))
