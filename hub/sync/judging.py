"""What a source says of one day beside what the hub holds of it. Pure but for the look into the store."""

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import date, datetime

from hub.record.moments import as_version
from hub.store import held
from hub.store.database import Database


@dataclass(frozen=True, slots=True)
class Said:
    """What a source says of a period: a day, or what changed since the hub last read it."""

    start: datetime
    end: datetime
    day: date | None  # None: what changed since
    there: int | None = None  # None: it tells no number, or was not asked
    keys: Set[str] | None = None  # None: it tells none, was not asked, or they are too many to be compared
    cut: bool = False  # the day goes on after `end`

    @property
    def size(self) -> int:
        """About how many bytes it holds."""
        return sum(map(len, self.keys or ())) + 64 * len(self.keys or ())


@dataclass(slots=True)
class Judged:
    """One day, counted on both sides."""

    day: date
    until: datetime | None  # None: to its end
    there: int | None
    here: int
    aside: int  # there, and in quarantine here
    missing: set[str] = field(default_factory=set)
    extra: set[str] = field(default_factory=set)
    by_key: bool = False
    lacking: int = 0  # where no keys are told: so many fewer here
    spare: int = 0  # likewise: so many more here
    unsure: str = ""  # why nothing can be said of it

    @property
    def is_missing(self) -> int:
        """How many records are there and not here."""
        return len(self.missing) or self.lacking

    @property
    def is_extra(self) -> int:
        """How many records are here and not there."""
        return len(self.extra) or self.spare

    def changed_since(self, keys: Set[str] | None, count: int | None) -> None:
        """Leave out what has changed at the source since the hub last read it: its next run brings it."""
        if self.by_key:
            self.missing -= keys or set()
            self.extra -= keys or set()
        elif self.spare and count is not None and self.spare <= count and not self.unsure:
            # They may have moved on from this day, and hide as many that are missing.
            self.unsure = f"{count:,} changed at the source since it was last read, so the numbers need not agree yet"


def judged(database: Database, connector_id: int, said: Said) -> Judged:
    """A day of a source beside what the hub holds."""
    assert said.day is not None  # noqa: S101  (what changed since is no day)
    start, end = as_version(said.start), as_version(said.end)
    until = said.end if said.cut else None
    with database.read() as connection:
        if said.keys is None:
            here, aside = held.count_changed(connection, connector_id, start, end)
            undated = said.there is not None and said.there > here and held.has_undated(connection, connector_id)
        else:
            mine = held.keys_changed(connection, connector_id, start, end)
            known = held.standing(connection, connector_id, said.keys - mine)
    if said.keys is None:
        return _by_number(said, until, here, aside, undated=undated)
    missing, aside, others = set(), 0, 0
    for key in said.keys - mine:
        one = known.get(key)
        if one is None or one.gone or (one.changed_at and one.changed_at < start):
            missing.add(key)  # never seen, or seen only as it was before this change
        elif one.quarantined:
            aside += 1
        else:
            others += 1  # held with a later change, or without a time: it is here
    there = len(said.keys) if said.there is None else said.there
    return Judged(said.day, until, there, len(mine) + others, aside, missing, set(mine - said.keys), by_key=True)


def _by_number(said: Said, until: datetime | None, here: int, aside: int, *, undated: bool) -> Judged:
    assert said.day is not None  # noqa: S101
    found = Judged(said.day, until, said.there, here, aside)
    if said.there is None:
        found.unsure = "the source told neither a number nor keys that can be compared"
    elif undated:
        found.unsure = "the source does not say of every record when it changed, so days cannot be counted here"
    else:
        found.lacking, found.spare = max(0, said.there - here - aside), max(0, here - said.there)
    return found
