"""One run, start to finish: take the lease, pull page after page, store each, say how it ended."""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from connectors.contract import Connector, Retry
from connectors.errors import ConnectorError, Unavailable
from connectors.stored import Archives
from connectors.turns import taking
from hub.record.connector_state import Life
from hub.record.run_state import RunState
from hub.store import codes_seen, connectors, replays, runs, watched
from hub.store.connectors import ConnectorRow, Lease, LeaseLost
from hub.store.database import Database, Transaction
from hub.store.replays import REPLAY, Wanted
from hub.store.runs import ANYWAY, Counts, Ending
from hub.store.watched import Learnt
from hub.sync import circuit, endings, heartbeat, page, replay, threshold
from hub.sync.drift import OnDrift, Policy
from hub.sync.kept import Reread
from hub.sync.limits import Limits, Stopped, Turns, turns
from hub.sync.owner import certainly_dead
from hub.sync.replay import Tried
from hub.sync.retry import Persistent, RetryBudget
from hub.sync.threshold import StopWhen, Tally, Unlimited
from hub.sync.watch import Watch, ends_of_secrets
from hub.sync.work import Work, name_of
from mappings.engine.reading import Mapping

log = structlog.get_logger()

LEASE_SECONDS = 10.0  # a dead worker's connector is free again after this long
# A living worker renews within the lease; this much longer also covers a slow disk, a pause, and clocks that differ.
ABANDONED_SECONDS = 30.0
_NO_WATCH = OnDrift(Policy.GO_ON, Policy.GO_ON)  # what was kept says nothing of how the source is today


def _now() -> datetime:
    return datetime.now(UTC)


class _Closed(Exception):
    """A blackout window has begun."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@dataclass(frozen=True, slots=True)
class Source:
    """One department system, ready to be asked and read."""

    name: str
    open: Callable[[Retry], AbstractContextManager[Connector]]
    mapping: Mapping
    budget: RetryBudget = field(default_factory=RetryBudget)
    limits: Limits = field(default_factory=Limits)
    rule: circuit.Rule = field(default_factory=circuit.Rule)  # when it is left alone
    on_drift: OnDrift = field(default_factory=OnDrift)
    stop_when: StopWhen = field(default_factory=StopWhen)  # so much of what a run reads cannot be read
    closed_until: Callable[[datetime], datetime | None] = lambda _: None  # in a blackout window: when that is over
    warn_before: timedelta = timedelta(days=30)
    secrets: Sequence[str] = ()  # names of the hub's secrets that it uses
    reread: Reread | None = None  # what was kept of it, as the records in it; None: its type cannot


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
    now: Callable[[], datetime] = _now,
) -> bool:
    """Do a queued run; False when it is not ours to do (another worker has the connector, or did the run)."""
    connector = connectors.named(database, source.name)
    if connector is None or connector.state != Life.ACTIVE:
        with database.write() as transaction:
            runs.finish(transaction, run_id, endings.not_active(source.name, connector), now())
        return False
    dead = connector.lease_owner if certainly_dead(connector.lease_owner) else None
    lease = connectors.take_lease(database, connector.id, owner, now(), LEASE_SECONDS, dead_owner=dead)
    if lease is None:
        return False
    try:
        before = _for_another_mapping(database, source, connector, run_id, now())
        if before is not None:
            _Run(database, source, connector, before, lease, stop, lambda _: None, now).do()
        return _Run(database, source, connector, run_id, lease, stop, on_page, now).do()
    except (KeyboardInterrupt, SystemExit):
        with database.write() as transaction:
            runs.finish(transaction, run_id, endings.STOPPED, now())
        raise
    finally:
        connectors.release_lease(database, lease)


def _for_another_mapping(
    database: Database, source: Source, connector: ConnectorRow, run_id: int, now: datetime
) -> int | None:
    """The replay that comes before a run: of records in quarantine that its mapping was not tried on yet."""
    run = runs.get(database, run_id)
    if run is None or run.kind == REPLAY or run.state != RunState.QUEUED or source.reread is None:
        return None
    asked = replays.queue_untried(database, connector.id, name_of(source.mapping), now)
    return asked or replays.queued_for_mapping(database, connector.id)


def end_abandoned(database: Database, owner: str, now: datetime) -> None:
    """End the runs of workers that are gone: nobody else would until their connector runs again."""
    for connector_id in runs.abandoned(database, now - timedelta(seconds=ABANDONED_SECONDS)):
        # With the lease, so that a worker that was only away for long cannot go on with a run that has ended.
        lease = connectors.take_lease(database, connector_id, owner, now, LEASE_SECONDS)
        if lease is not None:
            with database.write() as transaction:
                runs.interrupt_orphans(transaction, connector_id, now)
            connectors.release_lease(database, lease)


def end_unusable(database: Database, name: str, run_id: int, reason: Exception) -> None:
    """End a queued run of a connector whose document or mapping cannot be used: `reason` says what is wrong with it."""
    ending = endings.unusable(name, reason)
    if runs.start(database, run_id, "", None, _now()):
        with database.write() as transaction:
            runs.finish(transaction, run_id, ending, _now())
        log.warning("run_ended", connector=name, run=run_id, state=ending.state, sentence=ending.sentence)


@dataclass(slots=True)
class _Run:
    database: Database
    source: Source
    connector: ConnectorRow
    run_id: int
    lease: Lease
    stop: threading.Event
    on_page: Callable[[Progress], None]
    now: Callable[[], datetime]
    counts: Counts = field(default_factory=Counts)
    attempts: list[dict[str, Any]] = field(default_factory=list)
    anyway: bool = False
    wanted: Wanted | None = None  # a replay's records; None: the source is asked
    tried: Tried = field(default_factory=Tried)
    began: datetime = field(init=False)
    watch: Watch = field(init=False)
    turns: Turns = field(init=False)
    retry: Persistent = field(init=False)

    def __post_init__(self) -> None:
        source, wait = self.source, self.stop.wait
        self.watch = Watch(source.name, source.on_drift, watched.learnt(self.database, self.connector.id))
        self.turns = turns(source.name, source.limits, wait, before=self._keep_out_of_windows)
        self.retry = Persistent(source.budget, self.turns, wait, self._note)

    def do(self) -> bool:
        self.began = self.now()
        run = runs.get(self.database, self.run_id)
        self.anyway = run is not None and run.trigger == ANYWAY
        if run is not None and run.kind == REPLAY:
            self.wanted = Wanted(**(run.wanted or {}))
            self.watch = Watch(self.source.name, _NO_WATCH, Learnt(None, None, []))
        # The bookmark is read again under the lease: whoever had it before may have moved on.
        connector = connectors.named(self.database, self.source.name) or self.connector
        since = None if run is None or run.kind == "full" else connector.bookmark
        if not runs.start(self.database, self.run_id, self._mapping_used(), since, self.began):
            return False
        with self.database.write() as transaction:
            runs.interrupt_orphans(transaction, self.connector.id, self.now(), except_run=self.run_id)
        self._read(since)
        return True

    def _read(self, since: str | None) -> None:
        try:
            with heartbeat.kept(self.database, self.lease, LEASE_SECONDS, self.now):
                if self.wanted is None:
                    self._pull(since)
                else:
                    replay.play(self._work(), self.source.reread, self.wanted, self.tried, self.now, self._after_batch)
        except ConnectorError as error:
            self._note(error, 0.0)
            spent = self.source.budget.in_all if self.retry.spent else 0
            self._end(endings.failed(self.source.name, error, self.counts, spent), error)
        except _Closed as window:
            ending = endings.closed(self.source.name, self.counts, window.until, self.now())
            self._end(ending, goes_on_at=window.until)
        except Stopped:
            connector = connectors.found(self.database, self.source.name)
            active = connector is None or connector.state == Life.ACTIVE
            self._end(endings.STOPPED if active or not connector else endings.paused(connector, self.counts))
        except LeaseLost:
            self._end(endings.LEASE_LOST)
        except Exception:
            # A fault of the hub itself: the run must not look alive, and the trace belongs to the log.
            self._end(endings.hub_fault(self.source.name, self.counts))
            raise
        else:
            self._end(endings.succeeded(self.counts) if self.wanted is None else self.tried.ending())

    def _pull(self, since: str | None) -> None:
        work = self._work()
        with taking(self.turns.request), self.source.open(self.retry) as connector:
            try:
                for answer in connector.pull(since):
                    self.watch.description(connector)
                    self.counts.add(page.store(work, answer, self.now()))
                    if answer.bookmark is not None and isinstance(connector, Archives):
                        connector.stored(answer.bookmark)
                    self.on_page(Progress(self.counts, answer.total))
                    self._stop_if_told()
                self.watch.description(connector)
            finally:
                self.watch.hear(connector)

    def _work(self) -> Work:
        sets_more_aside = self.wanted is None or self.wanted.everything
        limited = sets_more_aside and not self.anyway
        return Work(
            self.database,
            self.connector,
            self.source.mapping,
            self._mapping_used(),
            self.run_id,
            self.lease,
            LEASE_SECONDS,
            self.watch,
            self._tally() if limited else Unlimited(),
            replays=self.wanted is not None,
        )

    def _tally(self) -> Tally:
        tally = Tally(self.source.stop_when, runs.last_success(self.database, self.connector.id))
        before = replays.read_since_stopped(self.database, self.connector.id, threshold.CODE)
        if before and self.wanted is None:
            tally.fetched, tally.unreadable, tally.goes_on = before.fetched, before.quarantined, True
        return tally

    def _after_batch(self, total: int) -> None:
        self.counts = self.tried.counts
        self.on_page(Progress(self.counts, total))
        self._stop_if_told()

    def _stop_if_told(self) -> None:
        if self.stop.is_set() or not connectors.is_active(self.database, self.connector.id):
            raise Stopped

    def _keep_out_of_windows(self) -> None:
        until = None if self.anyway else self.source.closed_until(self.now())
        if until is not None:
            raise _Closed(until)

    def _note(self, error: ConnectorError, wait: float) -> None:
        attempt: dict[str, Any] = {
            "at": self.now().isoformat(timespec="seconds"),
            "code": error.code,
            "sentence": str(error),
        }
        if isinstance(error, Unavailable) and wait:
            attempt["next_try_in_seconds"] = round(wait, 1)
        self.attempts.append(attempt)
        runs.record_attempts(self.database, self.run_id, self.attempts)

    def _end(self, ending: Ending, error: ConnectorError | None = None, goes_on_at: datetime | None = None) -> None:
        now, succeeded = self.now(), ending.state is RunState.SUCCEEDED
        if self.wanted is not None:  # it says nothing of the department: neither that it was seen, nor that it fails
            self._end_replay(ending, now)
            return
        self.watch.warned += ends_of_secrets(self.database, self.source.secrets)
        self.watch.compare(codes_seen.shared_services(self.database, self.connector.id), self.began)
        learnt = self.watch.ended(now, self.source.warn_before, succeeded=succeeded)
        with self.database.write() as transaction:
            if succeeded:
                # Not `now`: what changed while we read may be missing, so we know the source as of the beginning.
                connectors.mark_seen(transaction, self.connector.id, self.began)
            if succeeded or error is not None:
                ending = replace(ending, sentence=ending.sentence + self._move_circuit(transaction, error, now))
            if goes_on_at is not None:
                watched.fire_not_later_than(transaction, self.connector.id, goes_on_at)
            watched.learn(transaction, self.lease, learnt)
            runs.finish(transaction, self.run_id, ending, now, self.watch.told())
        say = log.info if succeeded else log.warning
        say("run_ended", connector=self.source.name, run=self.run_id, state=ending.state, sentence=ending.sentence)

    def _end_replay(self, ending: Ending, now: datetime) -> None:
        with self.database.write() as transaction:
            runs.finish(transaction, self.run_id, ending, now, [*self.tried.notes(), *self.watch.told()])
            if self.tried.left and runs.last_error(transaction, self.connector.id) == threshold.CODE:
                watched.close_open_circuit(transaction, self.source.name)  # what stopped it can be read now
        say = log.info if ending.state is RunState.SUCCEEDED else log.warning
        say("replay_ended", connector=self.source.name, run=self.run_id, state=ending.state, sentence=ending.sentence)

    def _move_circuit(self, transaction: Transaction, error: ConnectorError | None, now: datetime) -> str:
        """What is to be said of it."""
        rule = self.source.rule
        moved = watched.move_circuit(
            transaction, self.lease, lambda before: circuit.after_run(before, error, rule, now)
        )
        if moved is None:
            return ""
        if asked := circuit.asked_wait(error):
            watched.fire_not_before(transaction, self.connector.id, now + asked)
        return circuit.said_of(moved, error, now)

    def _mapping_used(self) -> str:
        return name_of(self.source.mapping)
