"""Holds a YAML file against a pydantic model and says what is wrong in our own plain sentences, all of it at once."""

import difflib
import types
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import Enum
from typing import Annotated, Any, Literal, TypeAlias, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, SecretBytes, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from mappings.engine.yaml_source import Finding, Invalid, Loc, Source

M = TypeVar("M", bound=BaseModel)
Said: TypeAlias = tuple[str, str]  # what is wrong, what would be right

WANTED = {  # pydantic's names of errors, and what was wanted there
    "bool": "true or false",
    "date": "a date as 2026-05-20",
    "datetime": "a time as 2026-05-20T08:15:00+07:00",
    "dict": "a group of `key: value` lines",
    "mapping": "a group of `key: value` lines",
    "model": "a group of `key: value` lines",
    "float": "a number",
    "decimal": "a number",
    "int": "a whole number",
    "list": "a list",
    "tuple": "a list",
    "set": "a list",
    "string": "a text",
    "time": "a time of day as 22:30",
    "url": "an address as http://host/path",
    "path": "a path",
}
_QUOTES = " '\""
LIMITS = {
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "too_short": "at least {min_length} of them",
    "too_long": "at most {max_length} of them",
    "string_too_short": "a text of at least {min_length} characters",
    "string_too_long": "a text of at most {max_length} characters",
    "string_pattern_mismatch": "a text of the form {pattern}",
    "multiple_of": "a multiple of {multiple_of}",
}


def validate(source: Source, model: type[M]) -> M:
    """The file's data as `model`. Raises `Invalid` with everything that is wrong in the file."""
    findings = list(source.findings)
    try:
        made = model.model_validate(source.data)
    except ValidationError as error:
        findings += findings_of(error, source, model)
    if findings:
        raise Invalid(findings)
    return made


def findings_of(error: ValidationError, source: Source, model: Any, at: Loc = ()) -> list[Finding]:
    """The findings for `error`, which `model` (a class, or any annotation) raised on the part of the file at `at`."""
    found = []
    for detail in error.errors(include_url=False):
        loc = (*at, *detail["loc"])
        missing = ""
        what, right = _said(detail, model)
        if detail["type"] == "missing":
            missing, loc = str(loc[-1]), loc[:-1]
        finding = source.finding(loc, what, right, key=detail["type"] == "extra_forbidden")
        found.append(replace(finding, missing=missing))
    return list(dict.fromkeys(found))


def did_you_mean(word: str, known: Iterable[str], nearness: float = 0.6) -> str:
    """`did you mean "x"?`, or a list of what is known where nothing is near (or where it is too long to be of use)."""
    names = sorted(set(known))
    near = difflib.get_close_matches(word, names, n=1, cutoff=nearness)
    folded = {name.casefold(): name for name in names}
    if near or word.casefold() in folded:
        return f'did you mean "{folded.get(word.casefold()) or near[0]}"?'
    if not names:
        return "nothing is known here"
    more = ", …" if len(names) > 12 else ""
    return "known here: " + ", ".join(names[:12]) + more


def _said(detail: ErrorDetails, model: Any) -> Said:
    kind, loc, ctx = detail["type"], detail["loc"], detail.get("ctx", {})
    name = str(loc[-1]) if loc else ""
    if kind == "extra_forbidden":
        return f'unknown key "{name}"', did_you_mean(name, _keys(_at(model, loc[:-1])))
    if kind == "missing":
        return f'"{name}" is missing', _described(model, loc)
    if kind in ("value_error", "assertion_error"):
        what, _, right = str(ctx.get("error", detail["msg"])).partition("; ")
        return what, right
    if kind in ("literal_error", "enum"):
        return _choice(detail["input"], _words(_at(model, loc)))
    if kind.startswith("union_tag"):
        return _tag(ctx)
    secret = any(one in (SecretStr, SecretBytes) for one in _at(model, loc))
    return _mistyped(kind, ctx, detail, "the secret" if secret else _shown(detail["input"]))


def _tag(ctx: dict[str, Any]) -> Said:
    if "tag" not in ctx:
        return f'"{str(ctx.get("discriminator", "type")).strip(_QUOTES)}" is missing', "it says which keys may follow"
    return _choice(ctx["tag"], [word.strip(_QUOTES) for word in str(ctx.get("expected_tags", "")).split(",")])


def _mistyped(kind: str, ctx: dict[str, Any], detail: ErrorDetails, shown: str) -> Said:
    if kind in LIMITS:
        return f"{shown} is not allowed here", "it must be " + LIMITS[kind].format(**ctx)
    wanted = WANTED.get(kind.partition("_")[0])
    if wanted:
        number = kind == "string_type" and isinstance(detail["input"], bool | int | float)
        return f"{shown} is not {wanted}", "put it in quotes" if number else ""
    return f"{shown} is not allowed here", detail["msg"]


def _choice(given: Any, words: Sequence[str]) -> Said:
    near = did_you_mean(str(given), words)
    allowed = "it must be " + " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    return f"{_shown(given)} is not allowed here", f"{near} ({allowed})" if near.startswith("did") else allowed


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a group of keys"
    if isinstance(value, list | tuple):
        return "a list"
    if value is None:
        return "no value"
    if isinstance(value, bool | int | float):
        return str(value).lower()
    text = str(value)
    return f'"{text[:60]}…"' if len(text) > 60 else f'"{text}"'


def _at(model: Any, loc: Loc) -> list[Any]:
    """What the model allows at `loc`: plain types, without their wrappings."""
    allowed = list(_unwrapped(model))
    for step in loc:
        inner = [found for one in allowed for found in _step(one, step)]
        # A step that leads nowhere is pydantic's mark for one member of a choice.
        allowed = inner or [one for one in allowed if _is_member(one, step)] or allowed
    return allowed


def _step(allowed: Any, step: str | int) -> Iterator[Any]:
    if isinstance(allowed, type) and issubclass(allowed, BaseModel):
        for name, info in allowed.model_fields.items():
            if step in (info.alias or name, info.validation_alias):
                yield from _unwrapped(info.annotation)
        return
    origin, inner = get_origin(allowed), get_args(allowed)
    if inner and isinstance(origin, type) and issubclass(origin, dict):
        yield from _unwrapped(inner[1])
    elif inner and isinstance(step, int) and isinstance(origin, type):
        yield from _unwrapped(inner[0])


def _unwrapped(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _unwrapped(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for one in get_args(annotation):
            yield from _unwrapped(one)
    else:
        yield annotation


def _is_member(allowed: Any, step: str | int) -> bool:
    """Is `step` pydantic's mark for this model: the class's name, or the word that chooses it?"""
    if not isinstance(allowed, type) or not issubclass(allowed, BaseModel):
        return False
    return allowed.__name__ == step or any(step in _words([one.annotation]) for one in allowed.model_fields.values())


def _keys(allowed: Iterable[Any]) -> set[str]:
    models = (one for one in allowed if isinstance(one, type) and issubclass(one, BaseModel))
    return {info.alias or name for model in models for name, info in model.model_fields.items()}


def _words(allowed: Iterable[Any]) -> list[str]:
    words: list[str] = []
    for one in allowed:
        if get_origin(one) is Literal:
            words += map(str, get_args(one))
        elif isinstance(one, type) and issubclass(one, Enum):
            words += [str(member.value) for member in one]
    return words


def _described(model: Any, loc: Loc) -> str:
    for one in _at(model, loc[:-1]):
        if isinstance(one, type) and issubclass(one, BaseModel):
            for name, info in one.model_fields.items():
                if (info.alias or name) == loc[-1] and info.description:
                    return info.description
    return f"add `{loc[-1]}:` here"
