"""What the mapping tests share: the dossier as a target, and a mapping written on the spot."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import orjson
import pytest
from lxml import etree

from hub.wiring import record_targets
from mappings.engine import Draft, Mapping, Target, Targets, compile, load  # noqa: A004

Make: TypeAlias = Callable[..., Mapping]
Read: TypeAlias = Callable[..., Draft]

HEAD = "mapping: thu-nghiem/mot\nversion: 1\nentity: dossier\n"
# What every dossier needs, so that a test can be about one field.
ALWAYS = "  code: {value: HS-1}\n  status: {value: accepted}\n"


@pytest.fixture(scope="session")
def targets() -> Targets:
    """What records can become, as the hub hands it over."""
    return record_targets()


@pytest.fixture(scope="session")
def target(targets: Targets) -> Target:
    """A dossier's fields."""
    return targets["dossier"]


@pytest.fixture
def make(tmp_path: Path, targets: Targets) -> Make:
    """A mapping from the lines of its `fields:` (or of more, after a line without indent)."""

    def mapping(fields: str, *, kind: str = "json", always: str = ALWAYS) -> Mapping:
        path = tmp_path / "mapping.yaml"
        path.write_text(f"{HEAD}input: {kind}\nfields:\n{always}{fields}", encoding="utf-8")
        return compile(load(path), targets)

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
