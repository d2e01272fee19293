"""A catalogue as a file that can be loaded again: CSV for spreadsheets, or YAML."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from hub.record.entities import ENTITIES
from mappings.engine.yaml_text import write


def as_yaml(name: str, rows: Sequence[dict[str, Any]]) -> str:
    """`agencies:` or `procedures:` above the entries."""
    return write({name: list(rows)})


def as_csv(entity: str, rows: Sequence[dict[str, Any]]) -> str:
    """A table with every field that some entry has, in the order of the reference."""
    cells = [_cells(row) for row in rows]
    names = [*ENTITIES[entity].fields, *ENTITIES[entity].lists]
    required = {name for name, known in ENTITIES[entity].fields.items() if known.required}
    said = {name for row in cells for name in row}
    columns = [name for name in names if name in required | said] + sorted(said.difference(names))
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, columns, restval="", lineterminator="\r\n")
    table.writeheader()
    table.writerows(cells)
    return text.getvalue()


def _cells(row: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in row.items():
        match name, value:
            case "aliases", list():
                found[name] = "; ".join(map(_alias, value))
            case "hours", list():
                found[name] = "; ".join(f"{one['days']} {one['from']}-{one['to']}" for one in value)
            case _, dict():
                found |= {f"{name}.{inner}": str(inside) for inner, inside in value.items()}
            case _, bool():
                found[name] = "yes" if value else "no"
            case _:
                found[name] = str(value)
    return found


def _alias(alias: dict[str, str]) -> str:
    first, last = alias.get("effective_from", ""), alias.get("effective_to", "")
    return f"{alias['code']} {first}..{last}" if first or last else alias["code"]
