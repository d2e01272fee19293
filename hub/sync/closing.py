"""How a run ends: what it learnt of its department is kept with its ending, or with its place in the queue."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from connectors.errors import ConnectorError
from hub.record.run_kind import RunKind
from hub.record.run_state import RunState
from hub.store import changing_hands, codes_seen, connectors, listings, runs, watched
from hub.store.connectors import ConnectorRow, Lease
from hub.store.database import Database, Transaction
from hub.store.runs import READ_TO_THE_END, Ending, RunRow
from hub.sync import circuit, diary, endings, threshold
from hub.sync.claiming import LEASE_SECONDS
from hub.sync.diary import Pen
from hub.sync.endings import PutBack
from hub.sync.source import Source
from hub.sync.watch import Watch, ends_of_secrets
from hub.telemetry import counted

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Closed:
    """How a run ends, and what goes with it."""

    how: Ending | PutBack
    error: ConnectorError | None = None  # of the department: it counts for its circuit
    goes_on_at: datetime | None = None  # when it is to run again by itself
    notes: tuple[dict[str, Any], ...] = ()  # what a person should know of the run, besides what it has watched
    let_out: int = 0  # records that left quarantine


@dataclass(slots=True)
class Closing:
    """Closes one run, under its lease: a worker that was away for too long changes nothing."""

    database: Database
    source: Source
    connector: ConnectorRow
    lease: Lease
    run: RunRow
    began: datetime  # also before it was taken over, or gave way
    watch: Watch
    attempts: list[dict[str, Any]]
    now: Callable[[], datetime]
    pen: Pen
    _learnt: watched.Learnt | None = None

    def close(self, closed: Closed) -> None:
        """Write it down; doing it again changes nothing.

        Raises:
            LeaseLost: another worker has this run; nothing is changed.
        """
        now, how = self.now(), closed.how
        if self._learnt is None and self.run.kind in READ_TO_THE_END:
            self._learnt = self._learn(how, now)
        with self.database.write() as transaction:
            connectors.renew_lease(transaction, self.lease, LEASE_SECONDS)
            found = changing_hands.locked(transaction, self.run.id)
            if found is None or found.state != RunState.RUNNING:
                return
            if isinstance(how, PutBack) and found.stop_wanted == changing_hands.CANCEL:
                how = endings.cancelled(self.source.name, found, runs.counts_of(found))  # in this very moment
            if isinstance(how, Ending) and self.run.kind in READ_TO_THE_END:
                how = self._told_of_department(transaction, closed, how, now)
            if self._learnt is not None:
                watched.learn(transaction, self.lease, self._learnt)
            notes = [*self.run.notes, *closed.notes, *self.watch.told()]
            if self.run.kind == RunKind.FULL and found.bookmark_after and _succeeded(how):
                connectors.end_listing(transaction, self.connector.id, found.bookmark_before, found.bookmark_after)
            if isinstance(how, PutBack):
                self._put_back(transaction, how, notes, now)
            else:
                self._end(transaction, how, notes, now)
            if self.run.kind == RunKind.REPLAY and closed.let_out:
                self._close_open_circuit(transaction)
        if isinstance(how, Ending):
            counted.run_ended(self.run.kind, how.state, (now - (self.run.started_at or self.began)).total_seconds())
        succeeded = isinstance(how, PutBack) or _succeeded(how)
        state = "put_back" if isinstance(how, PutBack) else how.state
        say = log.info if succeeded else log.warning
        say(
            "replay_ended" if self.run.kind == RunKind.REPLAY else "run_ended",
            connector=self.source.name,
            run=self.run.id,
            state=state,
            sentence=how.sentence,
        )

    def _learn(self, how: Ending | PutBack, now: datetime) -> watched.Learnt:
        self.watch.warned += ends_of_secrets(self.database, self.source.secrets)
        self.watch.compare(codes_seen.shared_services(self.database, self.connector.id), self.began)
        succeeded = _succeeded(how)
        return self.watch.ended(now, self.source.warn_before, succeeded=succeeded)

    def _told_of_department(self, transaction: Transaction, closed: Closed, ending: Ending, now: datetime) -> Ending:
        """What such a run says of its department: that it was read to its end, or is in trouble."""
        succeeded = ending.state is RunState.SUCCEEDED
        if succeeded:
            # Not `now`: what changed while we read may be missing, so we know the source as of the beginning.
            connectors.mark_seen(transaction, self.connector.id, self.began)
        if succeeded or closed.error is not None:
            ending = replace(ending, sentence=ending.sentence + self._move_circuit(transaction, closed.error, now))
        if closed.goes_on_at is not None:
            watched.fire_not_later_than(transaction, self.connector.id, closed.goes_on_at)
        return ending

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

    def _put_back(self, transaction: Transaction, how: PutBack, notes: list[dict[str, Any]], now: datetime) -> None:
        self.pen.write(transaction, diary.put_back(how.code, how.sentence, how.not_before, now))
        at = now.isoformat(timespec="seconds")
        attempts = [*self.attempts, {"at": at, "code": how.code, "sentence": how.sentence}]
        changing_hands.put_back(transaction, self.run, attempts, now, how.not_before, notes)

    def _end(self, transaction: Transaction, ending: Ending, notes: list[dict[str, Any]], now: datetime) -> None:
        runs.record_attempts(transaction, self.run.id, self.attempts)
        runs.finish(transaction, self.run.id, ending, now, notes)
        self.pen.write(transaction, diary.ended(ending, now))
        listings.forget(transaction, self.run.id)

    def _close_open_circuit(self, transaction: Transaction) -> None:
        if runs.last_error(transaction, self.connector.id) == threshold.CODE:
            watched.close_open_circuit(transaction, self.source.name)  # what stopped it can be read now


def _succeeded(how: Ending | PutBack) -> bool:
    return isinstance(how, Ending) and how.state is RunState.SUCCEEDED
