"""From when on something is an alert. The defaults are meant to be right where nobody has set anything."""

from dataclasses import dataclass
from datetime import timedelta

from hub.alerts.kinds import ALWAYS, Rule


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Of every rule, each beginning with its name."""

    off: frozenset[Rule] = frozenset()
    freshness_after: timedelta = timedelta(minutes=5)  # for so long missed
    freshness_critical_after: timedelta = timedelta(hours=4)
    failing_share: float = 0.5  # of the runs that ended within …
    failing_within: timedelta = timedelta(hours=3)
    failing_runs: int = 3  # at least so many failed; or so many in a row, however long they took
    quarantine_records: int = 20  # set aside within a day
    quarantine_share: float = 0.05  # of those that were fetched
    volume_weeks: int = 8
    volume_times: float = 4.0  # so many usual deviations away
    volume_least: int = 20  # records: fewer say nothing
    expiring_critical: timedelta = timedelta(days=3)
    disk_free: float = 0.1
    disk_critical: float = 0.03
    backlog_after: timedelta = timedelta(minutes=15)
    no_worker_after: timedelta = timedelta(minutes=3)
    widespread_share: float = 0.5  # of the active connectors
    widespread_least: int = 5
    subscriber_after: timedelta = timedelta(hours=6)
    slow_store_seconds: float = 5.0
    channel_after: timedelta = timedelta(minutes=10)

    def looks_for(self, rule: Rule) -> bool:
        """Whether a rule is looked through."""
        return rule in ALWAYS or rule not in self.off
