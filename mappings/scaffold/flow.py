"""Values as YAML's flow style writes them, so that they are read as what they are."""

import re
from collections.abc import Mapping
from typing import Any

import orjson

_PLAIN = re.compile(r"[^\W\d_][\w/.()-]*(?: [\w/.()-]+)*")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def printable(line: str) -> str:
    """A line of a document without anything that YAML forbids: a comment may repeat foreign names."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line)


def _escaped(letter: str) -> str:
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"


def flow(value: Any) -> str:
    """The value on one line; a text stands in quotes wherever YAML could read something else."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(key)}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
            return value
        # A path with quotes of its own reads better in single ones, which know no escapes.
        single = '"' in value and "'" not in value and "\\" not in value and value.isprintable()
        return f"'{value}'" if single else "".join(map(_escaped, orjson.dumps(value).decode()))
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return str(value)
