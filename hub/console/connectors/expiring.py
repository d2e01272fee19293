"""What will end: certificates, tokens and secrets of connectors, as their runs and their owners said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter

from hub.console.secrets import names
from hub.record.connector_state import Life
from hub.record.moments import ZONE
from hub.store.connectors import ConnectorRow

DAYS = 90


@dataclass(frozen=True, slots=True)
class Ends:
    """One thing that ends."""

    on: date
    code: str  # of the warning that tells of it
    sentence: str  # technical; empty of a secret
    connectors: Sequence[ConnectorRow]
    secret: str = ""

    def days(self, today: date) -> int:
        """How many days are left; less than none: it has ended."""
        return (self.on - today).days


def ending(rows: Sequence[ConnectorRow], now: datetime) -> list[Ends]:
    """What has ended or ends within 90 days, the next first, over these connectors."""
    last = now.astimezone(ZONE).date() + timedelta(days=DAYS)
    by_name = {row.name: row for row in rows if row.state != Life.RETIRED}
    found = [one for row in by_name.values() for one in _of_runs(row)]
    for kept in names.listed():
        users = [by_name[name] for name in kept.used_by if name in by_name]
        if kept.expires_on:
            found.append(Ends(date.fromisoformat(kept.expires_on), "secret_ends", "", users, kept.name))
    return sorted((one for one in found if one.on <= last), key=attrgetter("on", "code", "sentence", "secret"))


def _of_runs(row: ConnectorRow) -> list[Ends]:
    """A secret of the hub is told by its own row, which is newer than the last run."""
    told = [one for one in row.warnings or [] if one.get("until") and one["code"] != "secret_ends"]
    return [Ends(_day(one["until"]), one["code"], one["sentence"], (row,)) for one in told]


def _day(text: str) -> date:
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(ZONE).date()
