"""Hundreds of dossiers looked up at once: by any code or id, in a number of queries that does not grow with them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from hub.record.grant import Grant
from hub.record.identity import LONGEST, normalise
from hub.store import dossiers
from hub.store.cursor import LARGEST_ID
from hub.store.database import Database
from hub.store.dossier_rows import DossierRow
from hub.store.looking_up import codes_of_dossiers, with_codes, with_ids
from hub.store.scope import Scope
from hub.store.whole import claimed
from hub.view import behind
from hub.view.fields import Fields
from hub.view.gathering import items, registered
from hub.view.item import EVERY

PARTS: Final = ("timeline", "documents", "provenance")


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one code or id."""

    asked: str
    outcome: str  # found, unknown, ambiguous, malformed, repeated
    rows: Sequence[DossierRow] = ()


def by_codes(database: Database, codes: Sequence[str], scope: Scope) -> list[Entry]:
    """An entry for each code, in their order."""
    readable = {code: normalise(code) for code in codes if _is_code(code)}
    found = with_codes(database, set(readable.values()), scope) if readable else {}
    return _entries(codes, readable, found)


def by_ids(database: Database, ids: Sequence[str], scope: Scope) -> list[Entry]:
    """An entry for each id, in their order."""
    readable = {one: int(one) for one in ids if is_id(one)}
    found = with_ids(database, set(readable.values()), scope) if readable else {}
    return _entries(ids, readable, {one: [row] for one, row in found.items()})


def shown(
    database: Database,
    rows: Sequence[DossierRow],
    grant: Grant,
    now: datetime,
    near_due: timedelta,
    fields: Fields | None = None,
    include: Collection[str] = (),
) -> dict[int, dict[str, Any]]:
    """What a grant shows of dossiers, by id, with their codes and what is included."""
    ids = [row.id for row in rows]
    values = fields or (EVERY if "documents" in include else None)
    made = dict(zip(ids, items(database, rows, grant, now, near_due, values), strict=True))
    codes = codes_of_dossiers(database, ids) if ids else {}
    for one, answer in made.items():
        answer["codes"] = codes.get(one, [])
    if "timeline" in include:
        told = dossiers.timelines(database, ids)
        for one, answer in made.items():
            answer["timeline"] = behind.timeline(told.get(one, ()), grant)
    if "provenance" in include:
        _add_provenance(database, made, grant, now)
    return made


def is_id(text: str) -> bool:
    """Whether a text can be the id of a dossier."""
    return text.isascii() and text.isdigit() and len(text) < 20 and 0 < int(text) <= LARGEST_ID


def _add_provenance(database: Database, made: Mapping[int, dict[str, Any]], grant: Grant, now: datetime) -> None:
    known, said = registered(database), dossiers.sources_of(database, list(made))
    for one, answer in made.items():
        sources = said.get(one, [])
        answer["sources"] = behind.sources(sources, known, now, grant)
        answer["provenance"] = behind.provenance(claimed(sources), sources, grant)


def _is_code(text: str) -> bool:
    return 0 < len(normalise(text)) <= LONGEST and text.isprintable()


def _entries(
    asked: Sequence[str], readable: Mapping[str, Any], found: Mapping[Any, Sequence[DossierRow]]
) -> list[Entry]:
    made, met = [], set()
    for text in asked:
        key = readable.get(text)
        if key is None:
            made.append(Entry(text, "malformed"))
        elif key in met:
            made.append(Entry(text, "repeated"))
        else:
            met.add(key)
            rows = found.get(key, ())
            made.append(Entry(text, ("unknown", "found", "ambiguous")[min(len(rows), 2)], rows))
    return made
