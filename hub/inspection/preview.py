"""What a sync would read: what was asked and what came back, each record, and what its mapping makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from lxml import etree

from connectors import json, xml
from connectors.contract import Record
from connectors.errors import ConnectorError
from connectors.witness import Exchange, witnessed
from hub.inspection.check import Step
from hub.inspection.line import XML, Line, first_pages, kind_of, waiting_at
from hub.inspection.payload import records_at
from hub.inspection.sample_file import read_sample
from hub.record.moments import as_text
from mappings.engine.reading import Mapping


@dataclass(frozen=True, slots=True)
class Shown:
    """One record, and what becomes of it."""

    key: str
    changed_at: str  # at the source, UTC; empty where it does not say
    received: str  # as it came, laid out to be read
    read: dict[str, Any] | None  # None: there is no mapping yet
    problems: Sequence[str] = ()
    quarantined: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that was seen; where it broke off, `trouble` says why."""

    exchanges: Sequence[Exchange]
    records: Sequence[Shown]
    trouble: Step | None = None
    waiting: str = ""  # what the system has that a run would not take yet
    telling: frozenset[int] = frozenset()  # which exchanges brought records or the trouble; the others led up to them


def preview(line: Line, mapping: Mapping | None, wanted: int) -> Preview:
    """Read the first records and store nothing."""
    found: list[Shown] = []
    trouble: Step | None = None
    waiting = ""
    telling: set[int] = set()
    with witnessed() as exchanges:
        try:
            with line.opened() as connector:
                for page in first_pages(connector, wanted):
                    telling.add(len(exchanges) - 1)
                    found += [_shown(record, mapping) for record in page.records]
                    found += [_bad(error.key, error.raw, f"{error}; {error.hint}") for error in page.bad]
                waiting = waiting_at(connector)
        except ConnectorError as error:
            trouble = Step(passed=False, sentence=str(error), code=error.code, hint=error.hint)
            telling.add(len(exchanges) - 1)
        if not found and exchanges:
            telling.add(len(exchanges) - 1)  # what came instead of records is what a person wants to see
    return Preview(exchanges, found[:wanted], trouble, waiting, frozenset(telling))


def preview_file(path: Path, mapping: Mapping | None, wanted: int, where: str | None) -> Preview:
    """The same of a file with an answer, asking nobody; `where` is where its records stand, as settings say it.

    Raises:
        ConnectorError: the file cannot be read, or has no record there.
    """
    values = records_at(read_sample(path).value, where, str(path))[:wanted]
    records = [Record(f"{path.name} {number}", value, _raw(value)) for number, value in enumerate(values, start=1)]
    return Preview((), [_shown(record, mapping) for record in records])


def _shown(record: Record, mapping: Mapping | None) -> Shown:
    changed_at = as_text(record.changed_at) if record.changed_at else ""
    received = _laid_out(record.value)
    if mapping is None:
        return Shown(record.key, changed_at, received, None)
    draft = mapping.read(record.value)
    problems = [str(problem) for problem in draft.problems]
    return Shown(record.key, changed_at, received, draft.values, problems, draft.rejected)


def _bad(key: str, raw: bytes, sentence: str) -> Shown:
    return Shown(key, "", raw.decode("utf-8", "replace"), None, (sentence,), quarantined=True)


def _laid_out(value: Any) -> str:
    """A record with a line for each of its fields."""
    if kind_of(value) != XML:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode()
    copy = etree.fromstring(xml.raw_bytes(value), etree.XMLParser(remove_blank_text=True, resolve_entities=False))
    etree.indent(copy)
    return etree.tostring(copy, encoding="unicode")


def _raw(value: Any) -> bytes:
    return xml.raw_bytes(value) if kind_of(value) == XML else json.raw_bytes(value)
