"""Changing single values of a YAML document that a person wrote: comments, order and quotes of all others stay."""

from collections.abc import Mapping
from io import StringIO
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from mappings.engine.yaml_source import parse

Path: TypeAlias = tuple[str, ...]
_WIDTH = 4096  # a long value stays on its line


class _Gone:
    """In place of a value: the key goes."""


GONE = _Gone()


def edited(text: str, changes: Mapping[Path, Any]) -> str:
    """The document with these values.

    Raises:
        Invalid: it cannot be read.
    """
    parse(text, "")  # bounds what aliases grow to, and says what is wrong in plain words
    yaml = _round_trip()
    root = yaml.load(text)
    if not isinstance(root, dict):
        root = CommentedMap()
    for path, value in changes.items():
        _put(root, path, value)
    written = StringIO()
    yaml.dump(root, written)
    return written.getvalue()


def value_of(text: str) -> Any:
    """What a piece of YAML says. Raises `ValueError`, with where it is wrong, of what is none."""
    try:
        return _round_trip().load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        raise ValueError(f"{where}{getattr(error, 'problem', None) or 'this is not YAML'}") from None


def piece(value: Any) -> str:
    """A value as a piece of YAML."""
    if value in (None, {}, []):
        return ""
    written = StringIO()
    _round_trip().dump(value, written)
    return written.getvalue().removesuffix("...\n").rstrip("\n")


def _put(root: Any, path: Path, value: Any) -> None:
    at, *rest = path
    if not rest:
        if value is GONE:
            root.pop(at, None)
        else:
            root[at] = value
        return
    below = root.get(at)
    if not isinstance(below, dict):
        if value is GONE:
            return
        below = root[at] = CommentedMap()
    _put(below, tuple(rest), value)
    if not below and value is GONE:
        root.pop(at)


def _round_trip() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    return yaml
