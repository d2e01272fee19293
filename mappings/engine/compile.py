"""Turns a document and a target into a `Mapping`, or into everything that is wrong with the document."""

import re
from collections.abc import Iterator
from collections.abc import Mapping as Map
from dataclasses import astuple
from hashlib import sha256
from typing import TypeAlias

import orjson

from mappings.engine import inputs, splitting, table_check
from mappings.engine.document import UNKNOWN, FieldSpec, ListSpec, MappingFile
from mappings.engine.path import BadPath
from mappings.engine.plan import Group, ListPlan, Step
from mappings.engine.reading import Mapping
from mappings.engine.rows import paths_in, row_of, rows_of
from mappings.engine.steps import Ground, Notes, step
from mappings.engine.target import Field, Target, Targets, Type
from mappings.engine.yaml_model import did_you_mean
from mappings.engine.yaml_source import Finding, Invalid, Loc

LANGUAGE = 2  # grows when the same document would read the same record in another way
Entries: TypeAlias = Map[str, FieldSpec | ListSpec]
_OPEN_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")


def compile(file: MappingFile, targets: Targets) -> Mapping:  # noqa: A001 - the word that the README uses
    """Make a document ready to read records. Raises `Invalid` with everything that is wrong with it."""
    mapping, findings = build(file, targets)
    if mapping is None:
        raise Invalid(findings)
    return mapping


def build(file: MappingFile, targets: Targets) -> tuple[Mapping | None, list[Finding]]:
    """The mapping, or the findings that stand in its way."""
    notes, document = Notes(file), file.document
    target = _target(notes, targets)
    if target is None:
        return None, list(notes.findings)
    groups, lists = _groups(notes, target), _lists(notes, target, document.fields, notes.record)
    _check_required(notes, target)
    table_check.check(notes, target)
    _check_namespaces(notes)
    try:
        split = splitting.splitter(document.input, document.records, document.namespaces)
    except BadPath as bad:
        notes.wrong(("records",), bad.what, bad.right)
    if notes.findings:
        return None, list(notes.findings)
    record = inputs.preparer(document.input, frozenset(notes.needs))
    fingerprint = _fingerprint(file, target)
    return Mapping(document.mapping, document.version, target.entity, fingerprint, record, split, groups, lists), []


def _target(notes: Notes, targets: Targets) -> Target | None:
    """What the document's records become; for a document that says nothing sound of it, a dossier."""
    entity = notes.file.document.entity
    if entity in targets:
        return targets[entity]
    if entity != UNKNOWN:
        right = did_you_mean(entity, targets)
        notes.wrong(("entity",), f'"{entity}" is not something a record can become', right)
    return next(iter(targets.values()), None)


def _fingerprint(file: MappingFile, target: Target) -> str:
    """Says whether two mappings read every record alike; a name, a version or a comment does not change it."""
    document = file.document.model_dump(by_alias=True, exclude={"mapping", "version", "records", "tables"})
    fields = {name: astuple(field) for name, field in target.fields.items()}
    lists = {name: {key: astuple(field) for key, field in row.items()} for name, row in target.lists.items()}
    tables = {**table_check.shared_used(file, target), **file.tables}
    decides = [LANGUAGE, document, tables, target.entity, fields, lists, target.open_prefixes]
    return sha256(orjson.dumps(decides, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _groups(notes: Notes, target: Target) -> tuple[Group, ...]:
    """The fields of the record itself, by the group that their values go to."""
    by_path: dict[tuple[str, ...], list[Step]] = {}
    for name, spec in notes.file.document.fields.items():
        wanted = _field(notes, target, name, spec)
        if wanted is None or not isinstance(spec, FieldSpec):
            continue
        made = step(notes, ("fields", name), name, spec, wanted, notes.record)
        if made:
            by_path.setdefault(tuple(name.split(".")[:-1]), []).append(made)
    return tuple(Group.of(path, steps) for path, steps in by_path.items())


def _field(notes: Notes, target: Target, name: str, spec: FieldSpec | ListSpec) -> Field | None:
    """The target's field of this name; None where there is none, or where it is a list."""
    at = ("fields", name)
    if name in target.lists:
        if isinstance(spec, FieldSpec):
            notes.wrong(at, f'"{name}" is a list', "write `{each: PATH, fields: {…}}`")
        return None
    wanted = target.fields.get(name) or _open_field(target, name)
    if wanted is None:
        notes.wrong(at, f'"{name}" is not a field of a {target.entity}', _near(target, name), key=True)
    elif isinstance(spec, ListSpec):
        notes.wrong(at, f'"{name}" is not a list', "write `{from: PATH}`")
        return None
    if any(other.startswith(f"{name}.") for other in notes.file.document.fields):
        notes.wrong(at, f'"{name}" cannot be a value and a group of values', "give one of them another name", key=True)
    return wanted


def _near(target: Target, name: str) -> str:
    near = did_you_mean(name, [*target.fields, *target.lists])
    if near.startswith("did") or not target.open_prefixes:
        return near
    return f"a fact that has no field of ours goes to {target.open_prefixes[0]}NAME"


def _open_field(target: Target, name: str) -> Field | None:
    for prefix in target.open_prefixes:
        if name.startswith(prefix) and _OPEN_NAME.fullmatch(name.removeprefix(prefix)):
            return Field(Type.TEXT)
    return None


def _lists(
    notes: Notes, target: Target, entries: Entries, around: Ground, within: str = "", above: Loc = ("fields",)
) -> tuple[ListPlan, ...]:
    """The lists among these entries, which stand in a record, or in the rows of the list `within` (`supplements.`)."""
    plans = []
    for name, spec in entries.items():
        full, at = within + name, (*above, name)
        if isinstance(spec, ListSpec) and full in target.lists:
            rows, row = rows_of(notes, at, spec, around), row_of(notes, spec, around)
            steps = list(_columns(notes, at, full, spec, target, row))
            inner = _lists(notes, target, spec.fields, row, f"{full}.", (*at, "fields"))
            if rows:
                given = frozenset(one.key for one in steps if one.constant or one.default is not None)
                plans.append(ListPlan(name, spec.each, rows, Group.of((), steps), inner, given))
    return tuple(plans)


def _columns(notes: Notes, at: Loc, name: str, spec: ListSpec, target: Target, row: Ground) -> Iterator[Step]:
    columns = target.lists[name]
    lists = [other.removeprefix(f"{name}.") for other in target.lists if other.startswith(f"{name}.")]
    for column, inner in spec.fields.items():
        here = (*at, "fields", column)
        if column in lists and isinstance(inner, FieldSpec):
            notes.wrong(here, f'"{column}" is a list', "write `{each: PATH, fields: {…}}`")
        elif column in columns and isinstance(inner, ListSpec):
            notes.wrong(here, f'"{column}" is not a list', "write `{from: PATH}`")
        elif column not in columns and column not in lists:
            near = did_you_mean(column, [*columns, *lists])
            notes.wrong(here, f'"{column}" is not a field of {name}', near, key=True)
        elif isinstance(inner, FieldSpec):
            made = step(notes, here, column, inner, columns[column], row)
            if made:
                yield made
    for column, wanted in columns.items():
        if wanted.required and column not in spec.fields:
            where = (*at, "fields")
            notes.wrong(where, f'"{name}" needs the field "{column}"', "a row without it cannot be kept; add it")


def _check_required(notes: Notes, target: Target) -> None:
    mapped = notes.file.document.fields.keys() | {name for part, name in notes.file.unsound if part == "fields"}
    for name, wanted in target.fields.items():
        if wanted.required and name not in mapped:
            notes.wrong(("fields",), f'"{name}" is not mapped', f"a {target.entity} cannot be kept without it; add it")


def _check_namespaces(notes: Notes) -> None:
    document = notes.file.document
    texts = [document.records or "", *paths_in(ListSpec(each="", fields=document.fields))]
    texts += [one.path for one in document.inside.values()]
    for prefix in document.namespaces:
        if not any(f"{prefix}:" in text for text in texts) and not notes.file.unsound:
            notes.wrong(("namespaces", prefix), f'no path uses the namespace "{prefix}"', "take it out", key=True)
