"""How each value of one record came to be: where it was looked for, what stood there, and what was done with it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from mappings.engine.draft import Damaged, Problem, Unreadable, shown
from mappings.engine.plan import Group, ListPlan, Step
from mappings.engine.reading import Mapping


class Origin(StrEnum):
    """Where a value is from."""

    RECORD = "record"
    CONSTANT = "constant"  # `value:` in the mapping
    DEFAULT = "default"  # `default:` in the mapping, as nothing stood in the record
    NOTHING = "nothing"  # there is no value


@dataclass(frozen=True, slots=True)
class Explained:
    """One field of the target, as one record fills it."""

    field: str  # with the row in a list, counted from 0 as in the source: fees[2].amount
    source: str  # the path in the record, as the mapping writes it
    found: str | None  # what stood there, shortened; None where nothing stood
    words: tuple[str, ...]  # what was done with it, as the mapping writes it
    value: Any  # None: it stays empty
    origin: Origin
    problem: Problem | None = None
    kept: bool = True  # False: it is of a row that was left out


def explain(mapping: Mapping, value: Any) -> list[Explained]:
    """Every field that the mapping names, with or without a value; rows in which nothing stands are left out.

    It agrees with `mapping.read(value)`: the same values, the same problems.
    """
    try:
        record = mapping.record(value)
    except (RecursionError, Unreadable):
        problem = mapping.read(value).problems[0]
        return [Explained(problem.field, problem.source, problem.value, (), None, Origin.NOTHING, problem)]
    found: list[Explained] = []
    for group in mapping.groups:
        found += [_explained(step, record, "") for step in group.steps]
    for plan in mapping.lists:
        found += _rows(plan, record, "")
    return found


def _explained(step: Step, record: Any, row: str) -> Explained:
    into: dict[str, Any] = {}
    problems: list[Problem] = []
    Group.of((), (step,)).fill(record, into, problems, row)
    raw, origin = _origin(step, record)
    value = into.get(step.key)
    if value is not None and origin is Origin.NOTHING:
        origin = Origin.DEFAULT
    problem = problems[0] if problems else None
    return Explained(row + step.name, step.source, shown(raw), step.words, value, origin, problem)


def _origin(step: Step, record: Any) -> tuple[Any, Origin]:
    """What stands in the record, and whether a value comes of it."""
    if step.constant:
        return None, Origin.CONSTANT
    try:
        raw = step.get(record)
    except Unreadable as trouble:
        kept = trouble.kept if isinstance(trouble, Damaged) else None
        return kept or trouble.found, Origin.NOTHING if kept is None else Origin.RECORD
    try:
        value = None if raw is None else step.convert(raw)
    except Unreadable as trouble:
        value = trouble.kept if isinstance(trouble, Damaged) else None
    return raw, Origin.NOTHING if value is None else Origin.RECORD


def _rows(plan: ListPlan, record: Any, above: str) -> Iterator[Explained]:
    name = above + plan.name
    try:
        rows = plan.rows(record)
    except Unreadable as trouble:
        problem = Problem(name, plan.source, None, trouble.expected, trouble.hint)
        yield Explained(name, plan.source, None, (), None, Origin.NOTHING, problem)
        return
    for at, row in enumerate(rows):
        problems: list[Problem] = []
        # The list itself says whether a row with such content is kept, left out, or none at all.
        is_kept = bool(replace(plan, rows=_only(row)).fill(record, problems))
        if not is_kept and not problems:
            continue
        place = f"{name}[{at}]."
        cells = [_explained(step, row, place) for step in plan.group.steps]
        inner = [each for below in plan.lists for each in _rows(below, row, place)]
        for each in (*cells, *inner):
            yield each if is_kept else replace(each, kept=False)


def _only(row: Any) -> Any:
    return lambda _: [row]
