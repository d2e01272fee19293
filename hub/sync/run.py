"""One run, start to finish: take the lease, claim the run, pull page after page, store each, say how it ended."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import structlog

from hub.record.connector_state import Life
from hub.record.run_state import RunState
from hub.store import connectors, listings, replays, run_lines, runs
from hub.store.connectors import ConnectorRow, Lease, LeaseLost
from hub.store.database import Database, StoreError
from hub.store.runs import Ending
from hub.sync import claiming, diary, endings
from hub.sync.claiming import LEASE_SECONDS
from hub.sync.endings import PutBack
from hub.sync.orders import Orders, Progress
from hub.sync.reading import Reading
from hub.sync.source import Source
from hub.sync.work import name_of

log = structlog.get_logger()


def _now() -> datetime:
    return datetime.now(UTC)


def execute(
    database: Database,
    source: Source,
    run_id: int,
    owner: str,
    stop: threading.Event,
    on_page: Callable[[Progress], None] = lambda _: None,
    now: Callable[[], datetime] = _now,
    give_way: Callable[[], bool] = lambda: False,
) -> bool:
    """Do a run that waits, or go on with one whose worker is gone.

    False: it is not ours to do (another worker has the connector, or did the run). Else it has ended, or waits for a
    worker again: it gave way, or the hub is stopped and `give_way` says yes. Its row tells.

    Raises:
        StoreError: the database was away for too long; whoever finds the run when it is back goes on with it.
    """
    found = connectors.found(database, source.name)
    lease = None if found is None else claiming.leased(database, found, owner)
    if lease is None:
        return False
    try:
        # Read again under the lease: whoever had it before may have moved the bookmark on.
        connector = connectors.found(database, source.name) or found
        if connector is None or connector.state != Life.ACTIVE:
            _end(database, lease, run_id, endings.not_active(source.name, connector), now())
            return False
        orders = Orders(stop, on_page, now, give_way)
        before = _for_another_mapping(database, source, connector, run_id, now())
        if before is not None:
            quietly = Orders(stop, lambda _: None, now, give_way)
            if isinstance(_do(database, source, connector, lease, before, quietly), PutBack):
                return True
        return _do(database, source, connector, lease, run_id, orders) is not None
    except LeaseLost:
        log.warning("lease_lost", connector=source.name, run=run_id)  # its new owner goes on with this run
        return True
    except (KeyboardInterrupt, SystemExit):
        _end(database, lease, run_id, endings.STOPPED, now())
        raise
    except StoreError:
        raise
    except Exception:
        # Before it was begun, or while it ended: a run that looked alive would be taken over again and again.
        _end(database, lease, run_id, endings.hub_fault(source.name, runs.Counts()), now())
        raise
    finally:
        with suppress(StoreError):  # then it runs out by itself
            connectors.release_lease(database, lease)


def end_unusable(database: Database, name: str, run_id: int, reason: Exception) -> None:
    """End a run of a connector whose document or mapping cannot be used: `reason` says what is wrong with it."""
    connector = connectors.found(database, name)
    lease = None if connector is None else claiming.leased(database, connector, "")
    if lease is None:
        return  # another worker has it, and perhaps another version of it
    try:
        ending = endings.unusable(name, reason)
        if runs.start(database, run_id, "", None, _now()) or _is_running(database, run_id):
            _end(database, lease, run_id, ending, _now())
            log.warning("run_ended", connector=name, run=run_id, state=ending.state, sentence=ending.sentence)
    finally:
        connectors.release_lease(database, lease)


def _do(
    database: Database, source: Source, connector: ConnectorRow, lease: Lease, run_id: int, orders: Orders
) -> Ending | PutBack | None:
    """Do a run; how it ended. None: there was nothing to do."""
    run = claiming.claimed(database, connector, lease, run_id, name_of(source.mapping), orders.now)
    return None if run is None else Reading(database, source, connector, lease, run, orders).do()


def _for_another_mapping(
    database: Database, source: Source, connector: ConnectorRow, run_id: int, now: datetime
) -> int | None:
    """The replay that comes before a run: of records in quarantine that its mapping was not tried on yet."""
    run = runs.get(database, run_id)
    if run is None or run.kind not in runs.READ_TO_THE_END or run.state != RunState.QUEUED or source.reread is None:
        return None
    asked = replays.queue_untried(database, connector.id, name_of(source.mapping), now)
    return asked or replays.queued_for_mapping(database, connector.id)


def _end(database: Database, lease: Lease, run_id: int, ending: Ending, now: datetime) -> None:
    """End a run that is not begun, or cannot go on."""
    with database.write() as transaction:
        connectors.renew_lease(transaction, lease, LEASE_SECONDS)
        runs.finish(transaction, run_id, ending, now)
        run_lines.add(transaction, run_id, [diary.ended(ending, now)])
        listings.forget(transaction, run_id)


def _is_running(database: Database, run_id: int) -> bool:
    run = runs.get(database, run_id)
    return run is not None and run.state == RunState.RUNNING
