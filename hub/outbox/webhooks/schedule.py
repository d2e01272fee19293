"""When something is tried again. Pure; times are seconds.

Two things can be wrong, and each has its waits. A subscriber that does not answer (no connection, time-out, 429, 503)
is left alone as a whole, and no notice is used up by that. A notice that it answered with a no is tried again by
itself, while others go on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

_MINUTE, _HOUR = 60.0, 3600.0

# After the first, second … no to one notice; after the last of them it has failed.
NOTICE_WAITS = (5.0, 30.0, 2 * _MINUTE, 10 * _MINUTE, _HOUR, 3 * _HOUR, 8 * _HOUR, 24 * _HOUR)
# After the first, second … exchange in a row without an answer; the last one for ever.
SILENT_WAITS = (5.0, 15.0, 60.0, 5 * _MINUTE, 15 * _MINUTE, _HOUR)
NOES_IN_A_ROW = 5  # to whatever notices: from then on the subscriber is left alone, too
LONGEST_ASKED = 6 * _HOUR  # of what a Retry-After may ask for
STOPPED_AFTER = timedelta(days=3)  # of failures without one notice taken
JITTER = 0.2  # waits are up to so much longer, or shorter: else all that failed together would come back together


@dataclass(frozen=True, slots=True)
class Answered:
    """What an exchange came to."""

    status: int | None  # None: there was no answer
    error: str | None  # a sentence; None: taken
    retry_after: float | None = None

    @property
    def taken(self) -> bool:
        """Whether the subscriber has the notice."""
        return self.error is None

    @property
    def silent(self) -> bool:
        """Whether it says nothing on the notice: nobody was there, or was too busy."""
        return self.status is None or self.status in (408, 425, 429, 503)

    @property
    def gone(self) -> bool:
        """Whether the subscriber wants no more notices at all."""
        return self.status == 410


@dataclass(frozen=True, slots=True)
class Standing:
    """How a subscriber fares."""

    failures: int  # in a row
    failing_since: datetime | None


@dataclass(frozen=True, slots=True)
class Next:
    """What follows on an exchange."""

    failures: int
    failing_since: datetime | None
    left_alone: float | None  # the subscriber, for so long
    notice_wait: float | None  # the notice; None: at once, or never
    notice_failed: bool = False
    stopped: str | None = None  # the sentence that says why


def after(answered: Answered, standing: Standing, tries: int, now: datetime, chance: Callable[[], float]) -> Next:
    """What follows on an exchange on a notice that was answered with a no `tries` times before.

    `chance` gives a number from 0 to 1.
    """
    if answered.taken:
        return Next(0, None, None, None)
    failures, since = standing.failures + 1, standing.failing_since or now
    stopped = _stopped(answered, since, now)
    if answered.silent:
        wait = spread(SILENT_WAITS[min(failures, len(SILENT_WAITS)) - 1], chance())
        asked = min(answered.retry_after or 0.0, LONGEST_ASKED)
        return Next(failures, since, max(wait, asked), None, stopped=stopped)
    left_alone = None
    if failures >= NOES_IN_A_ROW:
        place = min(failures - NOES_IN_A_ROW, len(SILENT_WAITS) - 1)
        left_alone = spread(SILENT_WAITS[place], chance())
    if tries >= len(NOTICE_WAITS):
        return Next(failures, since, left_alone, None, notice_failed=not answered.gone, stopped=stopped)
    return Next(failures, since, left_alone, spread(NOTICE_WAITS[tries], chance()), stopped=stopped)


def spread(seconds: float, chance: float) -> float:
    """A wait that is a little longer or shorter, as `chance` (0 to 1) has it."""
    return seconds * (1 + JITTER * (2 * chance - 1))


def _stopped(answered: Answered, since: datetime, now: datetime) -> str | None:
    if answered.gone:
        return "the subscriber answered 410 Gone: it wants no more notices"
    if now - since >= STOPPED_AFTER:
        days = STOPPED_AFTER.days
        return f"no notice could be delivered for {days} days; the last attempt: {answered.error}"
    return None
