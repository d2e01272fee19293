"""A connector's document as a form: a control for every setting that its schema has, whatever the connector type."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeAlias

from hub.inspection.edited import piece

Schema: TypeAlias = Mapping[str, Any]
Path: TypeAlias = tuple[str, ...]

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")  # as the schema has it; people write 5m
_FIXED = ("name", "type")  # for ever, and chosen at the beginning


class Kind(StrEnum):
    """How a value is typed."""

    TEXT = "text"
    NUMBER = "number"
    SWITCH = "switch"  # true, false, or as it is unless told
    CHOICE = "choice"
    LINES = "lines"  # a list of texts, one on each line
    YAML = "yaml"  # what has a shape of its own
    SECRET = "secret"  # noqa: S105  # written, never shown
    GROUP = "group"
    UNION = "union"  # a group whose `type` says which settings it has


@dataclass(frozen=True, slots=True)
class Control:
    """One setting."""

    path: Path
    kind: Kind
    about: str = ""  # its description, in English as in the reference
    shown: str = ""  # what stands in it
    choices: Sequence[str] = ()
    unless: str = ""  # what it is unless told
    required: bool = False
    inner: Sequence["Control"] = ()
    errors: Sequence[str] = field(default=())

    @property
    def name(self) -> str:
        """In the form."""
        return ".".join(self.path)

    @property
    def used(self) -> bool:
        """Whether something stands in it, or in something below it."""
        return bool(self.shown or self.errors or any(one.used for one in self.inner))

    @property
    def wanted(self) -> bool:
        """Whether a person has to say something here, and sees it without unfolding anything."""
        return self.required or self.used


def controls(schema: Schema, data: Any, errors: Mapping[Path, Sequence[str]] | None = None) -> list[Control]:
    """The controls of a whole document, without what is fixed."""
    made = _Making(schema, errors or {})
    return [one for one in made.of_object(schema, data, ()) if one.name not in _FIXED]


def typed(found: Sequence[Control], form: Mapping[str, str]) -> list[Control]:
    """The same with what somebody has typed, which may be no good: it is shown again beside what is wrong."""
    return [
        replace(
            one,
            shown=one.shown if one.kind in (Kind.SECRET, Kind.GROUP) else form.get(one.name, one.shown),
            inner=typed(one.inner, form),
        )
        for one in found
    ]


def leaves(found: Sequence[Control]) -> Iterator[Control]:
    """Every control that something is typed into."""
    for one in found:
        if one.kind is not Kind.GROUP:
            yield one
        yield from leaves(one.inner)


class _Making:
    """Makes controls of one schema."""

    def __init__(self, root: Schema, errors: Mapping[Path, Sequence[str]]) -> None:
        self._definitions = root.get("$defs", {})
        self._errors = errors

    def of_object(self, schema: Schema, data: Any, path: Path) -> list[Control]:
        said = data if isinstance(data, dict) else {}
        needed = schema.get("required", ())
        return [
            self.control(inner, said.get(name), (*path, name), required=name in needed)
            for name, inner in schema.get("properties", {}).items()
        ]

    def control(self, schema: Schema, value: Any, path: Path, *, required: bool) -> Control:
        plain = self._plain(schema)
        about = str(schema.get("description") or plain.get("description") or "")
        made = Control(path, Kind.TEXT, about, required=required, unless=_unless(schema), errors=self._at(path))
        if "discriminator" in plain:
            return self._union(made, plain, value)
        if "properties" in plain:
            return replace(made, kind=Kind.GROUP, unless="", inner=self.of_object(plain, value, path))
        return _simple(made, plain, value)

    def _union(self, made: Control, schema: Schema, value: Any) -> Control:
        ways: Mapping[str, str] = schema["discriminator"]["mapping"]
        word = schema["discriminator"]["propertyName"]
        default = (schema.get("default") or {}).get(word, "")
        chosen = str(value.get(word, default)) if isinstance(value, dict) else str(default)
        inner: list[Control] = []
        if chosen in ways:
            inner = self.of_object(self._plain({"$ref": ways[chosen]}), value, made.path)
        return replace(
            made,
            path=(*made.path, word),
            kind=Kind.UNION,
            shown=chosen,
            choices=tuple(ways),
            unless="",
            inner=[one for one in inner if one.path[-1] != word],
            errors=(*made.errors, *self._at((*made.path, word))),
        )

    def _at(self, path: Path) -> Sequence[str]:
        return self._errors.get(path, ())

    def _plain(self, schema: Schema) -> Schema:
        """What a schema comes to: through references, and without the choice of nothing."""
        while True:
            if "$ref" in schema:
                name = schema["$ref"].removeprefix("#/$defs/")
                schema = {key: one for key, one in schema.items() if key != "$ref"} | self._definitions.get(name, {})
            elif len(ways := [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]) == 1:
                schema = {key: one for key, one in schema.items() if key != "anyOf"} | ways[0]
            else:
                return schema


def _simple(made: Control, schema: Schema, value: Any) -> Control:
    kind = _kind(schema, value)
    if kind is Kind.CHOICE:
        return replace(made, kind=kind, shown=_text(value), choices=[str(one) for one in schema["enum"]])
    if kind is Kind.LINES:
        return replace(made, kind=kind, shown="\n".join(map(_text, value if isinstance(value, list) else ())))
    if kind is Kind.YAML:
        return replace(made, kind=kind, shown=piece(value), unless="")
    return replace(made, kind=kind, shown=_text(value))


def _kind(schema: Schema, value: Any) -> Kind:
    kind = schema.get("type")
    if schema.get("format") == "password":
        return Kind.SECRET
    if "enum" in schema:
        return Kind.CHOICE
    if kind == "array" and schema.get("items", {}).get("type") == "string":
        return Kind.LINES
    plain = {"boolean": Kind.SWITCH, "integer": Kind.NUMBER, "number": Kind.NUMBER, "string": Kind.TEXT}
    return Kind.YAML if isinstance(value, dict | list) else plain.get(str(kind), Kind.YAML)


def _unless(schema: Schema) -> str:
    default = schema.get("default")
    if default in (None, "", [], {}) or isinstance(default, dict | list):
        return ""
    if schema.get("type") == "string" and isinstance(default, float):
        return f"{default * 100:g}%"  # a share is written so
    found = _DURATION.fullmatch(str(default))
    return (
        " ".join(f"{count}{unit}" for count, unit in zip(found.groups(), "dhms", strict=True) if count)
        if found
        else _text(default)
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
