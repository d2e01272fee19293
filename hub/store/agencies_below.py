"""An agency with all agencies below it, by every code that the catalogue knows them under."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection

from hub.record.catalogue import codes_of
from hub.record.shown import agency_key
from hub.store.catalogue import AGENCIES, entries


def with_all_below(connection: Connection, codes: Iterable[str], day: date) -> frozenset[str]:
    """The codes of these agencies and of all below them on a day; a code that the catalogue does not know is itself."""
    aliases: dict[str, set[str]] = {}
    below: dict[str, set[str]] = {}
    for entry in entries(connection, AGENCIES):
        if day not in entry.valid:
            continue
        known = {agency_key(code) for code, span in codes_of(entry) if day in span}
        for code in known:
            aliases.setdefault(code, set()).update(known)
        if entry.parent_code:
            below.setdefault(agency_key(entry.parent_code), set()).update(known)
    found: set[str] = set()
    waiting = [agency_key(code) for code in codes]
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting += aliases.get(code, set()) | below.get(code, set())
    return frozenset(found)
