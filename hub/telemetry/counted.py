"""What a process counts of itself. Off until `begin`: then nothing is counted, and no library is loaded for it."""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.telemetry.catalogue import COUNTED, Kind

if TYPE_CHECKING:
    pass

_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"


class Counted:
    """The metrics of this process."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram  # noqa: PLC0415

        self.registry: CollectorRegistry = CollectorRegistry()
        self._by_name: dict[str, Any] = {}
        for one in COUNTED:
            match one.kind:
                case Kind.HISTOGRAM:
                    made: Any = Histogram(
                        one.name, one.meaning, one.labels, buckets=one.buckets, registry=self.registry
                    )
                case Kind.COUNTER:
                    made = Counter(one.name, one.meaning, one.labels, registry=self.registry)
                case Kind.GAUGE:
                    made = Gauge(one.name, one.meaning, one.labels, registry=self.registry, multiprocess_mode="livesum")
            self._by_name[one.name] = made
        self._known: dict[tuple[str, ...], Any] = {}

    def of(self, name: str, *labels: str) -> Any:
        """A metric with its labels' values; each is put together once."""
        key = (name, *labels)
        found = self._known.get(key)
        if found is None:
            metric = self._by_name[name]
            found = self._known[key] = metric.labels(*labels) if labels else metric
        return found


_counted: Counted | None = None


def share(folder: Path) -> None:
    """Let the processes that are forked from here add up what they count, in files below `folder`: emptied now.

    Only before anything is counted: the library looks once whether it is to do so.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    os.environ[_DIRECTORY] = str(folder)


def begin() -> Counted:
    """Count from now on, from nothing."""
    global _counted  # noqa: PLW0603  # a process counts itself, and there is one of it
    _counted = Counted()
    return _counted


def end() -> None:
    """Count no more."""
    global _counted  # noqa: PLW0603  # as above
    _counted = None


def counted() -> Counted | None:
    """What is counted; None: nothing is."""
    return _counted


def process_ended(pid: int) -> None:
    """Forget what was true only while that process lived; what it had counted stays."""
    if _DIRECTORY in os.environ:
        from prometheus_client import multiprocess  # noqa: PLC0415

        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]


def answered(route: str | None, method: str, status: int, seconds: float) -> None:
    """A request was answered; `route`: its template, None where there is no such address."""
    if _counted is not None:
        known = method if method in _METHODS else OTHER
        _counted.of("hub_http_request_seconds", route or OTHER, known, f"{status // 100}xx").observe(seconds)


def stage(name: str, seconds: float) -> None:
    """A step of a run was done."""
    if _counted is not None:
        _counted.of("hub_stage_step_seconds", name).observe(seconds)


def run_ended(kind: str, outcome: str, seconds: float) -> None:
    """A run came to its end in this process."""
    if _counted is not None:
        _counted.of("hub_run_seconds", kind, outcome).observe(seconds)


def retried(connector: str) -> None:
    """A department did not answer as it should, and is asked the same again."""
    if _counted is not None:
        _counted.of("hub_retries_total", connector).inc()


def connections(more: int) -> None:
    """So many more connections to the database are in use; fewer where it is negative."""
    if _counted is not None:
        _counted.of("hub_database_connections").inc(more)


def logged(level: str) -> None:
    """Something was logged that somebody should look at."""
    if _counted is not None:
        _counted.of("hub_log_events_total", level).inc()
