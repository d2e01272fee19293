"""Settings while they are being guessed: values with a word on each, and their YAML."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from mappings.scaffold.flow import flow, printable

_LONGEST_REMARK = 120
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Said:
    """A value with a word on it."""

    value: Any
    remark: str = ""


Tree: TypeAlias = dict[str, "Said | Tree"]


def put(tree: Tree, path: Sequence[str], said: Said) -> None:
    """Set the value at a path; what already stands there as a value stays."""
    for name in path[:-1]:
        below = tree.setdefault(name, {})
        if isinstance(below, Said):
            return
        tree = below
    tree[path[-1]] = said


def lines(tree: Mapping[str, "Said | Tree"], indent: int = 0) -> Iterator[str]:
    """The tree as YAML, a line for each value."""
    for name, value in tree.items():
        if isinstance(value, Said):
            remark = " ".join(value.remark.split())
            remark = remark if len(remark) <= _LONGEST_REMARK else remark[:_LONGEST_REMARK] + "…"
            yield printable(f"{' ' * indent}{flow(name)}: {flow(value.value)}{f' # {remark}' if remark else ''}")
        else:
            yield printable(f"{' ' * indent}{flow(name)}:")
            yield from lines(value, indent + 2)


def reference(connector: str, path: str) -> str:
    """A reference to a secret of the hub, named like the connector and what it is for: two systems share none."""
    return f"${{secret:{connector}.{_NOT_IN_A_NAME.sub('-', path.rpartition('.')[2]).strip('-') or 'secret'}}}"
