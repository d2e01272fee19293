"""Reads NDJSON: each line is a record of its own, so a line that cannot be read costs no other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from connectors import json
from connectors.documents import Broken
from connectors.errors import Changed, ConnectorError, Unavailable

_SEPARATOR = "\x1e"  # what RFC 7464 puts before each record


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not empty."""

    number: int
    value: Any  # its JSON, or `Broken`
    text: str  # with its end


def lines(texts: Iterable[str], source: str) -> Iterator[Line]:
    """Every line that is not empty; one that is cut off at the very end is an answer that was cut off."""
    broken: Line | None = None
    for number, text in enumerate(texts, start=1):
        if broken is not None:
            yield broken
            broken = None
        plain = text.strip(f"{_SEPARATOR} \t\r\n")
        if plain:
            value = _value(plain, number, source) if number > 1 else _first_value(plain, source, text)
            line = Line(number, value, text)
            if isinstance(line.value, Broken):
                broken = line
            else:
                yield line
    if broken is not None:
        if not broken.text.endswith("\n"):
            raise _half(source, broken.number)
        yield broken


def _first_value(plain: str, source: str, text: str) -> Any:
    """What is no NDJSON at all must not be set aside line by line."""
    try:
        value = json.parse(plain.encode(), source, charset="utf-8")
    except ConnectorError:
        if not text.endswith("\n"):
            raise
        raise _no_lines(source, "its first line is no JSON") from None
    if isinstance(value, list):
        raise _no_lines(source, "it is a JSON list")
    return value


def _value(plain: str, number: int, source: str) -> Any:
    try:
        return json.parse(plain.encode(), source, charset="utf-8")
    except ConnectorError as error:
        return Broken(f"line {number} is no JSON: {error}", plain.encode())


def _no_lines(source: str, why: str) -> Changed:
    return Changed(
        f"the answer of {source} has no record in each line: {why}",
        code="not_json",
        hint="If it is one JSON document, write `format: json`.",
    )


def _half(source: str, number: int) -> Unavailable:
    return Unavailable(
        f"the answer of {source} is half a document: it ends inside line {number:,}",
        code="truncated",
        hint="Nothing is lost; the hub asks again later. If it lasts, lower `page_size`.",
    )
