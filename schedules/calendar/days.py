"""Days that are not like others of their weekday: holidays, and days worked to make up for one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

FIRST_YEAR, LAST_YEAR = 1995, 2099  # before it other rules held; beyond it the lunar calendar is not computed
TO_BE_VERIFIED = "to be verified"  # how the origin of a day ends that no law at hand gives


class Kind(StrEnum):
    """What a special day is. `confirmed` is said of a year: its holidays are known from a decision."""

    HOLIDAY = "holiday"
    WORKING = "working"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """One special day and who says so: a file, or the hub's own data."""

    day: date
    kind: Kind
    name: str
    origin: str

    @property
    def verified(self) -> bool:
        """Whether a law or a decision at hand gives it."""
        return not self.origin.endswith(TO_BE_VERIFIED)


@dataclass(frozen=True, slots=True)
class Days:
    """What one file says: special days, and the years whose holidays are confirmed (with the decision's name)."""

    special: tuple[SpecialDay, ...] = ()
    confirmed: Mapping[int, str] | None = None


class OutOfCalendar(ValueError):
    """A day for which no calendar can be made."""


class Calendar:
    """Special days by day. Later files go before earlier ones, and all of them before the computed holidays."""

    def __init__(self, computed: Callable[[int], Mapping[date, SpecialDay]], said: Iterable[Days] = ()) -> None:
        self._computed = computed
        self._years: dict[int, Mapping[date, SpecialDay]] = {}
        self._said: dict[date, SpecialDay] = {}
        self._confirmed: dict[int, str] = {}
        for days in said:
            self._said |= {special.day: special for special in days.special}
            self._confirmed |= days.confirmed or {}

    def special(self, day: date) -> SpecialDay | None:
        """What is special about a day; None where it is like others of its weekday.

        Raises:
            OutOfCalendar: it is too long ago, or too far ahead.
        """
        return self._said.get(day) or self._of(day.year).get(day)

    def year(self, year: int) -> list[SpecialDay]:
        """The special days of a year, in order."""
        found = dict(self._of(year)) | {day: special for day, special in self._said.items() if day.year == year}
        return [found[day] for day in sorted(found)]

    def confirmed(self, year: int) -> str | None:
        """The decision that the holidays of a year are known from; None while they are only computed."""
        return self._confirmed.get(year)

    def _of(self, year: int) -> Mapping[date, SpecialDay]:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise OutOfCalendar(f"the calendar reaches from {FIRST_YEAR} to {LAST_YEAR}, and {year} is not in it")
        if year not in self._years:
            self._years[year] = self._computed(year)
        return self._years[year]
