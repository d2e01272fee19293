"""One record on demand: fetched by its key and stored like a page of a run, under the connector's lease."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeAlias

from connectors.contract import Fetches
from connectors.errors import ConnectorError
from connectors.witness import watched_by
from connectors.wording import quoted
from hub.record.run_kind import RunKind
from hub.record.run_state import RunState
from hub.store import connectors, runs
from hub.store.connectors import ConnectorRow, Lease, LeaseLost
from hub.store.database import Database
from hub.store.runs import Counts, Ending, RunRow
from hub.store.watched import Learnt
from hub.sync import claiming, diary, endings, heartbeat, page
from hub.sync.claiming import LEASE_SECONDS
from hub.sync.diary import Diary
from hub.sync.drift import OnDrift, Policy
from hub.sync.retry import looked_at
from hub.sync.source import Source
from hub.sync.watch import Watch
from hub.sync.work import Work

_NO_WATCH = OnDrift(Policy.GO_ON, Policy.GO_ON)  # one record is too little to know how all of them look


class CannotFetch(Exception):
    """This connector has no way to fetch one record; the sentence says what would give it one."""


class Busy(Exception):
    """Another worker has the connector just now."""


Clock: TypeAlias = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


def fetch_one(database: Database, source: Source, key: str, owner: str, now: Clock = _now) -> RunRow:
    """Fetch one record and store it; the run that tells of it. The bookmark stays where it is.

    Raises:
        CannotFetch: the connector cannot; nothing was asked.
        Busy: another worker reads this connector; it may bring the record by itself.
    """
    connector = connectors.named(database, source.name)
    if connector is None:
        raise LookupError(f"{source.name} is not registered")
    with looked_at(source.name, source.limits, source.open) as line:
        if not isinstance(line, Fetches):
            raise CannotFetch(cannot_fetch(source.name))
        lease = claiming.leased(database, connector, owner)
        if lease is None:
            raise Busy(f"{source.name} is being read just now; try again when that run has ended")
        try:
            return _run(database, source, connector, lease, line, key, now)
        finally:
            connectors.release_lease(database, lease)


def cannot_fetch(name: str) -> str:
    """Why nothing can be fetched by key, and what would change that."""
    return (
        f"{name} cannot fetch one record by its key: its settings do not say how. "
        "`fetch` in its settings does, if the department offers it; its type's README shows how."
    )


def _run(
    database: Database, source: Source, connector: ConnectorRow, lease: Lease, line: Fetches, key: str, now: Clock
) -> RunRow:
    mapping = source.mapping
    used = f"{mapping.name} v{mapping.version} {mapping.fingerprint[:8]}"
    with database.write() as transaction:  # at once: nobody else may take it from the queue
        run_id = runs.enqueue(transaction, connector.id, RunKind.ONE, "hand", now(), wanted={"key": key})
        runs.begin(transaction, run_id, used, None, now(), lease.owner)
    begun = runs.get(database, run_id)
    if begun is None:
        raise LookupError(f"run {run_id} is gone")
    told = Diary(begun, now)
    told.begin(lease.owner)
    watch = Watch(source.name, _NO_WATCH, Learnt(None, None, []))
    work = Work(database, connector, mapping, used, run_id, lease, LEASE_SECONDS, watch)
    _end(work, _stored(work, source.name, line, key, now, told), now(), told)
    ended = runs.get(database, run_id)
    if ended is None:
        raise LookupError(f"run {run_id} is gone")
    return ended


def _stored(work: Work, name: str, line: Fetches, key: str, now: Clock, told: Diary) -> Ending:
    """Fetch the record and store it; how that ended."""
    counts = Counts()
    try:
        kept = heartbeat.kept(work.database, work.lease, LEASE_SECONDS, work.run_id)
        with kept, watched_by(told.samples):
            answer = replace(line.fetch(key), bookmark=None, total=None)  # it says nothing of the other records
            counts.add(page.store(work, answer, now()))
    except ConnectorError as error:
        return endings.failed(name, error, counts, 0)
    except LeaseLost:  # whoever has the connector now ends this run
        raise Busy(f"{name} was taken over by another worker meanwhile; nothing was stored. Try again") from None
    except (KeyboardInterrupt, SystemExit):
        _end(work, endings.STOPPED, now(), told)
        raise
    except Exception:
        # A fault of the hub itself: the run must not look alive, and the trace belongs to the log.
        _end(work, endings.hub_fault(name, counts), now(), told)
        raise
    if not counts.fetched:
        return Ending(RunState.SUCCEEDED, f"{name} knows no record {quoted(key)}. Nothing was changed.")
    return endings.succeeded(counts)


def _end(work: Work, ending: Ending, now: datetime, told: Diary) -> None:
    told.samples.end()
    with work.database.write() as transaction:
        runs.finish(transaction, work.run_id, ending, now, work.watch.told())
        told.pen().write(transaction, diary.ended(ending, now))
