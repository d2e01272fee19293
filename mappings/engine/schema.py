"""The JSON Schema of a mapping document: editors complete and check with it as one types."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from mappings.engine import numbers, text
from mappings.engine.document import Document
from mappings.engine.forms import FINDABLE, FORMS
from mappings.engine.functions import FITS, KINDS
from mappings.engine.target import Field, Target, Targets, Type

Schema: TypeAlias = dict[str, Any]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
_WORDS = frozenset().union(*FITS.values())
_TYPES: dict[Type, Schema] = {
    Type.INTEGER: {"type": "integer"},
    Type.BOOLEAN: {"type": "boolean"},
    Type.MONEY: {"type": ["integer", "string"]},
}
# What a field of a type cannot do without, unless it is a constant; one of them is enough.
_NEEDS: dict[Type, tuple[str, ...]] = {
    Type.TIME: ("date",),
    Type.DATE: ("date",),
    Type.MONEY: ("money",),
    Type.CHOICE: ("table", "as"),
}


def json_schema(targets: Targets) -> Schema:
    """The schema of documents that fill these targets: fields by entity, columns of lists, names of functions."""
    schema = Document.model_json_schema(by_alias=True)
    definitions = schema["$defs"]
    _name_functions(definitions["FieldSpec"]["properties"])
    schema["properties"]["entity"] = {"enum": list(targets), "description": "What a record becomes."}
    schema["allOf"] = []
    for name, target in targets.items():
        definitions[f"{name}.fields"] = _entries(target, target.fields, "")
        schema["allOf"].append(_when(name))
    return {"$schema": DRAFT} | schema | {"title": "Một Cửa Hub: mapping.yaml"}


def _when(name: str) -> Schema:
    return {
        "if": {"properties": {"entity": {"const": name}}, "required": ["entity"]},
        "then": {"properties": {"fields": {"$ref": f"#/$defs/{name}.fields"}}},
    }


def _name_functions(properties: Schema) -> None:
    for word, names in (("text", text.FUNCTIONS), ("as", FORMS), ("find", FINDABLE), ("money", numbers.CURRENCIES)):
        one = {"enum": list(names)}
        several = {"type": "array", "items": one}
        properties[word] = {"anyOf": [one, several]} if word == "text" else one


def _entries(target: Target, fields: Mapping[str, Field], within: str) -> Schema:
    """The fields of an entity, or with `within` (`supplements.`) the columns of one of its lists."""
    lists = [name for name in target.lists if name.startswith(within) and "." not in name.removeprefix(within)]
    inner = {name.removeprefix(within): _list(target, name) for name in lists}
    schema: Schema = {
        "type": "object",
        "properties": {name: _field(field) for name, field in fields.items()} | inner,
        "additionalProperties": False,
    }
    required = [name for name, field in fields.items() if field.required]
    if required:
        schema["required"] = required
    if not within:
        text_field = _field(Field(Type.TEXT))
        schema["patternProperties"] = {f"^{prefix.replace('.', '[.]')}": text_field for prefix in target.open_prefixes}
    return schema


def _list(target: Target, name: str) -> Schema:
    columns = _entries(target, target.lists[name], f"{name}.")
    return {"$ref": "#/$defs/ListSpec", "properties": {"fields": columns}, "required": ["each", "fields"]}


def _field(field: Field) -> Schema:
    given = {"enum": list(field.choices)} if field.choices else _TYPES.get(field.type, {"type": "string"})
    unfit = dict.fromkeys(sorted(_WORDS - FITS[field.type]), False)
    schema: Schema = {
        "$ref": "#/$defs/FieldSpec",
        "description": KINDS[field.type] + (": " + ", ".join(field.choices) if field.choices else ""),
        "properties": {"value": given, "default": given, **unfit},
    }
    needs = _NEEDS.get(field.type)
    if needs:
        schema["anyOf"] = [{"required": [word]} for word in ("value", *needs)]
    return schema
