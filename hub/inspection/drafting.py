"""A mapping's document while somebody works on it: what is wrong with it, where a field stands, what a table lacks."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mappings.engine.compile import build
from mappings.engine.document import examine_text
from mappings.engine.reading import Mapping
from mappings.engine.target import Targets
from mappings.engine.text import comparable
from mappings.engine.yaml_source import Finding, Invalid, Source, parse
from mappings.scaffold.labels import meaning
from mappings.scaffold.tables import TABLE_OF

_ROW = re.compile(r"\[\d*\]")
_IN_TABLE = re.compile(r'a text that the table "([^"]+)" has')  # as mappings.engine.lookup says it
_TOGETHER = " + "  # several fields ask one table together


@dataclass(frozen=True, slots=True)
class Linted:
    """A document, ready to read records, or everything that is wrong with it."""

    mapping: Mapping | None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A line that a table lacks."""

    table: str
    value: str  # as the source writes it
    records: int  # that wait for it
    word: str = ""  # what it may mean; empty: nobody can guess

    @property
    def line(self) -> str:
        """As it would stand in the table: marked as a guess, or with its meaning left to be filled in."""
        return f"{json.dumps(self.value, ensure_ascii=False)}: {f'{self.word} ' if self.word else ''}# ?"


def linted(text: str, name: str, targets: Targets) -> Linted:
    """A document that must be that of the mapping `name`."""
    file, findings = examine_text(text, name)
    made = None
    if file is not None:
        made, more = build(file, targets)
        findings = [*findings, *more]
        if file.document.mapping != name and not findings:
            what = f'this is the mapping "{name}", the document calls itself "{file.document.mapping}"'
            findings = [file.finding(("mapping",), what, f"write `mapping: {name}`")]
    if findings or made is None:
        return Linted(None, tuple(sorted(set(findings))))
    return Linted(made)


def line_of(text: str, field: str) -> int:
    """The line of a field; of the nearest part above it where it is not there, and 1 in what is no document."""
    source = _parsed(text)
    if source is None:
        return 1
    first, *inner = re.split(r"\[\d*\]\.?", field)
    at: list[str | int] = ["fields", first]
    for name in filter(None, inner):
        at += ["fields", name]
    return source.position(at, key=True)[0]


def table_of(expected: str) -> str | None:
    """The table that lacks a value, by what was expected of it."""
    found = _IN_TABLE.fullmatch(expected)
    return found[1] if found else None


def has_table(text: str, table: str) -> bool:
    """Whether a document has a table of its own of this name."""
    source = _parsed(text)
    return source is not None and isinstance(_table(source, table), dict)


def knows(text: str, table: str, value: str) -> bool:
    """Whether a document's own table has a line for a value, however it is spelled."""
    source = _parsed(text)
    found = None if source is None else _table(source, table)
    return isinstance(found, dict) and comparable(value) in map(comparable, found)


def line_of_table(text: str, table: str) -> int:
    """The line of a table; 1 where the document has none of this name."""
    source = _parsed(text)
    known = source is not None and ("tables", table) in source.values
    return source.position(("tables", table), key=True)[0] if source and known else 1


def proposed(field: str, source: str, expected: str, value: str, records: int) -> Proposal | None:
    """The line that would let a value be read; None where it takes more than a line."""
    table = table_of(expected)
    if table is None or not value.strip() or _TOGETHER in source:
        return None
    known = TABLE_OF.get(_ROW.sub("", field))
    said = meaning(known, value) if known else None
    return Proposal(table, " ".join(value.split()), records, said.word if said else "")


def with_lines(text: str, proposals: Sequence[Proposal]) -> str:
    """The document with these lines in its tables; where one cannot simply be put in, without it."""
    for one in proposals:
        text = _with_line(text, one) or text
    return text


def _with_line(text: str, one: Proposal) -> str | None:
    source = _parsed(text)
    table = None if source is None else _table(source, one.table)
    if source is None or not isinstance(table, dict) or not table or one.value in table:
        return None
    first = source.keys["tables", one.table, next(iter(table))]
    last = source.keys["tables", one.table, list(table)[-1]]
    lines = text.splitlines()
    for line, column in ((last[0], first[1] - 1), (first[0] - 1, first[1] - 1)):
        made = "\n".join([*lines[:line], f"{' ' * column}{one.line}", *lines[line:]]) + "\n"
        if _adds_just_that(made, source, one):
            return made
    return None


def _adds_just_that(text: str, before: Source, one: Proposal) -> bool:
    after = _parsed(text)
    table = None if after is None else _table(after, one.table)
    if after is None or not isinstance(table, dict) or one.value not in table:
        return False
    old = _table(before, one.table)
    rest = {key: said for key, said in table.items() if key != one.value}
    others = {key: said for key, said in after.data.items() if key != "tables"}
    return rest == old and others == {key: said for key, said in before.data.items() if key != "tables"}


def _table(source: Source, name: str) -> Any:
    tables = source.data.get("tables") if isinstance(source.data, dict) else None
    return tables.get(name) if isinstance(tables, dict) else None


@lru_cache(maxsize=8)  # one page asks dozens of things of the same text, and reading YAML takes long
def _parsed(text: str) -> Source | None:
    try:
        return parse(text, "")
    except Invalid:
        return None
