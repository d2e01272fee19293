"""Holds a document against real records: what is never there, what cannot be read, what its tables lack."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mappings.engine.compile import compile as compile_document
from mappings.engine.document import FieldSpec, ListSpec, MappingFile
from mappings.engine.draft import Draft, Problem
from mappings.engine.lookup import in_table
from mappings.engine.table_check import Entries, Use, uses
from mappings.engine.target import Targets
from mappings.engine.yaml_source import Finding, Loc
from mappings.scaffold.observe import Names
from mappings.scaffold.personal import shown

_MOST_VALUES = 12  # of those that a table lacks: what is more is no table


@dataclass(frozen=True, slots=True)
class Held:
    """How a document fares with a sample: how many records it has, how many of them would be kept, what is wrong."""

    records: int
    kept: int
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Seen:
    """What the records say of one field or list, by its name without the rows' numbers."""

    there: set[int] = field(default_factory=set)  # records that have something at its path
    unreadable: dict[int, Problem] = field(default_factory=dict)  # the first of each record


def hold_against(file: MappingFile, targets: Targets, records: Sequence[Any]) -> Held:
    """Read every record by the document. Raises `Invalid` where the document itself is wrong.

    Values of fields that speak of people are shown as their form only: letters as x, digits as 9.
    """
    target = targets[file.document.entity]
    drafts = list(map(compile_document(file, targets).read, records))
    lacking = Counter(problem.field for draft in drafts for problem in draft.problems if _has_nothing(draft, problem))
    bare = compile_document(_without_defaults(file), targets)  # a default would hide that nothing is there
    seen: dict[str, _Seen] = {}
    for at, record in enumerate(records):
        _take(seen, at, bare.read(record))
    used = list(uses(target, file.document.fields))
    found = list(_of_fields(file, used, seen, len(records)))
    found += _of_required(file, used, lacking, len(records))
    found += _of_lists(file, file.document.fields, seen, len(records))
    return Held(len(records), sum(not draft.rejected for draft in drafts), tuple(sorted(set(found))))


def _take(seen: dict[str, _Seen], at: int, draft: Draft) -> None:
    for name in _names(draft.values):
        seen.setdefault(name, _Seen()).there.add(at)
    for problem in draft.problems:
        if problem.value is not None:
            name = "".join(part.partition("]")[2] or part for part in problem.field.split("["))
            one = seen.setdefault(name, _Seen())
            one.there.add(at)
            one.unreadable.setdefault(at, problem)
            for end in (place for place, letter in enumerate(name) if letter == "."):
                seen.setdefault(name[:end], _Seen()).there.add(at)


def _names(values: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """The dotted name of everything that a draft says."""
    for name, value in values.items():
        yield above + name
        for row in value if isinstance(value, list) else [value] if isinstance(value, dict) else ():
            yield from _names(row, f"{above}{name}.")


def _of_fields(file: MappingFile, used: Sequence[Use], seen: Mapping[str, _Seen], records: int) -> Iterator[Finding]:
    for use in used:
        name, path = _name(use.at), ", ".join(_paths(use))
        one, above = seen.get(name, _Seen()), _above(use.at)
        among = len(seen.get(above, _Seen()).there) if above else records
        if not path or not among:
            continue
        if not one.there:
            needed = use.spec.required or (use.field is not None and use.field.required)
            right = "none of them would be kept; is the path right?" if needed else "is the path right?"
            yield file.finding(_place(use), f'"{name}": nothing stands at {path} in any of {_n(among)}', right)
        elif one.unreadable:
            yield _unreadable(file, use, name, one, among)


def _has_nothing(draft: Draft, problem: Problem) -> bool:
    """Is this why the record cannot be kept: a field that it must have is empty?"""
    return draft.rejected and problem.value is None and "[" not in problem.field


def _of_required(file: MappingFile, used: Sequence[Use], lacking: Counter[str], records: int) -> Iterator[Finding]:
    for use in used:
        name, number = _name(use.at), lacking[_name(use.at)]
        if 0 < number < records:
            paths = ", ".join(_paths(use))
            what = f'"{name}": {paths} is empty in {number:,} of {_n(records)}, which are not kept'
            yield file.finding(_place(use), what, "name another field that has it, or ask the department")


def _unreadable(file: MappingFile, use: Use, name: str, one: _Seen, among: int) -> Finding:
    table = use.spec.table
    lacking = [problem for problem in one.unreadable.values() if table and problem.expected == in_table(table)]
    if table and len(lacking) == len(one.unreadable):
        values = Counter(_shown(use, problem) for problem in lacking)
        listed = ", ".join(f'"{value}" ({count})' for value, count in values.most_common(_MOST_VALUES))
        more = ", …" if len(values) > _MOST_VALUES else ""
        at: Loc = ("tables", table) if table in file.tables else (*use.at, "table")
        return file.finding(at, f'the table "{table}" of "{name}" lacks {listed}{more}', "add what is right", key=True)
    problem = next(iter(one.unreadable.values()))
    example = _shown(use, problem)
    what = f'"{name}": {len(one.unreadable)} of {_n(among)} could not be read, such as "{example}"'
    why = f"; {problem.hint}" if problem.hint and example == problem.value else ""  # a hint may repeat the value
    return file.finding(_place(use), what, f"expected {problem.expected}{why}")


def _paths(use: Use) -> list[str]:
    return use.spec.paths or use.spec.by or []


def _place(use: Use) -> Loc:
    """Where the document says what the field is read from."""
    return (*use.at, "from" if use.spec.paths else "by")


def _shown(use: Use, problem: Problem) -> str:
    """The value, or its form where the source's name or ours says that it is about somebody."""
    names: Names = (*_name(use.at).split("."), *problem.source.replace("/", ".").split("."))
    return shown(names, problem.value or "")


def _of_lists(
    file: MappingFile, entries: Entries, seen: Mapping[str, _Seen], records: int, above: Loc = ("fields",)
) -> Iterator[Finding]:
    for name, spec in entries.items():
        if isinstance(spec, ListSpec):
            at = (*above, name)
            there = len(seen.get(_name(at), _Seen()).there)
            if not there and records:
                what = f'"{_name(at)}": no row stands at {spec.each} in any of {_n(records)}'
                yield file.finding((*at, "each"), what, "is the path right?")
            yield from _of_lists(file, spec.fields, seen, there, (*at, "fields"))


def _name(at: Loc) -> str:
    return ".".join(str(part) for part in at[1::2])


def _above(at: Loc) -> str:
    return _name(at[:-2])


def _n(records: int) -> str:
    return f"{records:,} record{'' if records == 1 else 's'}"


def _without_defaults(file: MappingFile) -> MappingFile:
    document = file.document.model_copy(update={"fields": _bare(file.document.fields)})
    return MappingFile(document, file.tables, file.source, file.beside, file.unsound)


def _bare(entries: Entries) -> dict[str, FieldSpec | ListSpec]:
    bare: dict[str, FieldSpec | ListSpec] = {}
    for name, spec in entries.items():
        if isinstance(spec, ListSpec):
            bare[name] = spec.model_copy(update={"fields": _bare(spec.fields)})
        else:
            said = spec.model_dump(by_alias=True, exclude_unset=True)
            said.pop("default", None)
            bare[name] = FieldSpec.model_validate(said)
    return bare
