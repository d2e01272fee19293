"""`config.yaml`: what the hub says of itself to machines, and how its log is written."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from hub.config.strict import Section
from hub.telemetry.tracing import Tracing


def _readable(text: str) -> str:
    try:
        ip_network(text)
    except ValueError:
        raise ValueError(f"`{text}` is no network; write it as 10.20.0.0/16, or one address as 10.20.1.5") from None
    return text


Network = Annotated[str, AfterValidator(_readable)]


class MetricsSection(Section):
    """Figures for Prometheus at `/metrics`."""

    on: bool = Field(default=True, description="Whether there are any.")
    open_to: tuple[Network, ...] = Field(
        (),
        description="Networks whose machines may read them without a key, as [10.20.0.0/16]; everybody else shows a "
        "key of role read or manage.",
    )
    folder: Path = Field(
        Path("var/metrics"),
        description="Where processes of one `hub web` add up what they count, relative to config.yaml; not shared.",
    )

    def networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Who may read them without a key."""
        return tuple(map(ip_network, self.open_to))


class TracesSection(Section):
    """Traces of runs and requests, by OpenTelemetry."""

    endpoint: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$")] | None = Field(
        None,
        description="Where they go (OTLP over HTTP), as http://collector:4318/v1/traces; left out, none are made. "
        "Needs the extra `tracing`.",
    )
    share: float = Field(1.0, ge=0, le=1, description="Of those that begin here: 0.1 is one in ten.")
    tell_departments: bool = Field(
        default=False, description="Whether requests to departments carry the trace's number (`traceparent`)."
    )

    def read(self) -> Tracing | None:
        """How they are made; None: they are not."""
        return None if self.endpoint is None else Tracing(self.endpoint, self.share, self.tell_departments)


class TelemetrySection(Section):
    """What the hub says of itself to machines."""

    metrics: MetricsSection = MetricsSection()
    traces: TracesSection = TracesSection()
    host: str = Field("127.0.0.1", description="Address on which `hub worker` and `hub scheduler` answer, with `port`.")
    port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="Port on which `hub worker` and `hub scheduler` answer /metrics and /health; left out: none.",
    )


class LogSection(Section):
    """How the log is written."""

    format: Literal["json", "text"] | None = Field(
        None, description="json or text, one event a line; left out, text on a terminal and json everywhere else."
    )
