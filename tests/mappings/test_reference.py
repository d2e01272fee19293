"""Every word of the language is in the reference, and every example there does what it says."""

from pathlib import Path
from typing import get_args

import orjson
import pytest
from lxml import etree

from mappings.engine import Draft, Targets, compile, load  # noqa: A004
from mappings.engine.document import Document, FieldSpec, ListSpec
from mappings.engine.forms import FORMS
from mappings.engine.patterns import LETTERS, WORDS
from mappings.engine.text import FUNCTIONS
from mappings.reference import CHAPTERS, Example, page

EXAMPLES = [(f"{chapter.title}: {word.name}", word.example) for chapter in CHAPTERS for word in chapter.words]


def draft_of(example: Example, folder: Path, targets: Targets) -> Draft:
    """What the example's document makes of its record."""
    always = {"code": "HS", "status": "accepted"}
    always.pop(example.field.partition(":")[0], None)
    rest = "".join(f"  {name}: {{value: {value}}}\n" for name, value in always.items())
    is_xml = example.record.startswith("<")
    usual = {"mapping": "a/b", "version": 1, "entity": "dossier", "input": "xml" if is_xml else "json"}
    beside = example.beside.splitlines()
    said = [f"{key}: {one}" for key, one in usual.items() if not any(line.startswith(f"{key}:") for line in beside)]
    path = folder / "mapping.yaml"
    path.write_text(
        "\n".join([*said, *beside, f"fields:\n  {example.field}\n{rest}"]),
        encoding="utf-8",
    )
    record = etree.fromstring(example.record) if is_xml else orjson.loads(example.record)
    return compile(load(path), targets).read(record)


@pytest.mark.parametrize("example", [example for _, example in EXAMPLES], ids=[name for name, _ in EXAMPLES])
def test_an_example_does_what_the_reference_says(example: Example, tmp_path: Path, targets: Targets) -> None:
    draft = draft_of(example, tmp_path, targets)
    values, _, sentence = example.result.partition("rejected " if "rejected " in example.result else "problem ")
    assert draft.rejected == ("rejected " in example.result)
    if sentence:
        assert sentence in "\n".join(map(str, draft.problems))
    else:
        assert not draft.problems
        expected = orjson.loads(values)
        assert {name: draft.values.get(name) for name in expected} == expected
        assert draft.values.keys() - {"code", "status"} <= expected.keys()


def names(title: str) -> set[str]:
    (chapter,) = [one for one in CHAPTERS if title in one.title]
    return {word.name for word in chapter.words}


def keys(model: type) -> set[str]:
    return {info.alias or name for name, info in model.model_fields.items()}


def test_every_word_of_the_language_is_in_the_reference() -> None:
    assert names("At the top") == keys(Document)
    assert names("What a record is") == set(get_args(Document.model_fields["input"].annotation))
    assert names("In a field") == keys(FieldSpec)
    assert names("In a list") == keys(ListSpec)
    assert names("`text:`") == set(FUNCTIONS)
    assert names("`as:`") == set(FORMS)
    assert names("by a word") == set(WORDS)
    assert names("by a pattern") == set(LETTERS)


def test_the_page_has_a_row_for_every_word() -> None:
    assert sum(line.startswith("| `") for line in page().splitlines()) >= len(EXAMPLES)
    assert all("\n" not in example.record for _, example in EXAMPLES)
