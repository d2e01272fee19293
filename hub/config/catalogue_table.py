"""A CSV file of the catalogue keeper, as spreadsheets save it: the first line names the fields."""

import csv
import re
from pathlib import Path
from typing import Any

from hub.config.catalogue_cells import Contents, Written, Wrong, day_of, fields_of, known_field, lists_of, of_text, put
from mappings.engine.yaml_model import did_you_mean
from mappings.engine.yaml_source import Finding, Invalid
from schedules.calendar.csv_text import Rows, broken, separator

_SPAN = re.compile(r"(\S+)(?:\s+(\S*)\.\.(\S*))?")
_STRETCH = re.compile(r"(\d{1,2}:\d{2})-(\d{1,2}:\d{2})")
_MOST_ROWS = 50_000
_ALIASES = "write CODE FROM..TO; CODE FROM..TO, such as 000.00.15.H29 ..2025-06-30"
_HOURS = "write mon-fri 07:30-11:30 13:00-17:00; sat 07:30-11:30"


class Table:
    """A CSV file: the first line names the fields."""

    def __init__(self, path: Path, entity: str) -> None:
        self.path, self.entity, self.file = path, entity, str(path)
        self.findings: list[Finding] = []

    def contents(self) -> Contents:
        text = self._text()
        delimiter = separator(text)
        rows = Rows(text, delimiter)
        entries: list[Written] = []
        columns: list[str] = []
        line = 1
        try:
            columns = self._columns(next(rows, []))
            line = rows.line_num + 1
            for row in rows:
                if any(cell.strip() for cell in row):
                    entries.append(self._entry(columns, row, line))
                line = rows.line_num + 1
        except csv.Error:
            self.findings.append(Finding(self.file, *broken(text, line, delimiter)))
        if len(entries) > _MOST_ROWS:
            self.findings.append(Finding(self.file, 1, 1, f"more than {_MOST_ROWS:,} rows", "is this the right file?"))
            entries = []
        return Contents(self.file, entries, self.findings, frozenset(self._required()) - set(columns))

    def _text(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            right = "save it as “CSV UTF-8”"
            raise Invalid([Finding(self.file, line, 1, "the text is not UTF-8", right)]) from None
        except OSError as error:
            raise Invalid([Finding(self.file, 1, 1, f"the file cannot be read: {error.strerror}")]) from None

    def _columns(self, header: list[str]) -> list[str]:
        columns = [name.strip() for name in header]
        names = [*fields_of(self.entity), *lists_of(self.entity)]
        for at, name in enumerate(columns, 1):
            if name in columns[: at - 1] and name:
                self.findings.append(Finding(self.file, 1, at, f'the column "{name}" stands twice'))
            elif name not in lists_of(self.entity) and known_field(self.entity, name) is None:
                self.findings.append(Finding(self.file, 1, at, f'unknown column "{name}"', did_you_mean(name, names)))
        missing = [name for name in self._required() if name not in columns]
        self.findings += [Finding(self.file, 1, 1, f'the column "{name}" is missing', "add it") for name in missing]
        return columns

    def _required(self) -> list[str]:
        return [name for name, known in fields_of(self.entity).items() if known.required]

    def _entry(self, columns: list[str], row: list[str], line: int) -> Written:
        if len(row) > len(columns) and any(cell.strip() for cell in row[len(columns) :]):
            what = f"this line has {len(row)} cells, the first line names {len(columns)} columns"
            self.findings.append(Finding(self.file, line, len(columns) + 1, what, "put such text in quotes"))
        values: dict[str, Any] = {}
        for at, (name, cell) in enumerate(zip(columns, row, strict=False), 1):
            text = cell.strip()
            if not text:
                continue
            try:
                self._take(values, name, text)
            except Wrong as wrong:
                self.findings.append(Finding(self.file, line, at, f"{name}: {wrong}", wrong.right))
        return Written(values, lambda field: (line, _column(columns, field)))

    def _take(self, values: dict[str, Any], name: str, text: str) -> None:
        match name:
            case "aliases" if name in lists_of(self.entity):
                values[name] = _aliases(text)
            case "hours" if name in lists_of(self.entity):
                values[name] = _hours(text)
            case _ if known := known_field(self.entity, name):
                put(values, name, of_text(text, known))


def _column(columns: list[str], field: str) -> int:
    name = field.partition("[")[0]
    return columns.index(name) + 1 if name in columns else 1


def _aliases(text: str) -> list[dict[str, str]]:
    found = []
    for part in filter(None, map(str.strip, re.split(r"[;\n]", text))):
        written = _SPAN.fullmatch(part)
        if not written:
            raise Wrong(f'"{part[:60]}" is no alias', _ALIASES)
        days = {"effective_from": written[2], "effective_to": written[3]}
        found.append({"code": written[1]} | {name: day_of(day) for name, day in days.items() if day})
    return found


def _hours(text: str) -> list[dict[str, str]]:
    found = []
    for part in filter(None, map(str.strip, re.split(r"[;\n]", text))):
        days, *stretches = part.split()
        read_as = [_STRETCH.fullmatch(stretch) for stretch in stretches]
        if not stretches or not all(read_as):
            raise Wrong(f'"{part[:60]}" are no working hours', _HOURS)
        found += [{"days": days, "from": one[1], "to": one[2]} for one in read_as if one]
    return found
