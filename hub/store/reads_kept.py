"""How long the log of reads is kept: its oldest part goes as a whole, and a sealed row says so."""

from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import token_hex

from sqlalchemy import delete, func, select, update

from hub.store.access_tables import reads, reads_head
from hub.store.database import Database, Transaction
from hub.store.reads import HEAD, Action, Head, Read, SealKeys, append, held_head

_AT_ONCE = 5000
_AHEAD = timedelta(days=1)  # a time further ahead is a clock's error, and says nothing of how old a row is


def prune(
    database: Database, keys: SealKeys, before: datetime, now: datetime, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Remove the rows before the first that is not older than `before`, until it is told to stop; how many.

    The chain goes on to be verified from there: its head keeps the seal of the last row that went, and a row that is
    sealed like any other says so. Killed in between, the next call removes what is left.
    """

    def cut(transaction: Transaction) -> int:
        head = held_head(transaction)
        upto = _upto(transaction, head, before, now)
        if upto > head.first:
            _move(transaction, keys, head, upto, now)
        return max(upto, head.first)

    first, gone = database.write_again(cut), 0
    while not stopping() and (count := _remove_some(database, first)):
        gone += count
    return gone


def _upto(transaction: Transaction, head: Head, before: datetime, now: datetime) -> int:
    """Where every row was written in the future it is this clock that is wrong: nothing goes."""
    young = select(func.min(reads.c.id)).where(reads.c.at >= before, reads.c.id > head.first)
    found: int | None = transaction.scalar(young.where(reads.c.at <= now + _AHEAD))
    if found is None:
        found = transaction.scalar(young)
    return head.last if found is None else found - 1


def _move(transaction: Transaction, keys: SealKeys, head: Head, upto: int, now: datetime) -> None:
    seal = bytes(transaction.execute(select(reads.c.seal).where(reads.c.id == upto)).scalar_one())
    moved = update(reads_head).where(reads_head.c.id == HEAD).values(first=upto, first_seal=seal)
    transaction.execute(moved)
    said = {"upto": upto, "seal": seal.hex()}
    append(transaction, keys, head, f"kept-{token_hex(8)}", [(0, Read(now, "hub", Action.RETENTION, (), 0, said))])


def _remove_some(database: Database, first: int) -> int:
    some = select(reads.c.id).where(reads.c.id <= first).order_by(reads.c.id).limit(_AT_ONCE).scalar_subquery()
    with database.write() as transaction:
        return transaction.execute(delete(reads).where(reads.c.id.in_(some))).rowcount
