"""Every example of mappings/README.md is run: what stands in its tables is what the engine does."""

import re
from pathlib import Path

import orjson
import pytest
from lxml import etree

import mappings
from mappings.engine import Draft, Targets, compile, lint, load  # noqa: A004

README = Path(str(mappings.__file__)).with_name("README.md").read_text(encoding="utf-8")
DOCUMENT = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)[1]
EXAMPLES = [
    tuple(cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1])
    for line in README.splitlines()
    if line.startswith("| `")
]
INSIDE = next(line for line in DOCUMENT.splitlines(keepends=True) if line.startswith("inside:"))
TABLES = DOCUMENT[DOCUMENT.index("tables:") :].splitlines(keepends=True)


def _code(cell: str) -> str:
    """What stands between the first and the last backticks; JMESPath has backticks of its own."""
    return cell[cell.index("`") : cell.rindex("`") + 1].strip("`")


def _read(field: str, record: str, folder: Path, targets: Targets) -> Draft:
    always = {"code": "HS", "status": "accepted"}
    always.pop(field.partition(":")[0], None)
    rest = "".join(f"  {name}: {{value: {value}}}\n" for name, value in always.items())
    used = set(re.findall(r"table: (\w+)", field))
    tables = "".join(line for line in TABLES if line.strip().partition(":")[0] in used)
    is_xml = record.startswith("<")
    path = folder / "mapping.yaml"
    path.write_text(
        f"mapping: a/b\nversion: 1\nentity: dossier\ninput: {'xml' if is_xml else 'json'}\n"
        + (INSIDE if "inside: don" in field else "")
        + f"fields:\n  {field}\n{rest}"
        + (f"tables:\n{tables}" if tables else ""),
        encoding="utf-8",
    )
    return compile(load(path), targets).read(etree.fromstring(record) if is_xml else orjson.loads(record))


def test_the_readme_has_examples() -> None:
    assert len(EXAMPLES) > 30


@pytest.mark.parametrize(("field", "record", "result"), EXAMPLES, ids=[str(number) for number in range(len(EXAMPLES))])
def test_an_example_does_what_the_readme_says(
    field: str, record: str, result: str, tmp_path: Path, targets: Targets
) -> None:
    draft = _read(_code(field), _code(record), tmp_path, targets)
    problems = "\n".join(map(str, draft.problems))
    values, _, problem = result.partition("problem ") if "problem " in result else result.partition("rejected ")
    assert draft.rejected == result.startswith("rejected")
    if problem:
        assert _code(problem) in problems
    else:
        assert not problems
    if "`" in values:
        expected = orjson.loads(_code(values))
        given = {key: draft.values.get(key) for key in expected}
        assert given == expected
        assert draft.values.keys() - {"code", "status"} <= expected.keys()


def test_the_document_in_the_readme_has_no_mistakes(tmp_path: Path, targets: Targets) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(DOCUMENT, encoding="utf-8")
    assert lint(path, targets) == []
