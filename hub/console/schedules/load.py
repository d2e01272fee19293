"""How many runs are expected at a time, against the places for them, and against what each department bears."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.store.connectors import ConnectorRow
from schedules.plan import DAY, DayPlan

_A_MINUTE = 60.0
_STEP = 10  # minutes that are drawn as one
CROWDED = 0.5  # runs above the places: bands and chance count in parts, of which a few are no crowd


@dataclass(frozen=True, slots=True)
class Planned:
    """One connector's day."""

    row: ConnectorRow
    day: DayPlan
    seconds: float | None  # how long a run takes as a rule; None: none has succeeded yet

    @property
    def minutes(self) -> int:
        """The minutes that a run is expected to touch."""
        return max(1, round((self.seconds or 0.0) / _A_MINUTE))


@dataclass(frozen=True, slots=True)
class Crowd:
    """A time at which more is expected to run than there is place for."""

    begins: int
    ends: int
    most: float  # runs at a time
    bears: int
    whose: str  # a department's group; empty: the workers' places
    names: Sequence[str]


def expected(planned: Sequence[Planned]) -> list[float]:
    """Runs at a time, for every minute of the day. What comes by chance somewhere in a span counts in parts."""
    changes = [0.0] * (DAY + 1)
    for one in planned:
        minutes = one.minutes
        for mark in one.day.marks:
            # Somewhere within the span: the share of it that a run takes.
            wide = mark.ends - mark.begins + minutes
            _add(changes, mark.begins, mark.begins + wide, minutes / wide)
        for band in one.day.bands:
            _add(changes, band.begins, band.ends, min(1.0, max(1 / 60, (one.seconds or 1.0) / 60) / band.every))
    at, found = 0.0, []
    for change in changes[:DAY]:
        at += change
        found.append(at)
    return found


def drawn(load: Sequence[float]) -> list[float]:
    """The most of every ten minutes."""
    return [max(load[at : at + _STEP]) for at in range(0, DAY, _STEP)]


def crowds(planned: Sequence[Planned], places: int) -> list[Crowd]:
    """Where more is expected than there is place for: at the workers, and at each department."""
    found = _over(planned, places, "")
    groups: dict[str, list[Planned]] = {}
    for one in planned:
        group = (one.row.limits or {}).get("group")
        if group:
            groups.setdefault(group, []).append(one)
    for group, members in sorted(groups.items()):
        if len(members) > 1:
            found += _over(members, max(_at_once(one.row.limits) for one in members), group)
    return found


def _over(planned: Sequence[Planned], bears: int, whose: str) -> list[Crowd]:
    load = expected(planned)
    found: list[Crowd] = []
    begins: int | None = None
    for minute, runs in enumerate([*load, 0.0]):
        if runs > bears + CROWDED and begins is None:
            begins = minute
        elif runs <= bears + CROWDED and begins is not None:
            names = [one.row.name for one in planned if _touches(one, begins, minute)]
            found.append(Crowd(begins, minute, max(load[begins:minute]), bears, whose, names))
            begins = None
    return found


def _touches(one: Planned, begins: int, ends: int) -> bool:
    marks = any(mark.begins < ends and mark.ends + one.minutes > begins for mark in one.day.marks)
    return marks or any(band.begins < ends and band.ends > begins for band in one.day.bands)


def _at_once(limits: Mapping[str, int] | None) -> int:
    return int((limits or {}).get("at_once") or 1)


def _add(changes: list[float], begins: int, ends: int, much: float) -> None:
    changes[begins if begins < DAY else DAY] += much
    changes[ends if ends < DAY else DAY] -= much
