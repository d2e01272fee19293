"""Cases say in readable lines what differs from what is expected."""

from pathlib import Path

import pytest

from mappings.engine import CaseResult, run_cases
from tests.mappings.conftest import Make

FIELDS = "  note: {from: n}\n  fees: {each: f, fields: {name: {from: n}, amount: {from: t, money: vnd}}}\n"


def run(folder: Path, make: Make, **files: str) -> CaseResult:
    case = folder / "cases" / "one"
    case.mkdir(parents=True)
    for name, text in files.items():
        (case / name.replace("_", ".")).write_text(text, encoding="utf-8")
    (result,) = run_cases(folder, make(FIELDS))
    return result


RECORD = '{"n": "x", "f": [{"n": "a", "t": 1}, {"n": "b", "t": "1.5"}]}'
EXPECTED = "code: HS-1\nstatus: accepted\nnote: x\nfees: [{name: a, amount: 1}]\nproblems: ['fees[1].amount: t says']\n"


def test_a_case_passes_where_values_and_problems_are_as_expected(tmp_path: Path, make: Make) -> None:
    result = run(tmp_path, make, source_json=RECORD, expected_yaml=EXPECTED)
    assert result == CaseResult("one", tmp_path / "cases" / "one")
    assert result.passed


def test_every_difference_is_a_line_with_its_path(tmp_path: Path, make: Make) -> None:
    expected = "code: HS-1\nnote: y\nofficer: z\nfees: [{name: a, amount: true}, {name: b}]\nproblems: [fees, other]\n"
    assert run(tmp_path, make, source_json=RECORD, expected_yaml=expected).differences == (
        'note: expected "y", found "x"',
        'officer: expected "z", found nothing',
        "fees[0].amount: expected True, found 1",
        "fees[1]: expected {'name': 'b'}, found nothing",
        'status: expected nothing, found "accepted"',
        'problems: expected one that says "other"',
    )


def test_a_problem_that_is_not_expected_is_a_difference(tmp_path: Path, make: Make) -> None:
    without = EXPECTED.partition("problems")[0]
    (line,) = run(tmp_path, make, source_json=RECORD, expected_yaml=without).differences
    assert line.startswith('problems: not expected: fees[1].amount: t says "1.5"')


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"expected_yaml": EXPECTED}, "there is no source.xml or source.json"),
        ({"source_json": RECORD}, "there must be either expected.yaml or expected.err"),
        ({"source_json": RECORD, "expected_yaml": "", "expected_err": ""}, "there must be either"),
        ({"source_json": "{", "expected_yaml": EXPECTED}, "source.json cannot be read"),
        ({"source_json": RECORD, "expected_yaml": "a: ["}, "this is not well-formed YAML"),
        ({"source_json": RECORD, "expected_err": "x"}, "expected the record to be rejected; it was read"),
    ],
)
def test_a_case_that_is_not_one_fails_with_the_reason(
    files: dict[str, str], expected: str, tmp_path: Path, make: Make
) -> None:
    result = run(tmp_path, make, **files)
    assert not result.passed
    assert expected in result.differences[0]


def test_a_rejected_record_must_say_each_line_of_expected_err(tmp_path: Path, make: Make) -> None:
    case = tmp_path / "cases" / "one"
    case.mkdir(parents=True)
    (case / "source.json").write_text("{}", encoding="utf-8")
    (case / "expected.err").write_text("note: n has no value\n\nwithout it\nelse\n", encoding="utf-8")
    (result,) = run_cases(tmp_path, make("  note: {from: n, required: true}\n"))
    (line,) = result.differences
    assert line.startswith('expected a problem that says "else"; the problems are: note: n has no value')
    (case / "expected.err").unlink()
    (case / "expected.yaml").write_text("code: HS-1\n", encoding="utf-8")
    (result,) = run_cases(tmp_path, make("  note: {from: n, required: true}\n"))
    assert result.differences[0].startswith("the record was rejected: note: n has no value")
