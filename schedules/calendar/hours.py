"""The hours that an agency works: spans of the day for each weekday, in minutes since midnight, Vietnam's time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]  # from, until: minutes since midnight
Row: TypeAlias = tuple[Iterable[int], time, time]  # weekdays (Monday is 0), from, until

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Hours:
    """The spans of each weekday from Monday on: in order, and none touches the next."""

    week: tuple[tuple[Span, ...], ...]

    @classmethod
    def of(cls, rows: Iterable[Row]) -> "Hours":
        """Hours of rows in any order; what overlaps is one span.

        Raises:
            ValueError: a span ends before it begins, or nothing is worked at all.
        """
        week: list[list[Span]] = [[] for _ in range(7)]
        for days, begins, ends in rows:
            span = (_minutes(begins), _minutes(ends))
            if span[0] >= span[1]:
                raise ValueError(f"working hours from {begins:%H:%M} to {ends:%H:%M} end before they begin")
            for day in days:
                week[day].append(span)
        if not any(week):
            raise ValueError("no working hours at all; name days and hours, as mon-fri 07:30 to 11:30")
        return cls(tuple(_joined(spans) for spans in week))

    def on(self, weekday: int, *, made_up: bool = False) -> tuple[Span, ...]:
        """The spans of a weekday. A weekend's day that makes up for a holiday is worked like the week's first day."""
        if made_up and (weekday >= _SATURDAY or not self.week[weekday]):
            return next(spans for spans in self.week if spans)
        return self.week[weekday]


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for begins, ends in sorted(spans):
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((begins, ends))
    return tuple(joined)


# A commune centre of Ho Chi Minh City (domain §5), without its Saturdays: those stand in the catalogue of agencies.
DEFAULT = Hours.of([(range(5), time(7, 30), time(11, 30)), (range(5), time(13), time(17))])
