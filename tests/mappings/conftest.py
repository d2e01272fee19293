"""What the mapping tests share: the dossier as a target, and a mapping written on the spot."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import orjson
import pytest
from lxml import etree

from hub.record.fields import DOSSIER_FIELDS, LIST_FIELDS, OPEN_PREFIX, RecordField
from mappings.engine import Draft, Field, Mapping, Target, Type, compile, load  # noqa: A004

Make: TypeAlias = Callable[..., Mapping]
Read: TypeAlias = Callable[..., Draft]

HEAD = "mapping: thu-nghiem/mot\nversion: 1\nentity: dossier\n"
# What every dossier needs, so that a test can be about one field.
ALWAYS = "  code: {value: HS-1}\n  status: {value: accepted}\n"


def _field(field: RecordField) -> Field:
    return Field(Type(field.type), field.required, tuple(str(choice) for choice in field.choices))


def dossier_target() -> Target:
    """The record's own fields, as the hub hands them over."""
    lists = {name: {key: _field(one) for key, one in row.items()} for name, row in LIST_FIELDS.items()}
    return Target("dossier", {name: _field(one) for name, one in DOSSIER_FIELDS.items()}, lists, (OPEN_PREFIX,))


@pytest.fixture(scope="session")
def target() -> Target:
    return dossier_target()


@pytest.fixture
def make(tmp_path: Path, target: Target) -> Make:
    """A mapping from the lines of its `fields:` (or of more, after a line without indent)."""

    def mapping(fields: str, *, kind: str = "json", always: str = ALWAYS) -> Mapping:
        path = tmp_path / "mapping.yaml"
        path.write_text(f"{HEAD}input: {kind}\nfields:\n{always}{fields}", encoding="utf-8")
        return compile(load(path), target)

    return mapping


@pytest.fixture
def read(make: Make) -> Read:
    """The draft of one record, text as JSON or XML, by a mapping of these fields."""

    def draft(fields: str, record: Any, *, always: str = ALWAYS) -> Draft:
        is_xml = isinstance(record, str) and record.lstrip().startswith("<")
        mapping = make(fields, kind="xml" if is_xml else "json", always=always)
        if is_xml:
            return mapping.read(etree.fromstring(record))
        return mapping.read(orjson.loads(record) if isinstance(record, str) else record)

    return draft
