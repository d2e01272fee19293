"""Who does a run: a worker that has its connector's lease begins it, or goes on where one that is gone left it."""

from collections.abc import Callable
from datetime import datetime

import structlog

from hub.record.run_kind import RunKind
from hub.record.run_state import RunState
from hub.store import changing_hands, connectors, listings, run_lines, runs
from hub.store.connectors import ConnectorRow, Lease
from hub.store.database import Database, Transaction
from hub.store.runs import READ_TO_THE_END, Ending, RunRow
from hub.sync import diary, endings
from hub.sync.owner import certainly_dead

LEASE_SECONDS = 10.0  # a dead worker's connector is free again after this long

log = structlog.get_logger()


def leased(database: Database, connector: ConnectorRow, owner: str) -> Lease | None:
    """The right to read a connector; None while another worker has it."""
    dead = connector.lease_owner if certainly_dead(connector.lease_owner) else None
    return connectors.take_lease(database, connector.id, owner, LEASE_SECONDS, dead_owner=dead)


def claimed(
    database: Database, connector: ConnectorRow, lease: Lease, run_id: int, mapping: str, now: Callable[[], datetime]
) -> RunRow | None:
    """A run that is ours now, as it stands; None where there is nothing to do: others did it, or it has to wait.

    Raises:
        LeaseLost: another worker has taken the connector over.
    """
    at = now()
    clock = database.now()
    with database.write() as transaction:
        connectors.renew_lease(transaction, lease, LEASE_SECONDS)
        run = changing_hands.locked(transaction, run_id)
        if run is None or (run.not_before is not None and run.not_before > clock):
            return None
        mine = _Claim(transaction, connector, lease.owner, mapping, at)
        if not (mine.begun(run) if run.state == RunState.QUEUED else mine.taken_over(run)):
            return None
        for orphan in changing_hands.under_way(transaction, connector.id):
            if orphan.id != run_id:
                mine.settle(orphan, run)
    return runs.get(database, run_id)


def end_left(transaction: Transaction, run: RunRow, ending: Ending, now: datetime) -> None:
    """End a run that nobody does just now."""
    runs.finish(transaction, run.id, ending, now, run.notes)
    run_lines.add(transaction, run.id, [diary.ended(ending, now)])
    listings.forget(transaction, run.id)
    log.warning("run_ended", connector=run.connector, run=run.id, state=ending.state, sentence=ending.sentence)


class _Claim:
    """What who has just got a connector's lease makes of its runs, in one transaction."""

    def __init__(
        self, transaction: Transaction, connector: ConnectorRow, owner: str, mapping: str, now: datetime
    ) -> None:
        self._transaction, self._connector, self._owner = transaction, connector, owner
        self._mapping, self._now = mapping, now

    def begun(self, run: RunRow) -> bool:
        """Whether a run that waits is ours now."""
        if run.kind == RunKind.ONE or run.stop_wanted == changing_hands.CANCEL:
            self._end(run, self._end_of(run) or endings.NOBODY_WAITS)
            return False
        since = self._connector.bookmark if run.kind in READ_TO_THE_END else None
        return runs.begin(self._transaction, run.id, self._mapping, since, self._now, self._owner)

    def taken_over(self, run: RunRow) -> bool:
        """Whether a run whose worker is gone is ours now."""
        if run.state != RunState.RUNNING:
            return False
        if (ending := self._end_of(run)) is not None:
            self._end(run, ending)
            return False
        attempts = [*run.attempts, endings.left(run, self._now)]
        changing_hands.take_over(self._transaction, run.id, self._owner, self._mapping, attempts)
        log.warning("run_taken_over", connector=run.connector, run=run.id, by=self._owner, left_by=run.owner)
        return True

    def settle(self, orphan: RunRow, mine: RunRow) -> None:
        """Another run of this connector is under way, and its worker is gone: it waits for another, or has ended."""
        ending = self._end_of(orphan) or (endings.superseded(mine) if _does_as_well(mine, orphan) else None)
        if ending is not None:
            self._end(orphan, ending)
            return
        attempts = [*orphan.attempts, endings.left(orphan, self._now)]
        changing_hands.take_over(self._transaction, orphan.id, None, orphan.mapping or "", attempts)
        changing_hands.put_back(self._transaction, orphan, attempts, self._now, notes=orphan.notes)

    def _end_of(self, run: RunRow) -> Ending | None:
        """How a run whose worker is gone ends; None: it goes on."""
        if run.stop_wanted == changing_hands.CANCEL:
            return endings.cancelled(run.connector, run, runs.counts_of(run))
        if run.kind == RunKind.ONE:
            return endings.NOBODY_WAITS
        return endings.deadly(run.connector, [*run.attempts, endings.left(run, self._now)], run.pages)

    def _end(self, run: RunRow, ending: Ending) -> None:
        end_left(self._transaction, run, ending, self._now)


def _does_as_well(mine: RunRow, other: RunRow) -> bool:
    """Whether a run that begins now does what another one has not done."""
    if mine.kind in READ_TO_THE_END and other.kind == RunKind.INCREMENTAL:
        return True
    return mine.kind == other.kind and mine.wanted == other.wanted
