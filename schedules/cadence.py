"""How often a connector runs: `every: 5m` or `cron: "*/15 7-17 * * 1-5"`, with jitter. Pure but for the dice."""

import random
import re
from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

_DURATION = re.compile(r"(\d{1,20})\s*(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_LONGEST = timedelta(days=366)
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "[0-7]|" + "|".join(_WEEKDAYS[1:])
_WEEKDAY = re.compile(rf"(?P<first>{_DAY})(?:-(?P<last>{_DAY})(?:/(?P<step>[1-7]))?)?")


def parse_duration(text: Any) -> timedelta:
    """`90s`, `5m`, `2h` or `1d`, up to 366 days.

    Raises:
        ValueError: it is none of these.
    """
    if isinstance(text, timedelta):
        return text
    match = _DURATION.fullmatch(str(text).strip())
    if match is None:
        raise ValueError(f"{text!r} is no duration; write a number and a unit, as in 90s, 5m, 2h or 1d")
    seconds = int(match[1]) * _SECONDS[match[2]]
    if seconds > _LONGEST.total_seconds():
        raise ValueError(f"{text!r} is longer than {_LONGEST.days} days; write a shorter time, as in 90s, 5m, 2h or 1d")
    return timedelta(seconds=seconds)


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration, json_schema_input_type=str),
    PlainSerializer(lambda duration: f"{int(duration.total_seconds())}s", return_type=str),
]


class Cadence(BaseModel):
    """When a connector runs by itself: one of `every` and `cron`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    every: Duration | None = Field(None, description="Time from one run to the next, as in 5m.", examples=["5m"])
    cron: str | None = Field(
        None,
        description=(
            "Five cron fields in Vietnam's time: minute hour day month weekday. "
            "Not both day and weekday; no step in weekdays but of a range, as in 1-5/2."
        ),
        examples=["*/15 7-17 * * 1-5"],
    )
    jitter: Duration = Field(
        timedelta(0),
        description=(
            "Up to this long is added by chance, so that connectors do not start together; shorter than `every`."
        ),
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> "Cadence":
        if (self.every is None) == (self.cron is None):
            raise ValueError("give one of `every` and `cron`")
        if self.every is not None and self.every < timedelta(seconds=1):
            raise ValueError("`every` must be at least 1s")
        if self.every is not None and self.jitter >= self.every:
            raise ValueError("`jitter` must be shorter than `every`; a tenth of it is plenty")
        if self.cron is not None:
            _trigger(self.cron)
        return self

    def next_fire(self, after: datetime) -> datetime:
        """The first instant later than `after` (aware), jitter added. Instants that were missed are not made up for."""
        following = self._cron_instant(after) if self.every is None else after + self.every
        return following + self.jitter * random.random()  # noqa: S311  # spreads load, guards nothing

    def text(self) -> str:
        """This cadence as the store keeps it; `Cadence.model_validate_json` reads it back."""
        return self.model_dump_json(exclude_none=True)

    def _cron_instant(self, after: datetime) -> datetime:
        following: datetime | None = _trigger(self.cron or "").get_next_fire_time(
            None, after + timedelta(microseconds=1)
        )
        if following is None:
            raise ValueError(f"cron {self.cron!r} never comes round again")
        return following


def _trigger(cron: str) -> CronTrigger:
    try:
        trigger = CronTrigger.from_crontab(_for_apscheduler(cron), timezone=ZONE)
    except ValueError as error:
        raise ValueError(f"cron {cron!r} cannot be read: {error}; write minute hour day month weekday") from error
    if trigger.get_next_fire_time(None, datetime.now(ZONE)) is None:
        raise ValueError(f"cron {cron!r} never comes round")
    return trigger


def _for_apscheduler(cron: str) -> str:
    """The same instants in APScheduler's words; what it would understand otherwise than cron is refused.

    cron counts weekdays from Sunday (0 or 7), APScheduler from Monday, so `1-5` would be Tuesday on. Of a day
    and a weekday cron asks for either, APScheduler for both.
    """
    fields = cron.split()
    if len(fields) != 5:
        raise ValueError(f"it has {len(fields)} fields instead of five")
    *others, weekdays = fields
    if weekdays == "*":
        return cron
    if fields[2] != "*":
        raise ValueError("it names both a day and a weekday, and one of them must be *")
    return " ".join([*others, ",".join(days_of(weekdays))])


def days_of(field: str) -> list[str]:
    """The weekdays that a text such as `1-5` or `mon,wed` names, as `mon` and the like.

    Raises:
        ValueError: it names something else.
    """
    return [day for part in field.lower().split(",") for day in _days(part.strip())]


def _days(part: str) -> list[str]:
    match = _WEEKDAY.fullmatch(part)
    if match is None:
        raise ValueError(f"{part!r} is no weekday: name days as in 1,3,5 or mon,wed, or a range as in 1-5 or 1-5/2")
    first = _number(match["first"])
    last = _number(match["last"] or match["first"])
    if match["last"] == "sun":
        last = 7  # fri-sun
    if last < first:
        raise ValueError(f"the weekdays {part!r} run backwards: write two ranges, as in 5-6,0-1")
    return [_WEEKDAYS[day] for day in range(first, last + 1, int(match["step"] or 1))]


def _number(day: str) -> int:
    return int(day) if day.isdecimal() else _WEEKDAYS.index(day)
