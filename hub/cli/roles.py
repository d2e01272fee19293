"""`hub web`, `hub worker`, `hub scheduler`: the parts of `hub serve` as programs of their own, any number of each."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import structlog
import typer

from hub.cli import telling
from hub.cli.app import DEFAULT_CONFIG, ConfigOption, app, configuration, told
from hub.cli.exits import Exit
from hub.cli.output import err, stop
from hub.config.file import Configuration
from hub.engine import Scheduler, Watch, exporter, hand_out_what_is_queued, sender, worker, worker_trouble
from hub.sync.executor import Executor
from hub.telemetry.parts import Parts, Trouble
from hub.wiring import Hub, keyring, open_hub, register, session_key

log = structlog.get_logger()


@app.command()
def web(
    config: ConfigOption = DEFAULT_CONFIG,
    host: Annotated[str | None, typer.Option(help="Instead of web.host.")] = None,
    port: Annotated[int | None, typer.Option(help="Instead of web.port.")] = None,
    processes: Annotated[int | None, typer.Option(help="Instead of web.processes.", min=1, max=64)] = None,
) -> None:
    """Serve API and console alone; `hub worker` and `hub scheduler` do the rest. PostgreSQL only."""
    from hub.cli.web_settings import web_settings  # noqa: PLC0415
    from hub.web import server  # noqa: PLC0415  (40 MiB, which the other roles do not need)
    from hub.web.app import create_app  # noqa: PLC0415

    found = _for_several("web", config)
    _opened(found).database.close()  # whatever is wrong is said before anything is started
    open_hubs: list[tuple[Hub, tuple[Any, ...]]] = []  # each with what works beside answering

    def make_app() -> Any:
        telling.begin(found, "web")
        hub = _opened(found)
        changes = register(found, hub.database)
        keys = keyring(found, hub.database)
        made = create_app(hub.database, session_key(found), changes, web_settings(found), hub.reads, keys)
        beside = (made.extensions[name] for name in ("hub.quotas", "hub.key_uses"))
        open_hubs.append((hub, (hub.reads, *beside, Watch(hub.database))))
        return made

    def start() -> None:
        for _, parts in open_hubs:
            for part in parts:
                part.start()

    def end() -> None:
        for hub, parts in open_hubs:
            for part in reversed(parts):
                part.stop()
            hub.database.close()
        telling.end()

    section = found.config.web
    telling.share_counts(found, section.port if port is None else port)
    try:
        server.serve(
            make_app,
            host or section.host,
            section.port if port is None else port,
            on_start=start,
            on_stop=end,
            announce=lambda url: err.print(f"Console {url}  API {url}api/v1/docs", highlight=False),
            processes=processes or section.processes,
        )
    except server.ServeError as error:
        stop(str(error), Exit.WRONG)


@app.command(name="worker")
def work(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Do the runs that are queued, until it is stopped. PostgreSQL only; `hub serve` has a worker of its own."""
    found = _for_several("worker", config)
    telling.begin(found, "worker")
    hub = _opened(found)
    executor = worker(hub)
    setting = found.config.workers
    log.info("worker_started", executor=setting.executor, threads=setting.threads, owner=hub.owner)
    outbox, files = sender(hub), exporter(hub)

    def begin() -> None:
        executor.start()
        outbox.start()
        files.start()

    def end() -> None:
        outbox.wind_down()
        files.wind_down()
        executor.stop()
        outbox.stop()
        files.stop()

    _until_told(begin, end, hub, {"worker": worker_trouble(executor)}, executor)


@app.command()
def scheduler(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Fire the schedules, until it is stopped: once each, however many of these run. PostgreSQL only."""
    found = _for_several("scheduler", config)
    telling.begin(found, "scheduler")
    hub = _opened(found)
    clock = Scheduler(hub)
    log.info("scheduler_started", owner=hub.owner)
    _until_told(clock.start, clock.stop, hub, {"scheduler": clock.beat.trouble})


def _for_several(role: str, config: Any) -> Configuration:
    """The configuration, or the end of the command: several programs share PostgreSQL alone."""
    found = configuration(config)
    if found.config.database.url.startswith("sqlite"):
        stop(
            f"`hub {role}` needs PostgreSQL, and database.url names SQLite, which one program has for itself: "
            "run `hub serve`, or name a PostgreSQL and run `hub db upgrade`",
            Exit.WRONG,
        )
    telling.write_log(found)
    telling.check_tracing(found)
    return found


def _opened(found: Configuration) -> Hub:
    with told():
        hub = open_hub(found)
        hand_out_what_is_queued(hub)
        return hub


def _until_told(
    start: Callable[[], None],
    end: Callable[[], None],
    hub: Hub,
    parts: Mapping[str, Trouble],
    executor: Executor | None = None,
) -> None:
    """Work until SIGTERM or SIGINT; a second one, or a drain that takes too long, ends the process at once."""
    stopping = threading.Event()

    def on_signal(*_: object) -> None:
        if stopping.is_set():
            _leave()
        stopping.set()

    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(each) is not signal.SIG_IGN:  # nohup
            signal.signal(each, on_signal)
    watch = Watch(hub.database, executor)
    port = telling.port_of(hub, Parts(dict(parts)))
    watch.start()
    hub.reads.start()
    start()
    if port is not None:
        port.start()
    stopping.wait()
    log.info("draining", owner=hub.owner)
    patience = threading.Timer(hub.configuration.config.workers.drain.total_seconds(), _leave)
    patience.daemon = True
    patience.start()
    end()
    watch.stop()
    if port is not None:
        port.stop()
    hub.reads.stop()
    hub.database.close()
    telling.end()
    log.info("stopped", owner=hub.owner)
    _leave(Exit.OK)


def _leave(code: Exit = Exit.STOPPED) -> None:
    """At once. Nothing is lost: what was under way is taken over where its last page was stored."""
    sys.stderr.flush()
    os._exit(code)
