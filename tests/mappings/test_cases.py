"""Cases say in readable lines what differs from what is expected."""

from pathlib import Path

import pytest

from mappings.engine import CaseResult, run_cases
from mappings.engine.cases import NoCase, write_expected
from tests.mappings.conftest import Make

FIELDS = (
    "  note: {from: n}\n  fees: {each: f, fields: {name: {from: n}, amount: {from: t, money: vnd, required: true}}}\n"
)


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
    found = run(tmp_path, make, source_json=RECORD, expected_yaml=expected).differences
    assert tuple(map(str, found)) == (
        'note: expected "y", found "x"',
        'officer: expected "z", found nothing',
        "fees[0].amount: expected true, found 1",
        "fees[1]: expected {'name': 'b'}, found nothing",
        'status: expected nothing, found "accepted"',
        'problems: expected one that says "other"',
    )


def test_a_problem_that_is_not_expected_is_a_difference(tmp_path: Path, make: Make) -> None:
    without = EXPECTED.partition("problems")[0]
    (line,) = run(tmp_path, make, source_json=RECORD, expected_yaml=without).differences
    assert str(line).startswith('problems: not expected: fees[1].amount: t says "1.5"')


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"expected_yaml": EXPECTED}, "there is no source.xml, source.json, source.csv or source.txt"),
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
    assert expected in str(result.differences[0])


def test_a_rejected_record_must_say_each_line_of_expected_err(tmp_path: Path, make: Make) -> None:
    case = tmp_path / "cases" / "one"
    case.mkdir(parents=True)
    (case / "source.json").write_text("{}", encoding="utf-8")
    (case / "expected.err").write_text("note: n has no value\n\nwithout it\nelse\n", encoding="utf-8")
    (result,) = run_cases(tmp_path, make("  note: {from: n, required: true}\n"))
    (line,) = result.differences
    assert str(line).startswith('expected a problem that says "else"; the problems are: note: n has no value')
    (case / "expected.err").unlink()
    (case / "expected.yaml").write_text("code: HS-1\n", encoding="utf-8")
    (result,) = run_cases(tmp_path, make("  note: {from: n, required: true}\n"))
    assert str(result.differences[0]).startswith("the record was rejected: note: n has no value")


def test_what_is_read_now_is_written_for_a_person_to_review_and_never_over_a_review(tmp_path: Path, make: Make) -> None:
    case = tmp_path / "cases" / "one"
    case.mkdir(parents=True)
    (case / "source.json").write_text(RECORD, encoding="utf-8")
    mapping = make(FIELDS)
    assert write_expected(case, mapping) == case / "expected.yaml"
    assert run_cases(tmp_path, mapping)[0].passed
    reviewed = (case / "expected.yaml").read_text(encoding="utf-8")
    assert reviewed.startswith("# What the mapping reads now.")
    assert "fees[1].amount: t says" in reviewed
    (case / "source.json").write_text('{"n": "y"}', encoding="utf-8")
    with pytest.raises(NoCase, match="--force"):
        write_expected(case, mapping)
    assert (case / "expected.yaml").read_text(encoding="utf-8") == reviewed
    write_expected(case, mapping, force=True)
    assert run_cases(tmp_path, mapping)[0].passed


def test_a_rejected_record_is_written_as_what_its_problems_say(tmp_path: Path, make: Make) -> None:
    case = tmp_path / "cases" / "one"
    case.mkdir(parents=True)
    (case / "source.json").write_text("{}", encoding="utf-8")
    (case / "expected.yaml").write_text("code: HS-1\n", encoding="utf-8")
    mapping = make("  note: {from: n, required: true}\n")
    assert write_expected(case, mapping, force=True) == case / "expected.err"
    assert [path.name for path in sorted(case.iterdir())] == ["expected.err", "source.json"]
    assert run_cases(tmp_path, mapping)[0].passed


def test_a_case_without_a_record_is_not_written(tmp_path: Path, make: Make) -> None:
    with pytest.raises(NoCase, match=r"no source\.xml"):
        write_expected(tmp_path, make(FIELDS))


@pytest.mark.parametrize(
    ("kind", "source", "text"),
    [
        ("csv", "source.csv", "n;t\nHS-1;x\n"),
        ("json-in-string", "source.txt", '{"n": "HS-1", "t": "x"}'),
        ("xml-in-string", "source.txt", "<HoSo><n>HS-1</n><t>x</t></HoSo>"),
        ("xml", "source.xml", "<HoSo><n>HS-1</n><t>x</t></HoSo>"),
    ],
)
def test_a_case_is_whatever_the_documents_input_is(
    kind: str, source: str, text: str, tmp_path: Path, make: Make
) -> None:
    case = tmp_path / "cases" / "one"
    case.mkdir(parents=True)
    (case / source).write_text(text, encoding="utf-8")
    (case / "expected.yaml").write_text("code: HS-1\nstatus: accepted\nnote: x\n", encoding="utf-8")
    always = "  code: {from: n}\n  status: {value: accepted}\n"
    (result,) = run_cases(tmp_path, make("  note: {from: t}\n", kind=kind, always=always))
    assert result.differences == ()
