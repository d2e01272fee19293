"""A mapping document as it is written: its keys, and the tables beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    Tag,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)

from mappings.engine.yaml_model import findings_of
from mappings.engine.yaml_source import Finding, Invalid, Loc, Source, parse, read

UNKNOWN = ""  # the entity of a document that says none, or a wrong one
EVERY = "*"  # in place of a table's name: none of them could be read
_PARTS = {"fields", "tables"}
TABLES = "tables.yaml"  # the tables of a document that are kept beside it


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _word(value: Any) -> str | int | bool:
    if isinstance(value, str | int | bool):
        return value
    raise ValueError("only a text, a whole number, true or false can stand here")


Texts: TypeAlias = Annotated[
    list[str],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
Word: TypeAlias = Annotated[
    str | int | bool, PlainValidator(_word), WithJsonSchema({"type": ["string", "integer", "boolean"]})
]

_DEEPEST = 4  # fields that decide together: more of them, and nobody can read their table


def _answer(value: Any, depth: int = 1) -> Any:
    if not isinstance(value, dict) or depth == _DEEPEST:
        return _word(value)
    return {str(key): _answer(inner, depth + 1) for key, inner in value.items()}


# What a table gives: a word, or, where several fields decide, a further table by the next one's text.
Answer: TypeAlias = Annotated[
    Any, PlainValidator(_answer), WithJsonSchema({"type": ["string", "integer", "boolean", "object"]})
]
Table: TypeAlias = dict[str, Answer]


_TABLES = TypeAdapter(dict[str, Table])


class Strict(BaseModel):
    """Unknown keys are refused and nothing is converted on the quiet."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FieldSpec(Strict):
    """Where one field comes from and how it is read."""

    paths: Texts | None = Field(None, alias="from")
    by: Texts | None = None
    inside: str | None = None
    value: Word | None = None
    required: bool = False
    default: Word | None = None
    missing: list[str] = []
    join: str | None = None
    split: str | None = Field(None, min_length=1)
    part: int | None = None
    text: Texts | None = None
    table: str | None = None
    date: Texts | None = None
    zone: str | None = None
    end_of_day: bool = False
    money: str | None = None
    form: str | None = Field(None, alias="as")
    find: str | None = None


class ListSpec(Strict):
    """A list in the record (documents, fees, events): where its rows stand and how each is read."""

    each: str
    inside: str | None = None
    split: str | None = Field(None, min_length=1)
    fields: dict[str, "Entry"]


class InsideSpec(Strict):
    """A document that stands as a text in one field of the record: where, and what it is."""

    path: str = Field(alias="from", description="the field with the text: `don: {from: DuLieu, input: xml}`")
    input: Literal["xml", "json"] = Field(description="what the text is: `input: xml` or `input: json`")


def _kind(value: Any) -> str:
    is_list = isinstance(value, ListSpec) or (isinstance(value, dict) and ("each" in value or "fields" in value))
    return "ListSpec" if is_list else "FieldSpec"


Entry: TypeAlias = Annotated[
    Annotated[FieldSpec, Tag("FieldSpec")] | Annotated[ListSpec, Tag("ListSpec")], Discriminator(_kind)
]


class Document(Strict):
    """One version of how the records of one source are read."""

    mapping: str = Field(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)+$",
        description="the document's name, such as `mapping: so-tu-phap/ly-lich-tu-phap`",
    )
    version: int = Field(ge=1, description="`version: 1`, and one more with every change")
    entity: str = Field(description="what a record becomes: `entity: dossier`")
    input: Literal["xml", "json", "csv", "xml-in-string", "json-in-string", "diffgram"] = Field(
        description="what the records are: `input: xml`, `input: json` or `input: csv`"
    )
    records: str | None = None
    namespaces: dict[str, str] = {}
    inside: dict[str, InsideSpec] = {}
    missing: list[str] = []
    fields: dict[str, Entry] = Field(description="what is read from where: `fields: {code: {from: SoHoSo}, …}`")
    tables: dict[str, Table] = {}


@dataclass(frozen=True, slots=True)
class MappingFile:
    """A document, the tables it may use, and where everything stands in its files."""

    document: Document
    tables: Mapping[str, Table]
    source: Source
    beside: Source | None = None  # tables.yaml
    unsound: frozenset[tuple[str, str]] = frozenset()  # fields and tables left out for what is wrong with them

    def finding(self, loc: Loc, what: str, right: str = "", *, key: bool = False) -> Finding:
        """What is wrong at `loc` of the document, also where that part stands in tables.yaml."""
        if self.beside and loc[:1] == ("tables",) and len(loc) > 1 and loc[1] not in self.document.tables:
            return self.beside.finding(loc[1:], what, right, key=key)
        return self.source.finding(loc, what, right, key=key)


def load(path: Path) -> MappingFile:
    """Read a document and its tables. Raises `Invalid` with everything that is wrong with their form."""
    file, findings = examine(path)
    if findings or file is None:
        raise Invalid(findings)
    return file


def examine(path: Path) -> tuple[MappingFile | None, list[Finding]]:
    """What can be read of a document, and what is wrong with it: one bad field does not hide another's mistakes."""
    try:
        source = read(path)
    except Invalid as invalid:
        return None, list(invalid.findings)
    return _examined(source, *_tables_beside(path))


def examine_text(text: str, file: str) -> tuple[MappingFile | None, list[Finding]]:
    """Like `examine`, of a document that is at hand and has all its tables in it; `file` is its name in findings."""
    try:
        source = parse(text, file)
    except Invalid as invalid:
        return None, list(invalid.findings)
    return _examined(source, None, {}, set(), [])


def _examined(
    source: Source, beside: Source | None, shared: dict[str, Table], bad_tables: set[str], more: list[Finding]
) -> tuple[MappingFile | None, list[Finding]]:
    document, unsound, findings = _sound(source)
    findings += more
    if document is None:
        return None, findings
    unsound |= {("tables", name) for name in bad_tables}
    file = MappingFile(document, {**shared, **document.tables}, source, beside, unsound)
    for name in shared.keys() & document.tables.keys():
        what = f'the table "{name}" stands here and in {TABLES}'
        findings.append(file.finding(("tables", name), what, "keep one of the two", key=True))
    return file, findings


def _sound(source: Source) -> tuple[Document | None, frozenset[tuple[str, str]], list[Finding]]:
    """The document without the parts that are wrong in themselves, so that the rest can be looked at."""
    findings = list(source.findings)
    data = source.data
    try:
        return Document.model_validate(data), frozenset(), findings
    except ValidationError as error:
        findings += findings_of(error, source, Document)
        bad = {tuple(map(str, detail["loc"][:2])) for detail in error.errors()}
    if not isinstance(data, dict):
        return None, frozenset(), findings
    unsound = frozenset((loc[0], loc[1]) for loc in bad if len(loc) > 1)
    try:
        return Document.model_validate(_without(data, bad)), unsound, findings
    except ValidationError:
        return None, frozenset(), findings


def _without(data: dict[str, Any], bad: set[tuple[str, ...]]) -> dict[str, Any]:
    """The data without its bad parts; what a document cannot lack stands in for what is wrong or missing."""
    stand_in = {"mapping": "a/b", "version": 1, "entity": UNKNOWN}
    wrong = {loc[0] for loc in bad if loc[0] not in _PARTS or len(loc) == 1}
    known = {info.alias or name for name, info in Document.model_fields.items()}
    kept = {key: value for key, value in data.items() if key in known - wrong}
    for part in _PARTS & kept.keys():
        kept[part] = {name: value for name, value in kept[part].items() if (part, name) not in bad}
    return {**{key: value for key, value in stand_in.items() if key in wrong}, **kept}


def _tables_beside(path: Path) -> tuple[Source | None, dict[str, Table], set[str], list[Finding]]:
    """The tables of tables.yaml, the names of those that are wrong (`EVERY`: all of them), and what is wrong."""
    beside = path.with_name(TABLES)
    if not beside.exists():
        return None, {}, set(), []
    try:
        source = read(beside)
    except Invalid as invalid:
        return None, {}, {EVERY}, list(invalid.findings)
    findings, data = list(source.findings), source.data or {}
    try:
        return source, _TABLES.validate_python(data), set(), findings
    except ValidationError as error:
        findings += findings_of(error, source, dict[str, Table])
        bad = {str(detail["loc"][0]) if detail["loc"] else EVERY for detail in error.errors()}
    sound = {name: table for name, table in data.items() if name not in bad} if EVERY not in bad else {}
    return source, _TABLES.validate_python(sound), bad, findings
