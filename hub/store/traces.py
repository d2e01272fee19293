"""What happened to a dossier or a record beside its values: quarantine, pushes, notices. Each an indexed walk."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from hub.record.dossier import Name
from hub.record.identity import normalise
from hub.store.access_tables import clients
from hub.store.acts import ActRow, Kind
from hub.store.database import Database
from hub.store.outbox_tables import notices, subscriptions
from hub.store.people_tables import acts
from hub.store.quarantine_tables import drops, quarantine, quarantine_codes, replays
from hub.store.sets import rows_with
from hub.store.tables import connectors, deliveries, payloads, runs, source_records

_OF_RECORDS = (Kind.PARTING, Kind.QUARANTINE)  # acts that are named by connector and key
_DROPS = 200  # of a connector, the newest, in which one of a single record is looked for


@dataclass(frozen=True, slots=True)
class Aside:
    """A record that stands in quarantine, without its bytes."""

    id: int
    connector: str
    key: str
    reasons: list[dict[str, str]]
    mapping: str  # that it came with
    tried: str  # that it was last tried with
    run_id: int | None
    payload_id: int
    first_seen_at: datetime
    last_seen_at: datetime

    @property
    def name(self) -> Name:
        """What tells it from all others."""
        return self.connector, self.key


@dataclass(frozen=True, slots=True)
class LetOut:
    """A record that a replay let out of quarantine."""

    connector: str
    key: str
    run_id: int
    at: datetime
    outcome: str
    found_by: int | None
    payload_id: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """A record that a person took out of quarantine unread."""

    connector: str
    key: str
    author: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that a subscriber is, or was, told of a dossier."""

    id: int
    subscription_id: int
    title: str
    client: str
    kind: str
    event_id: str
    state: str
    tries: int
    attempts: list[dict[str, Any]] | None
    next_try_at: datetime | None
    made_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Push:
    """What a department pushed under a number of its own, and what was answered."""

    connector: str
    request_id: str
    received_at: datetime
    answer: dict[str, Any]


_ASIDE: Select[Any] = select(
    quarantine.c.id,
    connectors.c.name.label("connector"),
    *(quarantine.c[name] for name in Aside.__slots__ if name not in ("id", "connector")),
).join_from(quarantine, connectors, connectors.c.id == quarantine.c.connector_id)
_LET_OUT: Select[Any] = select(
    connectors.c.name.label("connector"),
    func.coalesce(runs.c.finished_at, runs.c.started_at, runs.c.queued_at).label("at"),
    *(replays.c[name] for name in ("key", "run_id", "outcome", "found_by", "payload_id")),
).join_from(replays, runs, runs.c.id == replays.c.run_id)
_NOTICES: Select[Any] = (
    select(
        subscriptions.c.title,
        clients.c.name.label("client"),
        *(notices.c[name] for name in Notice.__slots__ if name not in ("title", "client")),
    )
    .join_from(notices, subscriptions, subscriptions.c.id == notices.c.subscription_id)
    .join(clients, clients.c.id == subscriptions.c.client_id)
)


def aside_by(database: Database, texts: Collection[str], own: Collection[int], limit: int) -> list[Aside]:
    """Records in quarantine of these connectors that have one of these keys or codes, newest first."""
    if not own:
        return []
    column, codes = quarantine.c, {normalise(one) for one in texts}
    keyed = select(column.id).where(column.connector_id.in_(own), column.key.in_(texts)).limit(limit)
    coded = select(quarantine_codes.c.quarantine_id).where(quarantine_codes.c.value.in_(codes)).limit(limit)
    with database.read() as connection:
        ids = {*connection.scalars(keyed), *connection.scalars(coded)}
        query = _ASIDE.where(column.id.in_(ids), column.connector_id.in_(own)).order_by(column.id.desc())
        return [Aside(**row) for row in connection.execute(query.limit(limit)).mappings()] if ids else []


def aside_of(database: Database, names: Collection[Name], own: Collection[int]) -> list[Aside]:
    """Those of these records, if they are of these connectors, of which a state stands in quarantine."""
    keys = {key for _connector, key in names}
    query = _ASIDE.where(quarantine.c.connector_id.in_(own))
    with database.read() as connection:
        rows = [Aside(**row._mapping) for row in rows_with(connection, query, quarantine.c.key, keys)]  # noqa: SLF001  # SQLAlchemy's public name for it
    return [row for row in rows if row.name in names]


def let_out(database: Database, names: Collection[Name], limit: int) -> list[LetOut]:
    """When replays let these records out of quarantine, newest first."""
    keys = {key for _connector, key in names}
    query = _LET_OUT.join(connectors, connectors.c.id == runs.c.connector_id).order_by(replays.c.id.desc()).limit(limit)
    with database.read() as connection:
        rows = [LetOut(**row._mapping) for row in rows_with(connection, query, replays.c.key, keys)]  # noqa: SLF001  # likewise
    return [row for row in rows if (row.connector, row.key) in names]


def dropped(database: Database, names: Collection[Name]) -> list[Dropped]:
    """When persons took one of these records out of quarantine unread, one by one: the newest acts of its connector."""
    found: list[Dropped] = []
    columns = (drops.c.wanted, drops.c.author, drops.c.reason, drops.c.at)
    with database.read() as connection:
        for name in sorted({connector for connector, _key in names}):
            mine = select(connectors.c.id).where(connectors.c.name == name).scalar_subquery()
            query = select(*columns).where(drops.c.connector_id == mine).order_by(drops.c.id.desc()).limit(_DROPS)
            found += [
                Dropped(name, row.wanted["key"], row.author, row.reason, row.at)
                for row in connection.execute(query)
                if (name, row.wanted.get("key")) in names
            ]
    return found


def dropped_by(database: Database, key: str, own: Mapping[int, str]) -> list[Dropped]:
    """When a person took a record of this key out of quarantine unread, of whichever of these connectors."""
    return dropped(database, {(name, key) for name in own.values()}) if key else []


def notices_of(database: Database, ids: Collection[int], limit: int) -> list[Notice]:
    """What subscribers are told of these dossiers, newest first."""
    query = _NOTICES.where(notices.c.dossier_id.in_(ids)).order_by(notices.c.id.desc()).limit(limit)
    with database.read() as connection:
        return [Notice(**row) for row in connection.execute(query).mappings()]


def acts_on(database: Database, names: Collection[Name], limit: int) -> list[ActRow]:
    """What people did to these records, newest first."""
    of = [f"{connector} {key}" for connector, key in names]
    query = select(*(acts.c[name] for name in ActRow.__slots__)).where(
        acts.c.kind.in_(_OF_RECORDS), acts.c.name.in_(of)
    )
    with database.read() as connection:
        rows = connection.execute(query.order_by(acts.c.id.desc()).limit(limit)).mappings()
        return [ActRow(**row) for row in rows]


def of_notice(database: Database, event_id: str) -> int | None:
    """The dossier of which a subscriber was told under this id."""
    with database.read() as connection:
        found: int | None = connection.scalar(select(notices.c.dossier_id).where(notices.c.event_id == event_id))
        return found


def of_key(database: Database, key: str, own: Collection[int], limit: int) -> list[int]:
    """The dossiers of which a record of these connectors has this key."""
    if not own:
        return []
    column = source_records.c
    query = select(column.dossier_id).where(column.connector_id.in_(own), column.key == key).limit(limit)
    with database.read() as connection:
        return sorted({one for one in connection.scalars(query) if one is not None})


def pushed(database: Database, request_id: str, own: Collection[int], limit: int) -> list[Push]:
    """What these connectors' departments pushed under this number."""
    if not own:
        return []
    column = deliveries.c
    query = (
        select(connectors.c.name, column.request_id, column.received_at, column.answer)
        .join_from(deliveries, connectors, connectors.c.id == column.connector_id)
        .where(column.connector_id.in_(own), column.request_id == request_id)
        .limit(limit)
    )
    with database.read() as connection:
        return [Push(*row) for row in connection.execute(query)]


def received(database: Database, ids: Collection[int]) -> dict[int, datetime]:
    """When each of these payloads was received, as far as they are kept."""
    with database.read() as connection:
        query = select(payloads.c.id, payloads.c.received_at)
        return {row.id: row.received_at for row in rows_with(connection, query, payloads.c.id, ids)}


def bringing(database: Database, agencies: Sequence[str], own: Collection[int]) -> list[tuple[str, str, str]]:
    """Name, title and state of those of these connectors that are of one of these agencies, by title."""
    column = connectors.c
    mine = and_(column.id.in_(own), or_(column.agency.in_(agencies), func.upper(column.agency).in_(agencies)))
    with database.read() as connection:
        rows = connection.execute(select(column.name, column.title, column.state).where(mine).order_by(column.title))
        return [(row.name, row.title, row.state) for row in rows]
