"""Reads records by a compiled plan. This is the hot path: one loop, nothing looked up twice, exceptions for trouble."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from mappings.engine.convert import Convert, Get
from mappings.engine.draft import Damaged, Draft, Problem, Unreadable, shown

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
    quick: str | None = None  # the path where it is one plain name: no call needed
    expected: str = "a value"
    required: bool = False
    default: Any = None
    constant: bool = False


# What the loop needs of a step, side by side; `absent` says whether a missing value matters.
_Item: TypeAlias = tuple[str, str | None, Get, Convert, bool, Step]


@dataclass(frozen=True, slots=True)
class Group:
    """The fields that share a group of the target: `applicant.*`, or those without a dot."""

    path: tuple[str, ...]
    items: tuple[_Item, ...]

    @classmethod
    def of(cls, path: tuple[str, ...], steps: Iterable[Step]) -> "Group":
        """The group of these steps."""
        return cls(
            path, tuple((s.key, s.quick, s.get, s.convert, s.required or s.default is not None, s) for s in steps)
        )

    def fill(self, record: Any, into: dict[str, Any], problems: list[Problem], row: str) -> bool:
        """Read every field of the record; True where a required one has no value."""
        rejected = False
        plain = record if isinstance(record, dict) else {}
        for key, quick, get, convert, absent, step in self.items:
            try:
                raw = get(record) if quick is None else plain.get(quick)
                value = None if raw is None else convert(raw)
            except Unreadable as trouble:
                value = trouble.kept if isinstance(trouble, Damaged) else None
                problems.append(_problem(step, record, trouble, row))
                rejected = rejected or (step.required and value is None)
            else:
                if value is None and absent:
                    value = step.default
                    if value is None:
                        problems.append(_missing(step, row))
                        rejected = True
            if value is not None:
                into[key] = value
        return rejected


def _problem(step: Step, record: Any, trouble: Unreadable, row: str) -> Problem:
    try:
        raw = record.get(step.quick) if step.quick is not None else step.get(record)
    except Unreadable as again:
        raw = again.kept if isinstance(again, Damaged) else None
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
    given: frozenset[str]  # columns that the document itself fills: a row of nothing else is empty

    def fill(self, record: Any, problems: list[Problem]) -> list[dict[str, Any]]:
        """The rows that could be read; a row without a required column is left out with its problem."""
        try:
            rows = self.rows(record)
        except Unreadable as trouble:
            problems.append(Problem(self.name, self.source, None, trouble.expected, trouble.hint))
            return []
        read: list[dict[str, Any]] = []
        for at, row in enumerate(rows):
            values: dict[str, Any] = {}
            found: list[Problem] = []
            lacking = self.group.fill(row, values, found, f"{self.name}[{at}].")
            if values.keys() <= self.given and all(problem.hint == _ROW_LEFT_OUT for problem in found):
                continue  # an empty row: nothing was said, so nothing is wrong
            problems += found
            if values and not lacking:
                read.append(values)
        return read


@dataclass(frozen=True, slots=True)
class Mapping:
    """A compiled document. `read` never raises: what it cannot read is a problem of the draft."""

    name: str
    version: int
    fingerprint: str  # sha256 of everything that decides what a record is read as
    record: Callable[[Any], Any] = field(repr=False)  # makes the record what the paths walk
    split: Callable[[bytes], list[Any]] = field(repr=False)
    groups: tuple[Group, ...] = field(repr=False)
    lists: tuple[ListPlan, ...] = field(repr=False)

    def read(self, value: Any) -> Draft:
        """One record (a JSON value or an lxml element) as a draft."""
        try:
            record = self.record(value)
        except RecursionError:
            deep = Problem("record", ".", shown(value), "a record", "its elements are nested too deeply to be one")
            return Draft({}, (deep,), rejected=True)
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        rejected = False
        for group in self.groups:
            into = _group(values, group.path) if group.path else values
            rejected = group.fill(record, into, problems, "") or rejected
            if not into:
                _prune(values, group.path)
        for plan in self.lists:
            rows = plan.fill(record, problems)
            if rows:
                values[plan.name] = rows
        return Draft(values, tuple(problems), rejected)

    def records(self, payload: bytes) -> list[Any]:
        """The records in a whole answer, ready for `read`. Raises `ValueError` where it cannot be decoded."""
        return self.split(payload)


def _group(values: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    for name in path:
        values = values.setdefault(name, {})
    return values


def _prune(values: dict[str, Any], path: tuple[str, ...]) -> None:
    """Take out a group in which nothing was filled, and those above it that held nothing else."""
    for depth in range(len(path), 0, -1):
        above = _group(values, path[: depth - 1])
        if not above[path[depth - 1]]:
            del above[path[depth - 1]]
