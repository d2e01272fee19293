"""Where dossiers were before they moved: who could see them there, and cannot any more, is told that they left.

Of each place that a dossier was at, and is not now, the last time that it left is enough for whoever follows, however
far behind. So there is one row for each such place, and a source that moves a dossier to and fro adds none.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, select

from hub.record.dossier import Dossier
from hub.record.merge import Values
from hub.record.shown import Place, place
from hub.store.copying import write_rows
from hub.store.engine_tables import departures
from hub.store.sets import rows_with, where_listed

_DECIDING = ("agency", "procedure", "confidentiality")  # what a place is made of: seldom otherwise than before
_COLUMNS = ("position", "dossier_id", "code", *Place._fields)
_KNOWN = select(departures.c.position, departures.c.dossier_id, *(departures.c[name] for name in Place._fields))
_FORGOTTEN = delete(departures)


def note(connection: Connection, moved: Iterable[tuple[Dossier, int]]) -> None:
    """Of the stored dossiers that change now, each with the position of that: where those were that go elsewhere."""
    rows, places = [], set()
    for dossier, position in moved:
        if dossier.stored and (before := _left(dossier.stored.values, dossier.values)):
            rows.append((position, dossier.id, str(dossier.stored.values["code"]), *before))
            places |= {(dossier.id, *before), (dossier.id, *place(dossier.values))}
    known = rows_with(connection, _KNOWN, departures.c.dossier_id, {row[1] for row in rows})
    if forgotten := [position for position, *stood in known if tuple(stood) in places]:
        where_listed(connection, _FORGOTTEN, departures.c.position, forgotten)
    write_rows(connection, departures, _COLUMNS, rows)


def _left(before: Values, now: Values) -> Place | None:
    if all(before.get(name) == now.get(name) for name in _DECIDING):
        return None
    was = place(before)
    return was if was != place(now) else None
