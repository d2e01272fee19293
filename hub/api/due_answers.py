"""Due dates as the API answers them. Shapes are described in `hub.api.due_models`."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import current_app

from hub.record.due import DueDate
from hub.record.due_terms import Explained
from hub.record.merge import Values
from hub.record.on_time import Verdict
from hub.record.standing import Moment, Standing, due_at, ended_at, standing_of
from hub.store.dossiers import Due
from hub.store.due import DueTold

Answer = dict[str, Any]


def moment(now: datetime) -> Moment:
    """Now, and what counts as near it."""
    return Moment.at(now, current_app.extensions["hub.near_due"])


def wanted(due: Standing | None, now: datetime) -> Due | None:
    """The filter of a list."""
    return None if due is None else Due(due, moment(now))


def state(values: Values, now: datetime) -> Answer:
    """Where a dossier stands."""
    stands = standing_of(values, moment(now))
    return {"due": {"state": stands, "due_at": due_at(values) or None, "ended_at": ended_at(values) or None}}


def behind(told: DueTold) -> Answer:
    """Every due date with its reason, and both verdicts."""
    return {
        "due_dates": [_due_date(one) for one in told.dates],
        "due_not_computed": None if told.missing is None else asdict(told.missing),
        "on_time": {"by_the_portal": _verdict(told.by_the_portal), "by_dates": _verdict(told.by_dates)},
    }


def _due_date(one: DueDate) -> Answer:
    return {
        "at": one.at,
        "current": one.current,
        "said_by": one.said_by or None,
        "policy": one.policy or None,
        "reason": _told(one.reason),
        "steps": [_told(step) for step in one.steps],
        "warnings": [_told(warning) for warning in one.warnings],
    }


def _verdict(one: Verdict) -> Answer:
    return {"verdict": one.verdict, "end": one.end or None, "reason": _told(one.reason)}


def _told(one: Explained) -> Answer:
    return {"code": one.code, "vi": one.vi, "en": one.en}
