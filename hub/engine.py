"""The parts of the hub that work: the scheduler, the worker, and what is looked at again and again.

`hub serve` has them all in one process; `hub scheduler` and `hub worker` are one part each. Any number of processes
share the work through the store: a schedule fires once, and a tick is done by one of them at a time.
"""

import os
import signal
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import structlog

from hub.alerts import heartbeat, judging, sending
from hub.outbox.exports.exporter import Exporter
from hub.outbox.exports.job import Room
from hub.outbox.exports.reads import noting
from hub.outbox.webhooks.sender import Sender
from hub.store import alert_notices, replays, schedules, windows
from hub.store.database import Database, StoreError
from hub.store.frozen import Frozen
from hub.sync import completeness, freshness, replay
from hub.sync.executor import Executor
from hub.sync.log_keeping import LogKeeper
from hub.sync.reads_keeping import ReadsKeeper
from hub.sync.retention import Housekeeper
from hub.sync.speller import Speller
from hub.sync.worker import Worker
from hub.telemetry.parts import Beat, Trouble
from hub.wiring import Hub, alert_policy, surroundings, webhook_rules
from schedules.clock import Clock
from schedules.windows import Timetable

log = structlog.get_logger()

_UNREADABLE_AGAIN = timedelta(hours=1)
_SCHEDULES_AT_REST = 120.0  # seconds: they are looked at every second, but a database that is away holds a look up


def _end_this_process() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


class Tick(NamedTuple):
    """Something that is looked at again and again."""

    name: str
    every: float  # seconds
    work: Callable[[datetime], object]  # False: it came to no end, and is tried again within a minute
    once_in: float | None = None  # seconds, over any number of processes; None: as `every`
    by_each: bool = False  # every process does it by itself
    when: Callable[[], bool] | None = None  # one read that tells there is something to do, before a turn is written

    def come(self, database: Database) -> None:
        """Do it, if it is this process's turn."""
        seconds = self.every if self.once_in is None else self.once_in
        if self.when is not None and not self.when():
            return
        if self.by_each:
            self.work(database.now())
        elif schedules.take_turn(database, self.name, seconds) and self.work(database.now()) is not False:
            schedules.end_turn(database, self.name, seconds)


class Watch:
    """What every process does that runs for long: so whoever is left says that nobody else is.

    A process whose worker has ended would live on and do nothing: it is told to end, for its supervisor to replace it.
    """

    def __init__(
        self, database: Database, worker: Executor | None = None, end: Callable[[], None] = _end_this_process
    ) -> None:
        self._frozen, self._worker, self._end = Frozen(database), worker, end
        # By each: what is judged is written once, by whoever is first, and a turn would cost as much as to look.
        self._clock = Clock(told("freshness", lambda: freshness.evaluate(database, database.now())), 10)
        self._clock.also(told("frozen", self._end_frozen), 5)  # by each: it compares with what it saw itself
        self._clock.also(told("worker", self._end_without_worker), 1)
        self._clock.also(told("alerts_watched", partial(heartbeat.tell_if_late, database)), 120)

    def start(self) -> None:
        """Begin to look."""
        self._clock.start()

    def stop(self) -> None:
        """Look no more."""
        self._clock.stop()

    def _end_frozen(self) -> None:
        if ended := self._frozen.end():
            log.warning("frozen_sessions_ended", count=ended)

    def _end_without_worker(self) -> None:
        if self._worker is not None and self._worker.has_ended():
            log.critical("worker_ended", hint="this process ends; its supervisor begins it again")
            self._end()


class Scheduler:
    """Fires schedules every second, and looks after what nobody asks for."""

    def __init__(self, hub: Hub, fired: Callable[[], None] = lambda: None) -> None:
        self._hub, self._database, self._fired = hub, hub.database, fired
        self._housekeeper = Housekeeper(hub.database, hub.configuration.config.payloads.read())
        reads = ReadsKeeper(hub.database, lambda: hub.reads.keys, hub.configuration.config.reads.keep)
        logs = LogKeeper(hub.database, hub.configuration.config.runs.keep_log)
        self._speller = Speller(hub.database)
        self._policy, self._around = alert_policy(hub.configuration, hub.database), surroundings(hub)
        looks = self._policy.every.total_seconds()
        self._stopping = threading.Event()
        self.beat = Beat("schedules were looked at", _SCHEDULES_AT_REST)
        self._clock = Clock(told("schedules", self._fire))
        for tick in (
            Tick("mappings", 10, self._try_quarantine, when=lambda: bool(replays.waiting(hub.database))),
            Tick("completeness", 15, self._count, by_each=True),  # each of its moves is made once, whoever plans
            Tick("spelling", 5, self._learn, when=self._speller.is_behind),
            Tick("upkeep", 60, self._keep_house, by_each=True),
            Tick("reads_head", 60, reads.tell_head, once_in=3600),
            Tick("run_logs", 60, lambda now: logs.prune(now, self._stopping), once_in=3600),
            Tick("reads_kept", 60, lambda now: reads.prune(now, self._stopping), once_in=86_400),
            Tick("counters", 60, self._forget_counts, once_in=3600),
            Tick("alerts", looks, self._judge, once_in=looks * 0.8),
            Tick("alert_notices", min(sending.EVERY_SECONDS, looks), self._tell, by_each=True, when=self._is_to_tell),
            Tick("alerts_kept", 60, partial(sending.prune, hub.database), once_in=3600),
        ):
            self._clock.also(told(tick.name, partial(tick.come, hub.database)), tick.every)

    def start(self) -> None:
        """Begin to fire."""
        self._clock.start()

    def stop(self) -> None:
        """Fire no more."""
        self._stopping.set()
        self._clock.stop()

    def _fire(self) -> None:
        self.beat.beat()
        if not schedules.has_work(self._database):
            return
        now = self._database.now()
        schedules.plan(self._database, now, next_fire)
        if schedules.fire_due(self._database, now, next_fire, held_until):
            self._fired()

    def _try_quarantine(self, now: datetime) -> None:
        """What stands in quarantine is read again soon after another mapping is in use."""
        if replay.queue_untried_of_all(self._database, self._hub.mapping, now):
            self._fired()

    def _count(self, now: datetime) -> None:
        """What is due to be counted at its source against the hub."""
        if completeness.plan(self._database, now, self._hub.count_rule, held_until):
            self._fired()

    def _forget_counts(self, now: datetime) -> None:
        windows.prune(self._database, now)

    def _judge(self, now: datetime) -> None:
        """Whether something is an alert, or is one no more; of what is late now, not when it was last written down."""
        freshness.evaluate(self._database, now)
        judging.evaluate(self._database, self._around, self._policy, now)

    def _is_to_tell(self) -> bool:
        return alert_notices.any_due(self._database)

    def _tell(self, _now: datetime) -> None:
        """Whoever is to be told of alerts; it takes as long as their servers do, in a thread of its own."""
        sending.send_due(self._database, self._policy, self._stopping)

    def _learn(self, _now: datetime) -> None:
        """Words that dossiers came to hold, for searches with a slip."""
        self._speller.learn(self._stopping)

    def _keep_house(self, _now: datetime) -> None:
        if self._housekeeper.is_due():
            self._housekeeper.prune(self._stopping)


class Engine:
    """Scheduler and worker in threads of one process, for `hub serve`."""

    def __init__(self, hub: Hub) -> None:
        self._database, self._reads = hub.database, hub.reads
        self._worker = local_worker(hub)
        self._scheduler = Scheduler(hub, self._worker.wake)
        self._sender = sender(hub)
        self._exporter = exporter(hub)
        self._watch = Watch(hub.database, self._worker)

    def start(self) -> None:
        """Begin to fire and to work."""
        self._reads.start()
        self._worker.start()
        self._scheduler.start()
        self._sender.start()
        self._exporter.start()
        self._watch.start()

    def parts(self) -> dict[str, Trouble]:
        """What works by itself in here, and how to learn whether it does."""
        return {"scheduler": self._scheduler.beat.trouble, "worker": worker_trouble(self._worker)}

    def stop(self) -> None:
        """Fire no more, let every run go back to the queue at its next page, give the connections back."""
        self._sender.wind_down()
        self._exporter.wind_down()
        self._watch.stop()
        self._scheduler.stop()
        self._worker.stop()
        self._sender.stop()
        self._exporter.stop()
        self._reads.stop()
        self._database.close()


def worker_trouble(worker: Executor) -> Trouble:
    """Whether nobody looks for runs any more."""
    return lambda: (
        "nothing looks for runs any more; its supervisor begins the process again" if worker.has_ended() else None
    )


def local_worker(hub: Hub) -> Executor:
    """The executor that is threads and the table of runs."""
    setting = hub.configuration.config.workers
    return Worker(hub.database, hub.source, hub.owner, setting.threads, setting.slice.total_seconds())


def sender(hub: Hub) -> Sender:
    """What tells subscribers of changes."""
    return Sender(hub.database, webhook_rules(hub.configuration, hub.database), hub.reads, hub.owner)


def exporter(hub: Hub) -> Exporter:
    """What writes files of many dossiers."""
    config, root = hub.configuration.config, hub.configuration.root
    setting = config.exports
    room = Room(hub.database, root / setting.folder, setting.keep, config.due.near, noting(hub.reads))
    return Exporter(room, hub.owner, setting.at_once)


def worker(hub: Hub) -> Executor:
    """The executor that the configuration names."""
    setting = hub.configuration.config.workers
    if setting.executor == "local":
        return local_worker(hub)
    from hub.sync.queue import QueueWorker  # noqa: PLC0415  # Procrastinate is only loaded where it works

    return QueueWorker(hub.database, hub.source, hub.owner, setting.threads, setting.slice.total_seconds())


def hand_out_what_is_queued(hub: Hub) -> None:
    """Where jobs are used, make one of every run that this process queues, in the same transaction."""
    if hub.configuration.config.workers.executor == "procrastinate":
        from hub.sync.queue import announce  # noqa: PLC0415  # likewise

        announce(hub.database)


def held_until(cadence: str, now: datetime) -> datetime | None:
    """When a connector of this cadence may be run again; None: now. One that cannot be read is looked at in an hour."""
    if not cadence:
        return None
    timetable = _read(cadence)
    return now + _UNREADABLE_AGAIN if timetable is None else timetable.held_until(now)


def next_fire(cadence: str, after: datetime) -> datetime:
    """When a connector of this cadence runs next; what cannot be read is looked at again in an hour."""
    timetable = _read(cadence)
    return after + _UNREADABLE_AGAIN if timetable is None else timetable.next_fire(after)


def _read(cadence: str) -> Timetable | None:
    """A timetable as the store has it; None where another version wrote what this one cannot read.

    Its connector is not run (its blackout windows are not known) and is told to be late; all others go on.
    """
    try:
        return Timetable.model_validate_json(cadence)
    except ValueError as error:
        log.error("schedule_unreadable", schedule=cadence, reason=str(error))  # noqa: TRY400  # nobody needs its trace
        return None


def told(name: str, tick: Callable[[], None]) -> Callable[[], None]:
    """A tick whose errors are told: the next one comes in any case."""

    def telling() -> None:
        try:
            tick()
        except StoreError as error:
            log.warning("store_unreachable", tick=name, reason=str(error))
        except Exception:
            log.exception("tick_stumbled", tick=name)  # the timer's own words would be no event, and name no tick

    return telling
