"""How often a connector runs: `every: 5m` or `cron: "*/15 7-17 * * 1-5"`, with jitter. Pure but for the dice."""

import random
import re
from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

_DURATION = re.compile(r"(\d+)\s*(s|m|h|d)")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NUMBERED = re.compile(r"(?P<first>[0-7])(?:-(?P<last>[0-7]))?(?:/(?P<step>[1-7]))?")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(text: Any) -> timedelta:
    """`90s`, `5m`, `2h` or `1d`.

    Raises:
        ValueError: it is none of these.
    """
    if isinstance(text, timedelta):
        return text
    match = _DURATION.fullmatch(str(text).strip())
    if match is None:
        raise ValueError(f"{text!r} is no duration; write a number and a unit, as in 90s, 5m, 2h or 1d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


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
        description="Five cron fields in Vietnam's time: minute hour day month weekday.",
        examples=["*/15 7-17 * * 1-5"],
    )
    jitter: Duration = Field(
        timedelta(0), description="Up to this long is added by chance, so that connectors do not start together."
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> "Cadence":
        if (self.every is None) == (self.cron is None):
            raise ValueError("give one of `every` and `cron`")
        if self.every is not None and self.every < timedelta(seconds=1):
            raise ValueError("`every` must be at least 1s")
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
        *others, weekdays = cron.split()
        trigger = CronTrigger.from_crontab(" ".join([*others, _named_weekdays(weekdays)]), timezone=ZONE)
    except ValueError as error:
        raise ValueError(f"cron {cron!r} cannot be read: {error}; write minute hour day month weekday") from error
    if trigger.get_next_fire_time(None, datetime.now(ZONE)) is None:
        raise ValueError(f"cron {cron!r} never comes round")
    return trigger


def _named_weekdays(field: str) -> str:
    """Numbers as names: cron counts from Sunday (0 or 7), APScheduler from Monday, so `1-5` would be Tuesday on."""
    return ",".join(_expand(part) for part in field.split(","))


def _expand(part: str) -> str:
    match = _NUMBERED.fullmatch(part)
    if match is None:
        return part
    first = int(match["first"])
    last = int(match["last"] or match["first"])
    return ",".join(_WEEKDAYS[day] for day in range(first, last + 1, int(match["step"] or 1)))
