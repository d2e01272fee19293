"""Who hears what, when, and where links lead: what the configuration says."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from hub.alerts.heartbeat import EVERY
from hub.alerts.kinds import Rule, Severity, calm
from hub.alerts.letter import Letter
from hub.alerts.thresholds import Thresholds


class NotSent(Exception):
    """A channel did not take a letter; the sentence says why."""


class Way(Protocol):
    """How letters reach a channel."""

    def send(self, letter: Letter) -> str:
        """Hand it over; what is amiss though it was taken, else nothing.

        Raises:
            NotSent: it was not taken, or nobody knows.
        """
        ...


@dataclass(frozen=True, slots=True)
class Channel:
    """Somebody to be told, and of what."""

    name: str
    kind: str  # mail, webhook
    way: Way = field(repr=False)  # may hold a password
    to: str = ""  # where it leads, for a person: no secret
    severity: Severity = Severity.WARNING  # from here on
    level: int = 0  # 0: at once; 1: after nobody answered for `escalate_after`; 2: after twice that …
    agencies: Collection[str] = ()  # with all below them; none: every one, and the hub itself
    connectors: Collection[str] = ()  # likewise

    def hears(self, severity: str, connector: str | None, agency: str | None, known: Collection[str]) -> bool:
        """Whether it is told of such an alert; `known`: its agencies with all below them, as they are compared."""
        if self.severity is Severity.CRITICAL and severity != Severity.CRITICAL:
            return False
        if not self.agencies and not self.connectors:
            return True
        return connector is not None and (connector in self.connectors or (agency is not None and agency in known))


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything."""

    limits: Thresholds = field(default_factory=Thresholds)
    channels: tuple[Channel, ...] = ()
    group_wait: timedelta = timedelta(seconds=30)
    escalate_after: timedelta = timedelta(minutes=30)
    repeat: timedelta = timedelta(hours=4)
    address: str = ""  # of the console, for links; empty: none are made
    every: timedelta = EVERY  # the rules are looked through
    over_after: timedelta | None = None  # that nothing is found; None: as each rule has it

    def calm(self, rule: Rule, times: int) -> timedelta:
        """How long something must not be found any more before it is over."""
        return calm(rule, times, self.over_after)

    @property
    def highest(self) -> int:
        """The last level that somebody is told at."""
        return max((channel.level for channel in self.channels), default=0)


Policies = Callable[[], Policy]
