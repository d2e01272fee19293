"""Where dossiers stand against their due dates, as a condition of SQL: the same as hub.record.standing says."""

from sqlalchemy import ColumnElement, String, and_, bindparam, literal_column, or_

from hub.record.standing import ENDED, WAITING, Standing
from hub.record.status import Status
from hub.store.tables import dossiers

_NOW, _NEAR = bindparam("now", type_=String), bindparam("near", type_=String)


def stands(wanted: Standing) -> ColumnElement[bool]:
    """The dossiers that stand so at the moment that the statement is given as `now` and `near`."""
    status, ended_at, due_at = dossiers.c.status, dossiers.c.ended_at, dossiers.c.due_at
    accepted = _said(ENDED - {Status.NOT_ACCEPTED})
    # What is being worked on has no end; saying so lets the database use the index on end and due date.
    is_open = and_(ended_at == "", status.not_in(_said(ENDED | WAITING)))
    compared = and_(status.in_(accepted), ended_at > "", due_at > "")
    conditions = {
        Standing.IN_TIME: and_(is_open, due_at > _NEAR),
        Standing.NEAR_DUE: and_(is_open, due_at >= _NOW, due_at <= _NEAR),
        Standing.OVERDUE: and_(is_open, due_at > "", due_at < _NOW),
        Standing.NO_DUE_DATE: and_(is_open, due_at == ""),
        Standing.WAITING: status.in_(_said(WAITING)),
        Standing.DONE_ON_TIME: and_(compared, ended_at <= due_at),
        Standing.DONE_LATE: and_(compared, ended_at > due_at),
        Standing.DONE: and_(status.in_(_said(ENDED)), or_(status == Status.NOT_ACCEPTED, ended_at == "", due_at == "")),
    }
    return conditions[wanted]


def _said(statuses: frozenset[Status]) -> list[ColumnElement[str]]:
    """Written out, not bound: the planner knows how many there are of each."""
    return [literal_column(f"'{status}'", String) for status in sorted(statuses)]
