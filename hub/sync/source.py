"""One department system, ready to be asked and read."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.contract import Connector, Retry
from hub.sync import circuit
from hub.sync.drift import OnDrift
from hub.sync.gone import OnGone
from hub.sync.kept import Reread
from hub.sync.limits import Limits
from hub.sync.retry import RetryBudget
from hub.sync.threshold import StopWhen
from mappings.engine.reading import Mapping


@dataclass(frozen=True, slots=True)
class Source:
    """What a run has to know of its department; made anew for each run."""

    name: str
    open: Callable[[Retry], AbstractContextManager[Connector]]
    mapping: Mapping
    budget: RetryBudget = field(default_factory=RetryBudget)
    limits: Limits = field(default_factory=Limits)
    rule: circuit.Rule = field(default_factory=circuit.Rule)  # when it is left alone
    on_drift: OnDrift = field(default_factory=OnDrift)
    on_gone: OnGone = field(default_factory=OnGone)  # what becomes of records that a full run did not find
    stop_when: StopWhen = field(default_factory=StopWhen)  # so much of what a run reads cannot be read
    closed_until: Callable[[datetime], datetime | None] = lambda _: None  # in a blackout window: when that is over
    warn_before: timedelta = timedelta(days=30)
    secrets: Sequence[str] = ()  # names of the hub's secrets that it uses
    reread: Reread | None = None  # what was kept of it, as the records in it; None: its type cannot
