"""What stands in quarantine: the groups of reasons first, then the records of one; and taking records out unread."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, insert, select

from hub.record.signature import Signature
from hub.store import acts
from hub.store.database import Database
from hub.store.quarantine_reasons import MOST_COUNTED, GroupRow, groups
from hub.store.quarantine_tables import drops, quarantine, quarantine_groups
from hub.store.replays import Wanted, held
from hub.store.tables import connectors

__all__ = [
    "GroupRow",
    "QuarantineRow",
    "came",
    "codes",
    "counts",
    "drop",
    "dropped",
    "groups",
    "listed",
    "neighbours",
    "number",
    "one",
]

UNSEEN_DAYS = 30  # a record that no run has brought for so long may be gone at its source


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """One record that stands in quarantine."""

    id: int
    connector: str
    key: str
    reasons: list[dict[str, str]]
    raw: bytes  # as received
    mapping: str
    run_id: int | None  # that found it; empty: of an older hub
    payload_id: int  # that it came with
    first_seen_at: datetime
    last_seen_at: datetime

    def unseen(self, now: datetime) -> bool:
        """Whether no run has brought it for long."""
        return now - self.last_seen_at > timedelta(days=UNSEEN_DAYS)


@dataclass(frozen=True, slots=True)
class Drop:
    """Records that somebody took out of quarantine unread."""

    connector: str
    wanted: dict[str, Any]
    records: int
    author: str
    reason: str
    at: datetime


def came(database: Database, connector_id: int, since: datetime, *, after: datetime | None) -> int:
    """How many records that stand in quarantine a run brought `since`; only those set aside `after`, where it says."""
    mine = and_(quarantine.c.connector_id == connector_id, quarantine.c.last_seen_at >= since)
    if after is not None:
        mine = and_(mine, quarantine.c.first_seen_at > after)
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(quarantine).where(mine)) or 0


def listed(
    database: Database,
    connector: str | None = None,
    before: int | None = None,
    limit: int = 50,
    group: str | None = None,
) -> list[QuarantineRow]:
    """Newest first; `before` is the id of the last record of the page before."""
    columns = [quarantine.c[name] for name in QuarantineRow.__slots__ if name != "connector"]
    query = select(connectors.c.name.label("connector"), *columns).join_from(quarantine, connectors)
    query = query.where(*_of(connector, group))
    if before is not None:
        query = query.where(quarantine.c.id < before)
    with database.read() as connection:
        rows = connection.execute(query.order_by(quarantine.c.id.desc()).limit(limit)).mappings()
        return [QuarantineRow(**(dict(row) | {"raw": zlib.decompress(row["raw"])})) for row in rows]


def one(database: Database, connector_id: int, record_id: int) -> QuarantineRow | None:
    """One record of a connector; None: it stands there no more."""
    columns = [quarantine.c[name] for name in QuarantineRow.__slots__ if name != "connector"]
    query = select(connectors.c.name.label("connector"), *columns).join_from(quarantine, connectors)
    with database.read() as connection:
        found = connection.execute(query.where(quarantine.c.connector_id == connector_id, quarantine.c.id == record_id))
        row = found.mappings().one_or_none()
    return None if row is None else QuarantineRow(**(dict(row) | {"raw": zlib.decompress(row["raw"])}))


def neighbours(
    database: Database, connector_id: int, record_id: int, group: str | None = None
) -> tuple[int | None, int | None]:
    """The record that was set aside next after one, and the one before it, of the same group if it is said."""
    of = quarantine.c if group is None else quarantine_groups.c
    own = of.id if group is None else of.quarantine_id
    mine = select(own).where(of.connector_id == connector_id)
    if group is not None:
        mine = mine.where(of.code == group)
    with database.read() as connection:
        newer = connection.scalar(mine.where(own > record_id).order_by(own).limit(1))
        older = connection.scalar(mine.where(own < record_id).order_by(own.desc()).limit(1))
    return newer, older


def number(database: Database, connector: str | None = None, group: str | None = None) -> int:
    """How many records `listed` would list without a limit."""
    query = select(func.count()).select_from(quarantine).join(connectors).where(*_of(connector, group))
    with database.read() as connection:
        return int(connection.execute(query).scalar_one())


def codes(database: Database, beginning: str, connector: str | None = None, limit: int = 10) -> list[str]:
    """The groups whose codes begin so."""
    query = select(quarantine_groups.c.code).distinct().join(connectors)
    query = query.where(quarantine_groups.c.code.startswith(beginning, autoescape=True))
    if connector is not None:
        query = query.where(connectors.c.name == connector)
    with database.read() as connection:
        return list(connection.scalars(query.order_by(quarantine_groups.c.code).limit(limit)))


def _of(connector: str | None, group: str | None) -> list[ColumnElement[bool]]:
    """The records of this connector and of this group; None: of any."""
    wanted: list[ColumnElement[bool]] = []
    if connector is not None:
        wanted.append(connectors.c.name == connector)
    if group is not None:
        grouped = select(quarantine_groups.c.quarantine_id).where(
            quarantine_groups.c.connector_id == quarantine.c.connector_id, quarantine_groups.c.code == group
        )
        wanted.append(quarantine.c.id.in_(grouped))
    return wanted


def counts(database: Database, among: Sequence[int] | None = None, *, exact: bool = True) -> dict[str, int]:
    """How many records of each connector stand in quarantine; `among`: of these connectors.

    Without `exact` no more than `MOST_COUNTED` + 1 of each: what is asked every few seconds is quick however many.
    """
    if not exact:
        return _bounded_counts(database, among)
    counted = select(quarantine.c.connector_id, func.count().label("number")).group_by(quarantine.c.connector_id)
    if among is not None:
        counted = counted.where(quarantine.c.connector_id.in_(among))
    each = counted.subquery()
    query = select(connectors.c.name, each.c.number).join(each, each.c.connector_id == connectors.c.id)
    with database.read() as connection:
        return {row.name: row.number for row in connection.execute(query)}


def _bounded_counts(database: Database, among: Sequence[int] | None) -> dict[str, int]:
    some = select(quarantine.c.id).where(quarantine.c.connector_id == connectors.c.id).correlate(connectors)
    number = select(func.count()).select_from(some.limit(MOST_COUNTED + 1).subquery()).scalar_subquery()
    query = select(connectors.c.name, number.label("number"))
    if among is not None:
        query = query.where(connectors.c.id.in_(among))
    with database.read() as connection:
        return {row.name: row.number for row in connection.execute(query).all() if row.number}


def drop(database: Database, connector_id: int, wanted: Wanted, signature: Signature, *, unseen: bool = False) -> int:
    """Take records out of quarantine unread, and keep who did it and why; how many there were.

    With `unseen` only those that no run has brought for long. One that its source gives again comes back.
    """
    those = held(connector_id, wanted)
    if unseen:
        those = and_(those, _unseen(signature.at))
    asked = wanted.written() | ({"unseen": True} if unseen else {})
    with database.write() as transaction:
        number = transaction.execute(delete(quarantine).where(those)).rowcount
        if number:
            _log(transaction, connector_id, asked, number, signature)
    return number


def dropped(database: Database, connector: str | None = None, limit: int = 50) -> list[Drop]:
    """What was taken out unread, newest first."""
    columns = [drops.c[name] for name in Drop.__slots__ if name != "connector"]
    query: Select[Any] = select(connectors.c.name.label("connector"), *columns).join_from(drops, connectors)
    if connector is not None:
        query = query.where(connectors.c.name == connector)
    with database.read() as connection:
        return [Drop(**row) for row in connection.execute(query.order_by(drops.c.id.desc()).limit(limit)).mappings()]


def _unseen(now: datetime) -> ColumnElement[bool]:
    return quarantine.c.last_seen_at < now - timedelta(days=UNSEEN_DAYS)


def _log(transaction: Connection, connector_id: int, wanted: dict[str, Any], number: int, by: Signature) -> None:
    values = {"connector_id": connector_id, "wanted": wanted, "records": number}
    transaction.execute(insert(drops).values(**values, author=by.author, reason=by.reason, at=by.at))
    name = transaction.execute(select(connectors.c.name).where(connectors.c.id == connector_id)).scalar_one()
    told = acts.told({"wanted": wanted, "records": number})
    acts.note(transaction, by, acts.Kind.QUARANTINE, name, acts.Act.DROPPED, before=told, connector=name)
