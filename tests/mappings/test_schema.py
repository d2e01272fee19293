"""The JSON Schema for editors accepts what lint accepts, and marks what a person mistypes."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from hub.wiring import record_targets
from mappings.engine import Library, Target, Targets
from mappings.engine.library import built_in
from mappings.engine.schema import json_schema
from mappings.engine.text import FUNCTIONS
from mappings.engine.yaml_source import parse
from mappings.scaffold.document import scaffold
from tests.mappings.strange_systems import SYSTEMS

SCHEMA = json_schema(record_targets())
VALID = Draft202012Validator(SCHEMA)
HEAD = "mapping: a/b\nversion: 1\nentity: dossier\ninput: json\nfields:\n  code: {from: a}\n"
STATUS = "  status: {value: accepted}\n"


def errors(text: str) -> list[str]:
    return [error.message for error in VALID.iter_errors(parse(text, "mapping.yaml").data)]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", sorted(built_in().rglob("mapping.yaml")), ids=lambda path: path.parent.name)
def test_every_shipped_mapping_is_valid(path: Path) -> None:
    assert errors(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", SYSTEMS)
def test_what_is_guessed_is_valid(name: str, target: Target) -> None:
    make, _ = SYSTEMS[name]
    assert errors(scaffold("a/b", "json", [make(number) for number in range(1, 20)], target).text) == []


@pytest.mark.parametrize(
    "line",
    [
        "due_at: {from: a, date: d/M/yyyy, end_of_day: true}",
        "applicant.name: {from: [a, b], text: [tcvn3, trim], missing: [x]}",
        "extra.ward: {from: a}",
        "channel: {from: a, table: k, default: direct}\ntables: {k: {x: online}}",
        "supplements: {each: a, fields: {content: {from: b}, fees: {each: c, fields: {name: {from: d}}}}}",
    ],
)
def test_what_the_language_has_is_valid(line: str) -> None:
    assert errors(f"{HEAD}{STATUS}  {line}\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "cod: {from: a}",
        "note: {fron: a}",
        "note: {from: a, text: tcvn}",
        "note: {from: a, as: cccd}",
        "note: {from: a, money: vnd}",
        "due_at: {from: a}",
        "channel: {from: a}",
        "channel: {value: mail}",
        "fees: {each: a, fields: {nam: {from: b}}}",
        "fees: {fields: {name: {from: b}}}",
        "supplements: {each: a, fields: {fees: {each: c, fields: {nam: {from: d}}}}}",
        "note: {from: a}\nrecord: x",
        "note: {from: a}\ntables: {k: {x: 1.5}}",
    ],
)
def test_a_wrong_word_is_marked(line: str) -> None:
    assert errors(f"{HEAD}{STATUS}  {line}\n")


def test_a_required_field_that_is_not_mapped_is_marked_and_an_entity_has_fields_of_its_own() -> None:
    assert errors(HEAD) == ["'status' is a required property"]
    event = HEAD.replace("dossier", "event").replace(
        "code: {from: a}", "dossier_code: {from: a}\n  at: {from: b, date: iso}"
    )
    assert errors(event + STATUS) == []
    assert errors(event.replace("event", "evnt") + STATUS)


def test_the_names_of_functions_and_fields_are_offered(targets: Targets) -> None:
    definitions: dict[str, Any] = SCHEMA["$defs"]
    assert definitions["FieldSpec"]["properties"]["text"]["anyOf"][0]["enum"] == list(FUNCTIONS)
    for name, target in targets.items():
        top = {inner for inner in target.lists if "." not in inner}
        assert definitions[f"{name}.fields"]["properties"].keys() == target.fields.keys() | top


def test_whatever_the_schema_accepts_of_the_shipped_documents_lint_accepts(targets: Targets) -> None:
    for name in Library().documents():
        assert Library().lint(name, targets) == []
