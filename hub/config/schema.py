"""The JSON Schema of `config.yaml`: editors complete and check with it as one types."""

from typing import Any

from connectors.registry import BrokenType, Registry
from hub.config.sections import Config


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


def _when(name: str) -> dict[str, Any]:
    return {
        "if": {"properties": {"type": {"const": name}}},
        "then": {"properties": {"settings": {"$ref": f"#/$defs/{name}.settings"}}},
    }
