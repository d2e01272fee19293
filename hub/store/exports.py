"""Files of many dossiers: asked for, written under a lease (`export_leases`), fetched until they expire."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from hub.record.grant import Grant
from hub.record.moments import today
from hub.record.signature import Signature
from hub.store import acts
from hub.store.access_tables import clients
from hub.store.database import Database
from hub.store.engine_tables import feed
from hub.store.outbox_tables import exports
from hub.store.scope import scope_of
from hub.store.tables import dossiers

_KEPT_AFTERWARDS = timedelta(days=30)  # the row of one whose file is gone


class ExportState(StrEnum):
    """Where an export stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


UNFINISHED = (ExportState.QUEUED, ExportState.RUNNING)


class TooManyUnfinished(Exception):
    """The client waits for as many exports as it may."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An export that is asked for."""

    client_id: int
    format: str
    filter: dict[str, Any]
    fields: Sequence[str] | None
    options: dict[str, Any]
    grant: Grant
    purpose: str = ""
    person: str | None = None
    address: str = ""
    estimate: int | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """An export as it stands."""

    id: int
    client_id: int
    client: str  # its name
    format: str
    filter: dict[str, Any]
    fields: list[str] | None
    options: dict[str, Any]
    grant: dict[str, Any]
    scope: dict[str, Any]
    purpose: str
    person: str | None
    address: str
    state: ExportState
    position: int
    upto_id: int
    last_id: int
    records: int
    estimate: int | None
    parts: list[dict[str, Any]]
    file: str | None
    size: int | None  # of the file, in bytes
    digest: bytes | None
    sentence: str | None
    lease_owner: str | None
    lease_epoch: int
    made_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime | None
    tries: int

    @property
    def folder(self) -> str:
        """The name of its folder: never one that an export of another database had."""
        return f"{self.id}-{self.made_at:%Y%m%d%H%M%S%f}"


QUERY = select(
    clients.c.name.label("client"),
    exports.c.bytes.label("size"),
    *(exports.c[name] for name in Export.__slots__ if name not in ("client", "size")),
).join_from(exports, clients)


def ask(database: Database, wanted: Wanted, now: datetime, most: int) -> int:
    """Queue an export of what there is now; its id.

    The feed's position is taken before the last id: whatever comes between the two is told by the feed too.

    Raises:
        TooManyUnfinished: the client waits for `most` already.
    """
    names = ("client_id", "format", "filter", "options", "purpose", "estimate")
    asked = {name: getattr(wanted, name) for name in names}
    asked |= {"person": wanted.person, "address": wanted.address[:60], "grant": wanted.grant.document()}
    with database.write() as connection:
        mine = select(clients.c.id).where(clients.c.id == wanted.client_id)
        connection.execute(mine.with_for_update())  # two requests of one client at a time: one after the other
        waiting = (exports.c.client_id == wanted.client_id) & exports.c.state.in_(UNFINISHED)
        if connection.execute(select(func.count()).select_from(exports).where(waiting)).scalar_one() >= most:
            raise TooManyUnfinished
        scope = scope_of(connection, wanted.grant, today())
        position = connection.execute(select(feed.c.position)).scalar_one()
        upto = _last_id(connection)
        fields = None if wanted.fields is None else list(wanted.fields)
        more = {
            "fields": fields,
            "scope": scope.document(),
            "state": ExportState.QUEUED,
            "position": position,
            "upto_id": upto,
            "made_at": now,
        }
        made: int = connection.execute(insert(exports).values(**asked, **more).returning(exports.c.id)).scalar_one()
        return made


def last_id(database: Database) -> int:
    """The id of the last dossier that there is; 0: there is none."""
    with database.read() as connection:
        return _last_id(connection)


def get(database: Database, export_id: int) -> Export | None:
    """One export, whoever's it is."""
    with database.read() as connection:
        row = connection.execute(QUERY.where(exports.c.id == export_id)).mappings().one_or_none()
        return None if row is None else export_of(row)


def listed(
    database: Database, client_id: int | None, before: int | None = None, limit: int = 50, state: str | None = None
) -> list[Export]:
    """Exports, newest first; of one client, or of all; in one state, or in any."""
    query = QUERY.order_by(exports.c.id.desc()).limit(limit)
    if client_id is not None:
        query = query.where(exports.c.client_id == client_id)
    if before is not None:
        query = query.where(exports.c.id < before)
    if state is not None:
        query = query.where(exports.c.state == state)
    with database.read() as connection:
        return [export_of(row) for row in connection.execute(query).mappings()]


def cancel(database: Database, export_id: int, sentence: str, now: datetime, by: Signature | None = None) -> bool:
    """Nobody wants it any more; False where it has ended already."""
    open_one = (exports.c.id == export_id) & exports.c.state.in_(UNFINISHED)
    ended = update(exports).where(open_one).values(**ending(ExportState.CANCELLED, sentence, now, None))
    with database.write() as connection:
        cancelled = connection.execute(ended).rowcount == 1
        if cancelled:
            acts.note(connection, acts.signed(by, now), acts.Kind.EXPORT, str(export_id), acts.Act.CANCELLED)
    return cancelled


def remove(database: Database, export_id: int, by: Signature | None = None) -> bool:
    """Forget one that has ended; False where it has not, or there is none."""
    mine = (exports.c.id == export_id) & exports.c.state.not_in(UNFINISHED)
    with database.write() as connection:
        removed = connection.execute(delete(exports).where(mine)).rowcount == 1
        if removed:
            signature = acts.signed(by, datetime.now(UTC))
            acts.note(connection, signature, acts.Kind.EXPORT, str(export_id), acts.Act.REMOVED)
    return removed


def expire(database: Database, now: datetime) -> int:
    """Those that were kept long enough cannot be fetched any more, and are forgotten a month later; how many."""
    old = (exports.c.state == ExportState.DONE) & (exports.c.expires_at <= now)
    without_file = exports.c.state.in_((ExportState.FAILED, ExportState.CANCELLED, ExportState.EXPIRED))
    forgotten = without_file & (exports.c.finished_at <= now - _KEPT_AFTERWARDS)
    with database.read() as connection:
        if connection.execute(select(exports.c.id).where(or_(old, forgotten)).limit(1)).first() is None:
            return 0
    with database.write() as connection:
        connection.execute(delete(exports).where(forgotten))
        return connection.execute(update(exports).where(old).values(state=ExportState.EXPIRED, file=None)).rowcount


def folders(database: Database) -> set[str]:
    """The folders that hold something of use."""
    living = QUERY.where(exports.c.state.in_((*UNFINISHED, ExportState.DONE)))
    with database.read() as connection:
        return {export_of(row).folder for row in connection.execute(living).mappings()}


def _last_id(connection: Connection) -> int:
    last: int = connection.execute(select(func.coalesce(func.max(dossiers.c.id), 0))).scalar_one()
    return last


def ending(state: ExportState, sentence: str | None, now: datetime, until: datetime | None) -> dict[str, Any]:
    """What its row has from then on."""
    done = {"state": state, "sentence": sentence, "finished_at": now, "expires_at": until}
    return done | {"parts": None, "lease_owner": None, "lease_until": None}


def export_of(row: Any) -> Export:
    """An export from a row of `QUERY`."""
    return Export(**{**row, "state": ExportState(row["state"]), "parts": row["parts"] or []})
