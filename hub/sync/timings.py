"""Where the time of a run goes, stage by stage. Stages overlap, so together they may be longer than the run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from hub.telemetry import counted
from hub.telemetry.tracing import span


@dataclass(slots=True)
class Timings:
    """Seconds of one run, of every page that it has read so far."""

    wait: float = 0.0  # for its turn at the department, and for pauses between tries
    fetch: float = 0.0  # until the answer was here
    decode: float = 0.0  # until it was records
    map: float = 0.0  # until the records were read
    store: float = 0.0  # until the page was committed

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        """Count what happens in here to a stage, also when it fails."""
        began = monotonic()
        try:
            with span(stage):
                yield
        finally:
            self.add(stage, monotonic() - began)

    def add(self, stage: str, seconds: float) -> None:
        """Count these seconds to a stage."""
        setattr(self, stage, getattr(self, stage) + seconds)
        counted.stage(stage, seconds)

    def as_json(self) -> dict[str, float]:
        """As the run's row keeps them, to the millisecond."""
        return {name: round(getattr(self, name), 3) for name in Timings.__slots__}
