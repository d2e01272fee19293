"""The keeper's special days: loading a file of them, all or nothing, and the calendar that all of them make."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import Connection, delete, select

from hub.record.signature import Signature
from hub.store import acts
from hub.store.catalogue_tables import calendar
from hub.store.sets import insert_into, many, slices
from schedules.calendar.days import Calendar, Days, Kind, SpecialDay
from schedules.calendar.vietnam import vietnam


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is kept: a day, or for `confirmed` a year."""

    day: str
    kind: str
    name: str
    origin: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What loading a file changes; of a changed line `before` and `after`."""

    added: tuple[Line, ...]
    changed: tuple[tuple[Line, Line], ...]
    removed: tuple[Line, ...]
    unchanged: int

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def difference(connection: Connection, days: Days, origin: str) -> Difference:
    """What a file would change. A day that another file said is taken over; a line it no longer has is removed."""
    kept = {row.day: Line(*row) for row in connection.execute(_ALL)}
    said = _lines(days, origin)
    return Difference(
        tuple(line for day, line in said.items() if day not in kept),
        tuple((kept[day], line) for day, line in said.items() if day in kept and kept[day] != line),
        tuple(line for day, line in kept.items() if line.origin == origin and day not in said),
        sum(kept.get(day) == line for day, line in said.items()),
    )


def load(connection: Connection, days: Days, origin: str, now: datetime, by: Signature | None = None) -> Difference:
    """Keep the days of a file, whole; loading it again changes nothing."""
    found = difference(connection, days, origin)
    for some in slices([line.day for line in found.removed]):
        connection.execute(delete(calendar).where(calendar.c.day.in_(some)))
    rows = [_row(line, now) for line in (*found.added, *(after for _, after in found.changed))]
    statement = insert_into(connection, calendar)
    replaced = {name: statement.excluded[name] for name in ("kind", "name", "origin", "changed_at")}
    many(connection, statement.on_conflict_do_update(index_elements=["day"], set_=replaced), rows)
    if found:
        before = acts.told({line.day: _said(line) for line in (*found.removed, *(one for one, _ in found.changed))})
        after = acts.told({line.day: _said(line) for line in (*found.added, *(one for _, one in found.changed))})
        act = acts.Act.CHANGED
        acts.note(connection, acts.signed(by, now), acts.Kind.CALENDAR, origin, act, before=before, after=after)
    return found


def _said(line: Line) -> str:
    return f"{line.kind}: {line.name}"


def calendar_of(connection: Connection) -> Calendar:
    """The calendar in use; made anew only where a line has changed."""
    return _compiled(tuple(Line(*row) for row in connection.execute(_ALL)))


@lru_cache(maxsize=4)
def _compiled(lines: tuple[Line, ...]) -> Calendar:
    special = [
        SpecialDay(date.fromisoformat(line.day), Kind(line.kind), line.name, line.origin)
        for line in lines
        if line.kind != Kind.CONFIRMED
    ]
    confirmed = {int(line.day): line.name for line in lines if line.kind == Kind.CONFIRMED}
    return vietnam(Days(tuple(special), confirmed))


def _lines(days: Days, origin: str) -> dict[str, Line]:
    special = [Line(one.day.isoformat(), one.kind.value, one.name, origin) for one in days.special]
    years = [Line(str(year), Kind.CONFIRMED.value, name, origin) for year, name in (days.confirmed or {}).items()]
    return {line.day: line for line in (*years, *special)}


def _row(line: Line, now: datetime) -> dict[str, object]:
    return {"day": line.day, "kind": line.kind, "name": line.name, "origin": line.origin, "changed_at": now}


_ALL = select(calendar.c.day, calendar.c.kind, calendar.c.name, calendar.c.origin).order_by(calendar.c.day)
