"""English is complete: every text of the console is translated, none is left over, and every error code has words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from hub.console.faults import meaning

ROOT = Path(__file__).parents[3]
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = DEFAULT_KEYWORDS | {"lazy_gettext": None}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@pytest.fixture
def english() -> Catalog:
    with (ROOT / "hub/console/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="en")


def texts_in_use() -> set[str]:
    found = set()
    for room in ("hub/console", "hub/portal", "hub/web"):
        for _file, _line, text, _comments, _context in extract_from_dir(ROOT / room, METHODS, keywords=KEYWORDS):
            found.add(text if isinstance(text, str) else text[0])
    return found


def messages(catalog: Catalog) -> Iterator[tuple[str, list[str]]]:
    for message in catalog:
        if isinstance(message, Message) and message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            yield key, [message.string] if isinstance(message.string, str) else list(message.string)


def test_every_text_is_translated_and_none_is_left_over(english: Catalog) -> None:
    translated = {key for key, strings in messages(english) if all(strings)}
    assert texts_in_use() == translated


def test_translations_use_the_same_placeholders(english: Catalog) -> None:
    for key, strings in messages(english):
        for string in strings:
            assert set(PLACEHOLDER.findall(string)) == set(PLACEHOLDER.findall(key)), key


def test_every_error_code_of_the_connectors_is_explained() -> None:
    assert {code for code in codes_of_connectors() if meaning(code) is meaning(None)} == set()


@pytest.mark.parametrize(
    "code", ["stopped", "lease_lost", "hub_fault", "blackout", "drift", "not_active", "not_usable", "worker_died"]
)
def test_every_error_code_of_a_run_is_explained(code: str) -> None:
    assert meaning(code) is not meaning(None)


def codes_of_connectors() -> Iterator[str]:
    """Every text that is given as `code=` in the connectors, one by one or as a choice."""
    for file in (ROOT / "connectors").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "code":
                yield from _results(node.value)


def _results(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from _results(value.body)
        yield from _results(value.orelse)
