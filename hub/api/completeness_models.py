"""What the addresses of `hub.api.completeness_routes` take and answer."""

from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from hub.api.parameters import Day as WrittenDay
from hub.api.parameters import Parameters
from hub.store.tallies import State

_MOST_DAYS = 366


class DaysShown(Parameters):
    """How far back."""

    days: int = Field(7, ge=1, le=_MOST_DAYS, description="so many days back, today included")


class Count(BaseModel):
    """What is counted; an empty body is as good as `{}`."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    days: int = Field(7, ge=1, le=_MOST_DAYS, description="so many days back, today included")
    first: WrittenDay | None = Field(None, description="instead: the first day, in Vietnam")
    last: WrittenDay | None = Field(None, description="the last day, which counts; left out, the first")
    repair: StrictBool = Field(default=True, description="fetch what is missing, and count again")

    @model_validator(mode="before")
    @classmethod
    def _may_be_absent(cls, data: Any) -> Any:
        return {} if data is None else data

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last is not None and self.first is None:
            raise ValueError("`last` needs `first`")
        if self.first is not None and self.last is not None and self.last < self.first:
            raise ValueError("`last` is before `first`")
        if self.first is not None and ((self.last or self.first) - self.first).days >= _MOST_DAYS:
            raise ValueError(f"no more than {_MOST_DAYS} days are counted at once")
        return self


class Day(BaseModel):
    """One day, of the last change at the source."""

    day: date
    until: datetime | None = Field(description="it was counted up to here; null: to its end")
    there: int | None = Field(description="what the source has; null: it did not say")
    here: int = Field(description="what the hub has")
    quarantined: int = Field(description="there, and set aside here: not missing")
    missing: int = Field(description="there and not here")
    extra: int = Field(description="here and not there; nothing is deleted for it")
    by_key: bool = Field(description="false: only the numbers were compared")
    missing_keys: list[str] = Field(description="some of them")
    extra_keys: list[str] = Field(description="some of them")
    state: State
    sentence: str
    checked_at: datetime
    run: int | None = Field(description="the run that fetches what is missing, or counts again after that")


class CompletenessAnswer(BaseModel):
    """What was counted last, the newest day first."""

    complete: bool = Field(description="false: something is known to be missing")
    days: list[Day]
