"""How a department system is spared: tries, limits, circuit, windows; and what is told when it changes."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StringConstraints, field_validator

from hub.config.strict import Section
from hub.sync.circuit import Rule
from hub.sync.completeness import Rule as Completeness
from hub.sync.drift import OnDrift, Policy
from hub.sync.gone import OnGone
from hub.sync.gone import Policy as GonePolicy
from hub.sync.limits import Limits
from hub.sync.retry import RetryBudget
from hub.sync.threshold import StopWhen
from schedules.cadence import Duration
from schedules.windows import Window, open_at_times

_COUNTED_AT_MOST = timedelta(minutes=5)


class RetrySection(Section):
    """How long an unavailable department system is asked again before the run gives up."""

    attempts: int = Field(4, ge=1, le=20, description="How often one request is tried in all.")
    first_wait: Duration = Field(timedelta(seconds=1), description="Longest wait before the second try; it doubles.")
    longest_wait: Duration = Field(timedelta(minutes=1), description="No single wait is longer than this.")
    budget: int = Field(20, ge=0, le=10_000, description="How many requests of one whole run may be repeated.")

    def read(self) -> RetryBudget:
        """As a run keeps to it."""
        waits = self.first_wait.total_seconds(), self.longest_wait.total_seconds()
        return RetryBudget(self.attempts, *waits, in_all=self.budget)


class LimitsSection(Section):
    """What the department system bears, from each process of the hub."""

    requests_per_second: float | None = Field(
        None, gt=0, le=1000, description="No more requests in a second than this; 0.2 is one in five seconds."
    )
    at_once: int = Field(1, ge=1, le=100, description="No more requests under way at the same time.")
    group: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")] | None = Field(
        None, description="Connectors that name the same group are one department's, and share what it bears."
    )

    def read(self) -> Limits:
        """As a run keeps to it."""
        return Limits(self.requests_per_second, self.at_once, self.group)


class CircuitSection(Section):
    """When a connector whose runs fail is left alone, and for how long."""

    after: int = Field(
        5,
        ge=1,
        le=1000,
        description="After so many runs in a row that found the system unavailable schedules wait; after refused "
        "credentials or a changed interface at once.",
    )
    first_wait: Duration = Field(
        timedelta(minutes=5), description="How long at first; it doubles while runs go on to fail."
    )
    longest_wait: Duration = Field(
        timedelta(hours=1), description="No longer than this; so long at once where the interface has changed."
    )

    def read(self) -> Rule:
        """As a run keeps to it."""
        return Rule(self.after, self.first_wait, self.longest_wait)


class CompletenessSection(Section):
    """How the days of a system that can say what it has are counted against the hub; what is missing is fetched."""

    days: int = Field(7, ge=0, le=366, description="How many days back, today included; 0: none are counted.")
    every: Duration = Field(timedelta(days=1), description="They are counted again after this long.")

    @field_validator("every")
    @classmethod
    def _spares(cls, every: timedelta) -> timedelta:
        if every < _COUNTED_AT_MOST:
            raise ValueError("`every` must not be shorter than 5m: each count asks the department for every day")
        return every

    def read(self) -> Completeness | None:
        """What the scheduler goes by; None: they are not counted."""
        return Completeness(self.days, self.every) if self.days else None


class DriftSection(Section):
    """What happens when the system is not as it was: go_on, warn, or stop until `hub connector accept`."""

    description: Policy = Field(Policy.WARN, description="Its own description (WSDL, OpenAPI) is another one.")
    fields: Policy = Field(Policy.WARN, description="Fields of its records are new, missing or of another kind.")

    def read(self) -> OnDrift:
        """As a run keeps to it."""
        return OnDrift(self.description, self.fields)


def _share(written: Any) -> float:
    text = str(written).strip()
    number = text.removesuffix("%").strip()
    if text == number or not number.replace(".", "", 1).isdecimal():
        raise ValueError(f"{text!r} is no share; write it as 50%")
    return float(number) / 100


Share = Annotated[
    float,
    BeforeValidator(_share, json_schema_input_type=str),
    Field(ge=0, le=1),
    PlainSerializer(lambda share: f"{share * 100:g}%", return_type=str),
]


class StopSection(Section):
    """When a run stops because too much of what it reads cannot be read; what stood in quarantine before is no news."""

    quarantined: int = Field(10_000, ge=0, description="More unreadable records in one run than this stop it.")
    share: Share = Field(0.5, description="More of what it has fetched than this stops it, too, as in 50%.")
    after: int = Field(500, ge=1, description="The share is looked at when so many records have been fetched.")

    def read(self) -> StopWhen:
        """As a run keeps to it."""
        return StopWhen(self.quarantined, self.share, self.after)


class GoneSection(Section):
    """What becomes of records that a full listing (`hub sync NAME --full`) did not hold though the hub has them."""

    policy: GonePolicy = Field(
        GonePolicy.ASK,
        description="ask: they wait until a person says that they are gone (`hub gone`). mark: they are marked as gone "
        "by themselves; right only where the listing holds all that the system has. keep: they are only counted.",
    )
    share: Share = Field(
        0.01, description="With mark: more than this of what the hub has of the connector waits for a person, as in 1%."
    )
    records: int = Field(100, ge=0, description="With mark: more records than this wait for a person, too.")

    def read(self) -> OnGone:
        """As a run keeps to it."""
        return OnGone(self.policy, self.share, self.records)


Blackout = Annotated[tuple[Window, ...], AfterValidator(open_at_times)]
