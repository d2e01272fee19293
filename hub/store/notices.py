"""Notices: one for each dossier that a subscriber is to be told of, until it has been; and how that went.

Of one dossier a subscription has one waiting notice at most: what changed again meanwhile takes its place, as only the
latest state is sent. So nothing can overtake an older state of the same dossier.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, delete, func, insert, literal_column, or_, select, update

from hub.store import clock
from hub.store.database import Database, Transaction
from hub.store.outbox_tables import notices

WAITING, DELIVERED, FAILED = "waiting", "delivered", "failed"
_KEPT_ATTEMPTS = 20  # of one notice: the last ones
_PRUNED_AT_ONCE = 1000
_AT_ONCE = 500  # dossiers in one statement


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice as it stands now."""

    id: int
    subscription_id: int
    dossier_id: int
    position: int
    kind: str
    code: str | None
    event_id: str
    state: str
    attempts: list[dict[str, Any]] | None
    tries: int  # that the subscriber answered with a no
    next_try_at: datetime | None
    made_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class News:
    """A change that a subscriber is to be told of."""

    dossier_id: int
    position: int
    kind: str
    code: str | None = None  # of what left: the one that it had while it was seen


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one exchange went."""

    at: str  # UTC
    status: int | None
    error: str | None  # a sentence; None: it was taken
    seconds: float

    def document(self) -> dict[str, Any]:
        """As it is kept."""
        return {name: getattr(self, name) for name in Attempt.__slots__}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many notices of a subscription wait, or have failed."""

    waiting: int = 0
    failed: int = 0
    oldest: datetime | None = None  # of those that wait


_COLUMNS = tuple(notices.c[name] for name in NoticeRow.__slots__)


def put(transaction: Transaction, subscription_id: int, news: Sequence[News], now: datetime) -> None:
    """Let a subscriber be told. What waits of the same dossier is replaced: a new event, which is tried at once.

    Of several news of one dossier the last counts.
    """
    latest = {one.dossier_id: one for one in sorted(news, key=lambda one: one.position)}
    waiting = _waiting_of(transaction, subscription_id, list(latest))
    fresh = []
    for one in latest.values():
        told = {"position": one.position, "kind": one.kind, "code": one.code, "event_id": uuid4().hex}
        if (number := waiting.get(one.dossier_id)) is not None:
            anew = {"tries": 0, "next_try_at": None, "made_at": now}
            transaction.execute(update(notices).where(notices.c.id == number).values(**told, **anew))
        else:
            mine = {"subscription_id": subscription_id, "dossier_id": one.dossier_id, "state": WAITING}
            fresh.append(told | mine | {"made_at": now})
    if fresh:
        transaction.execute(insert(notices), fresh)


def _waiting_of(transaction: Transaction, subscription_id: int, ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    mine = (notices.c.subscription_id == subscription_id) & (notices.c.state == WAITING)
    for start in range(0, len(ids), _AT_ONCE):
        some = notices.c.dossier_id.in_(ids[start : start + _AT_ONCE])
        query = select(notices.c.dossier_id, notices.c.id).where(mine, some)
        found |= {row.dossier_id: row.id for row in transaction.execute(query)}
    return found


def next_ones(database: Database, subscription_id: int, limit: int) -> list[NoticeRow]:
    """What may be sent now, oldest first."""
    due = or_(notices.c.next_try_at.is_(None), notices.c.next_try_at <= clock.now())
    mine = (notices.c.subscription_id == subscription_id) & (notices.c.state == WAITING)
    with database.read() as connection:
        rows = connection.execute(select(*_COLUMNS).where(mine, due).order_by(notices.c.id).limit(limit))
        return [NoticeRow(**row) for row in rows.mappings()]


def note(
    transaction: Transaction,
    sent: News,
    notice: NoticeRow,
    attempt: Attempt,
    state: str,
    tries: int,
    wait: float | None,
) -> None:
    """Keep what was sent and how that went, unless another change took the notice's place while it was under way."""
    kept = [*(notice.attempts or []), attempt.document()][-_KEPT_ATTEMPTS:]
    values: dict[str, Any] = {"attempts": kept, "state": state, "tries": tries, "kind": sent.kind, "code": sent.code}
    values["next_try_at"] = None if wait is None else clock.later(wait)
    if state == DELIVERED:
        values["delivered_at"] = clock.now()
    mine = (notices.c.id == notice.id) & (notices.c.event_id == notice.event_id)
    transaction.execute(update(notices).where(mine).values(**values))


def drop(transaction: Transaction, notice: NoticeRow) -> None:
    """Forget a notice that there is nothing to say for any more."""
    mine = (notices.c.id == notice.id) & (notices.c.event_id == notice.event_id)
    transaction.execute(delete(notices).where(mine))


def page(
    database: Database, subscription_id: int, state: str | None, before: int | None, limit: int
) -> list[NoticeRow]:
    """Notices of one subscription, newest first; those before the id `before`."""
    mine = [notices.c.subscription_id == subscription_id]
    mine += [notices.c.state == state] if state else []
    mine += [notices.c.id < before] if before is not None else []
    with database.read() as connection:
        rows = connection.execute(select(*_COLUMNS).where(*mine).order_by(notices.c.id.desc()).limit(limit))
        return [NoticeRow(**row) for row in rows.mappings()]


def get(database: Database, subscription_id: int, notice_id: int) -> NoticeRow | None:
    """One notice of a subscription."""
    mine = (notices.c.subscription_id == subscription_id) & (notices.c.id == notice_id)
    with database.read() as connection:
        row = connection.execute(select(*_COLUMNS).where(mine)).mappings().one_or_none()
        return None if row is None else NoticeRow(**row)


@dataclass(frozen=True, slots=True)
class Again:
    """Notices that are to be sent once more: those in a state, made in a time (the end is not in it)."""

    state: str | None = None
    made_from: datetime | None = None
    made_to: datetime | None = None
    id: int | None = None


def send_again(transaction: Transaction, subscription_id: int, which: Again, most: int) -> int:
    """Let notices wait again, oldest first, with the ids that the receiver knows; how many.

    Of one dossier the newest alone, and none where one waits already: what is sent is how the dossier stands now.
    """
    mine = [notices.c.subscription_id == subscription_id, notices.c.state.in_(_states(which.state))]
    mine += [notices.c.made_at >= which.made_from] if which.made_from else []
    mine += [notices.c.made_at < which.made_to] if which.made_to else []
    mine += [notices.c.id == which.id] if which.id is not None else []
    newest = select(func.max(notices.c.id)).where(*mine).group_by(notices.c.dossier_id)
    waiting = select(notices.c.dossier_id).where(
        notices.c.subscription_id == subscription_id, notices.c.state == WAITING
    )
    chosen = select(notices.c.id).where(notices.c.id.in_(newest), notices.c.dossier_id.not_in(waiting))
    ids = list(transaction.scalars(chosen.order_by(notices.c.id).limit(most)))
    again = {"state": WAITING, "tries": 0, "next_try_at": None, "delivered_at": None}
    for start in range(0, len(ids), _AT_ONCE):
        some = notices.c.id.in_(ids[start : start + _AT_ONCE])
        transaction.execute(update(notices).where(some).values(**again))
    return len(ids)


def _states(state: str | None) -> tuple[str, ...]:
    return (DELIVERED, FAILED) if state is None else (state,)


def due_now(transaction: Transaction, subscription_id: int) -> None:
    """Try at once what waits for its next try: the subscriber, or its address, is another one now."""
    mine = (notices.c.subscription_id == subscription_id) & (notices.c.state == WAITING)
    transaction.execute(update(notices).where(mine).values(next_try_at=None, tries=0))


def how_many_wait(connection: Transaction, subscription_id: int) -> int:
    """Of one subscription."""
    mine = (notices.c.subscription_id == subscription_id) & (notices.c.state == WAITING)
    found: int = connection.execute(select(func.count()).select_from(notices).where(mine)).scalar_one()
    return found


def tallies(database: Database, ids: Sequence[int]) -> dict[int, Tally]:
    """How many wait and have failed, by subscription."""
    mine = notices.c.subscription_id.in_(ids) & notices.c.state.in_((WAITING, FAILED))
    columns = (notices.c.subscription_id, notices.c.state, func.count(), func.min(notices.c.made_at))
    query = select(*columns).where(mine).group_by(notices.c.subscription_id, notices.c.state)
    found: dict[int, dict[str, Any]] = {}
    with database.read() as connection:
        for number, state, count, oldest in connection.execute(query):
            told = found.setdefault(number, {})
            told[state] = count
            if state == WAITING:
                told["oldest"] = oldest
    return {number: Tally(**told) for number, told in found.items()}


def prune(database: Database, delivered_before: datetime, failed_before: datetime) -> int:
    """Forget some of what was delivered, or has failed, before these times; how many: 0 where there is none left."""
    delivered = and_(notices.c.state == DELIVERED, notices.c.delivered_at < delivered_before)
    # The state as the partial index has it: PostgreSQL does not know what a parameter will be.
    failed = and_(notices.c.state == literal_column(f"'{FAILED}'"), notices.c.made_at < failed_before)
    gone = 0
    for old in (delivered, failed):  # one by one: each has an index of its own
        if some := _some(database, old):
            with database.write() as transaction:
                gone += transaction.execute(delete(notices).where(notices.c.id.in_(some), old)).rowcount
    return gone


def _some(database: Database, where: ColumnElement[bool]) -> list[int]:
    with database.read() as connection:
        return list(connection.scalars(select(notices.c.id).where(where).limit(_PRUNED_AT_ONCE)))
