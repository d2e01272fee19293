"""Cases: a record as a department sent it beside what the mapping must make of it.

`cases/<what is special>/source.xml` (or `source.json`) stands beside `expected.yaml`, the draft's values with the
problems under `problems:`, or beside `expected.err`, texts of which each must be in a problem of the rejected record.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mappings.engine.draft import Draft
from mappings.engine.reading import Mapping
from mappings.engine.yaml_source import Invalid, read

VALUES, REJECTED = "expected.yaml", "expected.err"
PROBLEMS = "problems"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one case went; `differences` has a line for everything that is not as expected."""

    name: str
    folder: Path
    differences: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Is everything as expected?"""
        return not self.differences


def run_cases(folder: Path, mapping: Mapping) -> list[CaseResult]:
    """Run every case of the mapping document that stands in `folder`."""
    cases = sorted(one for one in (folder / "cases").glob("*") if one.is_dir())
    return [CaseResult(case.name, case, tuple(_differences(case, mapping))) for case in cases]


def _differences(case: Path, mapping: Mapping) -> Iterator[str]:
    source = next((path for path in sorted(case.glob("source.*"))), None)
    expected = [path for path in (case / VALUES, case / REJECTED) if path.exists()]
    if source is None:
        yield "there is no source.xml or source.json"
        return
    if len(expected) != 1:
        yield f"there must be either {VALUES} or {REJECTED}"
        return
    try:
        records = mapping.records(source.read_bytes())
    except ValueError as error:
        yield f"{source.name} cannot be read: {error}"
        return
    if len(records) != 1:
        yield f"{source.name} has {len(records)} records; a case is about one"
        return
    draft = mapping.read(records[0])
    yield from _against_values(expected[0], draft) if expected[0].name == VALUES else _against_text(expected[0], draft)


def _against_values(path: Path, draft: Draft) -> Iterator[str]:
    if draft.rejected:
        yield "the record was rejected: " + " · ".join(map(str, draft.problems))
        return
    try:
        source = read(path)
    except Invalid as invalid:
        yield from map(str, invalid.findings)
        return
    yield from map(str, source.findings)
    expected = dict(source.data or {}) if isinstance(source.data or {}, dict) else {}
    problems = expected.pop(PROBLEMS, None) or []
    yield from _compare("", expected, draft.values)
    yield from _compare_problems(list(map(str, problems)), list(map(str, draft.problems)))


def _compare(path: str, expected: Any, found: Any) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in [*expected, *(key for key in found if key not in expected)]:
            inner = f"{path}.{key}" if path else key
            yield from _compare(inner, expected.get(key), found.get(key))
    elif isinstance(expected, list) and isinstance(found, list):
        for at in range(max(len(expected), len(found))):
            yield from _compare(f"{path}[{at}]", *(rows[at] if at < len(rows) else None for rows in (expected, found)))
    elif expected != found or isinstance(expected, bool) != isinstance(found, bool):
        yield f"{path}: expected {_shown(expected)}, found {_shown(found)}"


def _compare_problems(expected: list[str], found: list[str]) -> Iterator[str]:
    for part in expected:
        match = next((sentence for sentence in found if part in sentence), None)
        if match is None:
            yield f'{PROBLEMS}: expected one that says "{part}"'
        else:
            found.remove(match)
    for sentence in found:
        yield f"{PROBLEMS}: not expected: {sentence}"


def _against_text(path: Path, draft: Draft) -> Iterator[str]:
    sentences = "\n".join(map(str, draft.problems))
    if not draft.rejected:
        yield "expected the record to be rejected; it was read"
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and line.strip() not in sentences:
            yield f'expected a problem that says "{line.strip()}"; the problems are: {sentences or "none"}'


def _shown(value: Any) -> str:
    return "nothing" if value is None else f'"{value}"' if isinstance(value, str) else str(value)
