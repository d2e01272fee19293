"""Payloads that no record points at any more: noticed, kept for a while, removed. Every step is a small transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update

from hub.store.database import Database
from hub.store.quarantine_tables import quarantine
from hub.store.tables import payloads, source_records

_MARKED_AT_ONCE, _REMOVED_AT_ONCE = 5_000, 200
_TURN = 0x5061796C  # any number that nothing else in this database locks


@dataclass(frozen=True, slots=True)
class Unused:
    """What may be removed: how many payloads, and how many bytes they take in the store."""

    payloads: int = 0
    kept_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Before:
    """What became unused before these times may go."""

    plain: datetime
    troubled: datetime  # of payloads in which something could not be read


def mark(database: Database, now: datetime) -> bool:
    """Note which payloads no record points at (any more); False where another process is at it just now."""
    unused, since = ~_is_used(), payloads.c.unused_since
    for where, value in ((since.is_(None) & unused, now), (since.is_not(None) & _is_used(), None)):
        for some in _ids(database, where, _MARKED_AT_ONCE):
            marked = update(payloads).where(payloads.c.id.in_(some), where).values(unused_since=value)
            if _in_turn(database, marked) is None:
                return False
    return True


def removable(database: Database, before: Before) -> Unused:
    """What `remove` would remove now."""
    size = func.coalesce(func.sum(func.length(payloads.c.body)), 0)
    with database.read() as connection:
        row = connection.execute(select(func.count(), size).where(_may_go(before))).one()
    return Unused(row[0], int(row[1]))


def remove(database: Database, before: Before) -> Iterator[int]:
    """Remove what may go, some at a time: how many went in each step. It ends where another process is at it."""
    for some in _ids(database, _may_go(before), _REMOVED_AT_ONCE):
        gone = _in_turn(database, delete(payloads).where(payloads.c.id.in_(some), _may_go(before)))
        if gone is None:
            return
        yield gone


def _ids(database: Database, where: ColumnElement[bool], at_once: int) -> Iterator[Sequence[int]]:
    # All numbers at one go and in no order: only so the index alone answers, and no body is walked through.
    with database.read() as connection:
        found = list(connection.scalars(select(payloads.c.id).where(where)))
    return (found[start : start + at_once] for start in range(0, len(found), at_once))


def _in_turn(database: Database, statement: Any) -> int | None:
    """How many rows it touched; None where another process does such work just now."""
    with database.write(patient=True) as transaction:
        if not database.is_sqlite and not transaction.scalar(select(func.pg_try_advisory_xact_lock(_TURN))):
            return None
        return transaction.execute(statement).rowcount


def _is_used() -> ColumnElement[bool]:
    return or_(*(exists().where(table.c.payload_id == payloads.c.id) for table in (source_records, quarantine)))


def _may_go(before: Before) -> ColumnElement[bool]:
    since, troubled = payloads.c.unused_since, payloads.c.troubled
    old = or_(and_(~troubled, since <= before.plain), and_(troubled, since <= before.troubled))
    return old & ~_is_used()
