"""What happened to a dossier, and how the same happening told twice is recognised."""

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import NamedTuple

from hub.record.entities import DOSSIER
from hub.record.merge import TIME_OF, Source, Values
from hub.record.moments import to_the_second

_TOLD = ("at", "status", "name", "actor", "unit", "title", "started_at", "due_at")


class Event(NamedTuple):  # made for every step of every record: several times as fast as a frozen dataclass
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

    @property
    def fingerprint(self) -> bytes:
        """The same for the same happening, whoever tells it and however often: ask once, it is worked out each time.

        What is empty of the later columns is left out of it, so that an event which was stored before there were such
        columns is known again.
        """
        at, status, name, actor, unit, title, started_at, due_at, is_inferred = self
        text = f"{at}\x1f{status or ''}\x1f{name or ''}\x1f{actor or ''}\x1f{unit or ''}"
        if title or started_at or due_at:
            text += f"\x1f{title or ''}\x1f{started_at or ''}\x1f{due_at or ''}"
        if is_inferred:
            text += "\x1finferred"
        return blake2b(text.encode(), digest_size=16).digest()


def events_of(values: Values) -> Iterator[Event]:
    """The events that a record tells of itself."""
    for told in values.get("events", ()):
        yield Event(*map(told.get, _TOLD))


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
    told = source.values.get("events", ())
    if status is None or source.entity != DOSSIER or any(event.get("status") == status for event in told):
        return None
    at = to_the_second(source.changed_at) or source.values.get(TIME_OF.get(status, ""), "")
    if not at and said is not None and said.values.get("status") == status:
        return None
    return Event(at or now, status, inferred=True)
