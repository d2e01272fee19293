"""Lists of records that do not stand in one place of a JSON answer: `groups.*.items`, `data.*`."""

from collections.abc import Iterator, Sequence
from typing import Any

NAME, VALUE = "_key", "_value"  # what a record that stands under its name in an object is given


def has_star(where: str) -> bool:
    """Whether the place is several."""
    return "*" in where.split(".")


def gathered(value: Any, where: str) -> list[Any] | None:
    """The records at a place with `*`, which stands for every item of a list or an object; None: there is no such.

    A record that stands under its name in an object gets that name as `_key`.
    """
    found = list(_below(value, where.split(".")))
    return None if not found else [record for records in found for record in records]


def _below(value: Any, names: Sequence[str]) -> Iterator[list[Any]]:
    """A list of records for each place that is there; an empty one for a place where null stands."""
    if not names:
        yield value if isinstance(value, list) else [] if value is None else [value]
        return
    first, *rest = names
    if first != "*":
        if isinstance(value, dict) and first in value:
            yield from _below(value[first], rest)
    elif not value and (value is None or isinstance(value, dict | list)):
        yield []
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _below(item if rest or isinstance(item, list) else _named(name, item), rest)
    elif isinstance(value, list):
        for item in value:
            yield from _below(item, rest)


def _named(name: str, item: Any) -> Any:
    if not isinstance(item, dict):
        return {NAME: name, VALUE: item}
    return item if NAME in item else {NAME: name, **item}
