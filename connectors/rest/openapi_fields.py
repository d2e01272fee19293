"""The fields of a JSON Schema as OpenAPI 2.0 to 3.1 write it: references followed, alternatives laid together."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from connectors.contract import Field
from connectors.rest.openapi_files import Library, Unresolved

_DEEPEST = 10
_MOST = 1000  # fields of one answer or request
_MOST_STEPS = 20_000  # schemas looked into for them
_LONGEST_SAMPLE = 200  # characters
_TOGETHER, _EITHER = ("allOf",), ("oneOf", "anyOf")


@dataclass(slots=True)
class Schemas:
    """Reads schemas of one description; what is wrong with one is told once and passed over."""

    library: Library
    tell: Callable[[str], None]
    _open: list[tuple[int, str]] = field(default_factory=list)  # the schemas above the present place
    _left: int = 0  # how many more schemas may be looked into

    def fields(self, schema: Any, base: str, above: str = "") -> tuple[Field, ...]:
        """Every place in a value of this schema, once; `above` is where the value stands itself."""
        found: dict[str, Field] = {}
        self._left = _MOST_STEPS
        for each in self._walk(schema, base, above, repeated=False, required=True):
            found.setdefault(each.path, each)
            if len(found) >= _MOST:
                break
        return tuple(found.values())

    def followed(self, value: Any, base: str) -> tuple[Mapping[str, Any], str]:
        """A schema or another part of the description in place of the reference to it; empty where that is wrong."""
        steps = 0
        while isinstance(value, Mapping) and isinstance(value.get("$ref"), str):
            reference, steps = value["$ref"], steps + 1
            try:
                value, base = self.library.resolve(reference, base)
            except Unresolved as error:
                self.tell(f"the reference `{reference}` {error}")
                return {}, base
            if steps > _DEEPEST:
                self.tell(f"the reference `{reference}` leads in a circle")
                return {}, base
        return (value, base) if isinstance(value, Mapping) else ({}, base)

    def _walk(self, schema: Any, base: str, path: str, *, repeated: bool, required: bool) -> Iterator[Field]:
        schema, base = self.followed(schema, base)
        here = (id(schema), base)
        self._left -= 1
        if here in self._open or path.count(".") >= _DEEPEST or self._left < 0:
            if path:  # a part of itself, or too much: what is in it is not told again
                yield _field(schema, path, repeated=repeated, required=required)
            return
        self._open.append(here)
        try:
            yield from self._inside(schema, base, path, repeated=repeated, required=required)
        finally:
            self._open.pop()

    def _inside(
        self, schema: Mapping[str, Any], base: str, path: str, *, repeated: bool, required: bool
    ) -> Iterator[Field]:
        if isinstance(schema.get("items"), Mapping) and not _members(schema):
            yield from self._walk(schema["items"], base, path, repeated=True, required=required)
            return
        parts = [(each, required) for name in _TOGETHER for each in _listed(schema, name)]
        parts += [(each, False) for name in _EITHER for each in _listed(schema, name) if each != {"type": "null"}]
        members = _members(schema)
        if path and (members or not parts):
            yield _field(schema, path, repeated=repeated, required=required)
        for each, needed in parts:
            yield from self._walk(each, base, path, repeated=repeated, required=needed)
        wanted = _listed(schema, "required")
        for name, below in members.items():
            yield from self._walk(
                below, base, f"{path}.{name}" if path else name, repeated=False, required=name in wanted
            )


def _members(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of an object by name; `*` where it has others under names that are data."""
    properties = schema.get("properties")
    members = {str(name): below for name, below in properties.items()} if isinstance(properties, Mapping) else {}
    others = schema.get("additionalProperties")
    return {**members, "*": others} if isinstance(others, Mapping) and others else members


def _field(schema: Mapping[str, Any], path: str, *, repeated: bool, required: bool) -> Field:
    about = schema.get("description") or schema.get("title") or ""
    choices = _listed(schema, "enum")
    if choices:
        about = f"{about} One of {', '.join(map(_plain, choices[:20]))}.".strip()
    return Field(path, type_of(schema), repeated, required, " ".join(str(about).split()), _sample(schema))


def type_of(schema: Mapping[str, Any]) -> str:
    """The word for a type: its format where it has one, for that says more."""
    kinds = schema.get("type")
    named = [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind not in (None, "null")]
    if isinstance(schema.get("format"), str) and named != ["array"]:
        return str(schema["format"])
    return " or ".join(named) or ("object" if _members(schema) else "any")


def _sample(schema: Mapping[str, Any]) -> str | None:
    examples = _listed(schema, "examples")
    for value in (schema.get("example"), *examples[:1], schema.get("default"), schema.get("const")):
        if value is not None and not isinstance(value, dict | list):
            return _plain(value)[:_LONGEST_SAMPLE]
    return None


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value, default=str).decode()


def _listed(schema: Mapping[str, Any], name: str) -> list[Any]:
    value = schema.get(name)
    return value if isinstance(value, list) else []
