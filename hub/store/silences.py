"""Maintenance: what is found meanwhile is kept, and tells nobody."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, or_, select, update

from hub.store.database import Database
from hub.store.watching_tables import silences


@dataclass(frozen=True, slots=True)
class Silence:
    """From when to when nobody is told, of what, and who said so."""

    id: int
    rule: str | None  # None: every rule
    connector: str | None  # None: every connector, and the hub itself
    since: datetime
    until: datetime
    author: str
    reason: str
    ended_by: str | None

    def holds(self, rule: str, connector: str | None, now: datetime) -> bool:
        """Whether it says that nobody is told of this now."""
        within = self.ended_by is None and self.since <= now < self.until
        return within and self.rule in (None, rule) and self.connector in (None, connector)


_COLUMNS = tuple(silences.c[name] for name in Silence.__slots__)


def make(
    transaction: Connection,
    rule: str | None,
    connector: str | None,
    since: datetime,
    until: datetime,
    author: str,
    reason: str,
) -> int:
    """A new silence; its number."""
    said = {"rule": rule, "connector": connector, "since": since, "until": until, "author": author, "reason": reason}
    number: int = transaction.execute(insert(silences).values(**said).returning(silences.c.id)).scalar_one()
    return number


def end(transaction: Connection, silence_id: int, author: str, now: datetime) -> bool:
    """End one before its time; False where it is over already."""
    mine = (silences.c.id == silence_id) & silences.c.ended_by.is_(None) & (silences.c.until > now)
    ended = update(silences).where(mine).values(ended_by=author, until=now)
    return transaction.execute(ended).rowcount == 1


def now_or_later(connection: Connection, now: datetime) -> list[Silence]:
    """Those that hold now or will, in the order in which they begin."""
    wanted = (silences.c.until > now) & silences.c.ended_by.is_(None)
    rows = connection.execute(select(*_COLUMNS).where(wanted).order_by(silences.c.since, silences.c.id)).mappings()
    return [Silence(**row) for row in rows]


def holding(database: Database, now: datetime) -> list[Silence]:
    """The same, outside of a transaction."""
    with database.read() as connection:
        return now_or_later(connection, now)


def get(database: Database, silence_id: int) -> Silence | None:
    """One."""
    with database.read() as connection:
        row = connection.execute(select(*_COLUMNS).where(silences.c.id == silence_id)).mappings().one_or_none()
        return None if row is None else Silence(**row)


def newest(database: Database, names: Collection[str] | None = None, limit: int = 50) -> list[Silence]:
    """The newest first; `names`: those that concern these connectors."""
    query = select(*_COLUMNS).order_by(silences.c.id.desc()).limit(limit)
    if names is not None:
        query = query.where(or_(silences.c.connector.is_(None), silences.c.connector.in_(sorted(names))))
    with database.read() as connection:
        return [Silence(**row) for row in connection.execute(query).mappings()]
