"""The configuration as it counts: each value with the line of config.yaml that says it, or that nobody does."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from hub.config.file import Configuration
from hub.inspection.effective import Origin, Setting

_ELSEWHERE = frozenset({"connectors"})  # each has its own page
_SECRET = re.compile(r"(^|[._])(key|secret\w*|password|token)$")
_REFERENCE = re.compile(r"\$\{(env|file|secret):[^}]*\}")
_PASSWORD = re.compile(r"(?<=://)[^/@\s]*@")
_QUERY = re.compile(r"\?.*")


def effective(found: Configuration) -> tuple[Setting, ...]:
    """Every value outside of the connectors, in the file's order of sections."""
    return tuple(_of(found, found.config, ()))


def _of(found: Configuration, section: BaseModel, within: tuple[str | int, ...]) -> Iterator[Setting]:
    for name, field in type(section).model_fields.items():
        at, value = (*within, name), getattr(section, name)
        if not within and name in _ELSEWHERE:
            continue
        if isinstance(value, BaseModel):
            yield from _of(found, value, at)
        elif isinstance(value, tuple) and value and all(isinstance(one, BaseModel) for one in value):
            for number, one in enumerate(value):
                yield from _of(found, one, (*at, number))
        else:
            yield _setting(found, at, value, field)


def _setting(found: Configuration, at: tuple[str | int, ...], value: Any, field: FieldInfo) -> Setting:
    path, about = ".".join(map(str, at)), field.description or ""
    preset = "" if field.is_required() else _text(field.get_default(call_default_factory=True))
    if found.written.known(at) != at:
        return Setting(path, _shown(path, value), Origin.DEFAULT, about=about, preset=preset)
    line, _column = found.written.position(at)
    written = _written(found.written.data, at)
    references = [match.group() for match in _REFERENCE.finditer(str(written))]
    if references:
        told = ", ".join(references)
        return Setting(path, None, Origin.REFERENCE, line, told, about, preset)
    return Setting(path, _shown(path, value), Origin.FILE, line, about=about, preset=preset)


def _written(data: Any, at: Sequence[str | int]) -> Any:
    for step in at:
        data = data[step]
    return data


def _shown(path: str, value: Any) -> str | None:
    if isinstance(value, SecretStr) or (_SECRET.search(path) and value):
        return None
    return _text(value)


def _text(value: Any) -> str:
    """As one would write it; passwords in addresses and what follows a ? left out."""
    if value is None or isinstance(value, SecretStr):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        return _span(value)
    if isinstance(value, Mapping | BaseModel):
        pairs = value.items() if isinstance(value, Mapping) else value
        return ", ".join(f"{key}: {_text(one)}" for key, one in pairs)
    if isinstance(value, tuple | list | set | frozenset):
        return ", ".join(_text(one) for one in value)
    text = _PASSWORD.sub("…@", str(value))
    return _QUERY.sub("?…", text) if "://" in text else text


def _span(value: timedelta) -> str:
    seconds = value.total_seconds()
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:g}s"
