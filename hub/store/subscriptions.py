"""Subscriptions to changes: what is known of each, how it fares, and which process serves it just now."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Select, delete, exists, func, insert, or_, select, update

from hub.record.signature import Signature
from hub.store import acts, clock
from hub.store.access_tables import clients
from hub.store.acts import Act
from hub.store.database import Database, StoreLocked, Transaction
from hub.store.engine_tables import feed
from hub.store.outbox_tables import notices, subscriptions, told
from hub.store.secrets import Keyring

ACTIVE, WAITING = "active", "waiting"  # hub.outbox.webhooks.state has all states, and what they mean
MOST_WAITING = 1000  # notices of one subscription: further changes wait in the feed, where they cost nothing


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """A subscription as it stands now, without its secret."""

    id: int
    client_id: int
    client: str  # its name
    title: str
    url: str
    filter: dict[str, Any]
    content: str
    state: str
    because: str | None
    position: int
    begins: int  # the position after which it is told of what there is
    reached: int  # its position when it last began again: it was told up to there before
    view: str | None  # digests of what it is told by: hub.outbox.webhooks.sees; None: it was not told of anything yet
    shows: str | None
    rechecks: int | None  # not None: it begins again, and has come to this dossier of those that it knows
    presumes: int | None  # not None: it is made, and has come to this dossier of those that it knows already
    failures: int
    failing_since: datetime | None
    open_until: datetime | None
    author: str
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """A subscription that is to be made."""

    client_id: int
    title: str
    url: str
    filter: Mapping[str, Any]
    content: str
    author: str
    position: int
    begins: int
    reached: int = 0
    presumes: int | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A subscription for which something is to be done, and who had it last."""

    id: int
    doubtful: bool  # its last exchange failed
    free: bool
    owner: str | None
    position: int = 0
    view: str | None = None
    latest: int = 0  # of the feed
    has_room: bool = True  # for more notices
    certain: bool = True  # there is something to send, or to look through; else changes, which may say nothing to it


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to serve one subscription. `epoch` fences: an owner who slept too long can note nothing."""

    subscription_id: int
    owner: str
    epoch: int


class LeaseLost(Exception):
    """Another process serves this subscription now, or it is gone; nothing was noted."""


_OWN = tuple(name for name in SubscriptionRow.__slots__ if name != "client")
_COLUMNS = (*(subscriptions.c[name] for name in _OWN), clients.c.name.label("client"))


def add(transaction: Transaction, wanted: Wanted, sealed: Callable[[int], bytes], now: datetime) -> int:
    """Make a subscription; its id, under which its secret is `sealed`."""
    values = {name: getattr(wanted, name) for name in Wanted.__slots__} | {"filter": dict(wanted.filter)}
    times = {"created_at": now, "changed_at": now}
    made = insert(subscriptions).values(**values, **times, state=ACTIVE, secret=b"").returning(subscriptions.c.id)
    number: int = transaction.execute(made).scalar_one()
    transaction.execute(update(subscriptions).where(_the_one(number)).values(secret=sealed(number)))
    return number


def get(database: Database, subscription_id: int, client_id: int | None = None) -> SubscriptionRow | None:
    """One subscription; of this client, where one is named."""
    query = _of(client_id).where(_the_one(subscription_id))
    with database.read() as connection:
        row = connection.execute(query).mappings().one_or_none()
        return None if row is None else SubscriptionRow(**row)


def listed(database: Database, client_id: int | None = None) -> list[SubscriptionRow]:
    """Subscriptions by age; of one client, where one is named."""
    with database.read() as connection:
        rows = connection.execute(_of(client_id).order_by(subscriptions.c.id)).mappings()
        return [SubscriptionRow(**row) for row in rows]


def note(
    transaction: Transaction, signature: Signature, subscription_id: int, act: Act, before: str | None = None
) -> None:
    """Tell what was done to a subscription; `before` is what `noted` said of it before."""
    after = noted(transaction, subscription_id)
    acts.note(transaction, signature, acts.Kind.SUBSCRIPTION, str(subscription_id), act, before=before, after=after)


def noted(transaction: Transaction, subscription_id: int) -> str | None:
    """A subscription as changes of it are told; None where there is none.

    Of its address the host alone, with a digest of the rest: receivers hide passwords in paths and queries.
    """
    query = _of(None).where(_the_one(subscription_id))
    row = transaction.execute(query).mappings().one_or_none()
    if row is None:
        return None
    said = {name: row[name] for name in ("client", "title", "filter", "content", "state", "because")}
    rest = hashlib.blake2b(row.url.encode(), digest_size=4).hexdigest()
    return acts.told(said | {"address": f"{urlsplit(row.url).hostname} ({rest})"})


def how_many(connection: Transaction, client_id: int) -> int:
    """Of one client."""
    mine = select(func.count()).select_from(subscriptions).where(subscriptions.c.client_id == client_id)
    found: int = connection.execute(mine).scalar_one()
    return found


def change(transaction: Transaction, subscription_id: int, states: tuple[str, ...] | None, **values: Any) -> bool:
    """Put new values, if it is in one of `states`; False: it is in none of them, or is gone."""
    mine = _the_one(subscription_id)
    if states is not None:
        mine &= subscriptions.c.state.in_(states)
    return transaction.execute(update(subscriptions).where(mine).values(**values)).rowcount == 1


def end_turn(transaction: Transaction, subscription_id: int) -> None:
    """Let whoever serves it note nothing any more. Another one begins when its exchange has certainly ended."""
    ended = {"lease_epoch": subscriptions.c.lease_epoch + 1, "lease_owner": None}
    transaction.execute(update(subscriptions).where(_the_one(subscription_id)).values(**ended))


def remove(transaction: Transaction, subscription_id: int) -> bool:
    """Forget it with its notices; False where there is none."""
    for table in (notices, told):
        transaction.execute(delete(table).where(table.c.subscription_id == subscription_id))
    return transaction.execute(delete(subscriptions).where(_the_one(subscription_id))).rowcount == 1


def secret(database: Database, subscription_id: int) -> bytes | None:
    """Its secret as it is kept; None where it is gone."""
    with database.read() as connection:
        kept: bytes | None = connection.scalar(select(subscriptions.c.secret).where(_the_one(subscription_id)))
    return kept


def any_secret(database: Database) -> bool:
    """Whether a secret is kept for any subscription."""
    with database.read() as connection:
        return bool(connection.scalar(select(exists().select_from(subscriptions))))


def encrypt_again(transaction: Transaction, keyring: Keyring) -> int:
    """Encrypt every secret with the first key, so that the others may be thrown away; how many there are.

    Raises:
        SecretsLocked: one of them was encrypted with a key that is not there.
    """
    rows = transaction.execute(select(subscriptions.c.id, subscriptions.c.secret).with_for_update()).all()
    for row in rows:
        name = sealed_as(row.id)
        fresh = keyring.encrypted(name, keyring.decrypted(name, row.secret))
        transaction.execute(update(subscriptions).where(_the_one(row.id)).values(secret=fresh))
    return len(rows)


def sealed_as(subscription_id: int) -> str:
    """What a subscription's secret is encrypted under: it opens for no other one."""
    return f"webhook/{subscription_id}"


def due(database: Database, *, everyone: bool = False) -> list[Due]:
    """Those that have a notice to send, or changes to look at, by the database's clock; or all that may be sent to."""
    column = subscriptions.c
    of_it = (notices.c.subscription_id == column.id) & (notices.c.state == WAITING)
    waiting = select(func.count()).select_from(notices).where(of_it).scalar_subquery()
    sendable = exists().where(of_it, or_(notices.c.next_try_at.is_(None), notices.c.next_try_at <= clock.now()))
    latest = select(feed.c.position).scalar_subquery()
    has_room = waiting < MOST_WAITING
    looked_at = func.coalesce(column.view, "") != ""
    unsettled = or_(~looked_at, column.rechecks.is_not(None), column.presumes.is_not(None)) & has_room
    certain = or_(sendable, unsettled)
    open_ = or_(column.open_until.is_(None), column.open_until <= clock.now())
    wanted = (
        *(column.id, (column.failures > 0).label("doubtful"), free().label("free"), column.lease_owner.label("owner")),
        *(column.position, column.view, latest.label("latest"), has_room.label("has_room"), certain.label("certain")),
    )
    query = select(*wanted).where(column.state == ACTIVE, open_)
    if not everyone:
        query = query.where(or_(certain, (column.position < latest) & has_room))
    with database.read() as connection:
        return [Due(**row) for row in connection.execute(query.order_by(column.id)).mappings()]


def pass_by(database: Database, row: SubscriptionRow, upto: int) -> None:
    """Move on past changes that say nothing to a subscription, unless somebody serves it or has moved it."""
    mine = _the_one(row.id) & (subscriptions.c.position == row.position) & (subscriptions.c.view == row.view)
    settled = subscriptions.c.rechecks.is_(None) & subscriptions.c.presumes.is_(None)
    with database.write() as connection:
        connection.execute(update(subscriptions).where(mine, settled, free()).values(position=upto))


def take_lease(
    database: Database, subscription_id: int, owner: str, seconds: float, dead_owner: str | None = None
) -> Lease | None:
    """Become the one that serves it, or None while another one does. The lease of a `dead_owner` is free."""
    mine = free() if dead_owner is None else or_(free(), subscriptions.c.lease_owner == dead_owner)
    taken = (
        update(subscriptions)
        .where(_the_one(subscription_id), subscriptions.c.state == ACTIVE, mine)
        .values(lease_owner=owner, lease_epoch=subscriptions.c.lease_epoch + 1, lease_until=clock.later(seconds))
        .returning(subscriptions.c.lease_epoch)
    )
    try:
        with database.write() as connection:
            database.wait_shortly(connection)
            epoch = connection.execute(taken).scalar_one_or_none()
    except StoreLocked:
        return None
    return None if epoch is None else Lease(subscription_id, owner, epoch)


def hold(transaction: Transaction, lease: Lease, seconds: float, **values: Any) -> str:
    """Stay the one that serves it, put new values besides, and say in which state it is.

    On PostgreSQL this also locks the row, so that nobody takes over before the commit.

    Raises:
        LeaseLost: another one serves it, or it is gone.
    """
    held = update(subscriptions).where(_held(lease)).values(lease_until=clock.later(seconds), **values)
    state: str | None = transaction.execute(held.returning(subscriptions.c.state)).scalar_one_or_none()
    if state is None:
        raise LeaseLost
    return state


def release(database: Database, lease: Lease) -> None:
    """Let others in at once."""
    with database.write() as connection:
        connection.execute(update(subscriptions).where(_held(lease)).values(lease_owner=None, lease_until=None))


def free() -> ColumnElement[bool]:
    """Whether nobody serves it: its lease was given back, or has run out by the database's clock."""
    return or_(subscriptions.c.lease_until.is_(None), subscriptions.c.lease_until < clock.now())


def in_seconds(seconds: float) -> ColumnElement[datetime]:
    """A time by the database's clock, as values of `hold` and `change` may have it."""
    return clock.later(seconds)


def _of(client_id: int | None) -> Select[Any]:
    query = select(*_COLUMNS).join_from(subscriptions, clients)
    return query if client_id is None else query.where(subscriptions.c.client_id == client_id)


def _the_one(subscription_id: int) -> ColumnElement[bool]:
    return subscriptions.c.id == subscription_id


def _held(lease: Lease) -> ColumnElement[bool]:
    return _the_one(lease.subscription_id) & (subscriptions.c.lease_epoch == lease.epoch)
