"""Values in the catalogue keeper's files: what each field takes, from a text or as YAML has it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.record.entities import ENTITIES
from hub.record.fields import RecordField
from mappings.engine.yaml_model import did_you_mean
from mappings.engine.yaml_source import BOOLEANS, Finding
from schedules.calendar import csv_text

_BOOLEANS = BOOLEANS | {"có": True, "không": False, "1": True, "0": False}
_WANTED = {"integer": "a whole number", "money": "a number of whole đồng", "boolean": "yes or no"}


@dataclass(frozen=True, slots=True)
class Written:
    """One entry as it stands in a file: its values, and the place of each of its fields."""

    values: dict[str, Any]
    place: Callable[[str], tuple[int, int]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Contents:
    """The entries of a file that can be read, and what is wrong with it besides."""

    file: str
    entries: list[Written]
    findings: list[Finding]
    missing: frozenset[str] = frozenset()  # columns that the whole file lacks, which is told once


class Wrong(Exception):
    """A value that a field does not take."""

    def __init__(self, what: str, right: str) -> None:
        super().__init__(what)
        self.right = right


def fields_of(entity: str) -> Mapping[str, RecordField]:
    return ENTITIES[entity].fields


def lists_of(entity: str) -> Mapping[str, Mapping[str, RecordField]]:
    return ENTITIES[entity].lists


def typed(value: Any, known: RecordField) -> Any:
    """A value of YAML as the field's type.

    Raises:
        Wrong: it is none.
    """
    if isinstance(value, dict | list):
        raise Wrong("a list or a group stands where one value belongs", "write one value")
    match known.type:
        case "integer" | "money" if isinstance(value, int) and not isinstance(value, bool):
            return value
        case "boolean" if isinstance(value, bool):
            return value
        case _ if isinstance(value, str):
            return of_text(value, known)
        case "text" | "choice" | "date":
            raise Wrong(f"{str(value).lower()} is not a text", "put it in quotes")
    raise Wrong(f"{str(value).lower()} is not {_WANTED[known.type]}", "")


def of_text(text: str, known: RecordField) -> Any:
    match known.type:
        case "integer" | "money":
            if not re.fullmatch(r"-?\d{1,15}", text):
                raise Wrong(f'"{text[:60]}" is not {_WANTED[known.type]}', "write digits alone, as 50000")
            return int(text)
        case "boolean":
            if text.lower() not in _BOOLEANS:
                raise Wrong(f'"{text[:60]}" is neither yes nor no', "write yes or no")
            return _BOOLEANS[text.lower()]
        case "date":
            return day_of(text)
        case "choice":
            if text not in known.choices:
                raise Wrong(f'"{text[:60]}" is not allowed here', did_you_mean(text, known.choices))
    return text


def day_of(text: str) -> str:
    """`2026-05-20`, also of `20/5/2026`: the day stands before the month."""
    try:
        return csv_text.day_of(text).isoformat()
    except ValueError:
        raise Wrong(f'"{text[:60]}" is no day', "write 2026-05-20 or 20/05/2026") from None


def put(values: dict[str, Any], name: str, value: Any) -> None:
    group, dot, rest = name.partition(".")
    if dot:
        values.setdefault(group, {})[rest] = value
    else:
        values[name] = value


def known_field(entity: str, name: str) -> RecordField | None:
    prefix = ENTITIES[entity].open_prefix
    if prefix and name.startswith(prefix) and len(name) > len(prefix):
        return RecordField("text", "", name)
    return fields_of(entity).get(name)
