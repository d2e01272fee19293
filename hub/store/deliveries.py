"""What departments pushed: their own numbers of it and what was answered, counted in one run an hour."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from hub.record.run_state import RunState
from hub.store import run_hours
from hub.store.connectors import Lease
from hub.store.database import Database
from hub.store.quarantine_tables import quarantine
from hub.store.sets import rows_with
from hub.store.tables import connectors, deliveries, runs, source_records

PUSH = "push"  # kind and trigger of such a run
_MOST_ATTEMPTS = 50  # of one hour that are kept: a department that tries again and again says no more by it


@dataclass(frozen=True, slots=True)
class Delivery:
    """A push that was taken, and what was said."""

    digest: bytes
    answer: dict[str, Any]


def known(database: Database, connector_id: int, request_id: str) -> Delivery | None:
    """What was pushed under this number."""
    mine = (deliveries.c.connector_id == connector_id) & (deliveries.c.request_id == request_id)
    with database.read() as connection:
        row = connection.execute(select(deliveries.c.digest, deliveries.c.answer).where(mine)).one_or_none()
        return None if row is None else Delivery(row.digest, row.answer)


def keep(transaction: Connection, connector_id: int, request_id: str, delivery: Delivery, now: datetime) -> None:
    """Remember what was answered, in the same transaction as the records."""
    values = {"connector_id": connector_id, "request_id": request_id, "received_at": now}
    transaction.execute(insert(deliveries).values(**values, digest=delivery.digest, answer=delivery.answer))


def forget(database: Database, connector_id: int, before: datetime) -> None:
    """Forget the numbers of long ago."""
    old = (deliveries.c.connector_id == connector_id) & (deliveries.c.received_at < before)
    with database.write() as connection:
        connection.execute(delete(deliveries).where(old))


def changed_at(database: Database, connector_id: int, keys: Sequence[str]) -> dict[str, str]:
    """When each of these records had changed at its source, as far as that is known (UTC ISO 8601)."""
    columns = source_records.c.key, source_records.c.changed_at
    query = select(*columns).where(source_records.c.connector_id == connector_id, source_records.c.changed_at != "")
    with database.read() as connection:
        return {row.key: row.changed_at for row in rows_with(connection, query, source_records.c.key, keys)}


def reasons(transaction: Connection, connector_id: int, keys: Collection[str]) -> dict[str, list[dict[str, str]]]:
    """Why these records stand in quarantine."""
    query = select(quarantine.c.key, quarantine.c.reasons).where(quarantine.c.connector_id == connector_id)
    return {row.key: row.reasons for row in rows_with(transaction, query, quarantine.c.key, keys)}


def problems(transaction: Connection, connector_id: int, keys: Collection[str]) -> dict[str, list[dict[str, str]]]:
    """What could not be read of these records though they were taken."""
    mine = (source_records.c.connector_id == connector_id) & source_records.c.problems.is_not(None)
    query = select(source_records.c.key, source_records.c.problems).where(mine)
    return {row.key: row.problems for row in rows_with(transaction, query, source_records.c.key, keys)}


def run_since(database: Database, connector_id: int, mapping: str, since: datetime) -> int | None:
    """The run that counts pushes since then; None where a new one has to begin, for whatever ran in between."""
    query = select(runs.c.id, runs.c.kind, runs.c.started_at, runs.c.mapping).where(runs.c.connector_id == connector_id)
    with database.read() as connection:
        row = connection.execute(query.order_by(runs.c.id.desc()).limit(1)).one_or_none()
    if row is None or row.kind != PUSH or row.mapping != mapping or row.started_at < since:
        return None
    return int(row.id)


def begin_run(database: Database, connector_id: int, mapping: str, sentence: str, now: datetime) -> int:
    """A run that pushes are counted in. It has no worker that could be missed, so it never looks unfinished."""
    times = {"queued_at": now, "started_at": now, "finished_at": now}
    row = {"connector_id": connector_id, "kind": PUSH, "trigger": PUSH, "state": RunState.SUCCEEDED}
    begun = insert(runs).values(**row, **times, mapping=mapping, sentence=sentence).returning(runs.c.id)
    with database.write() as connection:
        run_id: int = connection.execute(begun).scalar_one()
        run_hours.count(connection, connector_id, now, dict.fromkeys(run_hours.COUNTED, 0), None, RunState.SUCCEEDED)
    return run_id


def settle(transaction: Connection, lease: Lease, run_id: int, now: datetime) -> None:
    """The department has spoken: nothing is amiss with it, and the next push may come."""
    mine = (connectors.c.id == lease.connector_id) & (connectors.c.lease_epoch == lease.epoch)
    free = {"lease_owner": None, "lease_until": None}
    well = {"seen_at": now, "failures": 0, "open_until": None, "open_because": None}
    transaction.execute(update(connectors).where(mine).values(**free, **well))
    transaction.execute(update(runs).where(runs.c.id == run_id).values(finished_at=now))


def note_problems(transaction: Connection, run_id: int, noted: Callable[[int], dict[str, Any]], count: int) -> None:
    """Keep, in the run that counts pushes, that so many more records have fields that could not be read."""
    row = transaction.execute(select(runs.c.notes).where(runs.c.id == run_id).with_for_update()).one()
    before = sum(note.get("records", 0) for note in row.notes or ())
    transaction.execute(update(runs).where(runs.c.id == run_id).values(notes=[noted(before + count)]))


def note_refusal(database: Database, run_id: int, attempt: dict[str, Any]) -> None:
    """Keep what was wrong with a push of which nothing was stored, for the operators."""
    with database.write() as connection:
        row = connection.execute(select(runs.c.attempts).where(runs.c.id == run_id).with_for_update()).one()
        attempts = [*(row.attempts or ()), attempt][-_MOST_ATTEMPTS:]
        connection.execute(update(runs).where(runs.c.id == run_id).values(attempts=attempts))
