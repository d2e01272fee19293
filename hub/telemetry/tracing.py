"""Traces of runs and requests (OpenTelemetry). Until `begin` nothing of it is loaded, and a span is nothing."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

_SERVICE = "mot-cua-hub"
# An error's text may hold what a record says: its kind is enough here, and the log has the rest.
_WITHOUT_TEXTS = {"record_exception": False, "set_status_on_exception": False}
_NOTHING: AbstractContextManager[None] = nullcontext()  # one for all: it holds nothing


class NoTracing(Exception):
    """Traces were asked for, and what makes them is not installed."""


@dataclass(frozen=True, slots=True)
class Tracing:
    """Where traces go, and how many of them."""

    endpoint: str  # OTLP over HTTP, as http://collector:4318/v1/traces
    share: float = 1.0  # of the traces that begin here
    tell_departments: bool = False  # requests to them carry `traceparent`


@dataclass(slots=True)
class _On:
    tracer: Any
    provider: Any
    tell_departments: bool


_on: _On | None = None


def check() -> None:
    """Whether traces can be made here; loads nothing.

    Raises:
        NoTracing: the extra `tracing` is not installed.
    """
    for module in ("opentelemetry.sdk", "opentelemetry.exporter"):
        try:
            found = find_spec(module)
        except ModuleNotFoundError:
            found = None
        if found is None:
            raise NoTracing(
                "telemetry.traces needs more than is installed: `pip install 'mot-cua-hub[tracing]'`, or leave its "
                "endpoint out"
            )


def begin(how: Tracing, role: str, processor: Any = None) -> None:
    """Make traces from now on, as a `role` of the hub; `processor` gets the spans instead of the collector.

    Raises:
        NoTracing: the extra `tracing` is not installed.
    """
    global _on  # noqa: PLW0603  # a process has one place to which its traces go
    check()
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased  # noqa: PLC0415

    provider = TracerProvider(
        resource=Resource.create({"service.name": _SERVICE, "service.instance.id": f"{role}-{os.getpid()}"}),
        sampler=ParentBased(TraceIdRatioBased(how.share)),
        shutdown_on_exit=False,  # whoever ends the process ends this, too
    )
    provider.add_span_processor(processor or _to_collector(how.endpoint))
    _on = _On(provider.get_tracer("hub"), provider, how.tell_departments)


def end() -> None:
    """Send what is waiting, and make no more."""
    global _on  # noqa: PLW0603  # as above
    if _on is not None:
        _on.provider.shutdown()
        _on = None


def span(name: str, **told: str | int) -> AbstractContextManager[None]:
    """What happens in here is a span of the trace that is under way, or begins one. Never with personal data."""
    return _NOTHING if _on is None else _span(_on, name, told)


def request_span(name: str, headers: Mapping[str, str]) -> AbstractContextManager[Callable[[str, int], None]]:
    """Likewise a request that was sent here, as a part of the sender's trace; it is told its route and status."""
    return _UNTOLD if _on is None else _request_span(_on, name, headers)


def is_on() -> bool:
    """Whether traces are made."""
    return _on is not None


def for_departments() -> dict[str, str]:
    """What a request to a department carries of its trace; nothing unless that is switched on."""
    if _on is None or not _on.tell_departments:
        return {}
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier


@contextmanager
def _span(on: _On, name: str, told: Mapping[str, Any]) -> Iterator[None]:
    with on.tracer.start_as_current_span(
        name, attributes={f"hub.{key}": value for key, value in told.items()}, **_WITHOUT_TEXTS
    ) as made:
        try:
            yield
        except BaseException as error:
            made.set_attribute("error.type", type(error).__name__)
            _broken(made)
            raise


@contextmanager
def _request_span(on: _On, name: str, headers: Mapping[str, str]) -> Iterator[Callable[[str, int], None]]:
    from opentelemetry.trace import SpanKind  # noqa: PLC0415
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    context = TraceContextTextMapPropagator().extract(headers)
    with on.tracer.start_as_current_span(name, context=context, kind=SpanKind.SERVER, **_WITHOUT_TEXTS) as made:

        def told(route: str, status: int) -> None:
            made.update_name(f"{name} {route}")
            made.set_attributes({"http.request.method": name, "http.route": route, "http.response.status_code": status})
            if status >= 500:
                _broken(made)

        yield told


def _broken(made: Any) -> None:
    from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415

    made.set_status(Status(StatusCode.ERROR))


def _untold(_route: str, _status: int) -> None:
    """Nobody listens."""


_UNTOLD: AbstractContextManager[Callable[[str, int], None]] = nullcontext(_untold)


def _to_collector(endpoint: str) -> Any:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    return BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint))
