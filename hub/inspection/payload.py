"""A payload that is not from a connector's own pull: a file, or a first answer. What is it, where are its records?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lxml import etree

from connectors import json, xml
from connectors.answers import Answer
from connectors.charset import as_utf8
from connectors.errors import Changed
from connectors.http import Client
from connectors.settings import HttpSettings
from connectors.wording import listed, quoted
from hub.inspection.line import XML, kind_of

_LARGEST = 64 * 1024 * 1024
_DEEPEST = 8


def read_file(path: Path) -> Any:
    """The JSON value or the root element that a file holds.

    Raises:
        Changed: it cannot be read, or is neither.
    """
    return read_payload(read_bytes(path), str(path))


def read_bytes(path: Path) -> bytes:
    """What a file holds. Raises `Changed` where it cannot be read, or is too large to look at."""
    try:
        if path.stat().st_size > _LARGEST:
            raise _unusable(f"the file {path} is larger than {_LARGEST:,} bytes", "Cut it to a few records.")
        return path.read_bytes()
    except OSError as error:
        raise _unusable(
            f"the file {path} cannot be read: {error.strerror}", "Give a file that the hub may read."
        ) from None


def ask(url: str) -> Answer:
    """What an address answers to who asks without credentials."""
    with Client(HttpSettings()) as client:
        return client.ask("GET", url)


def read_payload(body: bytes, source: str, told: str | None = None) -> Any:
    """The JSON value or the root element of a payload, by what it begins with and not by what it is called.

    Raises:
        Changed: it is neither.
    """
    text = as_utf8(body, source, told=told).lstrip()
    if text.startswith(b"<"):
        return xml.parse(text, source, charset="utf-8")
    if text[:1] in (b"{", b"["):
        return json.parse(text, source)
    begins = quoted(text[:200].decode(errors="replace")) if text else "nothing"
    raise _unusable(
        f"{source} holds neither XML nor JSON: it begins with {begins}", "Give an answer of the system as it came."
    )


def records_at(value: Any, where: str | None, source: str) -> list[Any]:
    """The records at a place as connectors name it; without a place, where they most likely stand.

    Raises:
        Changed: there are none.
    """
    place = likely_place(value) if where is None else where
    if place is None:
        return [value]
    found = _found(value, place)
    if not found:
        has = xml.names_in(value) if kind_of(value) == XML else value if isinstance(value, dict) else ()
        raise _unusable(f"{source} has no record at `{place}`", f"It has {listed(list(has)[:40])}.")
    return found


def likely_place(value: Any) -> str | None:
    """Where the records of a whole answer most likely stand: the list with the most in it; None: it is one record."""
    if kind_of(value) == XML:
        return _repeated_element(value)
    if isinstance(value, list):
        return ""
    lists = sorted(_lists(value, ()), key=lambda one: (len(one[0]), -one[1]))
    return ".".join(lists[0][0]) if lists else None


def _found(value: Any, place: str) -> list[Any]:
    if kind_of(value) == XML:
        return list(xml.find(value, place))
    found = json.at(value, place)
    return found if isinstance(found, list) else [] if found is None else [found]


def _lists(value: Any, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Every list of objects, with its length; the nearest to the top is rather the records' than a record's own."""
    if not isinstance(value, dict) or len(names) > _DEEPEST:
        return
    for name, below in value.items():
        if isinstance(below, list) and any(isinstance(item, dict) for item in below):
            yield (*names, name), len(below)
        else:
            yield from _lists(below, (*names, name))


def _repeated_element(root: etree._Element) -> str | None:
    """The element with others in it that stands most often beside its like, nearest to the top."""
    level: Sequence[Any] = [root]
    for _ in range(_DEEPEST):
        counts: Counter[str] = Counter()
        for parent in level:
            beside = Counter(etree.QName(child).localname for child in parent.iterchildren("*") if len(child))
            counts.update({name: count for name, count in beside.items() if count > 1})
        if counts:
            return counts.most_common(1)[0][0]
        level = [child for parent in level for child in parent.iterchildren("*") if len(child)]
    return None


def _unusable(sentence: str, hint: str) -> Changed:
    return Changed(sentence, code="not_described", hint=hint)
