"""What somebody typed into the form, as changes of the document: only what is another value than before."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.console.connectors.form import Control, Kind, Path, leaves
from hub.inspection.edited import GONE, value_of

_SWITCH = {"true": True, "false": False}
# `trang: {page}` is a group of settings to YAML; whoever types it means the placeholder.
_PLACEHOLDER = re.compile(r"^(\s*(?:-\s+)?(?:[^\s:\"'{}]+:\s+)?)(\{\w+\}[^\n\"]*?)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form says."""

    changes: Mapping[Path, Any]
    secrets: Mapping[Path, str]  # values for a secret each: they never come into the document
    errors: Mapping[Path, Sequence[str]]


def read(found: Sequence[Control], form: Mapping[str, str]) -> Typed:
    """Read a form of these controls; what it does not have stays."""
    changes: dict[Path, Any] = {}
    secrets: dict[Path, str] = {}
    errors: dict[Path, Sequence[str]] = {}
    for one in leaves(found):
        said = form.get(one.name)
        if said is None:
            continue
        said = said.replace("\r\n", "\n").strip()
        if one.kind is Kind.SECRET:
            _secret(one, said, changes, secrets)
        elif said != one.shown.strip():
            try:
                changes[one.path] = _value(one, said)
            except ValueError as error:
                errors[one.path] = (str(error),)
            if one.kind is Kind.UNION:
                _leave(one, changes)
    return Typed(changes, secrets, errors)


def _secret(one: Control, said: str, changes: dict[Path, Any], secrets: dict[Path, str]) -> None:
    """Empty: as it is. A reference stands in the document as it is, a value does not."""
    if said.startswith("${"):
        changes[one.path] = said
    elif said:
        secrets[one.path] = said


def _leave(one: Control, changes: dict[Path, Any]) -> None:
    """Another way: what the one before had and was not shown as its own goes with it."""
    for inner in leaves(one.inner):
        changes[inner.path] = GONE
    for path in [path for path in changes if path[: len(one.path) - 1] == one.path[:-1] and path != one.path]:
        changes[path] = GONE


def _value(one: Control, said: str) -> Any:
    if not said:
        return GONE
    if one.kind is Kind.LINES:
        return [line.strip() for line in said.split("\n") if line.strip()]
    if one.kind is Kind.YAML:
        return value_of(_PLACEHOLDER.sub(r'\1"\2"', said))
    if one.kind is Kind.SWITCH:
        return _SWITCH.get(said, said)
    if one.kind is Kind.NUMBER:
        return _number(said)
    return said


def _number(said: str) -> int | float | str:
    """As written where it is none: whoever reads the document says what is wrong with it."""
    for kind in (int, float):
        try:
            return kind(said)
        except ValueError:
            continue
    return said
