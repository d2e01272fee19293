"""The table of a connector type's settings, made from the model itself; READMEs and docs hold it, a test compares."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

_HEAD = "| setting | default | what it is |\n|---|---|---|"


def settings_table(model: type[BaseModel]) -> str:
    """A Markdown table with a row for every setting; `auth.type=basic.password` is a setting of one variant."""
    return "\n".join([_HEAD, *_rows(model, "")])


def _rows(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in _special_first(model):
        place = f"{prefix}{field.alias or name}"
        variants = list(_models(field.annotation))
        kind = field.annotation if get_origin(field.annotation) is Literal else None
        if kind is not None and name == "type":
            continue  # part of the place already
        yield f"| `{place}` | {_default(field, kind)} | {field.description or ''} |"
        for variant in variants:
            yield from _rows(variant, f"{place}{_variant(variant)}.")


def _special_first(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    """A type's own settings before those that it shares with other types."""
    shared = {name for above in model.__mro__[1:] if issubclass(above, BaseModel) for name in above.model_fields}
    yield from ((name, field) for name, field in model.model_fields.items() if name not in shared)
    yield from ((name, field) for name, field in model.model_fields.items() if name in shared)


def _variant(model: type[BaseModel]) -> str:
    kind = model.model_fields.get("type")
    return f"={get_args(kind.annotation)[0]}" if kind is not None else ""


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) is not dict:
        for part in get_args(annotation):
            yield from _models(part)


def _default(field: FieldInfo, choices: Any) -> str:
    words = f" ({' or '.join(f'`{word}`' for word in get_args(choices))})" if choices is not None else ""
    if field.is_required():
        return f"**must be set**{words}"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        return f"`{getattr(value, 'type', '')}`"
    if value is None or value in ({}, ""):
        return f"–{words}"
    return f"`{value}`{words}".replace("\n", "\\n")
