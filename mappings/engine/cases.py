"""Cases: a record as a department sent it beside what the mapping must make of it.

`cases/<what is special>/source.xml` (or .json, .csv, .txt) stands beside `expected.yaml`, the draft's values with
the problems under `problems:`, or beside `expected.err`, texts of which each must be in a problem of
the rejected record.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mappings.engine.draft import Draft
from mappings.engine.reading import Mapping
from mappings.engine.yaml_source import Invalid, read
from mappings.engine.yaml_text import write

VALUES, REJECTED = "expected.yaml", "expected.err"
PROBLEMS = "problems"
_REVIEW = "# What the mapping reads now. Go through it, correct what is wrong, and take this line away.\n"


class NoCase(Exception):
    """The case cannot be written; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as expected: a value, or (without `path`) what `found` says in a sentence."""

    path: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, found {self.found}" if self.path else self.found


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one case went; `differences` has an entry for everything that is not as expected."""

    name: str
    folder: Path
    differences: tuple[Difference, ...] = ()

    @property
    def passed(self) -> bool:
        """Is everything as expected?"""
        return not self.differences


def folders(folder: Path) -> list[Path]:
    """The cases of the document that stands in `folder`."""
    return sorted(one for one in (folder / "cases").glob("*") if one.is_dir())


def sources(folder: Path) -> list[Path]:
    """What the cases of the document in `folder` are about."""
    return [path for case in folders(folder) if (path := _source(case)) is not None]


def run_cases(folder: Path, mapping: Mapping) -> list[CaseResult]:
    """Run every case of the mapping document that stands in `folder`."""
    return [CaseResult(case.name, case, tuple(_differences(case, mapping))) for case in folders(folder)]


def write_expected(case: Path, mapping: Mapping, *, force: bool = False) -> Path:
    """Write what the mapping makes of a case's source now as what is expected of it, for a person to review.

    Raises:
        NoCase: there is no record to read, or something is expected already and `force` is not given.
    """
    draft = _draft(case, mapping)
    if isinstance(draft, str):
        raise NoCase(f"{case}: {draft}")
    present = [path for path in (case / VALUES, case / REJECTED) if path.exists()]
    if present and not force:
        raise NoCase(f"{present[0]} is there already and stays as it is; --force replaces it")
    sentences = [str(problem) for problem in draft.problems]
    path = case / (REJECTED if draft.rejected else VALUES)
    values = draft.values | ({PROBLEMS: sentences} if sentences else {})
    text = "".join(f"{sentence}\n" for sentence in sentences) if draft.rejected else _REVIEW + write(values)
    path.write_text(text, encoding="utf-8")
    for other in present:
        if other != path:
            other.unlink()
    return path


def _source(case: Path) -> Path | None:
    return next((path for path in sorted(case.glob("source.*"))), None)


def _draft(case: Path, mapping: Mapping) -> Draft | str:
    """The record of a case as the mapping reads it, or why there is none."""
    source = _source(case)
    if source is None:
        return "there is no source.xml, source.json, source.csv or source.txt"
    try:
        records = mapping.records(source.read_bytes())
    except (ValueError, OSError) as error:
        return f"{source.name} cannot be read: {error}"
    if len(records) != 1:
        return f"{source.name} has {len(records)} records; a case is about one"
    return mapping.read(records[0])


def _differences(case: Path, mapping: Mapping) -> Iterator[Difference]:
    expected = [path for path in (case / VALUES, case / REJECTED) if path.exists()]
    draft = _draft(case, mapping)
    if isinstance(draft, str):
        yield _said(draft)
    elif len(expected) != 1:
        yield _said(f"there must be either {VALUES} or {REJECTED}; `hub mapping test --write` makes it")
    elif expected[0].name == VALUES:
        yield from _against_values(expected[0], draft)
    else:
        yield from _against_text(expected[0], draft)


def _said(sentence: str) -> Difference:
    return Difference("", "", sentence)


def _against_values(path: Path, draft: Draft) -> Iterator[Difference]:
    if draft.rejected:
        yield _said("the record was rejected: " + " · ".join(map(str, draft.problems)))
        return
    try:
        source = read(path)
    except Invalid as invalid:
        yield from (_said(str(finding)) for finding in invalid.findings)
        return
    yield from (_said(str(finding)) for finding in source.findings)
    expected = dict(source.data or {}) if isinstance(source.data or {}, dict) else {}
    problems = expected.pop(PROBLEMS, None) or []
    yield from _compare("", expected, draft.values)
    yield from _compare_problems(list(map(str, problems)), list(map(str, draft.problems)))


def _compare(path: str, expected: Any, found: Any) -> Iterator[Difference]:
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in [*expected, *(key for key in found if key not in expected)]:
            inner = f"{path}.{key}" if path else str(key)
            yield from _compare(inner, expected.get(key), found.get(key))
    elif isinstance(expected, list) and isinstance(found, list):
        for at in range(max(len(expected), len(found))):
            yield from _compare(f"{path}[{at}]", *(rows[at] if at < len(rows) else None for rows in (expected, found)))
    elif expected != found or isinstance(expected, bool) != isinstance(found, bool):
        yield Difference(path, _shown(expected), _shown(found))


def _compare_problems(expected: list[str], found: list[str]) -> Iterator[Difference]:
    for part in expected:
        match = next((sentence for sentence in found if part in sentence), None)
        if match is None:
            yield _said(f'{PROBLEMS}: expected one that says "{part}"')
        else:
            found.remove(match)
    for sentence in found:
        yield _said(f"{PROBLEMS}: not expected: {sentence}")


def _against_text(path: Path, draft: Draft) -> Iterator[Difference]:
    sentences = "\n".join(map(str, draft.problems))
    if not draft.rejected:
        yield _said("expected the record to be rejected; it was read")
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and line.strip() not in sentences:
            yield _said(f'expected a problem that says "{line.strip()}"; the problems are: {sentences or "none"}')


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "nothing" if value is None else f'"{value}"' if isinstance(value, str) else str(value)
