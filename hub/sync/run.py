"""One run, start to finish: take the lease, pull page after page, store each, say how it ended."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from connectors.contract import Connector, Retry
from connectors.errors import ConnectorError, Unavailable
from hub.record.run_state import RunState
from hub.store import connectors, runs
from hub.store.connectors import ConnectorRow, Lease, LeaseLost
from hub.store.database import Database, StoreError
from hub.store.runs import Counts, Ending
from hub.sync import page
from hub.sync.owner import certainly_dead
from hub.sync.retry import RetryBudget, Stopped, retrying
from mappings.engine.reading import Mapping

log = structlog.get_logger()

LEASE_SECONDS = 10.0  # a dead worker's connector is free again after this long
# A living worker renews within the lease; this much longer also covers a slow disk, a pause, and clocks that differ.
ABANDONED_SECONDS = 30.0
STOPPED = Ending(
    RunState.INTERRUPTED,
    "The hub was stopped. Nothing was lost: the next run goes on where this one stopped.",
    "stopped",
)


@dataclass(frozen=True, slots=True)
class Source:
    """One department system, ready to be asked and read."""

    name: str
    open: Callable[[Retry], AbstractContextManager[Connector]]
    mapping: Mapping
    budget: RetryBudget = field(default_factory=RetryBudget)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come; `total` where the source announced it."""

    counts: Counts
    total: int | None


def execute(
    database: Database,
    source: Source,
    run_id: int,
    owner: str,
    stop: threading.Event,
    on_page: Callable[[Progress], None] = lambda _: None,
) -> bool:
    """Do a queued run; False when it is not ours to do (another worker has the connector, or did the run)."""
    connector = connectors.named(database, source.name)
    if connector is None:
        _end_unregistered(database, source.name, run_id)
        return False
    dead = connector.lease_owner if certainly_dead(connector.lease_owner) else None
    lease = connectors.take_lease(database, connector.id, owner, _now(), LEASE_SECONDS, dead_owner=dead)
    if lease is None:
        return False
    try:
        return _Run(database, source, connector, run_id, lease, stop, on_page).do()
    except (KeyboardInterrupt, SystemExit):
        with database.write() as transaction:
            runs.finish(transaction, run_id, STOPPED, _now())
        raise
    finally:
        connectors.release_lease(database, lease)


def end_abandoned(database: Database, owner: str, now: datetime) -> None:
    """End the runs of workers that are gone: nobody else would until their connector runs again."""
    for connector_id in runs.abandoned(database, now - timedelta(seconds=ABANDONED_SECONDS)):
        # With the lease, so that a worker that was only away for long cannot go on with a run that has ended.
        lease = connectors.take_lease(database, connector_id, owner, now, LEASE_SECONDS)
        if lease is not None:
            with database.write() as transaction:
                runs.interrupt_orphans(transaction, connector_id, now)
            connectors.release_lease(database, lease)


def _end_unregistered(database: Database, name: str, run_id: int) -> None:
    sentence = f"{name} is no longer registered: another configuration was started on this store. Nothing was read."
    hint = "Start the hub with the configuration that has this connector."
    with database.write() as transaction:
        runs.finish(transaction, run_id, Ending(RunState.INTERRUPTED, sentence, "not_registered", hint), _now())


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class _Run:
    database: Database
    source: Source
    connector: ConnectorRow
    run_id: int
    lease: Lease
    stop: threading.Event
    on_page: Callable[[Progress], None]
    counts: Counts = field(default_factory=Counts)
    attempts: list[dict[str, Any]] = field(default_factory=list)
    began: datetime = field(default_factory=_now)

    def do(self) -> bool:
        run = runs.get(self.database, self.run_id)
        # The bookmark is read again under the lease: whoever had it before may have moved on.
        connector = connectors.named(self.database, self.source.name) or self.connector
        since = None if run is None or run.kind == "full" else connector.bookmark
        if not runs.start(self.database, self.run_id, self._mapping_used(), since, _now()):
            return False
        with self.database.write() as transaction:
            runs.interrupt_orphans(transaction, self.connector.id, _now(), except_run=self.run_id)
        self._end(self._ending(since))
        return True

    def _ending(self, since: str | None) -> Ending:
        try:
            with _heartbeat(self.database, self.lease):
                self._pull(since)
        except ConnectorError as error:
            self._note(error, 0.0)
            return Ending(RunState.FAILED, f"{self.source.name}: {error}. {_kept(self.counts)}", error.code, error.hint)
        except Stopped:
            return STOPPED
        except LeaseLost:
            sentence = "This worker was away too long and another one took over. Nothing was lost."
            return Ending(RunState.INTERRUPTED, sentence, "lease_lost")
        except Exception:
            # A fault of the hub itself: the run must not look alive, and the trace belongs to the log.
            sentence = f"{self.source.name}: the hub met a fault of its own. {_kept(self.counts)}"
            self._end(Ending(RunState.FAILED, sentence, "hub_fault", "The log has the details; tell the hub's keeper."))
            raise
        return Ending(RunState.SUCCEEDED, _summary(self.counts))

    def _pull(self, since: str | None) -> None:
        retry = retrying(self.source.budget, self.stop.wait, self._note)
        work = page.Work(
            self.database,
            self.connector,
            self.source.mapping,
            self._mapping_used(),
            self.run_id,
            self.lease,
            LEASE_SECONDS,
        )
        with self.source.open(retry) as connector:
            for answer in connector.pull(since):
                self.counts.add(page.store(work, answer, _now()))
                self.on_page(Progress(self.counts, answer.total))
                if self.stop.is_set():
                    raise Stopped

    def _note(self, error: ConnectorError, wait: float) -> None:
        attempt: dict[str, Any] = {
            "at": _now().isoformat(timespec="seconds"),
            "code": error.code,
            "sentence": str(error),
        }
        if isinstance(error, Unavailable) and wait:
            attempt["next_try_in_seconds"] = round(wait, 1)
        self.attempts.append(attempt)
        runs.record_attempts(self.database, self.run_id, self.attempts)

    def _end(self, ending: Ending) -> None:
        now = _now()
        with self.database.write() as transaction:
            if ending.state is RunState.SUCCEEDED:
                # Not `now`: what changed while we read may be missing, so we know the source as of the beginning.
                connectors.mark_seen(transaction, self.connector.id, self.began)
            runs.finish(transaction, self.run_id, ending, now)
        say = log.info if ending.state is RunState.SUCCEEDED else log.warning
        say("run_ended", connector=self.source.name, run=self.run_id, state=ending.state, sentence=ending.sentence)

    def _mapping_used(self) -> str:
        mapping = self.source.mapping
        return f"{mapping.name} v{mapping.version} {mapping.fingerprint[:8]}"


@contextmanager
def _heartbeat(database: Database, lease: Lease) -> Iterator[None]:
    """Keep the lease while a slow department is waited for. A lost lease is noticed by the page's own renewal."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(LEASE_SECONDS / 4):
            try:
                with database.write() as transaction:
                    connectors.renew_lease(transaction, lease, _now(), LEASE_SECONDS)
            except LeaseLost:
                return
            except StoreError as error:
                log.warning("lease_not_renewed", connector=lease.connector_id, reason=str(error))

    thread = threading.Thread(target=beat, name=f"lease-{lease.connector_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _kept(counts: Counts) -> str:
    if not counts.fetched:
        return "Nothing was changed; the next run starts from the same bookmark."
    return f"Stored before that: {counts.fetched:,} records; the next run goes on from there."


def _summary(counts: Counts) -> str:
    return (
        f"{counts.fetched:,} fetched: {counts.created:,} created, {counts.updated:,} updated, "
        f"{counts.unchanged:,} unchanged, {counts.quarantined:,} quarantined."
    )
