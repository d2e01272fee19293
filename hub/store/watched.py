"""What runs learn of a connector besides its records: whether to leave it alone, what will need a person, its shape."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select, update

from hub.store.connectors import Lease
from hub.store.database import Database
from hub.store.tables import connectors


@dataclass(frozen=True, slots=True)
class Circuit:
    """How often in a row its runs failed, and until when it is not asked by itself, and why."""

    failures: int = 0
    open_until: datetime | None = None
    open_because: str | None = None


@dataclass(frozen=True, slots=True)
class Learnt:
    """The fields of its records and its description, as they were last accepted, and what needs a person."""

    shape: dict[str, str] | None
    described_as: str | None
    warnings: list[dict[str, Any]]


def move_circuit(transaction: Connection, lease: Lease, moved: Callable[[Circuit], Circuit]) -> Circuit | None:
    """Put a run's outcome on the circuit; nobody else changes it between the look and the move.

    None, and nothing is changed, where another worker has taken the connector over: its runs say more.
    """
    columns = [connectors.c[name] for name in Circuit.__slots__]
    row = transaction.execute(select(*columns).where(_held(lease)).with_for_update()).mappings().one_or_none()
    if row is None:
        return None
    after = moved(Circuit(**row))
    transaction.execute(update(connectors).where(_held(lease)).values(**asdict(after)))
    return after


def fire_not_later_than(transaction: Connection, connector_id: int, at: datetime) -> None:
    """Let it run by itself at `at`, also where it has no schedule."""
    later = or_(connectors.c.next_fire_at.is_(None), connectors.c.next_fire_at > at)
    transaction.execute(update(connectors).where(connectors.c.id == connector_id, later).values(next_fire_at=at))


def fire_not_before(transaction: Connection, connector_id: int, at: datetime) -> None:
    """Put its next firing off until `at`; one that has no schedule keeps none."""
    earlier = connectors.c.next_fire_at < at
    transaction.execute(update(connectors).where(connectors.c.id == connector_id, earlier).values(next_fire_at=at))


def learnt(database: Database, connector_id: int) -> Learnt:
    """What is known until now."""
    columns = [connectors.c[name] for name in Learnt.__slots__]
    with database.read() as connection:
        row = connection.execute(select(*columns).where(connectors.c.id == connector_id)).mappings().one()
        return Learnt(**(dict(row) | {"warnings": row["warnings"] or []}))


def learn(transaction: Connection, lease: Lease, known: Learnt) -> None:
    """Keep what a run found out, unless another worker has taken the connector over."""
    values = asdict(known) | {"warnings": known.warnings or None}
    transaction.execute(update(connectors).where(_held(lease)).values(**values))


def close_circuit(transaction: Connection, name: str) -> None:
    """Let schedules run it again at once: its document, or what it needs, is another one now."""
    transaction.execute(update(connectors).where(connectors.c.name == name).values(**asdict(Circuit())))


def close_open_circuit(transaction: Connection, name: str) -> bool:
    """The same, of one that is left alone just now; whether it was."""
    is_open = (connectors.c.name == name) & connectors.c.open_until.is_not(None)
    return transaction.execute(update(connectors).where(is_open).values(**asdict(Circuit()))).rowcount == 1


def forget(transaction: Connection, name: str, code: str) -> list[dict[str, Any]]:
    """Take the system as the next run finds it, which may come at once; the warnings of this code, now done with."""
    known = (
        transaction.execute(select(connectors.c.warnings).where(connectors.c.name == name)).scalar_one_or_none() or []
    )
    kept = [one for one in known if one["code"] != code]
    fresh = asdict(Circuit()) | {"shape": None, "described_as": None, "warnings": kept or None}
    transaction.execute(update(connectors).where(connectors.c.name == name).values(**fresh))
    return [one for one in known if one["code"] == code]


def _held(lease: Lease) -> ColumnElement[bool]:
    return (connectors.c.id == lease.connector_id) & (connectors.c.lease_epoch == lease.epoch)
