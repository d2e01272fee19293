"""Where dossiers stand against their due dates, as a condition of SQL: the same as hub.record.standing says."""

from sqlalchemy import ColumnElement, and_, or_

from hub.record.standing import ENDED, WAITING, Moment, Standing
from hub.record.status import Status
from hub.store.tables import dossiers


def stands(wanted: Standing, at: Moment) -> ColumnElement[bool]:
    """The dossiers that stand so at this moment."""
    status, ended_at, due_at = dossiers.c.status, dossiers.c.ended_at, dossiers.c.due_at
    accepted = [*ENDED - {Status.NOT_ACCEPTED}]
    # What is being worked on has no end; saying so lets the database use the index on end and due date.
    is_open = and_(ended_at == "", status.not_in([*ENDED, *WAITING]))
    compared = and_(status.in_(accepted), ended_at > "", due_at > "")
    conditions = {
        Standing.IN_TIME: and_(is_open, due_at > at.near),
        Standing.NEAR_DUE: and_(is_open, due_at >= at.now, due_at <= at.near),
        Standing.OVERDUE: and_(is_open, due_at > "", due_at < at.now),
        Standing.NO_DUE_DATE: and_(is_open, due_at == ""),
        Standing.WAITING: status.in_([*WAITING]),
        Standing.DONE_ON_TIME: and_(compared, ended_at <= due_at),
        Standing.DONE_LATE: and_(compared, ended_at > due_at),
        Standing.DONE: and_(status.in_([*ENDED]), or_(status == Status.NOT_ACCEPTED, ended_at == "", due_at == "")),
    }
    return conditions[wanted]
