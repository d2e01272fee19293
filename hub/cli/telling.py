"""What a process that runs for long says of itself: its log, its metrics, its traces, and a port for them."""

from collections.abc import Callable
from datetime import UTC, datetime

from hub import logs
from hub.cli.exits import Exit
from hub.cli.output import stop
from hub.config.file import Configuration
from hub.store import schema
from hub.store.database import Database, StoreError
from hub.sync.figures import Figures
from hub.telemetry import counted, exposition, tracing
from hub.telemetry.facts import Facts
from hub.telemetry.parts import Parts
from hub.telemetry.port import Port, PortTaken
from hub.wiring import Hub


def write_log(found: Configuration) -> None:
    """Write the log as the configuration says."""
    logs.configure(found.config.log.format)


def share_counts(found: Configuration, port: int) -> None:
    """Let the processes of one server add up what they count; before they are forked."""
    if found.config.telemetry.metrics.on:
        counted.share(found.root / found.config.telemetry.metrics.folder / str(port))


def check_tracing(found: Configuration) -> None:
    """End the command where traces are asked for that cannot be made: before any process is begun."""
    if found.config.telemetry.traces.endpoint is not None:
        try:
            tracing.check()
        except tracing.NoTracing as error:
            stop(str(error), Exit.WRONG)


def begin(found: Configuration, role: str) -> None:
    """Count and trace in this process, as the configuration says."""
    telemetry = found.config.telemetry
    if telemetry.metrics.on:
        counted.begin()
    if (traces := telemetry.traces.read()) is not None:
        tracing.begin(traces, role)


def end() -> None:
    """Send what is waiting to be sent."""
    tracing.end()


def port_of(hub: Hub, parts: Parts) -> Port | None:
    """Where a process that answers nobody else tells of itself; None: nowhere. It is not begun yet."""
    setting = hub.configuration.config.telemetry
    if setting.port is None:
        return None
    metrics = _metrics(hub) if setting.metrics.on else None
    networks = setting.metrics.networks()
    try:
        return Port(setting.host, setting.port, parts, lambda: trouble_of(hub.database), metrics, networks)
    except PortTaken as error:
        stop(str(error), Exit.WRONG)


def trouble_of(database: Database) -> str | None:
    """What is wrong with the database; None: nothing is."""
    try:
        return (
            None if schema.is_current(database) else "it is of another version; `hub db upgrade` brings it to this one"
        )
    except StoreError as error:
        return str(error)


def _metrics(hub: Hub) -> Callable[[], tuple[bytes, str]]:
    figures = Figures(hub.database, lambda: datetime.now(UTC), hub.reads.waiting)
    facts = Facts(figures.gather, StoreError)
    return lambda: exposition.text(counted.counted(), facts)
