"""Words that dossiers hold, found by what is left of them when one letter is left out (SymSpell)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection, select

from hub.record.spelling import forms, is_one_slip
from hub.store.database import Database
from hub.store.outbox_tables import spellings
from hub.store.sets import insert_into, many, rows_with
from hub.store.tables import dossiers

MOST_MEANT = 20  # other spellings of one word


class Texts(NamedTuple):
    """The search texts of dossiers that changed, in the order of their changes."""

    texts: Sequence[str]
    upto: int  # position of the last of them


def changed_texts(database: Database, position: int, limit: int) -> Texts:
    """What the next dossiers that changed after `position` are searched by; no texts where none did."""
    query = (
        select(dossiers.c.position, dossiers.c.search)
        .where(dossiers.c.position > position)
        .order_by(dossiers.c.position)
        .limit(limit)
    )
    with database.read() as connection:
        rows = connection.execute(query).all()
    return Texts([row.search for row in rows], rows[-1].position if rows else position)


def learn(connection: Connection, words: Collection[str]) -> None:
    """Let words be found by their slips; those that are known already stay."""
    # In one order, so that two who learn the same words wait for each other instead of both giving up.
    rows = sorted((form, word) for word in words for form in forms(word))
    statement = insert_into(connection, spellings).on_conflict_do_nothing(index_elements=["form", "word"])
    many(connection, statement, [{"form": form, "word": word} for form, word in rows])


def meant(connection: Connection, words: Collection[str]) -> dict[str, list[str]]:
    """For each of these words the known words that it is one slip away from, likeliest first, `MOST_MEANT` at most.

    A slip of the first letter is the rarest, and who types another letter types as many.
    """
    asked: dict[str, list[str]] = defaultdict(list)
    for word in words:
        for form in forms(word):
            asked[form].append(word)
    found: dict[str, set[str]] = {word: set() for word in words}
    for form, other in rows_with(connection, select(spellings.c.form, spellings.c.word), spellings.c.form, asked):
        for word in asked[form]:
            if is_one_slip(word, other):
                found[word].add(other)
    return {word: sorted(others, key=partial(_unlikely, word))[:MOST_MEANT] for word, others in found.items()}


def _unlikely(word: str, other: str) -> tuple[bool, bool, str]:
    return word[0] != other[0], len(word) != len(other), other
