"""What is wrong with a document's tables: values that do not fit, keys that can never be met, tables nobody uses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from unicodedata import normalize

from mappings.engine.document import FieldSpec, ListSpec, MappingFile, Table
from mappings.engine.shared_tables import SHARED
from mappings.engine.steps import Notes, check_tables
from mappings.engine.target import Field, Target, Type
from mappings.engine.text import comparable
from mappings.engine.yaml_source import Loc

Entries: TypeAlias = Mapping[str, FieldSpec | ListSpec]
OLD_FONTS = frozenset({"tcvn3", "vni"})  # what is turned from these has no letters but Vietnamese ones
_MARKS = frozenset("\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323")


@dataclass(frozen=True, slots=True)
class Use:
    """One field of a document: where it stands, what it says, and what it fills (None: nothing that there is)."""

    at: Loc
    spec: FieldSpec
    field: Field | None


def uses(target: Target, entries: Entries, within: str = "", above: Loc = ("fields",)) -> Iterator[Use]:
    """Every field of the document, those of lists among them, with the target's."""
    for name, spec in entries.items():
        at = (*above, name)
        if isinstance(spec, ListSpec):
            yield from uses(target, spec.fields, f"{within}{name}.", (*at, "fields"))
        elif within:
            yield Use(at, spec, target.lists.get(within.removesuffix("."), {}).get(name))
        else:
            is_open = name.startswith(target.open_prefixes)
            yield Use(at, spec, target.fields.get(name) or (Field(Type.TEXT) if is_open else None))


def shared_used(file: MappingFile, target: Target) -> dict[str, Table]:
    """The shared tables that the document reads by."""
    used = {use.spec.table for use in uses(target, file.document.fields)}
    return {name: table for name, table in SHARED.items() if name in used and name not in file.tables}


def check(notes: Notes, target: Target) -> None:
    """Note everything that is wrong with the tables."""
    users: dict[str, list[Use]] = {}
    for use in uses(target, notes.file.document.fields):
        if use.spec.table is not None:
            users.setdefault(use.spec.table, []).append(use)
    check_tables(notes, {name: [use.field for use in used if use.field] for name, used in users.items()})
    for name, table in notes.file.tables.items():
        if name not in users and not notes.file.unsound:
            notes.wrong(("tables", name), f'no field uses the table "{name}"', "take it out, or use it", key=True)
        _check_keys(notes, ("tables", name), table, users.get(name, []))
    for name in SHARED.keys() & users.keys() - notes.file.tables.keys():
        for use in users[name]:
            _check_shared(notes, name, use)


def _check_shared(notes: Notes, name: str, use: Use) -> None:
    """A shared table must fit the field; what does not is wrong at the field, as the table is nobody's to change."""
    words = {str(word) for word in SHARED[name].values()}
    if use.field and use.field.type is not Type.TEXT and not words <= set(use.field.choices):
        what = f'the table "{name}" does not fit this field'
        notes.wrong((*use.at, "table"), what, "it gives " + ", ".join(sorted(words)))


def _check_keys(notes: Notes, at: Loc, table: Table, users: list[Use]) -> None:
    seen: dict[str, str] = {}
    for key, inner in table.items():
        first = seen.setdefault(comparable(key), key)
        here = (*at, key)
        if first != key:
            what = f'"{key}" is the same as "{first}" above it'
            notes.wrong(here, what, "case and spaces make no difference; keep one", key=True)
        elif users and all(_taken_as_missing(notes, key, use) for use in users):
            what = f'"{key}" can never be met: `missing` says that it means no value'
            notes.wrong(here, what, 'take it out here or there, or write "" for no value', key=True)
        elif users and all(_is_other_script(key, use) for use in users):
            what = f'"{key}" can never be met: the text is turned into Vietnamese letters first'
            notes.wrong(here, what, "write it as it should read, in Unicode", key=True)
        if isinstance(inner, dict):
            _check_keys(notes, here, inner, users)


def _taken_as_missing(notes: Notes, key: str, use: Use) -> bool:
    return bool(key.strip()) and key.strip() in {*notes.file.document.missing, *use.spec.missing}


def _is_other_script(key: str, use: Use) -> bool:
    """Has the key a letter that no old font has, where the text is first turned from one?"""
    turned = OLD_FONTS & set(use.spec.text or ())
    return bool(turned) and not all(one.isascii() or _is_vietnamese(one) for one in comparable(key))


def _is_vietnamese(letter: str) -> bool:
    plain, *marks = list(normalize("NFD", letter))
    return letter in "đĐ" or (plain.isascii() and bool(marks) and _MARKS.issuperset(marks))
