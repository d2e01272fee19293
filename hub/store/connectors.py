"""The registered connectors: what is known of each, its bookmark, and whose turn it is to read it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Float, RowMapping, bindparam, or_, select, update

from hub.record.connector_state import Life
from hub.store import clock
from hub.store.database import Database, StoreLocked
from hub.store.tables import connectors


@dataclass(frozen=True, slots=True)
class ConnectorRow:
    """A registered connector as it stands now."""

    id: int
    name: str
    title: str
    type: str
    agency: str
    mapping: str
    precedence: int
    precedence_for: dict[str, int] | None
    fresh_within: int  # seconds
    cadence: str
    state: str
    managed_by: str
    bookmark: str | None
    seen_at: datetime | None
    next_fire_at: datetime | None
    lease_owner: str | None
    lease_until: datetime | None
    failures: int
    open_until: datetime | None
    open_because: str | None
    warnings: list[dict[str, Any]] | None
    shape: dict[str, str] | None
    described_as: str | None
    stale_since: datetime | None  # its freshness objective, as it was last evaluated
    stale_because: dict[str, str] | None
    owner: str  # the unit or person that answers for the system; empty where nobody said
    contact: str  # their e-mail address or telephone
    limits: dict[str, Any] | None  # what its department bears, as its document says

    def stale(self, now: datetime) -> bool:
        """Whether the source was last read longer ago than promised."""
        return self.seen_at is None or now - self.seen_at > timedelta(seconds=self.fresh_within)


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to sync one connector. `epoch` fences: an owner who slept too long cannot commit."""

    connector_id: int
    owner: str
    epoch: int


class LeaseLost(Exception):
    """Another worker has taken this connector over; nothing of this page was stored."""


_COLUMNS = tuple(connectors.c[name] for name in ConnectorRow.__slots__)


def listed(database: Database, *, retired: bool = False) -> list[ConnectorRow]:
    """The connectors by name; the retired ones only where asked for."""
    query = select(*_COLUMNS).order_by(connectors.c.name)
    with database.read() as connection:
        rows = connection.execute(query if retired else query.where(connectors.c.state != Life.RETIRED))
        return [_row(row) for row in rows.mappings()]


def all_of(connection: Connection) -> list[ConnectorRow]:
    """Every connector in any state by name, as a transaction sees them."""
    return [_row(row) for row in connection.execute(select(*_COLUMNS).order_by(connectors.c.name)).mappings()]


def active_names(database: Database) -> set[str]:
    """The connectors that are run."""
    with database.read() as connection:
        return set(connection.scalars(select(connectors.c.name).where(connectors.c.state == Life.ACTIVE)))


def named(database: Database, name: str) -> ConnectorRow | None:
    """One connector, unless it is retired."""
    row = found(database, name)
    return None if row is None or row.state == Life.RETIRED else row


def found(database: Database, name: str) -> ConnectorRow | None:
    """One connector, whatever its state."""
    with database.read() as connection:
        row = connection.execute(select(*_COLUMNS).where(connectors.c.name == name)).mappings().one_or_none()
        return None if row is None else _row(row)


def take_lease(
    database: Database, connector_id: int, owner: str, seconds: float, dead_owner: str | None = None
) -> Lease | None:
    """Become the one worker of this connector, or None while another one lives, by the database's clock.

    The lease of a `dead_owner` is free before it runs out.
    """
    mine = free() if dead_owner is None else or_(free(), connectors.c.lease_owner == dead_owner)
    taken = (
        update(connectors)
        .where(connectors.c.id == connector_id, mine)
        .values(lease_owner=owner, lease_epoch=connectors.c.lease_epoch + 1, lease_until=clock.later(seconds))
        .returning(connectors.c.lease_epoch)
    )
    try:
        with database.write() as connection:
            database.wait_shortly(connection)
            epoch = connection.execute(taken).scalar_one_or_none()
    except StoreLocked:
        return None  # its owner is storing a page: alive
    return None if epoch is None else Lease(connector_id, owner, epoch)


def free() -> ColumnElement[bool]:
    """Whether nobody has a connector: its lease was given back, or has run out by the database's clock."""
    return or_(connectors.c.lease_until.is_(None), connectors.c.lease_until < clock.now())


_RENEWED = (
    update(connectors)
    .where(connectors.c.id == bindparam("of_connector"), connectors.c.lease_epoch == bindparam("of_epoch"))
    .where(connectors.c.lease_until.is_not(None))
    .values(lease_until=clock.later(bindparam("seconds", type_=Float)))
)


def renew_lease(connection: Connection, lease: Lease, seconds: float) -> None:
    """Stay the owner; on PostgreSQL this also locks the row, so nobody takes over before the commit.

    Raises:
        LeaseLost: another worker has taken over, or it was given back: nothing more is stored under it.
    """
    mine = {"of_connector": lease.connector_id, "of_epoch": lease.epoch, "seconds": float(seconds)}
    if connection.execute(_RENEWED, mine).rowcount != 1:
        raise LeaseLost


def release_lease(database: Database, lease: Lease) -> None:
    """Let others in at once instead of when the lease runs out."""
    with database.write() as connection:
        connection.execute(update(connectors).where(_held(lease)).values(lease_owner=None, lease_until=None))


def advance_bookmark(connection: Connection, connector_id: int, bookmark: str) -> None:
    """Remember where to resume, in the same transaction as the page that leads there."""
    connection.execute(update(connectors).where(connectors.c.id == connector_id).values(bookmark=bookmark))


def end_listing(connection: Connection, connector_id: int, before: str | None, bookmark: str) -> None:
    """A listing of everything has ended at `bookmark`: what changed is read from there.

    Unless the bookmark is not what it was `before` the listing began: another run has moved it on since. Which of two
    is further nobody but the source knows; behind either nothing is missed.
    """
    mine = (connectors.c.id == connector_id) & connectors.c.bookmark.is_not_distinct_from(before)
    connection.execute(update(connectors).where(mine).values(bookmark=bookmark))


def mark_seen(connection: Connection, connector_id: int, at: datetime) -> None:
    """The source was read to its end, as it was then; another run may have read it later already."""
    mine = (connectors.c.id == connector_id) & or_(connectors.c.seen_at.is_(None), connectors.c.seen_at < at)
    connection.execute(update(connectors).where(mine).values(seen_at=at))


def _held(lease: Lease) -> ColumnElement[bool]:
    return (connectors.c.id == lease.connector_id) & (connectors.c.lease_epoch == lease.epoch)


def _row(row: RowMapping) -> ConnectorRow:
    return ConnectorRow(**row)
