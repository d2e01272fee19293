"""Connectors that are being written: kept between two visits, and nobody's business but their author's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from hub.store.database import Database, Transaction
from hub.store.watching_tables import drafts

MOST = 20  # that one person may have at a time


@dataclass(frozen=True, slots=True)
class Draft:
    """A connector's document as far as it has come."""

    id: int
    name: str
    author: str
    text: str
    found: dict[str, Any] | None
    changed_at: datetime


class Taken(Exception):
    """Somebody is writing a connector of this name already."""


class TooMany(Exception):
    """This person has as many drafts as anybody may have."""


_COLUMNS = tuple(drafts.c[name] for name in Draft.__slots__)


def begin(database: Database, name: str, author: str, text: str, found: dict[str, Any] | None, now: datetime) -> int:
    """Keep a new draft; its number.

    Raises:
        Taken: the name is another draft's.
        TooMany: finish or drop one first.
    """

    def make(transaction: Transaction) -> int:
        held = transaction.scalar(select(func.count()).select_from(drafts).where(drafts.c.author == author))
        if int(held or 0) >= MOST:
            raise TooMany
        values = {"name": name, "author": author, "text": text, "found": found, "changed_at": now}
        return int(transaction.execute(insert(drafts).values(**values).returning(drafts.c.id)).scalar_one())

    try:
        return database.write_again(make)
    except IntegrityError:
        raise Taken from None


def of(database: Database, draft_id: int, author: str) -> Draft | None:
    """One draft of this person."""
    with database.read() as connection:
        row = connection.execute(select(*_COLUMNS).where(_own(draft_id, author))).mappings().one_or_none()
        return None if row is None else Draft(**row)


def listed(database: Database, author: str) -> list[Draft]:
    """This person's drafts, the newest first."""
    query = select(*_COLUMNS).where(drafts.c.author == author).order_by(drafts.c.id.desc())
    with database.read() as connection:
        return [Draft(**row) for row in connection.execute(query).mappings()]


def put(database: Database, draft_id: int, author: str, text: str, now: datetime) -> bool:
    """Keep what was written since; False where the draft is gone."""

    def make(transaction: Transaction) -> bool:
        changed = update(drafts).where(_own(draft_id, author)).values(text=text, changed_at=now)
        return transaction.execute(changed).rowcount == 1

    return database.write_again(make)


def drop(database: Database, draft_id: int, author: str) -> bool:
    """Forget a draft; False where it is gone already."""
    return database.write_again(
        lambda transaction: transaction.execute(delete(drafts).where(_own(draft_id, author))).rowcount == 1
    )


def _own(draft_id: int, author: str) -> ColumnElement[bool]:
    return (drafts.c.id == draft_id) & (drafts.c.author == author)
