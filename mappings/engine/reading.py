"""Reads records by a compiled plan: at once where nothing is wrong, step by step where something is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mappings.engine.draft import Draft, Problem, Unreadable, shown
from mappings.engine.plan import Group, ListPlan
from mappings.engine.quick import Quick, written_out


@dataclass(frozen=True, slots=True)
class Mapping:
    """A compiled document. `read` never raises: what it cannot read is a problem of the draft."""

    name: str
    version: int
    entity: str  # what a record becomes
    fingerprint: str  # sha256 of everything that decides what a record is read as
    record: Callable[[Any], Any] = field(repr=False)  # makes the record what the paths walk
    split: Callable[[bytes], list[Any]] = field(repr=False)
    groups: tuple[Group, ...] = field(repr=False)
    lists: tuple[ListPlan, ...] = field(repr=False)
    quick: Quick = field(init=False, repr=False, compare=False)  # all of the plan in one function

    def __post_init__(self) -> None:
        object.__setattr__(self, "quick", written_out(self.groups, self.lists))

    def read(self, value: Any) -> Draft:
        """One record (a JSON value or an lxml element) as a draft."""
        try:
            record = self.record(value)
        except RecursionError:
            deep = Problem("record", ".", shown(value), "a record", "its elements are nested too deeply to be one")
            return Draft({}, (deep,), rejected=True)
        except Unreadable as trouble:
            unread = Problem("record", ".", shown(trouble.found or value), trouble.expected, trouble.hint)
            return Draft({}, (unread,), rejected=True)
        try:
            return Draft(self.quick(record))
        except Unreadable:
            return self.read_carefully(record)

    def read_carefully(self, record: Any) -> Draft:
        """The same draft step by step, with a problem for everything that is wrong; `record` is a prepared one."""
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
