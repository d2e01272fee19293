"""How much clients asked today and in this minute, of what each may."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.record.moments import start_of, today
from hub.store import windows
from hub.store.clients import Client, Quota
from hub.store.database import Database
from hub.store.windows import minute_of


@dataclass(frozen=True, slots=True)
class Use:
    """Of one client; a limit of None: there is none."""

    minute: int
    per_minute: int | None
    day: int
    per_day: int | None

    @property
    def share(self) -> int:
        """Of the day's quota, in per cent."""
        return 0 if not self.per_day else min(100, round(self.day * 100 / self.per_day))


def used_today(database: Database, clients: Sequence[Client], default: Quota, now: datetime) -> dict[int, Use]:
    """By the clients' ids; a second or two behind, as processes tell it to each other."""
    day = minute_of(datetime.fromisoformat(start_of(today())))
    minute = minute_of(now)
    counted = windows.totals(
        database, [window for one in clients for window in ((f"day:{one.id}", day), (f"minute:{one.id}", minute))]
    )
    return {
        one.id: Use(
            counted.get((f"minute:{one.id}", minute), 0),
            one.quota.per_minute or default.per_minute,
            counted.get((f"day:{one.id}", day), 0),
            one.quota.per_day or default.per_day,
        )
        for one in clients
    }
