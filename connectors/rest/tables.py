"""Answers in rows or lines, each a record of its own: CSV and NDJSON, in pieces where they are long."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, TypeAlias

from connectors import charset, csv, ndjson
from connectors.answers import Answer
from connectors.documents import JsonDocument
from connectors.errors import Changed, Unavailable
from connectors.rest.settings import RestSettings
from connectors.wording import did_you_mean
from connectors.xml_parts import PART

Cut: TypeAlias = tuple[
    bytes, JsonDocument, bool
]  # the bytes of some records, these records, and whether they are the last
_Taken: TypeAlias = Iterator[tuple[Any, str]]  # a record, and the text that it was read from


def tables(answer: Answer, settings: RestSettings) -> Iterable[Cut]:
    """The records of an answer; what can be said of it at once is said at once."""
    source = answer.address
    found = charset.charset_of(answer.content, source, settings.charset, answer.charset)
    texts = charset.lines(answer.content, found, source)
    head, taken = _lines(texts, source) if settings.format == "ndjson" else _rows(texts, source, settings)
    if answer.content.is_small:
        return ((answer.body, JsonDocument([value for value, _ in taken], source), True),)
    return _cut(head, taken, source)


def _cut(head: str, taken: _Taken, source: str) -> Iterator[Cut]:
    """Pieces that are each a table of their own, with the header of the whole."""
    values: list[Any] = []
    texts = [head]
    size = 0
    for value, text in taken:
        if size >= PART:
            yield "".join(texts).encode(), JsonDocument(values, source), False
            values, texts, size = [], [head], 0
        values.append(value)
        texts.append(text)
        size += len(text)
    yield "".join(texts).encode(), JsonDocument(values, source), True


def _lines(texts: Iterator[str], source: str) -> tuple[str, _Taken]:
    found = ndjson.lines(texts, source)
    first = next(found, None)  # so that what is no NDJSON at all is said at once
    ahead = found if first is None else chain((first,), found)
    # Each piece begins with an empty line: in its first line alone a broken record would mean that it is no NDJSON.
    return "\n", ((line.value, line.text) for line in ahead)


def _rows(texts: Iterator[str], source: str, settings: RestSettings) -> tuple[str, _Taken]:
    names: Sequence[str] = settings.columns
    rows = csv.rows(texts, source, settings.separator, len(names) or None)
    first = next(rows, None)
    if first is None:
        return "", _no_rows(source, settings)
    if names:
        head, first = _without_head(first, source, settings)
        return head, ((csv.record(names, row), "".join(row.lines)) for row in chain((first,), rows))
    names = csv.named(first.cells, source)
    _refuse_without(settings, names, source)
    return "".join(first.lines), ((csv.record(names, row), "".join(row.lines)) for row in rows)


def _without_head(first: csv.Row, source: str, settings: RestSettings) -> tuple[str, csv.Row]:
    """What names the separator to whoever reads one piece alone, where only the first row shows it, and that row."""
    if csv.says_separator(first.lines[0]):
        return first.lines[0], replace(first, lines=first.lines[1:])
    if settings.separator != "auto":
        return "", first
    return f"sep={csv.separator_of(first.lines[0], source, width=len(settings.columns))}\n", first


def _no_rows(source: str, settings: RestSettings) -> _Taken:
    if settings.columns:
        return iter(())
    raise Unavailable(
        f"{source} answered nothing at all, not even the names of its columns",
        code="empty_answer",
        hint="The hub tries again later; nothing is lost.",
    )


def _refuse_without(settings: RestSettings, names: Sequence[str], source: str) -> None:
    """An error message, which is a first row as well, must not be taken for a table without rows."""
    needed = [settings.key, *([settings.changed_at.from_] if settings.changed_at else [])]
    missing = next((name for name in needed if name not in names), None)
    if missing is not None:
        raise Changed(
            f"the first row of {source} names no column `{missing}`. {did_you_mean(missing, names)}",
            code="not_csv",
            hint="Correct the settings; if the first row is data already, name the columns in `columns`.",
        )
