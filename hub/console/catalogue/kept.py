"""The catalogues as pages look through them, kept at hand until one changes: reading 10,000 entries takes long."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hub.record.catalogue import Agency, Procedure, codes_of
from hub.record.text import fold
from hub.store import catalogue
from hub.store.catalogue import Kind
from hub.store.database import Database


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, and the text that it is searched by."""

    said: Any  # Agency or Procedure
    text: str


_Kept = tuple[tuple[Any, ...], Sequence[Entry]]
_lock = threading.Lock()
_kept: dict[tuple[str, str], _Kept] = {}  # by database and catalogue


def entries(database: Database, kind: Kind[Any]) -> Sequence[Entry]:
    """Every entry by code, the best origin first."""
    place = (database.engine.url.render_as_string(), kind.name)
    with database.read() as connection:
        mark = catalogue.fingerprint(connection, kind)
        found = _kept.get(place)
        if found is not None and found[0] == mark:
            return found[1]
        read = [Entry(one, _text(one)) for one in catalogue.entries(connection, kind)]
    with _lock:
        _kept[place] = (mark, read)
    return read


def holds(entry: Entry, words: Sequence[str]) -> bool:
    """Whether it has all of these words, as `words_of` gives them."""
    return all(word in entry.text for word in words)


def words_of(typed: str | None) -> list[str]:
    """What was typed, as texts are searched by: without accents or case."""
    return fold(typed or "").split()


def _text(one: Agency | Procedure) -> str:
    match one:
        case Agency():
            said = (one.name, one.leader_name or "", *(code for code, _span in codes_of(one)))
        case _:
            said = (one.code, one.name, one.field_code or "", one.field_name or "")
    return fold(" ".join(said))
