"""Blackout windows: times of the day at which a department does not want to be asked. Pure but for the dice."""

import random
import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from schedules.cadence import ZONE, Cadence, days_of

_TIME = re.compile(r"(\d\d?):(\d\d)")
_DAY = timedelta(days=1)
_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ROUND = timedelta(days=8)  # windows come round every week: what is closed for so long is closed for ever


def _time_of_day(text: Any) -> str:
    match = _TIME.fullmatch(str(text).strip())
    if match is None or int(match[2]) > 59 or int(match[1]) * 60 + int(match[2]) > 24 * 60:
        raise ValueError(f"{text!r} is no time of day; write it as 11:30, between 00:00 and 24:00")
    return f"{int(match[1]):02}:{match[2]}"


def _weekdays(text: str) -> str:
    days_of(text)
    return text


TimeOfDay = Annotated[str, BeforeValidator(_time_of_day, json_schema_input_type=str)]
Days = Annotated[str, BeforeValidator(str, json_schema_input_type=str), AfterValidator(_weekdays)]


class Window(BaseModel):
    """A time of the day, in Vietnam's time; one that ends before it begins lasts over midnight."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    from_: TimeOfDay = Field(alias="from", description='When it begins, as "11:30".')
    to: TimeOfDay = Field(description='When it is over, as "13:30"; earlier than `from` is on the next day.')
    days: Days = Field(
        "mon-sun", description="The days on which it begins, as mon-fri or sat,sun; left out, every day."
    )

    @model_validator(mode="after")
    def _lasts(self) -> "Window":
        if self.from_ == self.to:
            raise ValueError("a window must not end when it begins; for a whole day write from 00:00 to 24:00")
        return self

    def ends(self, at: datetime) -> datetime | None:
        """When the window that `at` (aware) stands in is over; None outside."""
        local = at.astimezone(ZONE)
        today = datetime.combine(local.date(), time(), ZONE)
        days = days_of(self.days)
        for midnight in (today, today - _DAY):
            begins, over = midnight + _since_midnight(self.from_), midnight + _since_midnight(self.to)
            if over <= begins:
                over += _DAY
            if begins <= local < over and _NAMES[midnight.weekday()] in days:
                return over
        return None


def closed_until(windows: Sequence[Window], at: datetime) -> datetime | None:
    """When the department may be asked again; None where it may be now. Windows that touch are one."""
    over = at
    while over - at < _ROUND and (ends := [end for window in windows if (end := window.ends(over))]):
        over = max(ends)
    return over if over > at else None


def open_at_times(windows: Sequence[Window]) -> Sequence[Window]:
    """The windows, if they leave time to ask the department at all.

    Raises:
        ValueError: they never do.
    """
    over = closed_until(windows, some_day := datetime(2026, 11, 23, tzinfo=ZONE))
    if over is not None and over - some_day >= _ROUND:
        raise ValueError("these windows leave no time to ask the department; shorten one, or pause the connector")
    return windows


class Timetable(Cadence):
    """A cadence that keeps out of windows: what would fire inside of one fires once, when it is over."""

    blackout: tuple[Window, ...] = ()

    def next_fire(self, after: datetime) -> datetime:
        """The first instant later than `after` (aware) that is in no window."""
        at = super().next_fire(after)
        over = self.held_until(at)
        return at if over is None else over

    def held_until(self, at: datetime) -> datetime | None:
        """When what is due at `at` may fire, where that is later; jitter added, as for any firing."""
        over = closed_until(self.blackout, at)
        if over is None:
            return None
        later = over + self.jitter * random.random()  # noqa: S311  # spreads load, guards nothing
        return over if closed_until(self.blackout, later) else later

    def text(self) -> str:
        """This timetable as the store keeps it; `Timetable.model_validate_json` reads it back."""
        return self.model_dump_json(exclude_defaults=True, by_alias=True)


def _since_midnight(text: str) -> timedelta:
    hours, _, minutes = text.partition(":")
    return timedelta(hours=int(hours), minutes=int(minutes))
