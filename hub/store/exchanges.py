"""What runs asked of their departments, in samples: the first exchange, the last one and those that failed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, insert, select

from hub.store import older
from hub.store.database import Database
from hub.store.tables import payloads, runs
from hub.store.watching_tables import exchanges


@dataclass(frozen=True, slots=True)
class ExchangeRow:
    """One exchange; no text of it holds a secret, any may tell of a person."""

    at: datetime  # when it was over
    took_ms: int
    method: str
    address: str
    status: int | None  # None: no answer
    sent: str  # headers and body
    received: str  # headers; of one that failed also the beginning of its body
    bytes: int  # of the answer's body
    payload_digest: str | None
    failed: bool
    id: int = 0  # its number, once it is kept
    run_id: int = 0


def add(connection: Connection, run_id: int, rows: Sequence[ExchangeRow]) -> None:
    """Keep these exchanges of a run."""
    if rows:
        told = [{name: getattr(row, name) for name in _KEPT} | {"run_id": run_id} for row in rows]
        connection.execute(insert(exchanges), told)


def listed(database: Database, run_id: int, limit: int = 60) -> list[ExchangeRow]:
    """Those of a run, in their order."""
    return _rows(database, exchanges.c.run_id == run_id, limit)


def get(database: Database, run_id: int, exchange_id: int) -> ExchangeRow | None:
    """One exchange of a run."""
    return next(iter(_rows(database, (exchanges.c.run_id == run_id) & (exchanges.c.id == exchange_id), 1)), None)


def forget(database: Database, before: datetime) -> Iterator[int]:
    """Remove older ones: how many went in each step."""
    return older.remove(database, exchanges, before)


def answer_of(database: Database, row: ExchangeRow) -> int | None:
    """The number of the payload that came back, where it was kept and is there still."""
    if row.payload_digest is None:
        return None
    mine = select(runs.c.connector_id).where(runs.c.id == row.run_id).scalar_subquery()
    digest = bytes.fromhex(row.payload_digest)
    query = select(payloads.c.id).where(payloads.c.connector_id == mine, payloads.c.digest == digest)
    with database.read() as connection:
        return connection.scalar(query)


def _rows(database: Database, where: ColumnElement[bool], limit: int) -> list[ExchangeRow]:
    columns = [exchanges.c[name] for name in ExchangeRow.__slots__]
    with database.read() as connection:
        found = connection.execute(select(*columns).where(where).order_by(exchanges.c.id).limit(limit))
        return [ExchangeRow(**row) for row in found.mappings()]


_KEPT = [name for name in ExchangeRow.__slots__ if name not in ("id", "run_id")]
