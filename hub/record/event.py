"""What happened to a dossier, and how the same happening told twice is recognised."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hub.record.entities import DOSSIER
from hub.record.merge import TIME_OF, Source, Values
from hub.record.moments import to_the_second


@dataclass(frozen=True, slots=True)
class Event:
    """One happening; `at` is its time at the source (UTC ISO 8601), as are `started_at` and `due_at`."""

    at: str
    status: str | None = None
    name: str | None = None
    actor: str | None = None
    unit: str | None = None
    title: str | None = None  # the actor's
    started_at: str | None = None
    due_at: str | None = None
    inferred: bool = False  # no source tells it; what one says of the dossier shows it
    # The same for the same happening, whoever tells it and however often.
    fingerprint: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Compute the fingerprint once: it is asked for again and again. What is empty of the later columns is left
        out of it, so that an event which was stored before there were such columns is known again."""
        told = [self.at, self.status or "", self.name or "", self.actor or "", self.unit or ""]
        if self.title or self.started_at or self.due_at:
            told += [self.title or "", self.started_at or "", self.due_at or ""]
        if self.inferred:
            told.append("inferred")
        object.__setattr__(self, "fingerprint", hashlib.blake2b("\x1f".join(told).encode(), digest_size=16).digest())


def events_of(values: Values) -> Iterator[Event]:
    """The events that a record tells of itself."""
    for told in values.get("events", ()):
        yield Event(
            told["at"],
            told.get("status"),
            told.get("name"),
            told.get("actor"),
            told.get("unit"),
            told.get("title"),
            told.get("started_at"),
            told.get("due_at"),
        )


def withdrawn(said: Source, source: Source, guesses: Iterable[Event]) -> tuple[set[bytes], str]:
    """What another reading of the very same bytes takes back, and the time of a status that nobody dated.

    `guesses` are the inferred events of this record until now: what was wrongly read never happened, and what was
    meant happened when it was thought to.
    """
    gone = {event.fingerprint for event in events_of(said.values)}
    kept = {event.fingerprint for event in events_of(source.values)}
    status, at = said.values.get("status"), ""
    dated = inferred(said, None, "")
    guess: Event | None = dated if dated and dated.at else None
    if dated and not dated.at and status != source.values.get("status"):
        guess = max((one for one in guesses if one.status == status), key=lambda one: one.at, default=None)
        at = guess.at if guess else ""
    again = inferred(source, said, "")
    return (gone | ({guess.fingerprint} if guess else set())) - kept - ({again.fingerprint} if again else set()), at


def inferred(source: Source, said: Source | None, now: str) -> Event | None:
    """The change of status that a version of a record shows though it tells no event of it.

    A function of the version alone, whatever came before it. Only where the source does not date the status it is
    dated `now`, and `said`, the version before, tells whether it is one at all.
    """
    status = source.values.get("status")
    if status is None or source.entity != DOSSIER or any(event.status == status for event in events_of(source.values)):
        return None
    at = to_the_second(source.changed_at) or source.values.get(TIME_OF.get(status, ""), "")
    if not at and said is not None and said.values.get("status") == status:
        return None
    return Event(at or now, status, inferred=True)
