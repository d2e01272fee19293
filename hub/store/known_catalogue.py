"""What filters ask of the catalogues, kept for seconds: they are large, seldom change, and every list asks."""

from datetime import date
from threading import Lock
from time import monotonic
from typing import NamedTuple
from weakref import WeakKeyDictionary

from hub.record.catalogue import Procedure
from hub.record.moments import today
from hub.record.shown import agency_key, procedure_key
from hub.store.agencies_below import Below, below_on
from hub.store.catalogue import PROCEDURES, entries
from hub.store.database import Database

SECONDS = 10.0  # how long a change of a catalogue may go unseen by lists


class _Known(NamedTuple):
    until: float
    below: Below
    levels: dict[str, frozenset[str]]


_known: WeakKeyDictionary[Database, dict[date, _Known]] = WeakKeyDictionary()
_lock = Lock()


def agencies_named(database: Database, code: str, day: date | None = None) -> frozenset[str]:
    """The keys of an agency with all below it on a day (None: today)."""
    return _of(database, day).below.with_all([agency_key(code)])


def procedures_of_level(database: Database, level: str, day: date | None = None) -> frozenset[str]:
    """The keys of the procedures that the catalogue says to be of an online level on a day (None: today).

    What it says of the national code goes before what it says of local forms of it.
    """
    return _of(database, day).levels.get(level, frozenset())


def forget(database: Database) -> None:
    """Read the catalogues anew when they are next asked."""
    with _lock:
        _known.pop(database, None)


def _of(database: Database, wanted: date | None) -> _Known:
    day = wanted or today()
    known = _known.get(database, {}).get(day)
    if known is not None and monotonic() < known.until:
        return known
    with database.read() as connection:
        found = _Known(monotonic() + SECONDS, below_on(connection, day), _levels(entries(connection, PROCEDURES), day))
    with _lock:
        # Of other days only what is fresh: nobody can fill the memory by asking for many.
        kept = {other: one for other, one in _known.get(database, {}).items() if monotonic() < one.until}
        _known[database] = kept | {day: found}
    return found


def _levels(procedures: list[Procedure], day: date) -> dict[str, frozenset[str]]:
    national: dict[str, str] = {}
    local: dict[str, set[str]] = {}
    for entry in procedures:  # the best origin first
        if day not in entry.valid or not entry.online_level:
            continue
        key = procedure_key(entry.code)
        if key == entry.code:
            national.setdefault(key, entry.online_level)
        else:
            local.setdefault(key, set()).add(entry.online_level)
    said = local | {key: {level} for key, level in national.items()}
    levels = {level for some in said.values() for level in some}
    return {level: frozenset(key for key, some in said.items() if level in some) for level in levels}
