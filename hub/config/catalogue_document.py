"""A YAML (or JSON) file of the catalogue keeper: `agencies:` or `procedures:` above a list of entries."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeAlias

from hub.config.catalogue_cells import Contents, Written, Wrong, fields_of, known_field, lists_of, put, typed
from hub.record.fields import RecordField
from mappings.engine.yaml_model import did_you_mean
from mappings.engine.yaml_source import Finding, Source

PLURALS = {"agency": "agencies", "procedure": "procedures"}
_Loc: TypeAlias = tuple[str | int, ...]


class Document:
    """A YAML file: `agencies:` or `procedures:` above a list of entries."""

    def __init__(self, source: Source, entity: str) -> None:
        self.source, self.entity = source, entity
        self.findings = list(source.findings)

    def contents(self) -> Contents:
        name = PLURALS[self.entity]
        data: Any = self.source.data
        at: _Loc = ()
        if isinstance(data, dict):
            self.findings += [
                self.source.finding((key,), f'unknown key "{key}"', f"`{name}:` stands above the entries", key=True)
                for key in data
                if key != name
            ]
            data, at = data.get(name), (name,)
        if not isinstance(data, list):
            self.findings.append(self.source.finding(at, f"there is no list of {name}", f"write `{name}:` and a list"))
            data = []
        entries = [made for place, one in enumerate(data) if (made := self._entry(one, (*at, place)))]
        return Contents(self.source.file, entries, self.findings)

    def _entry(self, entry: Any, loc: _Loc) -> Written | None:
        if not isinstance(entry, dict):
            self.findings.append(self.source.finding(loc, "this is not a group of `key: value`", "write one"))
            return None
        values: dict[str, Any] = {}
        for name, value, at in _flat(entry, loc, {name.partition(".")[0] for name in self._names() if "." in name}):
            if value is None:
                continue
            if name in lists_of(self.entity):
                put(values, name, self._rows(value, at, lists_of(self.entity)[name]))
            elif (known := known_field(self.entity, name)) is None:
                self.findings.append(self._unknown(name, at, self._names()))
            else:
                self._take(values, name, value, known, at)
        return Written(values, lambda field: self.source.position((*loc, *_steps(field))))

    def _rows(self, value: Any, at: _Loc, columns: Mapping[str, RecordField]) -> list[dict[str, Any]]:
        rows = []
        for place, row in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(row, dict):
                self.findings.append(self.source.finding((*at, place), "this is not a group of `key: value`"))
                continue
            made: dict[str, Any] = {}
            for name, cell in row.items():
                here = (*at, place, name)
                if name not in columns:
                    self.findings.append(self._unknown(name, here, columns))
                elif cell is not None:
                    self._take(made, name, cell, columns[name], here)
            rows.append(made)
        return rows

    def _take(self, values: dict[str, Any], name: str, value: Any, known: RecordField, at: _Loc) -> None:
        try:
            put(values, name, typed(value, known))
        except Wrong as wrong:
            self.findings.append(self.source.finding(at, f"{name}: {wrong}", wrong.right))

    def _names(self) -> list[str]:
        return [*fields_of(self.entity), *lists_of(self.entity)]

    def _unknown(self, name: str, at: _Loc, names: Collection[str]) -> Finding:
        return self.source.finding(at, f'unknown key "{name}"', did_you_mean(name, names), key=True)


def _flat(entry: Mapping[str, Any], loc: _Loc, groups: set[str]) -> Iterator[tuple[str, Any, _Loc]]:
    """Names with their values: groups as dotted names."""
    for name, value in entry.items():
        if isinstance(value, dict) and (name in groups or name == "extra"):
            for inner, inside in value.items():
                yield f"{name}.{inner}", inside, (*loc, name, inner)
        else:
            yield name, value, (*loc, name)


def _steps(field: str) -> list[str | int]:
    """`aliases[2].code` as the steps to it in a document."""
    return [int(step) - 1 if step.isdecimal() else step for step in re.split(r"[.\[\]]+", field) if step]
