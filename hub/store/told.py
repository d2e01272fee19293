"""What each subscriber knows: the dossiers that it was, or may have been, told of, and not since that they left.

A row is there before a dossier is sent for the first time, and goes when it has been told that the dossier left. So
whatever a process is killed at, no subscriber knows of a dossier that is not here.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select, update
from sqlalchemy import delete as delete_from

from hub.store.database import Database, Transaction
from hub.store.outbox_tables import told
from hub.store.scope import Scope, within
from hub.store.sets import insert_into, rows_with, where_listed
from hub.store.tables import dossiers


@dataclass(frozen=True, slots=True)
class Told:
    """A dossier that a subscriber knows."""

    dossier_id: int
    code: str  # that it had when it was told last
    position: int  # of the state that certainly arrived; 0: it is not certain that any did
    now: int  # of its last change, which may be one that the subscriber may not see

    @property
    def has_arrived(self) -> bool:
        """Whether the subscriber has the dossier as it is."""
        return self.position == self.now


_now = func.coalesce(dossiers.c.position, told.c.position).label("now")
_KNOWN: Select[Any] = select(told.c.dossier_id, told.c.code, told.c.position, _now).outerjoin(
    dossiers, dossiers.c.id == told.c.dossier_id
)
_KNOWN_BY = _KNOWN.where(told.c.subscription_id == bindparam("mine"))  # put together once
_DOUBTED = update(told).where(told.c.subscription_id == bindparam("mine")).values(position=0)


def known(database: Database, subscription_id: int, ids: Collection[int]) -> dict[int, Told]:
    """Which of these dossiers a subscriber knows, by their ids."""
    with database.read() as connection:
        rows = rows_with(connection, _KNOWN_BY, told.c.dossier_id, ids, mine=subscription_id)
        return {row.dossier_id: _told(row) for row in rows}


def page(database: Database, subscription_id: int, after_id: int, limit: int) -> list[Told]:
    """The next dossiers that a subscriber knows, by id."""
    mine = _KNOWN.where(told.c.subscription_id == subscription_id, told.c.dossier_id > after_id)
    with database.read() as connection:
        return [_told(row) for row in connection.execute(mine.order_by(told.c.dossier_id).limit(limit))]


def seen(database: Database, scope: Scope, after_id: int, limit: int) -> Sequence[Any]:
    """The next dossiers of a scope, gone and merged ones too: rows of id, code and position."""
    column = dossiers.c
    query = select(column.id, column.code, column.position).where(column.id > after_id, *within(scope))
    with database.read() as connection:
        return connection.execute(query.order_by(column.id).limit(limit)).all()


def add(transaction: Transaction, subscription_id: int, rows: Iterable[tuple[int, str, int]]) -> None:
    """Dossiers (id, code, position: `Told`) of which a subscriber is told, or knows already."""
    values = [
        {"subscription_id": subscription_id, "dossier_id": dossier_id, "code": code, "position": position}
        for dossier_id, code, position in rows
    ]
    if values:
        made = insert_into(transaction, told)
        mine = ["subscription_id", "dossier_id"]
        transaction.execute(made.on_conflict_do_update(index_elements=mine, set_={"code": made.excluded.code}), values)


def arrived(transaction: Transaction, subscription_id: int, dossier_id: int, position: int) -> None:
    """A subscriber has a dossier as it was at a position."""
    mine = (told.c.subscription_id == subscription_id) & (told.c.dossier_id == dossier_id)
    transaction.execute(update(told).where(mine).values(position=position))


def left(transaction: Transaction, subscription_id: int, dossier_id: int) -> None:
    """A subscriber has been told that a dossier left."""
    mine = (told.c.subscription_id == subscription_id) & (told.c.dossier_id == dossier_id)
    transaction.execute(delete_from(told).where(mine))


def doubt(connection: Connection, subscription_id: int, ids: Collection[int]) -> None:
    """What a subscriber has of these dossiers is not what it would be shown now: they are to be told once more."""
    where_listed(connection, _DOUBTED, told.c.dossier_id, ids, mine=subscription_id)


def _told(row: Row[Any]) -> Told:
    return Told(row.dossier_id, row.code, row.position, row.now)
