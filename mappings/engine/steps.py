"""One field of a document becomes a step of the plan; what is wrong with it is noted with its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mappings.engine import inputs
from mappings.engine.convert import Convert, as_it_is, first_of, in_table, joined
from mappings.engine.document import FieldSpec, MappingFile
from mappings.engine.draft import Unreadable
from mappings.engine.functions import KINDS, Reader, given
from mappings.engine.path import BadPath, Path
from mappings.engine.reading import Step
from mappings.engine.target import Field
from mappings.engine.text import reader as text_reader
from mappings.engine.yaml_source import Finding, Loc

_WITH_VALUE = frozenset({"value", "required"})


@dataclass(frozen=True, slots=True)
class Notes:
    """What was found wrong with one document so far, and what its paths need of a record."""

    file: MappingFile
    findings: dict[Finding, None] = field(default_factory=dict)  # a set that keeps its order
    needs: set[str] = field(default_factory=set)

    def wrong(self, loc: Loc, what: str, right: str = "", *, key: bool = False) -> None:
        """Note what is wrong at `loc` of the document."""
        self.findings[self.file.finding(tuple(loc), what, right, key=key)] = None

    def path(self, loc: Loc, text: str) -> Path | None:
        """The compiled path; None where it is wrong."""
        document = self.file.document
        try:
            path = inputs.path(document.input, text, document.namespaces)
        except BadPath as bad:
            self.wrong(loc, bad.what, bad.right)
            return None
        self.needs.update(path.needs)
        return path


def step(notes: Notes, at: Loc, name: str, spec: FieldSpec, target: Field) -> Step | None:
    """The step that reads the field `name`; None where its words are wrong."""
    if "value" in spec.model_fields_set:
        return _constant(notes, at, name, spec, target)
    missing = frozenset({"", *notes.file.document.missing, *spec.missing})
    paths = _paths(notes, at, name, spec)
    convert = _converter(notes, at, spec, target, missing)
    default = _given(notes, (*at, "default"), spec.default, target)
    if not paths or convert is None:
        return None
    getters = [path.get for path in paths]
    get, quick = getters[0], paths[0].names[0] if len(paths[0].names) == 1 else None
    if spec.join is not None:
        get, quick = joined(getters, text_reader(tuple(spec.text or ()), missing), spec.join), None
        convert = as_it_is
    elif len(paths) > 1:
        get, quick = first_of(getters, missing), None
    return Step(
        name=name,
        key=name.rpartition(".")[2],
        source=", ".join(path.text for path in paths),
        get=get,
        convert=convert,
        quick=quick,
        expected=KINDS[target.type] if spec.table is None else in_table(spec.table),
        required=spec.required or target.required,
        default=default,
    )


def _paths(notes: Notes, at: Loc, name: str, spec: FieldSpec) -> list[Path]:
    """All paths of the field; none where one of them is wrong."""
    if spec.paths is None:
        notes.wrong(at, f'"{name}" does not say where it comes from', "add `from: PATH`, or `value:` for a constant")
        return []
    if not spec.paths:
        notes.wrong((*at, "from"), "the list of paths is empty", "name at least one")
    paths = [notes.path((*at, "from", number), text) for number, text in enumerate(spec.paths)]
    return [path for path in paths if path] if all(paths) else []


def _converter(notes: Notes, at: Loc, spec: FieldSpec, target: Field, missing: frozenset[str]) -> Convert | None:
    def wrong(loc: Loc, what: str, right: str) -> None:
        notes.wrong((*at, *loc), what, right)

    if spec.join is not None and (len(spec.paths or ()) < 2 or spec.table is not None or spec.form is not None):
        wrong(("join",), "`join` makes one text of several paths", "give `from:` a list, and no table")
    file = notes.file
    return Reader(spec, target, file.tables, file.unsound, missing, wrong).converter()


def _constant(notes: Notes, at: Loc, name: str, spec: FieldSpec, target: Field) -> Step | None:
    used = {FieldSpec.model_fields[one].alias or one for one in spec.model_fields_set}
    for extra in sorted(used - _WITH_VALUE):
        notes.wrong((*at, extra), f"`{extra}` has nothing to do beside `value`", "a constant is taken as it stands")
    value = _given(notes, (*at, "value"), spec.value, target)
    if value is None:
        return None
    return Step(
        name=name, key=name.rpartition(".")[2], source="value", get=lambda _: value, convert=as_it_is, constant=True
    )


def _given(notes: Notes, at: Loc, value: object, target: Field) -> object:
    """A value that the document gives, as the record keeps it."""
    if value is None:
        if at[-1] == "value":
            notes.wrong(at, "the constant is empty", "leave the field out where there is nothing to say")
        return None
    try:
        return given(value, target)
    except Unreadable as unfit:
        notes.wrong(at, f'"{value}" is not {unfit.expected}', unfit.hint)
        return None


def check_tables(notes: Notes, users: Mapping[str, list[Field]]) -> None:
    """Every value of a table must fit each field that uses it; `users` has those fields by table."""
    for name, table in notes.file.tables.items():
        for target in users.get(name, ()):
            for key, value in table.items():
                _given(notes, ("tables", name, key), value, target)
