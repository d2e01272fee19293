"""Records that a listing did not hold and that a person has to decide about: gone, or missing by mistake."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update

from hub.record.signature import Signature
from hub.store import acts
from hub.store.acts import Act
from hub.store.database import Database
from hub.store.engine_tables import removals
from hub.store.tables import connectors, runs


class RemovalState(StrEnum):
    """Where a removal stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    SUPERSEDED = "superseded"  # a newer listing said more


@dataclass(frozen=True, slots=True)
class RemovalRow:
    """One removal, without its keys."""

    id: int
    connector: str
    connector_id: int
    run_id: int  # the listing that did not hold them
    state: str
    records: int
    held: int  # of how many that the hub held of this connector
    author: str | None
    reason: str | None
    asked_at: datetime
    decided_at: datetime | None
    began: datetime  # when that listing began


_COLUMNS = tuple(name for name in RemovalRow.__slots__ if name not in ("connector", "began"))
_QUERY: Select[Any] = (
    select(
        connectors.c.name.label("connector"),
        func.coalesce(runs.c.started_at, runs.c.queued_at).label("began"),
        *(removals.c[name] for name in _COLUMNS),
    )
    .join_from(removals, connectors, removals.c.connector_id == connectors.c.id)
    .join(runs, removals.c.run_id == runs.c.id)
)


def ask(connection: Connection, connector_id: int, run_id: int, keys: Sequence[str], held: int, now: datetime) -> int:
    """Let these records wait for a person; its number. What waited before of this connector is superseded."""
    supersede(connection, connector_id, now)
    row = {"connector_id": connector_id, "run_id": run_id, "state": RemovalState.WAITING, "keys": list(keys)}
    row |= {"records": len(keys), "held": held, "asked_at": now}
    removal_id: int = connection.execute(insert(removals).values(**row).returning(removals.c.id)).scalar_one()
    return removal_id


def supersede(connection: Connection, connector_id: int, now: datetime) -> int:
    """A newer listing has said what is gone; how many removals waited."""
    waiting = (removals.c.connector_id == connector_id) & (removals.c.state == RemovalState.WAITING)
    ended = {"state": RemovalState.SUPERSEDED, "decided_at": now}
    return connection.execute(update(removals).where(waiting).values(ended)).rowcount


def decide(connection: Connection, removal_id: int, state: RemovalState, signature: Signature) -> bool:
    """A person has decided; False where it does not wait any more."""
    waiting = (removals.c.id == removal_id) & (removals.c.state == RemovalState.WAITING)
    signed = {"author": signature.author, "reason": signature.reason, "decided_at": signature.at}
    decided = connection.execute(update(removals).where(waiting).values(state=state, **signed)).rowcount == 1
    if decided:
        _note(connection, removal_id, state, signature)
    return decided


def _note(connection: Connection, removal_id: int, state: RemovalState, signature: Signature) -> None:
    row = connection.execute(_QUERY.where(removals.c.id == removal_id)).one()
    act = Act.APPROVED if state is RemovalState.APPROVED else Act.REFUSED
    after = acts.told({"state": state, "records": row.records, "run": row.run_id})
    told: dict[str, Any] = {"before": acts.told({"state": RemovalState.WAITING}), "after": after}
    acts.note(connection, signature, acts.Kind.REMOVAL, str(removal_id), act, **told, connector=row.connector)


def hold(connection: Connection, removal_id: int) -> bool:
    """Whether it waits; until the end of the transaction nobody else decides."""
    waiting = (removals.c.id == removal_id) & (removals.c.state == RemovalState.WAITING)
    return connection.execute(select(removals.c.id).where(waiting).with_for_update()).first() is not None


def keys_of(database: Database, removal_id: int) -> list[str]:
    """The keys of its records, sorted."""
    with database.read() as connection:
        found: list[str] | None = connection.scalar(select(removals.c["keys"]).where(removals.c.id == removal_id))
    return found or []


def get(database: Database, removal_id: int) -> RemovalRow | None:
    """One removal."""
    with database.read() as connection:
        row = connection.execute(_QUERY.where(removals.c.id == removal_id)).mappings().one_or_none()
        return None if row is None else RemovalRow(**row)


def listed(
    database: Database, *, connector: str | None = None, state: str | None = RemovalState.WAITING, limit: int = 100
) -> list[RemovalRow]:
    """Newest first; those that wait, unless told otherwise."""
    query = _QUERY.order_by(removals.c.id.desc()).limit(limit)
    if connector is not None:
        query = query.where(connectors.c.name == connector)
    if state is not None:
        query = query.where(removals.c.state == state)
    with database.read() as connection:
        return [RemovalRow(**row) for row in connection.execute(query).mappings()]
