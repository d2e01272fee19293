"""What a document is compiled to: a step for each field, in groups and lists; and how a record is read by it step by
step, with a problem for everything that cannot be read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from mappings.engine.convert import Convert, Get
from mappings.engine.draft import Damaged, Problem, Unreadable, shown

_REJECTED = "without it the record cannot be kept"
_ROW_LEFT_OUT = "without it this row is left out"

Rows: TypeAlias = Callable[[Any], list[Any]]


@dataclass(frozen=True, slots=True)
class Step:
    """How one field is read."""

    name: str  # as the document writes it
    key: str  # its last part: where the value goes in its group
    source: str  # its path as the document writes it
    get: Get
    convert: Convert
    # The names of its paths, where all are plain and `get` gives the first that has a value: it can be written out.
    plain: tuple[tuple[str, ...], ...] = ()
    missing: frozenset[str] = frozenset()  # texts that mean "no value"
    expected: str = "a value"
    required: bool = False
    default: Any = None
    constant: bool = False
    repeats: bool = False  # the same texts come again and again, and looking one up is cheaper than reading it
    words: tuple[str, ...] = ()  # what happens to the value, for people: "text: tcvn3", "table: status"


@dataclass(frozen=True, slots=True)
class Group:
    """The fields that share a group of the target: `applicant.*`, or those without a dot."""

    path: tuple[str, ...]
    steps: tuple[Step, ...]

    @classmethod
    def of(cls, path: tuple[str, ...], steps: Iterable[Step]) -> "Group":
        """The group of these steps."""
        return cls(path, tuple(steps))

    def fill(self, record: Any, into: dict[str, Any], problems: list[Problem], row: str) -> bool:
        """Read every field of the record; True where a required one has no value."""
        rejected = False
        for step in self.steps:
            try:
                raw = step.get(record)
                value = None if raw is None else step.convert(raw)
            except Unreadable as trouble:
                value = trouble.kept if isinstance(trouble, Damaged) else None
                problems.append(_problem(step, record, trouble, row))
                rejected = rejected or (step.required and value is None)
            else:
                value = step.default if value is None else value
                if value is None and step.required:
                    problems.append(_missing(step, row))
                    rejected = True
            if value is not None:
                into[step.key] = value
        return rejected


def _problem(step: Step, record: Any, trouble: Unreadable, row: str) -> Problem:
    try:
        raw = step.get(record)
    except Unreadable as again:
        raw = again.kept if isinstance(again, Damaged) else again.found
    return Problem(row + step.name, step.source, shown(raw), trouble.expected, trouble.hint)


def _missing(step: Step, row: str) -> Problem:
    return Problem(row + step.name, step.source, None, step.expected, _ROW_LEFT_OUT if row else _REJECTED)


@dataclass(frozen=True, slots=True)
class ListPlan:
    """How the rows of one list are found and read."""

    name: str
    source: str
    rows: Rows
    group: Group
    lists: tuple["ListPlan", ...]  # inside each row
    given: frozenset[str]  # columns that the document itself fills: a row of nothing else is empty

    def fill(self, record: Any, problems: list[Problem], above: str = "") -> list[dict[str, Any]]:
        """The rows that could be read; a row without a required column is left out with its problem."""
        try:
            rows = self.rows(record)
        except Unreadable as trouble:
            found_there = shown(trouble.found)
            problems.append(Problem(above + self.name, self.source, found_there, trouble.expected, trouble.hint))
            return []
        read: list[dict[str, Any]] = []
        for at, row in enumerate(rows):
            values: dict[str, Any] = {}
            found: list[Problem] = []
            place = f"{above}{self.name}[{at}]."
            lacking = self.group.fill(row, values, found, place)
            for plan in self.lists:
                inner = plan.fill(row, found, place)
                if inner:
                    values[plan.name] = inner
            if values.keys() <= self.given and all(problem.hint == _ROW_LEFT_OUT for problem in found):
                continue  # an empty row: nothing was said, so nothing is wrong
            problems += found
            if values and not lacking:
                read.append(values)
        return read
