"""What people are told of alerts: each notice waits, is sent, or has failed for good; who takes one has it for a while.

A notice is taken before it is sent and noted afterwards: one whose sender died in between is sent once more.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from hub.store.database import Database
from hub.store.watching_tables import alert_notices as notices

WAITING, SENT, FAILED = "waiting", "sent", "failed"
_LONGEST_ERROR = 500


@dataclass(frozen=True, slots=True)
class AlertNotice:
    """One notice to one channel."""

    id: int
    channel: str
    about: str  # opened, escalated, repeated, over
    alerts: list[int]
    state: str
    tries: int
    next_try_at: datetime | None
    error: str | None
    made_at: datetime
    sent_at: datetime | None


_COLUMNS = tuple(notices.c[name] for name in AlertNotice.__slots__)


def put(transaction: Connection, channel: str, about: str, alerts: Sequence[int], now: datetime) -> None:
    """Let a channel be told."""
    said = {"channel": channel, "about": about, "alerts": list(alerts), "state": WAITING, "made_at": now}
    transaction.execute(insert(notices).values(next_try_at=now, **said))


def any_due(database: Database) -> bool:
    """Whether something is to be sent now."""
    due = select(notices.c.id).where(notices.c.state == WAITING, notices.c.next_try_at <= database.now()).limit(1)
    with database.read() as connection:
        return connection.scalar(due) is not None


def take(database: Database, now: datetime, lease: timedelta, besides: Collection[str] = ()) -> AlertNotice | None:
    """The notice that has waited longest, for the caller alone until the lease is over; None: none is due.

    Notices to the channels `besides` are left alone.
    """
    due = select(*_COLUMNS).where(notices.c.state == WAITING, notices.c.next_try_at <= now)
    due = due.where(notices.c.channel.not_in(sorted(besides)))
    for _ in range(10):  # others may be taking, too
        with database.read() as connection:
            row = connection.execute(due.order_by(notices.c.next_try_at, notices.c.id).limit(1)).mappings().first()
        if row is None:
            return None
        mine = (
            (notices.c.id == row["id"]) & (notices.c.state == WAITING) & (notices.c.next_try_at == row["next_try_at"])
        )
        with database.write() as transaction:
            taken = update(notices).where(mine).values(next_try_at=now + lease, tries=notices.c.tries + 1)
            if transaction.execute(taken).rowcount == 1:
                return AlertNotice(**dict(row) | {"tries": row["tries"] + 1})
    return None


def sent(transaction: Connection, notice_id: int, now: datetime) -> None:
    """It has arrived."""
    values = {"state": SENT, "sent_at": now, "next_try_at": None, "error": None}
    transaction.execute(update(notices).where(notices.c.id == notice_id).values(**values))


def not_sent(transaction: Connection, notice_id: int, error: str, next_try_at: datetime | None) -> None:
    """It has not arrived, and is tried again then; None: never."""
    values = {"state": WAITING if next_try_at else FAILED, "error": error[:_LONGEST_ERROR], "next_try_at": next_try_at}
    transaction.execute(update(notices).where(notices.c.id == notice_id).values(**values))


def newest(database: Database, limit: int = 50) -> list[AlertNotice]:
    """The newest first."""
    with database.read() as connection:
        rows = connection.execute(select(*_COLUMNS).order_by(notices.c.id.desc()).limit(limit)).mappings()
        return [AlertNotice(**row) for row in rows]


def stuck(database: Database, before: datetime, most: int = 200) -> dict[str, tuple[int, datetime, str]]:
    """The channels with notices that were made `before` and tried in vain: how many, since when, the last error."""
    waiting = select(notices.c.channel, notices.c.made_at, notices.c.error, notices.c.id).where(
        notices.c.state == WAITING, notices.c.error.is_not(None), notices.c.made_at < before
    )
    found: dict[str, tuple[int, datetime, str]] = {}
    with database.read() as connection:
        for row in connection.execute(waiting.order_by(notices.c.id).limit(most)):
            count, since, _ = found.get(row.channel, (0, row.made_at, ""))
            found[row.channel] = (count + 1, min(since, row.made_at), row.error)
    return found


def last_sent(database: Database) -> dict[str, datetime]:
    """When each channel last took a notice, of the newest thousand."""
    newest_ones = select(notices.c.channel, notices.c.sent_at).order_by(notices.c.id.desc()).limit(1000).subquery()
    query = select(newest_ones.c.channel, func.max(newest_ones.c.sent_at)).group_by(newest_ones.c.channel)
    with database.read() as connection:
        return {channel: at for channel, at in connection.execute(query) if at is not None}


def prune(database: Database, now: datetime, keep: timedelta) -> int:
    """Forget what is old, a thousand at a time; how many."""
    old = select(notices.c.id).where(notices.c.state != WAITING, notices.c.made_at < now - keep)
    with database.write() as transaction:
        return transaction.execute(delete(notices).where(notices.c.id.in_(old.limit(1000)))).rowcount
