"""Dossiers to search, of invented people, and what a search of them must find: in Python alone, without a database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, insert, select

from hub.record.identity import Code
from hub.record.shown import shown, words
from hub.record.spelling import forms, is_one_slip, may_be_mistyped
from hub.store.copying import reserve_ids
from hub.store.database import Database
from hub.store.engine_tables import feed
from hub.store.feed import take_positions
from hub.store.outbox_tables import followers, spellings
from hub.store.tables import dossiers
from hub.sync.speller import Speller

NOW = datetime(2026, 5, 20, tzinfo=UTC)
MOST_MEANT = 20


@dataclass(frozen=True)
class Told:
    """A dossier as its department tells it."""

    name: str
    summary: str = ""
    received_at: str = "2026-03-02T01:00:00Z"
    code: str = "HS-1"
    agency: str = "H01"


@dataclass(frozen=True)
class Reference:
    """What is found, in its order; and what was looked for instead of what was typed."""

    found: list[int]
    corrected: dict[str, list[str]]


def put(database: Database, told: Iterable[Told]) -> list[int]:
    """Store dossiers; their ids, in the same order."""
    rows = [_row(one) for one in told]
    if not rows:
        return []
    with database.write() as transaction:
        ids = reserve_ids(transaction, dossiers, len(rows))
        positions = take_positions(transaction, len(rows))
        numbered = zip(rows, ids, positions, strict=True)
        transaction.execute(
            insert(dossiers), [{**row, "id": number, "position": position} for row, number, position in numbered]
        )
    return list(ids)


def learn(database: Database) -> None:
    """As the scheduler's tick does."""
    Speller(database).learn()


def clear(database: Database) -> None:
    """No dossier, and no word that any ever held."""
    with database.write() as transaction:
        for table in (dossiers, spellings, followers):
            transaction.execute(delete(table))
        transaction.execute(feed.update().values(position=0))


def texts_of(database: Database) -> dict[int, str]:
    """The search text of each dossier."""
    with database.read() as connection:
        return {row.id: row.search for row in connection.execute(select(dossiers.c.id, dossiers.c.search))}


def expected(told: Sequence[tuple[int, Told]], typed: str) -> Reference:
    """What a search for `typed` must find."""
    newest = sorted(told, key=lambda one: (one[1].received_at, one[0]), reverse=True)
    held = {number: set(_search(one).split()) for number, one in told}
    asked = words(typed)
    named = [number for number, one in newest if words(one.name) == asked]
    others = [number for number, _ in newest if number not in named and _holds(held[number], asked, {})]
    if named or others:
        return Reference(named + others, {})
    for tried in _tries(asked, held):
        rows = [number for number, _ in newest if _holds(held[number], asked, tried)]
        if rows:
            seen = set().union(*(held[number] for number in rows))
            corrected = {word: [one for one in near if one in seen] for word, near in tried.items()}
            return Reference(rows, {word: near for word, near in corrected.items() if near})
    return Reference([], {})


def _tries(asked: list[str], held: dict[int, set[str]]) -> list[dict[str, list[str]]]:
    every = {word for one in held.values() for word in one if may_be_mistyped(word)}
    mine = [*dict.fromkeys(word for word in asked[:-1] if word != asked[-1]), asked[-1]]
    able = [word for word in mine if may_be_mistyped(word)]
    near = {word: _near(word, every) for word in able}
    unknown = [word for word in able if not any(_is_there(word, one, asked) for one in held.values())]
    if unknown:
        return [{word: near[word] for word in unknown}] if all(near[word] for word in unknown) else []
    return [{word: near[word]} for word in sorted(able, key=len, reverse=True) if near[word]]


def _near(word: str, every: set[str]) -> list[str]:
    found = [other for other in every if forms(word) & forms(other) and is_one_slip(word, other)]
    return sorted(found, key=lambda other: (word[0] != other[0], len(word) != len(other), other))[:MOST_MEANT]


def _holds(held: set[str], asked: list[str], others: dict[str, list[str]]) -> bool:
    return all(_is_there(word, held, asked) or bool(held & set(others.get(word, []))) for word in asked)


def _is_there(word: str, held: set[str], asked: list[str]) -> bool:
    goes_on = word == asked[-1] or any(letter.isdigit() for letter in word)
    return word in held or (goes_on and any(one.startswith(word) for one in held))


def _values(told: Told) -> dict[str, Any]:
    return {
        "code": told.code,
        "status": "processing",
        "applicant": {"name": told.name},
        "summary": told.summary,
        "received_at": told.received_at,
        "agency": {"code": told.agency},
    }


def _search(told: Told) -> str:
    return shown(_values(told), [Code("H01", told.code)]).search


def _row(told: Told) -> dict[str, Any]:
    values = _values(told)
    found = shown(values, [Code("H01", told.code)])._asdict()
    return {**found, "values": values, "first_seen_at": NOW, "changed_at": NOW}
