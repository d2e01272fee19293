"""Which procedures a connector will serve, as far as its mapping says so, and who serves them already."""

from collections.abc import Iterator
from typing import Any

from hub.record.entities import DOSSIER
from hub.record.identity import normalise
from hub.store import codes_seen
from hub.store.codes_seen import SharedService
from hub.store.database import Database
from hub.sync.watch import served_twice
from mappings.engine.yaml_source import Invalid, parse

_FIELD = "procedure.code"


def note_of(database: Database, name: str, mapping: str) -> str:
    """What to tell whoever registers a connector with this mapping's text; empty where there is nothing.

    The procedures that its mapping names, and those that its records have named. It is never a reason to refuse:
    two systems of one procedure are a finding for leaders (Decree 61/2018 Art. 24-25, Decree 118/2025).
    """
    with database.read() as connection:
        served = codes_seen.servers_of(connection, named_procedures(mapping), besides=name)
        row = codes_seen.id_of(connection, name)
    shared = {code: SharedService(others=tuple(others)) for code, others in served.items()}
    if row is not None:
        shared |= codes_seen.shared_services(database, row)
    return f"Note: {served_twice(shared)}. It can be used all the same." if shared else ""


def named_procedures(mapping: str) -> set[str]:
    """The codes of procedures that a mapping's text names itself: as a constant, a default, or in a table."""
    try:
        data = parse(mapping, "").data
    except Invalid:
        return set()
    if not isinstance(data, dict) or data.get("entity") != DOSSIER or not isinstance(data.get("fields"), dict):
        return set()
    spec = data["fields"].get(_FIELD)
    if not isinstance(spec, dict):
        return set()
    tables = data.get("tables")
    said = [spec.get("value"), spec.get("default"), _table(spec.get("table"), tables)]
    return {normalise(word) for each in said for word in _words(each)}


def _table(wanted: Any, tables: Any) -> Any:
    """A table by its name, or one that stands in the field itself."""
    return tables.get(wanted) if isinstance(wanted, str) and isinstance(tables, dict) else wanted


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _words(inner)
