"""Turns a document and a target into a `Mapping`, or into everything that is wrong with the document."""

import re
from collections.abc import Iterator
from collections.abc import Mapping as Map
from dataclasses import astuple
from hashlib import sha256

import orjson

from mappings.engine import inputs
from mappings.engine.document import UNKNOWN, FieldSpec, ListSpec, MappingFile
from mappings.engine.path import BadPath
from mappings.engine.reading import Group, ListPlan, Mapping, Rows, Step
from mappings.engine.steps import Notes, check_tables, step
from mappings.engine.target import Field, Target, Type
from mappings.engine.text import comparable
from mappings.engine.xml_path import ELEMENT
from mappings.engine.yaml_model import did_you_mean
from mappings.engine.yaml_source import Finding, Invalid

LANGUAGE = 1  # grows when the same document would read the same record in another way
_OPEN_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")


def compile(file: MappingFile, target: Target) -> Mapping:  # noqa: A001 - the word that the README uses
    """Make a document ready to read records. Raises `Invalid` with everything that is wrong with it."""
    mapping, findings = build(file, target)
    if mapping is None:
        raise Invalid(findings)
    return mapping


def build(file: MappingFile, target: Target) -> tuple[Mapping | None, list[Finding]]:
    """The mapping, or the findings that stand in its way."""
    notes, document = Notes(file), file.document
    groups, lists = _groups(notes, target), _lists(notes, target)
    _check_entity(notes, target)
    _check_required(notes, target)
    _check_tables(notes, target)
    try:
        split = inputs.splitter(document.input, document.records, document.namespaces)
    except BadPath as bad:
        notes.wrong(("records",), bad.what, bad.right)
    if notes.findings:
        return None, list(notes.findings)
    record = inputs.preparer(document.input, frozenset(notes.needs))
    fingerprint = _fingerprint(file, target)
    return Mapping(document.mapping, document.version, fingerprint, record, split, groups, lists), []


def _fingerprint(file: MappingFile, target: Target) -> str:
    """Says whether two mappings read every record alike; a name, a version or a comment does not change it."""
    document = file.document.model_dump(by_alias=True, exclude={"mapping", "version", "records", "tables"})
    fields = {name: astuple(field) for name, field in target.fields.items()}
    lists = {name: {key: astuple(field) for key, field in row.items()} for name, row in target.lists.items()}
    decides = [LANGUAGE, document, file.tables, target.entity, fields, lists, target.open_prefixes]
    return sha256(orjson.dumps(decides, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _groups(notes: Notes, target: Target) -> tuple[Group, ...]:
    """The fields of the record itself, by the group that their values go to."""
    by_path: dict[tuple[str, ...], list[Step]] = {}
    for name, spec in notes.file.document.fields.items():
        wanted = _field(notes, target, name, spec)
        made = step(notes, ("fields", name), name, spec, wanted) if wanted and isinstance(spec, FieldSpec) else None
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


def _lists(notes: Notes, target: Target) -> tuple[ListPlan, ...]:
    """The lists of the record."""
    plans = []
    for name, spec in notes.file.document.fields.items():
        if isinstance(spec, ListSpec) and name in target.lists:
            steps = list(_columns(notes, name, spec, target.lists[name]))
            rows = _rows(notes, name, spec)
            if rows:
                given = frozenset(one.key for one in steps if one.constant or one.default is not None)
                plans.append(ListPlan(name, spec.each, rows, Group.of((), steps), given))
    return tuple(plans)


def _columns(notes: Notes, name: str, spec: ListSpec, columns: Map[str, Field]) -> Iterator[Step]:
    for column, inner in spec.fields.items():
        at = ("fields", name, "fields", column)
        if column not in columns:
            notes.wrong(at, f'"{column}" is not a field of {name}', did_you_mean(column, columns), key=True)
            continue
        made = step(notes, at, column, inner, columns[column])
        if made:
            yield made
    for column, wanted in columns.items():
        if wanted.required and column not in spec.fields:
            where = ("fields", name, "fields")
            notes.wrong(where, f'"{name}" needs the field "{column}"', "a row without it cannot be kept; add it")


def _rows(notes: Notes, name: str, spec: ListSpec) -> Rows | None:
    document = notes.file.document
    found = notes.path(("fields", name, "each"), spec.each)
    if found is None:
        return None
    if spec.each.strip() == "." or document.input != inputs.XML:
        return inputs.rows(found)
    texts = [text for inner in spec.fields.values() for text in inner.paths or ()]
    try:
        needs = found.needs.union(*(inputs.path(inputs.XML, text, document.namespaces).needs for text in texts))
    except BadPath:
        return None  # noted already, at the field that it is in
    return inputs.element_rows(spec.each, document.namespaces) if ELEMENT in needs else inputs.rows(found)


def _check_entity(notes: Notes, target: Target) -> None:
    entity = notes.file.document.entity
    if entity not in (target.entity, UNKNOWN):
        notes.wrong(("entity",), f'"{entity}" is not something a record can become', f'write "{target.entity}"')


def _check_required(notes: Notes, target: Target) -> None:
    mapped = notes.file.document.fields.keys() | {name for part, name in notes.file.unsound if part == "fields"}
    for name, wanted in target.fields.items():
        if wanted.required and name not in mapped:
            notes.wrong(("fields",), f'"{name}" is not mapped', f"a {target.entity} cannot be kept without it; add it")


def _check_tables(notes: Notes, target: Target) -> None:
    users: dict[str, list[Field]] = {}
    for name, spec in notes.file.document.fields.items():
        if isinstance(spec, ListSpec):
            wanted = target.lists.get(name, {})
            used = [(inner.table, wanted.get(column)) for column, inner in spec.fields.items()]
        else:
            used = [(spec.table, target.fields.get(name) or _open_field(target, name))]
        for used_table, field in used:
            if used_table is not None:
                users.setdefault(used_table, []).extend([field] if field else [])
    check_tables(notes, users)
    for name, table in notes.file.tables.items():
        if name not in users and not notes.file.unsound:
            notes.wrong(("tables", name), f'no field uses the table "{name}"', "take it out, or use it", key=True)
        _check_keys(notes, name, table)


def _check_keys(notes: Notes, name: str, table: Map[str, object]) -> None:
    seen: dict[str, str] = {}
    for key in table:
        first = seen.setdefault(comparable(key), key)
        if first != key:
            what = f'"{key}" is the same as "{first}" above it'
            notes.wrong(("tables", name, key), what, "case and spaces make no difference; keep one", key=True)
