"""Too many records that cannot be read stop a run before it does harm."""

from dataclasses import dataclass, field
from datetime import datetime

from connectors.errors import Changed

EXAMPLES = 100  # records of the page that was one too many that are kept, for a person to see what is wrong
CODE = "too_many_unreadable"


@dataclass(frozen=True, slots=True)
class StopWhen:
    """How many unreadable records one run bears."""

    quarantined: int = 10_000
    share: float = 0.5  # of all that it has fetched
    after: int = 500  # records that it must have fetched before the share says anything


@dataclass(slots=True)
class Tally:
    """One run's count of records that nobody could read. Those that stood aside before are no news.

    Where the run before was stopped, its count goes on: else every try would bear as many again.
    """

    rule: StopWhen
    known_before: datetime | None = None  # the end of the last run that read its source to the end
    fetched: int = 0
    unreadable: int = 0
    goes_on: bool = False  # begins with the counts of runs that were stopped; until it is no longer too much

    def add(self, fetched: int, unreadable: int) -> bool:
        """Count a page in; whether the run has to stop before it is stored."""
        self.fetched += fetched
        self.unreadable += unreadable
        too_large = self.fetched >= self.rule.after and self.unreadable > self.rule.share * self.fetched
        too_many = self.unreadable > self.rule.quarantined or too_large
        self.goes_on = self.goes_on and too_many
        return too_many and not (self.goes_on and not unreadable)  # a good page is stored, whatever came before


@dataclass(slots=True)
class Unlimited(Tally):
    """For runs that a person wants to go on whatever comes, and for what is set aside already."""

    rule: StopWhen = field(default_factory=StopWhen)

    def add(self, fetched: int, unreadable: int) -> bool:  # noqa: ARG002  # as the others are asked
        """Nothing is too much."""
        return False


class TooMany(Changed):
    """So much cannot be read that the mapping, or the source, must be wrong: asking again gives the same."""

    def __init__(self, name: str, tally: Tally, kept: int) -> None:
        rule = tally.rule
        runs = "this run and of those before it that were stopped" if tally.goes_on else "this run"
        super().__init__(
            f"{tally.unreadable:,} of the {tally.fetched:,} records of {runs} cannot be read, more than `stop_when` "
            f"allows (quarantined: {rule.quarantined:,}, share: {rule.share:.0%} after {rule.after:,} records). "
            f"The page with the last of them was not stored; {kept:,} of its records are set aside as examples",
            code=CODE,
            hint=f"`hub quarantine {name}` shows why. Correct the mapping or `stop_when`; or read on nevertheless: "
            f"`hub sync {name} --anyway` (of a replay: `hub replay {name} --everything --anyway`).",
        )
