"""Files of many dossiers: asked for, leased by the one process that writes each, fetched until they expire."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from hub.record.grant import Grant
from hub.store import clock
from hub.store.access_tables import clients
from hub.store.database import Database, Transaction
from hub.store.engine_tables import feed
from hub.store.outbox_tables import exports
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


class ExportLost(Exception):
    """Another process writes this export, or nobody is to write it any more: nothing of it is kept under this lease."""


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

    @property
    def folder(self) -> str:
        """The name of its folder: never one that an export of another database had."""
        return f"{self.id}-{self.made_at:%Y%m%d%H%M%S%f}"


class Lease(NamedTuple):
    """The right to write an export."""

    export_id: int
    epoch: int


class Made(NamedTuple):
    """A file that was written."""

    file: str  # its name in the folder of the export
    size: int  # bytes
    digest: bytes  # SHA-256


_QUERY = select(
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
        position = connection.execute(select(feed.c.position)).scalar_one()
        upto = _last_id(connection)
        fields = None if wanted.fields is None else list(wanted.fields)
        more = {"fields": fields, "state": ExportState.QUEUED, "position": position, "upto_id": upto, "made_at": now}
        made: int = connection.execute(insert(exports).values(**asked, **more).returning(exports.c.id)).scalar_one()
        return made


def last_id(database: Database) -> int:
    """The id of the last dossier that there is; 0: there is none."""
    with database.read() as connection:
        return _last_id(connection)


def get(database: Database, export_id: int) -> Export | None:
    """One export, whoever's it is."""
    with database.read() as connection:
        row = connection.execute(_QUERY.where(exports.c.id == export_id)).mappings().one_or_none()
        return None if row is None else _export(row)


def listed(database: Database, client_id: int | None, before: int | None = None, limit: int = 50) -> list[Export]:
    """Exports, newest first; of one client, or of all."""
    query = _QUERY.order_by(exports.c.id.desc()).limit(limit)
    if client_id is not None:
        query = query.where(exports.c.client_id == client_id)
    if before is not None:
        query = query.where(exports.c.id < before)
    with database.read() as connection:
        return [_export(row) for row in connection.execute(query).mappings()]


def takeable(database: Database) -> list[tuple[Export, bool]]:
    """Those that are to be written, oldest first, each with whether nobody has it: its lease was left, or ran out."""
    free = or_(exports.c.lease_until.is_(None), exports.c.lease_until < clock.now()).label("is_free")
    query = _QUERY.add_columns(free).where(exports.c.state.in_(UNFINISHED)).order_by(exports.c.id).limit(100)
    with database.read() as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    return [(_export({k: v for k, v in row.items() if k != "is_free"}), bool(row["is_free"])) for row in rows]


def take(
    database: Database, export: Export, owner: str, seconds: float, now: datetime, *, is_dead: bool = False
) -> Lease | None:
    """Become the one process that writes it; None where another does, or it has ended. `is_dead`: its owner is."""
    same = (exports.c.id == export.id) & (exports.c.lease_epoch == export.lease_epoch)
    free = [] if is_dead else [or_(exports.c.lease_until.is_(None), exports.c.lease_until < clock.now())]
    moved = (
        update(exports)
        .where(same, exports.c.state.in_(UNFINISHED), *free)
        .values(
            state=ExportState.RUNNING,
            lease_owner=owner,
            lease_epoch=exports.c.lease_epoch + 1,
            lease_until=clock.later(seconds),
            started_at=func.coalesce(exports.c.started_at, now),
        )
        .returning(exports.c.lease_epoch)
    )
    with database.write() as connection:
        epoch = connection.execute(moved).scalar_one_or_none()
    return None if epoch is None else Lease(export.id, epoch)


def renew(database: Database, lease: Lease, seconds: float) -> None:
    """Stay the one that writes it.

    Raises:
        ExportLost: see there; so of all that follow.
    """
    with database.write() as connection:
        _move(connection, lease, {"lease_until": clock.later(seconds)})


def advance(transaction: Transaction, lease: Lease, parts: Sequence[dict[str, Any]], last_id: int) -> None:
    """A part is on the disk: whoever goes on begins after it."""
    records = sum(part["records"] for part in parts)
    _move(transaction, lease, {"parts": list(parts), "last_id": last_id, "records": records})


def put_back(database: Database, lease: Lease) -> None:
    """Let another process go on at once where this one ends."""
    with database.write() as connection:
        _move(connection, lease, {"state": ExportState.QUEUED, "lease_owner": None, "lease_until": None})


def finish(database: Database, lease: Lease, made: Made, now: datetime, until: datetime) -> None:
    """Its file can be fetched."""
    what = {"file": made.file, "bytes": made.size, "digest": made.digest}
    with database.write() as connection:
        _move(connection, lease, _ended(ExportState.DONE, None, now, until) | what)


def fail(database: Database, lease: Lease, sentence: str, now: datetime) -> None:
    """It cannot be written."""
    with database.write() as connection:
        _move(connection, lease, _ended(ExportState.FAILED, sentence, now, None))


def cancel(database: Database, export_id: int, sentence: str, now: datetime) -> bool:
    """Nobody wants it any more; False where it has ended already."""
    open_one = (exports.c.id == export_id) & exports.c.state.in_(UNFINISHED)
    ended = update(exports).where(open_one).values(**_ended(ExportState.CANCELLED, sentence, now, None))
    with database.write() as connection:
        return connection.execute(ended).rowcount == 1


def remove(database: Database, export_id: int) -> bool:
    """Forget one that has ended; False where it has not, or there is none."""
    mine = (exports.c.id == export_id) & exports.c.state.not_in(UNFINISHED)
    with database.write() as connection:
        return connection.execute(delete(exports).where(mine)).rowcount == 1


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
    living = _QUERY.where(exports.c.state.in_((*UNFINISHED, ExportState.DONE)))
    with database.read() as connection:
        return {_export(row).folder for row in connection.execute(living).mappings()}


def _last_id(connection: Connection) -> int:
    last: int = connection.execute(select(func.coalesce(func.max(dossiers.c.id), 0))).scalar_one()
    return last


def _ended(state: ExportState, sentence: str | None, now: datetime, until: datetime | None) -> dict[str, Any]:
    done = {"state": state, "sentence": sentence, "finished_at": now, "expires_at": until}
    return done | {"parts": None, "lease_owner": None, "lease_until": None}


def _move(connection: Connection, lease: Lease, values: dict[str, Any]) -> None:
    mine: ColumnElement[bool] = (exports.c.id == lease.export_id) & (exports.c.lease_epoch == lease.epoch)
    moved = update(exports).where(mine, exports.c.state == ExportState.RUNNING).values(**values)
    if connection.execute(moved).rowcount != 1:
        raise ExportLost


def _export(row: Any) -> Export:
    return Export(**{**row, "state": ExportState(row["state"]), "parts": row["parts"] or []})
