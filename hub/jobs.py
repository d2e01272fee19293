"""Runs handed to workers on several machines: a queue of jobs in PostgreSQL, kept by Procrastinate.

A job says "do run N" and knows nothing else: the row in `runs` is the truth, and a job for a run that has ended does
nothing. This is the only module that knows Procrastinate. What it does not do by itself is done here: to come back
after the database was away (its worker ends then), to try the jobs of dead workers again, to forget finished ones.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import structlog
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition

from hub.record.to_do import ToDo

log = structlog.get_logger()
# It tells a restart of the database in a dozen traces; what an operator must know is told here in one line.
logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
logging.getLogger("psycopg.pool").setLevel(logging.ERROR)

SCHEMA = "procrastinate"  # its tables and functions stand apart from the hub's
SOON, LATER = "soon", "later"  # queues: what a person or a schedule waits for, and what can wait

_TASK = "do_run"
_POLL_SECONDS = 1.0  # a job whose connector was busy is seen no later: nobody tells when a lock is given back
_BEAT_SECONDS = 2.5
_STALLED_SECONDS = 10.0  # without a beat for so long a worker is dead
_SWEEP_SECONDS = 2.0
_LONGEST_WAIT = 5.0  # between two tries to reach a database that is away
_AWAY = (ConnectorException, psycopg.Error, OSError)
_STUMBLED = "queue_worker_stumbled"  # over what nobody thought of. It goes on: its end would be missed by nobody

_FIND = "SELECT set_config('search_path', current_setting('search_path') || ', procrastinate', true)"
_THERE = (
    "SELECT lock, priority, status = 'todo', (args->>'run_id')::bigint "
    "FROM procrastinate.procrastinate_jobs WHERE status IN ('todo', 'doing')"
)

_UNHEARD_SECONDS = 10.0
_DOING = (
    "SELECT j.id, (j.args->>'run_id')::bigint FROM procrastinate.procrastinate_jobs j "
    "WHERE j.status = 'doing' AND (SELECT max(e.at) FROM procrastinate.procrastinate_events e "
    "WHERE e.job_id = j.id AND e.type = 'started') < now() - make_interval(secs => %s)"
)


def hand_out(connection: psycopg.Connection[Any], wanted: list[ToDo]) -> int:
    """Make jobs of runs in the transaction of `connection`: how many.

    A connector has one waiting job of a priority: its next run goes to the end of the queue when that one is done, so
    one that has much to do takes turns with the others.
    """
    found = connection.execute(_THERE).fetchall()
    there = {(lock, priority) for lock, priority, waits, _ in found if waits}
    carried = {run_id for *_, run_id in found}
    made = 0
    for one in wanted:
        place = _lock(one.connector_id), -one.priority
        if place not in there and one.run_id not in carried:
            if not made:
                connection.execute(_FIND)
            there.add(place)
            made += 1
            queue = SOON if one.soon else LATER
            job = _DEFERS.configure_task(_TASK, lock=place[0], priority=place[1], queue=queue, connection=connection)
            job.defer(run_id=one.run_id)
    return made


def doing(connection: psycopg.Connection[Any]) -> dict[int, int]:
    """The jobs that workers said a while ago they were beginning, and said nothing of since: job → run."""
    return dict(connection.execute(_DOING, [_UNHEARD_SECONDS]).fetchall())


def forget(connection: psycopg.Connection[Any], job_ids: list[int]) -> None:
    """End jobs whose worker lives, but was cut off when it would have said that they are done: each would hold its
    connector's lock for as long as that worker lives."""
    ended = "DELETE FROM procrastinate.procrastinate_jobs WHERE id = ANY(%s) AND status = 'doing' RETURNING id"
    if job_ids:
        connection.execute(_FIND)  # for its own triggers
        for (job_id,) in connection.execute(ended, [job_ids]).fetchall():
            log.warning("job_forgotten", job=job_id)


def _told(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What Procrastinate's own tasks failed with and nobody waits for: that a job was given to another worker before
    this one said that it is done, or that the database is away. The run's row tells the rest."""
    error = context.get("exception")
    if isinstance(error, _AWAY):
        log.warning("job_not_finished", reason=str(error.__cause__ or error))
    else:
        loop.default_exception_handler(context)


def _lock(connector_id: int) -> str:
    return f"connector:{connector_id}"


_DEFERS = App(connector=SyncPsycopgConnector())  # never opened: it writes on the connections that it is given


class Crew:
    """Does jobs in threads until it is stopped; each slot is a worker of Procrastinate's, begun again whenever it ends.

    `do` does a run and never raises. `sweep` is called every few seconds, to hand out what has no job. `extra` says
    how many more slots are to be open just now, beside `slots`; they are never more than these.
    """

    def __init__(
        self,
        address: str,
        slots: int,
        do: Callable[[int], None],
        sweep: Callable[[], None],
        extra: Callable[[], int],
    ) -> None:
        self._address, self._slots = address, slots
        self._do, self._sweep, self._extra = do, sweep, extra
        self._threads = ThreadPoolExecutor(2 * slots + 1, thread_name_prefix="run")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._told = threading.Event()

    def run(self) -> None:
        """Work until `stop`; comes back when every job that was begun has ended."""
        asyncio.run(self._main())
        self._threads.shutdown()

    def stop(self) -> None:
        """Begin no more; from any thread."""
        self._told.set()
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._stopping.set)

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_told)
        if self._told.is_set():  # before it began
            return
        wait = 0.1
        while not self._stopping.is_set():
            app = self._app()
            try:
                async with app.open_async():
                    wait = 0.1
                    await self._work(app)
            except _AWAY as error:
                wait = await self._wait_longer(wait, error)
            except Exception:
                log.exception(_STUMBLED)
                wait = await self._wait_more(wait)

    async def _work(self, app: App) -> None:
        """Keep the slots open."""
        open_slots = [
            self._open(app, [SOON] if at == 0 and self._slots > 1 else [SOON, LATER]) for at in range(self._slots)
        ]
        sweeper = asyncio.create_task(self._sweep_again_and_again(app))
        lasting = [sweeper, *open_slots]
        more: list[asyncio.Task[None]] = []
        try:
            while not await self._stopped_within(1.0):
                if any(task.done() for task in lasting):
                    raise RuntimeError("a part of the queue's worker ended, and nobody stopped it")  # all begin again
                more = [task for task in more if not task.done()]
                wanted = min(self._extra(), self._slots)
                more += [self._open(app, [SOON, LATER]) for _ in range(len(more), wanted)]
                for task in more[wanted:]:
                    task.cancel()  # it ends what it does first
        finally:
            for task in (*lasting, *more):
                task.cancel()
            await asyncio.gather(*lasting, *more, return_exceptions=True)

    def _open(self, app: App, queues: list[str]) -> asyncio.Task[None]:
        return asyncio.create_task(self._slot(app, queues))

    async def _slot(self, app: App, queues: list[str]) -> None:
        wait = 0.1
        while not self._stopping.is_set():
            began = asyncio.get_running_loop().time()
            try:
                await app.run_worker_async(
                    queues=queues,
                    concurrency=1,
                    fetch_job_polling_interval=_POLL_SECONDS,
                    update_heartbeat_interval=_BEAT_SECONDS,
                    delete_jobs=DeleteJobCondition.ALWAYS,
                    install_signal_handlers=False,
                )
                reason: Exception | None = None  # it stops by itself when one of its own tasks has failed
            except _AWAY as error:
                reason = error
            except Exception:
                log.exception(_STUMBLED)
                wait = await self._wait_more(wait)
                continue
            if asyncio.get_running_loop().time() - began > _LONGEST_WAIT:
                wait = 0.1
            wait = await self._wait_longer(wait, reason)

    async def _sweep_again_and_again(self, app: App) -> None:
        wait = 0.1
        while True:
            try:
                for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_SECONDS):
                    await app.job_manager.retry_job(job)
                await asyncio.get_running_loop().run_in_executor(self._threads, self._sweep)
            except _AWAY as error:
                wait = await self._wait_longer(wait, error)
            except Exception:
                log.exception(_STUMBLED)
                wait = await self._wait_more(wait)
            else:
                wait = 0.1
                await asyncio.sleep(_SWEEP_SECONDS)

    async def _wait_longer(self, wait: float, reason: Exception | None) -> float:
        if wait > 0.1 and not self._stopping.is_set():  # the first time it may be nothing
            log.warning("queue_unreachable", reason=type(reason).__name__ if reason else "its worker ended")
        return await self._wait_more(wait)

    async def _wait_more(self, wait: float) -> float:
        await self._stopped_within(wait)
        return min(wait * 2, _LONGEST_WAIT)

    async def _stopped_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        return self._stopping.is_set()

    def _app(self) -> App:
        async def configure(connection: psycopg.AsyncConnection[Any]) -> None:
            await connection.execute(f"SET search_path TO {SCHEMA}")
            await connection.commit()

        app = App(
            connector=PsycopgConnector(
                conninfo=self._address,
                configure=configure,
                min_size=1,
                max_size=4,
                timeout=5.0,
                reconnect_timeout=2.0,  # then every request tries by itself, at once instead of ever more rarely
            )
        )

        @app.task(name=_TASK)
        async def do_run(run_id: int) -> None:
            await asyncio.get_running_loop().run_in_executor(self._threads, self._do, run_id)

        return app
