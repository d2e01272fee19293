"""How many notices a process sends at a time, and whose turn is next. Pure; times are seconds of `monotonic`.

A subscriber that answers takes a place for milliseconds; one that hangs would take it for the whole time-out. So an
exchange that lasts gives its place back and goes on beside it, and who failed last time never takes one of those
places: a hundred dead subscribers leave the living ones all of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hub.store.subscriptions import Due

PATIENCE_SECONDS = 0.25  # then an exchange does not count among the prompt ones any more
_BESIDE = 12  # times as many exchanges may last at a time; each is a thread that waits
_DOUBTFUL = 4  # times as many may be with subscribers that failed last time: so those that last leave room, too


@dataclass(slots=True)
class _Turn:
    doubtful: bool
    since: float  # when its exchange began, or the turn


@dataclass(slots=True)
class Places:
    """The turns of one process. Not safe between threads by itself."""

    prompt: int
    _turns: dict[int, _Turn] = field(default_factory=dict)
    _served: dict[int, int] = field(default_factory=dict)  # when each had its last turn, counted in turns
    _count: int = 0

    def enter(self, due: Due, now: float) -> None:
        """A turn begins."""
        self._count += 1
        self._served[due.id] = self._count
        self._turns[due.id] = _Turn(due.doubtful, now)

    def begins(self, subscription_id: int, now: float) -> None:
        """An exchange of a turn begins."""
        self._turns[subscription_id].since = now

    def leave(self, subscription_id: int) -> None:
        """A turn has ended."""
        self._turns.pop(subscription_id, None)

    def has_room(self, doubtful: bool, now: float) -> bool:  # noqa: FBT001  (of a `Due`)
        """Whether one more turn may begin."""
        if len(self._turns) >= self.prompt * (_BESIDE + 1):
            return False
        if doubtful:
            return sum(turn.doubtful for turn in self._turns.values()) < self.prompt * _DOUBTFUL
        return sum(not turn.doubtful and now - turn.since < PATIENCE_SECONDS for turn in self._turns.values()) < (
            self.prompt
        )

    def is_empty(self) -> bool:
        """Whether no turn is under way."""
        return not self._turns

    def in_order(self, due: Iterable[Due]) -> list[Due]:
        """Those that have no turn now: who waited longest first, and who failed last time after all others."""
        free = [one for one in due if one.id not in self._turns]
        return sorted(free, key=lambda one: (one.doubtful, self._served.get(one.id, 0), one.id))

    def forget_all_but(self, ids: Iterable[int]) -> None:
        """Remember no turns of subscriptions that have nothing to do."""
        kept = set(ids)
        self._served = {number: count for number, count in self._served.items() if number in kept}
