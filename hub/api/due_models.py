"""What the API answers of due dates, for the OpenAPI document. See docs/due-dates.md."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from hub.api.absence import absent
from hub.record.standing import Standing


class DueState(BaseModel):
    """Where a dossier stands against its due date, at the time of the answer."""

    state: Standing
    due_at: datetime | None = Field(description="what its sources promise now; null: no source says")
    ended_at: datetime | None = Field(description="when the work on it ended; null: it goes on, or nobody says")


class Told(BaseModel):
    """A code for programs, and the sentence for people in two languages."""

    code: str
    vi: str
    en: str


class DueDate(BaseModel):
    """One due date that the dossier has or had."""

    at: datetime
    current: bool = Field(description="whether it is the one that holds: what the sources promise now")
    said_by: str | None = Field(description="connector whose source says it; null: computed by the hub")
    policy: Literal["restart", "extend", "from_complete"] | None = Field(
        description="what the supplement did to the term, of one that is computed for a supplement"
    )
    reason: Told
    steps: list[Told] = Field(description="how a computed one came to be")
    warnings: list[Told] = Field(description="what may still move a computed one")


class Verdict(BaseModel):
    """Whether the dossier is on time by one rule."""

    verdict: Literal["on_time", "late", "not_counted", "unknown"]
    end: datetime | None = Field(description="the end that was compared")
    reason: Told


class OnTime(BaseModel):
    """Both rules: they differ for what ends on the due day after its hour, and for supplements."""

    by_the_portal: Verdict = Field(description="the national portal's rule: times are compared")
    by_dates: Verdict = Field(description="days are compared and not times")


class DueBehind(BaseModel):
    """All due dates of one dossier; with `include=due`."""

    due_dates: list[DueDate] = absent("what sources said, in its order, then what the hub computes")
    due_not_computed: Told | None = absent("what is missing for the hub to compute a due date; null: nothing")
    on_time: OnTime = absent("whether it is on time, by two rules")
