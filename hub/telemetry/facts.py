"""Facts of the store as metrics: worked out at most once in ten seconds, however many ask."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias

from hub.telemetry.catalogue import FACTS, Kind

if TYPE_CHECKING:
    from prometheus_client.core import Metric as Family

Fact: TypeAlias = tuple[str, tuple[str, ...], float]  # metric, values of its labels, value
_Told: TypeAlias = Mapping[str, Sequence[tuple[tuple[str, ...], float]]]
_KEPT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class _Kept:
    at: float
    facts: "_Told"


class Facts:
    """What Prometheus' library asks for facts; `gather` works them out, and raises `away` where that cannot be done."""

    def __init__(self, gather: Callable[[], Iterable[Fact]], away: type[Exception]) -> None:
        self._gather, self._away = gather, away
        self._lock = threading.Lock()
        self._kept: _Kept | None = None

    def collect(self) -> Iterator["Family"]:
        """Every fact as the library wants it."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily  # noqa: PLC0415

        kept = self._known()
        age = monotonic() - kept.at
        told: _Told = {**kept.facts, "hub_facts_age_seconds": [((), max(0.0, age))]}
        for metric in FACTS:
            kind: Any = CounterMetricFamily if metric.kind is Kind.COUNTER else GaugeMetricFamily
            family = kind(metric.name, metric.meaning, labels=metric.labels)
            for labels, value in told.get(metric.name, ()):
                family.add_metric(labels, value)
            yield family

    def _known(self) -> _Kept:
        with self._lock:  # who comes meanwhile waits and is told the same
            if self._kept is None or monotonic() - self._kept.at > _KEPT_SECONDS:
                self._kept = self._worked_out()
            return self._kept

    def _worked_out(self) -> _Kept:
        found: dict[str, list[tuple[tuple[str, ...], float]]] = {}
        try:
            for name, labels, value in self._gather():
                found.setdefault(name, []).append((labels, value))
        except self._away:
            return _Kept(monotonic(), {"hub_up": [((), 0.0)]})
        return _Kept(monotonic(), found | {"hub_up": [((), 1.0)]})
