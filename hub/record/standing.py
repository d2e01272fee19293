"""How a dossier stands against its due date: arithmetic on four columns, so that a list needs nothing more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from hub.record.due_waits import Happening
from hub.record.moments import as_text
from hub.record.status import Status

NEAR_DUE = timedelta(days=3)  # unless the configuration says otherwise

# Nobody works on these any more. One that was not accepted was promised nothing.
ENDED = frozenset({Status.COMPLETED, Status.RETURNED, Status.STOPPED, Status.WITHDRAWN, Status.NOT_ACCEPTED})
# The applicant's turn: every supplement policy stops the clock meanwhile, and so does a payment that is asked for.
WAITING = frozenset({Status.SUPPLEMENT_REQUESTED, Status.PAYMENT_REQUESTED})

# By what it ended as, where its end is looked for (domain §5): what is done before what is handed over. A completion
# is no end of what was stopped later, nor a refusal of what was completed after all.
_DONE = (("completed_at", frozenset({Status.COMPLETED})), ("returned_at", frozenset({Status.RETURNED})))
_GIVEN_UP = (("refused_at", frozenset({Status.STOPPED, Status.WITHDRAWN, Status.NOT_ACCEPTED})),)
_ENDS = {status: _DONE if status in (Status.COMPLETED, Status.RETURNED) else _GIVEN_UP for status in ENDED}


class Standing(StrEnum):
    """Where a dossier stands against its due date at one moment."""

    IN_TIME = "in_time"
    NEAR_DUE = "near_due"
    OVERDUE = "overdue"
    WAITING = "waiting"
    NO_DUE_DATE = "no_due_date"
    DONE_ON_TIME = "done_on_time"
    DONE_LATE = "done_late"
    DONE = "done"  # ended, and nothing to compare: no due date, no time of its end, or never accepted


@dataclass(frozen=True, slots=True)
class Moment:
    """What "now" means: times as the record keeps them, `near` being now and the time that counts as near."""

    now: str
    near: str

    @classmethod
    def at(cls, now: datetime, near_due: timedelta = NEAR_DUE) -> "Moment":
        """`now` (aware), and how far away a due date counts as near."""
        return cls(as_text(now), as_text(now + near_due))


def ended_at(values: Mapping[str, Any], timeline: Sequence[Happening] = ()) -> str:
    """When the work on a dossier ended, as UTC text; empty while it is open, or where no source says when.

    A time of its own goes before one of its timeline, of which only counts what came after it was last worked on.
    """
    ends = _ENDS.get(values.get("status", ""))
    if ends is None:
        return ""
    since = _since_last_open(timeline)
    for name, statuses in ends:
        told = [happening.at for happening in since if happening.status in statuses]
        if found := values.get(name) or max(told, default=""):
            return str(found)
    return ""


def _since_last_open(timeline: Sequence[Happening]) -> Sequence[Happening]:
    still_open = [at for at, one in enumerate(timeline, 1) if one.status is not None and one.status not in ENDED]
    return timeline[still_open[-1] :] if still_open else timeline


def due_at(values: Mapping[str, Any]) -> str:
    """What its sources promise last, as UTC text: its own due date, else what its last supplement gave."""
    if values.get("due_at"):
        return str(values["due_at"])
    asked = sorted(values.get("supplements", ()), key=lambda row: str(row.get("requested_at", "")))
    return next((str(row["due_after"]) for row in reversed(asked) if row.get("due_after")), "")


def standing_of(values: Mapping[str, Any], at: Moment) -> Standing:
    """The state of a dossier with these values."""
    return standing(str(values.get("status", "")), ended_at(values), due_at(values), at)


def standing(status: str, ended: str, due: str, at: Moment) -> Standing:
    """The state of a dossier with this status, end and due date (UTC text, empty where there is none)."""
    if status in ENDED:
        return _done(status, ended, due)
    if status in WAITING:
        return Standing.WAITING
    if not due:
        return Standing.NO_DUE_DATE
    if due < at.now:
        return Standing.OVERDUE
    return Standing.NEAR_DUE if due <= at.near else Standing.IN_TIME


def _done(status: str, ended: str, due: str) -> Standing:
    if status == Status.NOT_ACCEPTED or not ended or not due:
        return Standing.DONE
    return Standing.DONE_ON_TIME if ended <= due else Standing.DONE_LATE
