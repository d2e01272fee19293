"""Writing an export: leased by the one process that does it, its parts and its end noted under that lease."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, or_, update

from hub.store import clock
from hub.store.database import Database, Transaction
from hub.store.exports import QUERY, UNFINISHED, Export, ExportState, ending, export_of
from hub.store.outbox_tables import exports


class ExportLost(Exception):
    """Another process writes this export, or nobody is to write it any more: nothing of it is kept under this lease."""


class Lease(NamedTuple):
    """The right to write an export."""

    export_id: int
    epoch: int


class Made(NamedTuple):
    """A file that was written."""

    file: str  # its name in the folder of the export
    size: int  # bytes
    digest: bytes  # SHA-256


def takeable(database: Database) -> list[tuple[Export, bool]]:
    """Those that are to be written, oldest first, each with whether nobody has it: its lease was left, or ran out."""
    free = or_(exports.c.lease_until.is_(None), exports.c.lease_until < clock.now()).label("is_free")
    query = QUERY.add_columns(free).where(exports.c.state.in_(UNFINISHED)).order_by(exports.c.id).limit(100)
    with database.read() as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    return [(export_of({k: v for k, v in row.items() if k != "is_free"}), bool(row["is_free"])) for row in rows]


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
            tries=exports.c.tries + 1,
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
    _move(transaction, lease, {"parts": list(parts), "last_id": last_id, "records": records, "tries": 1})


def put_back(database: Database, lease: Lease, after_seconds: float | None = None) -> None:
    """Let any process go on with it, at once or after some seconds: this one failed at nothing that was its fault."""
    until = None if after_seconds is None else clock.later(after_seconds)
    left = {"state": ExportState.QUEUED, "lease_owner": None, "lease_until": until, "tries": exports.c.tries - 1}
    with database.write() as connection:
        _move(connection, lease, left)


def finish(database: Database, lease: Lease, made: Made, now: datetime, until: datetime) -> None:
    """Its file can be fetched."""
    what = {"file": made.file, "bytes": made.size, "digest": made.digest}
    with database.write() as connection:
        _move(connection, lease, ending(ExportState.DONE, None, now, until) | what)


def fail(database: Database, lease: Lease, sentence: str, now: datetime) -> None:
    """It cannot be written."""
    with database.write() as connection:
        _move(connection, lease, ending(ExportState.FAILED, sentence, now, None))


def _move(connection: Connection, lease: Lease, values: dict[str, Any]) -> None:
    mine: ColumnElement[bool] = (exports.c.id == lease.export_id) & (exports.c.lease_epoch == lease.epoch)
    moved = update(exports).where(mine, exports.c.state == ExportState.RUNNING).values(**values)
    if connection.execute(moved).rowcount != 1:
        raise ExportLost
