"""Passing what says nothing to a subscription: most changes are none of its business, and cost it no write.

A database has one lock, or one log, for all who write. So a subscription is given a turn where there is something for
it, and what it passes meanwhile is known to the process alone; its row is moved on once in a minute.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from time import monotonic

from hub.outbox.webhooks.fan_out import is_as_told, look
from hub.outbox.webhooks.sees import MayNot, sees
from hub.store import subscriptions
from hub.store.database import Database
from hub.store.subscriptions import Due

LOOKS_AGAIN = 30.0  # seconds: what a subscription sees can change without any change of a dossier
_PASSES_EVERY, _PASSES_AFTER = 60.0, 10_000  # seconds, changes: so seldom a row is moved on


@dataclass(frozen=True, slots=True)
class _Passed:
    of: tuple[int, str | None]  # position and view of its row then: at others this counts no more
    upto: int  # there is nothing for it until here
    since: float
    at: float  # when it was looked at last


class Looking:
    """What one process has passed. Of one thread."""

    def __init__(self, database: Database, near_due: timedelta) -> None:
        self._database, self._near_due = database, near_due
        self._passed: dict[int, _Passed] = {}

    def in_order(self, due: list[Due]) -> list[Due]:
        """Those that are to be looked at, who was looked at longest ago first."""
        self._passed = {one.id: self._passed[one.id] for one in due if one.id in self._passed}
        wanted = [one for one in due if not one.certain and one.has_room and not self._is_past(one)]
        return sorted(wanted, key=lambda one: self._passed[one.id].at if one.id in self._passed else 0.0)

    def passes(self, due: Due) -> bool:
        """Look at what changed; False: there is, or may be, something that wants a turn.

        Raises:
            StoreError: the database does not answer.
        """
        row = subscriptions.get(self._database, due.id)
        if row is None:
            return True
        now, passed = monotonic(), self._passed.get(due.id)
        if passed is None or passed.of != (row.position, row.view):
            passed = _Passed((row.position, row.view), row.position, now, now)
        try:
            seen = sees(self._database, row, self._database.now(), self._near_due)
        except MayNot:
            return False  # which a turn notes
        if not is_as_told(row, seen):
            return False
        upto, has_news = look(self._database, row, seen, passed.upto)
        self._passed[due.id] = replace(passed, upto=upto, at=now)
        if upto - row.position >= _PASSES_AFTER or (upto > row.position and now - passed.since >= _PASSES_EVERY):
            subscriptions.pass_by(self._database, row, upto)
        return not has_news

    def _is_past(self, due: Due) -> bool:
        passed = self._passed.get(due.id)
        if passed is None or passed.of != (due.position, due.view):
            return False
        return passed.upto >= due.latest and monotonic() - passed.at < LOOKS_AGAIN
