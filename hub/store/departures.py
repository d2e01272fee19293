"""Where dossiers were before they moved: who could see them there, and cannot any more, is told that they left."""

from collections.abc import Iterable

from sqlalchemy import Connection

from hub.record.dossier import Dossier
from hub.record.merge import Values
from hub.record.shown import Place, place
from hub.store.copying import write_rows
from hub.store.engine_tables import departures

_DECIDING = ("agency", "procedure", "confidentiality")  # what a place is made of: seldom otherwise than before
_COLUMNS = ("position", "dossier_id", "code", *Place._fields)


def note(connection: Connection, moved: Iterable[tuple[Dossier, int]]) -> None:
    """Of the stored dossiers that change now, each with the position of that: where those were that go elsewhere."""
    rows = [
        (position, dossier.id, str(dossier.stored.values["code"]), *before)
        for dossier, position in moved
        if dossier.stored and (before := _left(dossier.stored.values, dossier.values))
    ]
    write_rows(connection, departures, _COLUMNS, rows)


def _left(before: Values, now: Values) -> Place | None:
    if all(before.get(name) == now.get(name) for name in _DECIDING):
        return None
    was = place(before)
    return was if was != place(now) else None
