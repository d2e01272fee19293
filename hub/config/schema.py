"""The JSON Schema of `config.yaml`: editors complete and check with it as one types."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from connectors.registry import BrokenType, Registry, UnknownType
from hub.config.sections import Config, ConnectorSection


def json_schema(registry: Registry | None = None) -> dict[str, Any]:
    """The schema, with the settings of every installed connector type chosen by `type`."""
    registry = registry or Registry()
    schema = Config.model_json_schema()
    definitions = schema["$defs"]
    choices = []
    for name in registry.names():
        try:
            model = registry.type(name).settings
        except BrokenType:
            continue  # whoever uses the type is told; the others need their schema
        settings = model.model_json_schema(ref_template=f"#/$defs/{name}.{{model}}")
        definitions |= {f"{name}.{inner}": found for inner, found in settings.pop("$defs", {}).items()}
        definitions[f"{name}.settings"] = settings
        choices.append(_when(name))
    definitions["ConnectorSection"]["allOf"] = choices
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Một Cửa Hub: config.yaml"} | schema


def connector_schema(registry: Registry, type_name: str) -> Mapping[str, Any]:
    """The schema of one connector's document, its settings those of the type; of an unknown type any settings.

    Definitions of the settings are named `settings.NAME`, so that none hides one of the section.
    """
    try:
        return _with_settings(registry.type(type_name).settings)
    except (UnknownType, BrokenType):
        return ConnectorSection.model_json_schema()


@lru_cache(maxsize=64)  # a page shows it as a form, and pydantic takes as long as all the rest of the page to make it
def _with_settings(model: type[BaseModel]) -> Mapping[str, Any]:
    schema = ConnectorSection.model_json_schema()
    settings = model.model_json_schema(ref_template="#/$defs/settings.{model}")
    schema["$defs"] |= {f"settings.{name}": found for name, found in settings.pop("$defs", {}).items()}
    schema["properties"]["settings"] = settings
    return schema


def _when(name: str) -> dict[str, Any]:
    return {
        "if": {"properties": {"type": {"const": name}}},
        "then": {"properties": {"settings": {"$ref": f"#/$defs/{name}.settings"}}},
    }
