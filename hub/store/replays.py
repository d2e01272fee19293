"""Reading kept payloads again: which records, in which payloads, who asks for it, and what came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, insert, not_, or_, select

from hub.record.connector_state import Life
from hub.record.run_state import RunState
from hub.store import runs
from hub.store.database import Database
from hub.store.quarantine_tables import quarantine, quarantine_groups, replays
from hub.store.runs import Counts
from hub.store.setting_aside import newer_aside
from hub.store.tables import connectors, source_records
from hub.store.tables import runs as runs_table

REPLAY = "replay"  # kind of such a run
MAPPING = "mapping"  # trigger: another mapping is in use than these records were tried with
_BEGIN_AGAIN = timedelta(hours=1)
_UNDER_WAY = (RunState.QUEUED, RunState.RUNNING)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records are read again: without more, all that stand in quarantine."""

    key: str | None = None
    group: str | None = None
    untried: bool = False  # those in quarantine that the mapping in use was not tried on yet
    everything: bool = False  # those that are not in quarantine, too

    def written(self) -> dict[str, Any]:
        """As a run keeps it."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class Batch:
    """The wanted records whose newest state came with one payload."""

    payload_id: int
    aside: dict[str, int | None]  # in quarantine: key → the run that found it unreadable
    kept: list[str]  # keys of records that could be read


@dataclass(frozen=True, slots=True)
class LetOut:
    """A record that a replay let out of quarantine."""

    key: str
    found_by: int | None  # the run that had set it aside
    payload_id: int  # that it was read from
    outcome: str


def held(connector_id: int, wanted: Wanted, used: str = "") -> ColumnElement[bool]:
    """The rows of quarantine that are wanted; `used` is the mapping in use, as runs name it."""
    mine = quarantine.c.connector_id == connector_id
    if wanted.key is not None:
        return and_(mine, quarantine.c.key == wanted.key)
    if wanted.group is not None:
        grouped = select(quarantine_groups.c.quarantine_id).where(
            quarantine_groups.c.connector_id == connector_id, quarantine_groups.c.code == wanted.group
        )
        return and_(mine, quarantine.c.id.in_(grouped))
    if wanted.untried:  # written so that an index finds them
        return and_(mine, or_(quarantine.c.tried < used, quarantine.c.tried > used))
    return mine


def count(database: Database, connector_id: int, wanted: Wanted, used: str = "") -> int:
    """How many records are wanted."""
    with database.read() as connection:
        aside = connection.scalar(select(func.count()).select_from(quarantine).where(held(connector_id, wanted, used)))
        if not wanted.everything:
            return aside or 0
        kept = connection.scalar(select(func.count()).select_from(source_records).where(_kept(connector_id)))
        return (aside or 0) + (kept or 0)


def any_wanted(database: Database, connector_id: int, wanted: Wanted) -> bool:
    """Whether any record in quarantine is wanted."""
    with database.read() as connection:
        return bool(connection.scalar(select(exists().where(held(connector_id, wanted)))))


def next_batch(database: Database, connector_id: int, wanted: Wanted, used: str, after: int) -> Batch | None:
    """The wanted records of the first payload with a greater id than `after`."""
    aside = and_(held(connector_id, wanted, used), quarantine.c.payload_id > after)
    kept = and_(_kept(connector_id), source_records.c.payload_id > after)
    with database.read() as connection:
        found = [_first(connection, quarantine.c.payload_id, aside)]
        if wanted.everything:
            found.append(_first(connection, source_records.c.payload_id, kept))
        ids = [payload_id for payload_id in found if payload_id is not None]
        if not ids:
            return None
        payload_id = min(ids)
        rows = select(quarantine.c.key, quarantine.c.run_id).where(aside, quarantine.c.payload_id == payload_id)
        keys = select(source_records.c.key).where(kept, source_records.c.payload_id == payload_id)
        return Batch(
            payload_id,
            {row.key: row.run_id for row in connection.execute(rows)},
            list(connection.scalars(keys)) if wanted.everything else [],
        )


def log_let_out(transaction: Connection, run_id: int, records: Iterable[LetOut]) -> None:
    """Keep where each record that a replay let out came from."""
    rows = [asdict(record) | {"run_id": run_id} for record in records]
    if rows:
        transaction.execute(insert(replays), rows)


def read_since_stopped(database: Database, connector_id: int, code: str) -> Counts | None:
    """What was read since a run was stopped with this code, that run's own included; None: none was.

    Nothing is left of it once a run read its source to the end, a person let one read on, or a replay could read some.
    """
    mine = runs_table.c.connector_id == connector_id
    asked = and_(mine, runs_table.c.kind.in_(runs.READ_TO_THE_END))
    done = and_(asked, or_(runs_table.c.state == RunState.SUCCEEDED, runs_table.c.trigger == runs.ANYWAY))
    let_some_out = and_(mine, exists().where(replays.c.run_id == runs_table.c.id))
    last, first = func.max(runs_table.c.id), func.min(runs_table.c.id)
    read = select(func.sum(runs_table.c.fetched), func.sum(runs_table.c.quarantined))
    with database.read() as connection:
        over = connection.scalar(select(last).where(or_(done, let_some_out))) or 0
        stopped = connection.scalar(select(first).where(asked, runs_table.c.id > over, runs_table.c.error_code == code))
        if stopped is None:
            return None
        fetched, unreadable = connection.execute(read.where(asked, runs_table.c.id >= stopped)).one()
    return Counts(fetched=fetched, quarantined=unreadable)


def let_out(database: Database, run_id: int, limit: int = 50) -> tuple[int, list[LetOut]]:
    """How many records a replay let out, and the first of them."""
    columns = [replays.c[name] for name in LetOut.__slots__]
    mine = replays.c.run_id == run_id
    with database.read() as connection:
        number = connection.scalar(select(func.count()).select_from(replays).where(mine)) or 0
        rows = connection.execute(select(*columns).where(mine).order_by(replays.c.id).limit(limit)).mappings()
        return number, [LetOut(**row) for row in rows]


def waiting(database: Database) -> list[int]:
    """The active connectors that have records in quarantine."""
    query = select(connectors.c.id).where(
        connectors.c.state == Life.ACTIVE, exists().where(quarantine.c.connector_id == connectors.c.id)
    )
    with database.read() as connection:
        return list(connection.scalars(query))


def queue_untried(database: Database, connector_id: int, used: str, now: datetime) -> int | None:
    """Queue a replay for records that the mapping in use was not tried on; its id. None: there is nothing to do.

    Whoever asks at the same time gets None: the connector's row is locked while it is decided.
    """
    with database.read() as connection:
        if not connection.scalar(_has_untried(connector_id, used)):  # nearly always: spare the write lock
            return None
    with database.write() as transaction:
        active = select(connectors.c.id).where(connectors.c.id == connector_id, connectors.c.state == Life.ACTIVE)
        if transaction.scalar(active.with_for_update()) is None or not transaction.scalar(
            _has_untried(connector_id, used)
        ):
            return None
        if _tried_in_vain(transaction, connector_id, used, now):
            return None
        return ask_for(transaction, connector_id, Wanted(untried=True), MAPPING, now)


def ask_for(transaction: Connection, connector_id: int, wanted: Wanted, trigger: str, now: datetime) -> int:
    """Queue a replay; its id."""
    return runs.enqueue(transaction, connector_id, REPLAY, trigger, now, wanted=wanted.written())


def ask_once(database: Database, connector_id: int, wanted: Wanted, now: datetime) -> int:
    """Queue a replay that a person asks for, unless the same waits already; the id of that run."""
    with database.write() as transaction:
        transaction.execute(select(connectors.c.id).where(connectors.c.id == connector_id).with_for_update())
        return same_waiting(transaction, connector_id, wanted) or ask_for(
            transaction, connector_id, wanted, "hand", now
        )


def same_waiting(transaction: Connection, connector_id: int, wanted: Wanted) -> int | None:
    """A replay of the same records that has not begun yet."""
    query = select(runs_table.c.id, runs_table.c.wanted).where(
        runs_table.c.connector_id == connector_id,
        runs_table.c.state == RunState.QUEUED,
        runs_table.c.kind == REPLAY,
    )
    return next((row.id for row in transaction.execute(query) if row.wanted == wanted.written()), None)


def queued_for_mapping(database: Database, connector_id: int) -> int | None:
    """A replay that waits because of another mapping."""
    with database.read() as connection:
        return same_waiting(connection, connector_id, Wanted(untried=True))


def _has_untried(connector_id: int, used: str) -> Select[Any]:
    return select(exists().where(held(connector_id, Wanted(untried=True), used)))


def _tried_in_vain(transaction: Connection, connector_id: int, used: str, now: datetime) -> bool:
    """Whether such a replay waits or goes on, or whether the last one broke and another would break like it."""
    query = (
        select(runs_table.c.state, runs_table.c.mapping, runs_table.c.queued_at)
        .where(runs_table.c.connector_id == connector_id, runs_table.c.kind == REPLAY, runs_table.c.trigger == MAPPING)
        .order_by(runs_table.c.id.desc())
        .limit(1)
    )
    last = transaction.execute(query).one_or_none()
    if last is None or last.state != RunState.FAILED:
        return last is not None and last.state in _UNDER_WAY
    # Without a mapping it did not even begin: something else was wrong, which may be mended.
    return last.mapping == used or (not last.mapping and now - last.queued_at < _BEGIN_AGAIN)


def _kept(connector_id: int) -> ColumnElement[bool]:
    """Source records; not those of which a newer state stands in quarantine: that is the newer word."""
    return and_(source_records.c.connector_id == connector_id, not_(newer_aside(source_records)))


def _first(connection: Connection, payload_id: ColumnElement[int], where: ColumnElement[bool]) -> int | None:
    return connection.scalar(select(payload_id).where(where).order_by(payload_id).limit(1))


def names(keys: Sequence[str], most: int = 10) -> str:
    """Some keys, for a sentence."""
    more = f" and {len(keys) - most:,} more" if len(keys) > most else ""
    return ", ".join(f"“{key[:80]}”" for key in keys[:most]) + more
