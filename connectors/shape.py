"""How a record looks: the names of its fields and what kind of value each holds, never a value."""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from lxml import etree

_DEEPEST, _LONGEST_PATH, _LONGEST_NAME = 8, 200, 80
_MOST_ITEMS = 10  # of a list: the others look like these
_KINDS: dict[type, str] = {
    str: "text",
    int: "number",
    float: "number",
    Decimal: "number",
    bool: "boolean",
    dict: "object",
    list: "list",
    tuple: "list",
    type(None): "",
    etree._Element: "element",  # noqa: SLF001  (its only public name is a function)
}


def shape_of(value: Any) -> dict[str, str]:
    """Every dotted path in a record with `object`, `list`, `text`, `number`, `boolean`, or "" where nothing stands."""
    found: dict[str, str] = {}
    _walk(value, "", found, _DEEPEST)
    return found


def _walk(value: Any, above: str, found: dict[str, str], deeper: int) -> None:
    match _KINDS.get(type(value)):
        case "object":
            _walk_all(value.items(), above, found, deeper)
        case "list":
            for item in value[:_MOST_ITEMS]:
                _walk(item, above, found, deeper - 1)
        case "element":
            for name in value.attrib:
                found[_path(above, f"@{_local(name)}")] = "text"
            _walk_all(((_local(child.tag), child) for child in value.iterchildren("*")), above, found, deeper)


def _walk_all(items: Iterable[tuple[str, Any]], above: str, found: dict[str, str], deeper: int) -> None:
    for name, value in items:
        path, kind = _path(above, name), _KINDS.get(type(value), "text")
        if kind == "element":
            kind = "object" if len(value) else "text" if value.text and not value.text.isspace() else ""
        elif not value and kind not in ("number", "boolean"):
            kind = ""
        if kind or path not in found:
            found[path] = kind
        if kind in ("object", "list") and deeper > 0 and len(path) < _LONGEST_PATH:
            _walk(value, path, found, deeper - 1)


@lru_cache(4096)
def _path(above: str, name: str) -> str:
    # What begins with a digit is data (a number, a dossier's code), and no name of a field.
    name = "#" if name[:1].isdigit() else name[:_LONGEST_NAME].replace(".", "_")
    return f"{above}.{name}" if above else name


@lru_cache(4096)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
