"""Paths into a JSON record: plain dotted names are walked as dicts, anything more is JMESPath."""

from collections.abc import Iterator, Sequence
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions

from mappings.engine.draft import Unreadable
from mappings.engine.path import OTHER_KIND, WORKABLE, BadPath, Path

_FUNCTIONS = frozenset(Functions.FUNCTION_TABLE)


def json_path(text: str) -> Path:
    """Compile a dotted path or a JMESPath expression; `.` is the record itself. Raises `BadPath`."""
    if text.strip() == ".":
        return Path(text, lambda record: record)
    try:
        expression = jmespath.compile(text)
    except JMESPathError as error:
        reason = str(error).splitlines()[0].rstrip(":.")
        raise BadPath(
            f'"{text}" is not a JMESPath: {reason}', 'names with other letters stand in quotes: "Ngày nhận"'
        ) from None
    for name in _functions(expression.parsed):
        if name not in _FUNCTIONS:
            raise BadPath(f'JMESPath has no function "{name}"', "it has " + ", ".join(sorted(_FUNCTIONS)))
    names = _plain(expression.parsed)
    if names:
        return Path(text, _walk(names), names)
    return Path(text, _first_with(expression.parsed) or _search(expression))


def _functions(node: Any) -> Iterator[str]:
    if node["type"] == "function_expression":
        yield node["value"]
    for child in node["children"]:
        if isinstance(child, dict) and "children" in child:
            yield from _functions(child)


def _plain(node: Any) -> tuple[str, ...]:
    """The names of `a.b.c`, or nothing where the expression is more than that."""
    if node["type"] == "field":
        return (node["value"],)
    if node["type"] == "subexpression":
        parts = [_plain(child) for child in node["children"]]
        return tuple(name for part in parts for name in part) if all(parts) else ()
    return ()


def _walk(names: Sequence[str]) -> Any:
    *above, last = names

    def get(record: Any) -> Any:
        for name in above:
            if not isinstance(record, dict):
                return None
            record = record.get(name)
        return record.get(last) if isinstance(record, dict) else None

    return get


def _first_with(node: Any) -> Any:
    """`names[?languageId==`228`].name | [0]` as a loop: every name by language is read so, and JMESPath's own
    interpreter takes twenty times as long. None for any other expression."""
    match node:
        case {"type": "pipe", "children": [{"type": "filter_projection", "children": [left, right, test]}, first]} if (
            first == _FIRST
        ):
            rows_path, value_path = _plain(left), _plain(right)
        case _:
            return None
    match test:
        case {
            "type": "comparator",
            "value": "eq",
            "children": [{"type": "field", "value": key}, {"value": wanted}],
        } if rows_path and value_path and type(wanted) in (str, int):
            return _choose(_walk(rows_path), key, wanted, _walk(value_path))
    return None


_FIRST = jmespath.compile("x | [0]").parsed["children"][1]


def _choose(rows: Any, key: str, wanted: str | int, value: Any) -> Any:
    def get(record: Any) -> Any:
        found = rows(record)
        if not isinstance(found, list):
            return None
        for row in found:
            # True equals 1 for Python, not for JMESPath.
            if isinstance(row, dict) and row.get(key) == wanted and not isinstance(row[key], bool):
                chosen = value(row)
                if chosen is not None:
                    return chosen
        return None

    return get


def _search(expression: Any) -> Any:
    def get(record: Any) -> Any:
        try:
            return expression.search(record)
        except (JMESPathError, ArithmeticError, TypeError, ValueError, RecursionError):
            # The library's sentence repeats the value, whatever its size and whoever it is about.
            raise Unreadable(WORKABLE, OTHER_KIND) from None

    return get
