"""One field of a document becomes a step of the plan; what is wrong with it is noted with its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mappings.engine import inputs
from mappings.engine.convert import Convert, Get, as_it_is, first_of, joined, no_longer_than, part_of
from mappings.engine.document import FieldSpec, MappingFile
from mappings.engine.draft import Unreadable
from mappings.engine.functions import KINDS, Reader, given
from mappings.engine.inner import opened, through
from mappings.engine.lookup import NOTHING, in_table, leaves, or_nothing, together
from mappings.engine.path import BadPath, Path
from mappings.engine.plan import Step
from mappings.engine.shared_tables import SHARED
from mappings.engine.target import Field, Type
from mappings.engine.text import reader as text_reader
from mappings.engine.yaml_model import did_you_mean
from mappings.engine.yaml_source import Finding, Loc

_WITH_VALUE = frozenset({"value", "required"})


@dataclass(frozen=True, slots=True)
class Ground:
    """What a path stands in: the kind of it, and how it is opened where it is a document inside a text."""

    kind: str
    opening: Get | None = None
    within: bool = False  # is it itself a document inside a text, or a part of one?


@dataclass(frozen=True, slots=True)
class _Found:
    """How a field's value is found, and the names that it is found by where all are plain."""

    get: Get
    plain: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Notes:
    """What was found wrong with one document so far, and what its paths need of a record."""

    file: MappingFile
    findings: dict[Finding, None] = field(default_factory=dict)  # a set that keeps its order
    needs: set[str] = field(default_factory=set)

    def wrong(self, loc: Loc, what: str, right: str = "", *, key: bool = False) -> None:
        """Note what is wrong at `loc` of the document."""
        self.findings[self.file.finding(tuple(loc), what, right, key=key)] = None

    @property
    def record(self) -> Ground:
        """What the record is for paths: XML, JSON, or a row of columns."""
        return Ground(inputs.kind_of(self.file.document.input))

    def path(self, loc: Loc, text: str, kind: str) -> Path | None:
        """The compiled path; None where it is wrong."""
        try:
            path = inputs.path(kind, text, self.file.document.namespaces)
        except BadPath as bad:
            self.wrong(loc, bad.what, bad.right)
            return None
        self.needs.update(path.needs)
        return path

    def ground(self, loc: Loc, inside: str | None, around: Ground) -> Ground | None:
        """What the paths stand in that say `inside`, in a record or row; None where that is wrong."""
        if inside is None:
            return Ground(around.kind, within=around.within)
        declared = self.file.document.inside
        if inside not in declared:
            self.wrong(loc, f'nothing is called "{inside}" under `inside`', did_you_mean(inside, declared))
            return None
        if around.within:
            self.wrong(loc, "a text in a document that is itself a text is not opened", "name it in the record")
            return None
        spec = declared[inside]
        found = self.path(("inside", inside, "from"), spec.path, around.kind)
        return Ground(spec.input, opened(found.get, spec.input), within=True) if found else None


def step(notes: Notes, at: Loc, name: str, spec: FieldSpec, target: Field, around: Ground) -> Step | None:
    """The step that reads the field `name` from a record or row; None where its words are wrong."""
    if "value" in spec.model_fields_set:
        return _constant(notes, at, name, spec, target)
    missing = frozenset({"", *notes.file.document.missing, *spec.missing})
    ground = notes.ground((*at, "inside"), spec.inside, around)
    paths = _paths(notes, at, name, spec, ground) if ground else []
    convert = _converter(notes, at, spec, target, missing)
    default = _given(notes, (*at, "default"), spec.default, target)
    if not paths or convert is None or not _takes_apart(notes, at, spec):
        return None
    found = _found(notes, spec, paths, missing, target)
    return Step(
        name=name,
        key=name.rpartition(".")[2],
        source=_source(spec, paths),
        get=through(ground.opening, found.get) if ground and ground.opening else found.get,
        convert=as_it_is if spec.join is not None else no_longer_than(target.longest, convert),
        plain=() if ground and ground.opening else found.plain,
        missing=missing,
        expected=KINDS[target.type] if spec.table is None else in_table(spec.table),
        required=spec.required or target.required,
        default=default,
        repeats=spec.join is None and target.type is not Type.TIME,
        words=words(spec),
    )


def _found(notes: Notes, spec: FieldSpec, paths: list[Path], missing: frozenset[str], target: Field) -> _Found:
    """How the paths of a field become one thing to convert."""
    getters, plain = [path.get for path in paths], tuple(path.names for path in paths)
    if spec.by is not None:
        return _Found(together(getters))
    if spec.join is not None:
        pieces = joined(getters, text_reader(tuple(spec.text or ()), missing), spec.join)
        return _Found(no_longer_than(target.longest, pieces))
    get = first_of(getters, missing) if len(paths) > 1 else getters[0]
    if spec.split is not None and spec.part is not None:
        return _Found(part_of(get, spec.split, spec.part))
    if spec.table is not None and NOTHING in {**SHARED, **notes.file.tables}[spec.table]:
        return _Found(or_nothing(get))
    return _Found(get, plain if all(plain) else ())


def _source(spec: FieldSpec, paths: list[Path]) -> str:
    """Where the value stands, as the document writes it."""
    texts = (" + " if spec.by is not None else ", ").join(path.text for path in paths)
    return f"{spec.inside}: {texts}" if spec.inside else texts


def _takes_apart(notes: Notes, at: Loc, spec: FieldSpec) -> bool:
    """Are `split` and `part` used as they can be?"""
    if (spec.split is None) != (spec.part is None):
        has, lacks = ("split", "part") if spec.part is None else ("part", "split")
        notes.wrong((*at, has), f"`{has}` needs `{lacks}`", 'write `split: "##", part: 1` for the first piece')
    elif spec.part == 0:
        notes.wrong((*at, "part"), "the first piece is 1, the last -1", "pieces are counted from 1")
    elif spec.split is not None and (spec.by is not None or spec.join is not None):
        notes.wrong((*at, "split"), "`split` takes one text apart", "leave `by` and `join` out")
    else:
        return True
    return False


def _paths(notes: Notes, at: Loc, name: str, spec: FieldSpec, ground: Ground) -> list[Path]:
    """All paths of the field; none where one of them is wrong."""
    if spec.paths is not None and spec.by is not None:
        notes.wrong((*at, "by"), "`by` stands in place of `from`", "keep `by` where all of them decide together")
    key, texts = ("by", spec.by) if spec.by is not None else ("from", spec.paths)
    if texts is None:
        notes.wrong(at, f'"{name}" does not say where it comes from', "add `from: PATH`, or `value:` for a constant")
        return []
    if not texts:
        notes.wrong((*at, key), "the list of paths is empty", "name at least one")
    paths = [notes.path((*at, key, number), text, ground.kind) for number, text in enumerate(texts)]
    return [path for path in paths if path] if all(paths) else []


def _converter(notes: Notes, at: Loc, spec: FieldSpec, target: Field, missing: frozenset[str]) -> Convert | None:
    def wrong(loc: Loc, what: str, right: str) -> None:
        notes.wrong((*at, *loc), what, right)

    reads = spec.table is not None or spec.form is not None or spec.find is not None
    if spec.join is not None and (len(spec.paths or ()) < 2 or reads):
        wrong(("join",), "`join` makes one text of several paths", "give `from:` a list, and no table")
    file = notes.file
    return Reader(spec, target, {**SHARED, **file.tables}, file.unsound, missing, wrong).converter()


def _constant(notes: Notes, at: Loc, name: str, spec: FieldSpec, target: Field) -> Step | None:
    used = {FieldSpec.model_fields[one].alias or one for one in spec.model_fields_set}
    for extra in sorted(used - _WITH_VALUE):
        notes.wrong((*at, extra), f"`{extra}` has nothing to do beside `value`", "a constant is taken as it stands")
    value = _given(notes, (*at, "value"), spec.value, target)
    if value is None:
        return None
    return Step(
        name=name,
        key=name.rpartition(".")[2],
        source="value",
        get=lambda _: value,
        convert=as_it_is,
        constant=True,
        words=words(spec),
    )


def words(spec: FieldSpec) -> tuple[str, ...]:
    """What a field says beside where it comes from, each as the document writes it: `text: tcvn3`."""
    said = spec.model_dump(by_alias=True, exclude_unset=True, exclude={"paths", "by"})
    return tuple(f"{key}: {_written(value)}" for key, value in said.items())


def _written(value: object) -> str:
    if isinstance(value, list):
        return str(value[0]) if len(value) == 1 else f"[{', '.join(map(str, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


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
            for keys, value in leaves(table):
                _given(notes, ("tables", name, *keys), value, target)
