"""Fields of answers that are left out where there is nothing to say: they are never null."""

from typing import Any

from pydantic import Field


def absent(meaning: str | None = None) -> Any:
    """A field that an answer may lack; it has no default for whoever reads it."""
    return Field(None, description=meaning, json_schema_extra=_without_default)


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)
