"""The documents are true: generated parts agree with the code, links lead somewhere, examples are right."""

import re
from pathlib import Path

import pytest

from connectors.registry import Registry
from docs.generate import REFERENCE, generated
from hub.config.file import understand
from hub.wiring import record_targets
from mappings.engine.compile import compile as compile_mapping
from mappings.engine.document import load
from mappings.engine.yaml_source import parse

ROOT = Path(__file__).parents[1]
SKIPPED = {".venv", ".uv", ".git", "var", "node_modules"}
PAGES = [path for path in sorted(ROOT.rglob("*.md")) if not SKIPPED & set(path.relative_to(ROOT).parts)]
ROOMS = ["connectors", "mappings", "schedules", "hub", "tests", "docs", "bench"]


def test_what_is_generated_agrees_with_the_code() -> None:
    stale = [name for name, text in generated().items() if (REFERENCE / name).read_text(encoding="utf-8") != text]
    assert stale == [], "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_between_documents_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_what_it_is_for(room: str) -> None:
    assert (ROOT / room / "README.md").exists()
    for inner in (ROOT / room).iterdir():
        if inner.is_dir() and (inner / "__init__.py").exists():
            assert (inner / "README.md").exists() or (inner / "__init__.py").read_text().startswith('"""'), inner


def test_the_departments_page_shows_a_configuration_and_a_mapping_that_are_right(tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/departments.md").read_text(encoding="utf-8"), re.DOTALL)
    draft, configuration, mapping = blocks
    assert {"so-kin", "FILL_IN"} <= set(re.findall(r"[\w-]+", draft))
    found = understand(parse(configuration, "departments.md"), tmp_path, Registry(), {})
    assert found.config.connectors[0].name == "so-thu-nghiem"
    path = tmp_path / "mapping.yaml"
    path.write_text(mapping, encoding="utf-8")
    read = compile_mapping(load(path), record_targets())
    assert read.name == found.config.connectors[0].mapping


def test_both_readmes_name_the_same_commands() -> None:
    english, vietnamese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.vi.md"))
    commands = re.compile(r"^(make \w+|\.venv/bin/hub [a-z ]+\b)", re.MULTILINE)
    assert [c.strip() for c in commands.findall(english)] == [c.strip() for c in commands.findall(vietnamese)]
