"""Addresses at which a person says whether records are gone that a full listing did not hold."""

from flask_openapi3.models.tag import Tag

from hub.api import ports, signing
from hub.api.answers import Answer
from hub.api.parameters import NoParameters
from hub.api.problems import ApiProblem, detail_of
from hub.api.removal_models import Decided, Decision, RemovalDetail, RemovalList, RemovalPage, RemovalPath
from hub.api.routes import api, errors
from hub.store import cursor, removals
from hub.store.removals import RemovalRow, RemovalState
from hub.sync import removing
from hub.sync.removing import NotWaiting

_REMOVALS = [Tag(name="removals", description="Records that a full listing did not hold: gone, or missing by mistake.")]
_SHOWN = ("id", "connector", "run_id", "state", "records", "held", "asked_at", "author", "reason", "decided_at")
_MOST_KEYS = 10_000


@api.get("/removals", tags=_REMOVALS, responses={200: RemovalPage}, operation_id="list_removals")
def list_removals(query: RemovalList) -> Answer:
    """Removals, newest first; those that wait unless `state` says otherwise."""
    found = removals.listed(ports.database(), connector=query.connector, state=query.state)
    return {"items": [_told(row) for row in found]}


@api.get(
    "/removals/<int:removal_id>",
    tags=_REMOVALS,
    responses={200: RemovalDetail, **errors(404)},
    operation_id="get_removal",
)
def get_removal(path: RemovalPath, query: NoParameters) -> Answer:  # noqa: ARG001  # refuses every parameter
    """One removal with its records."""
    row = _the_one(path.removal_id)
    return _told(row) | {"keys": removals.keys_of(ports.database(), row.id)[:_MOST_KEYS]}


@api.post(
    "/removals/<int:removal_id>/approve",
    tags=_REMOVALS,
    responses={200: Decided, **errors(403, 404, 409)},
    operation_id="approve_removal",
)
def approve_removal(path: RemovalPath, body: Decision) -> Answer:
    """The records are gone, but for those that were seen again since. Doing it again after a fault does the rest."""
    row = _the_one(path.removal_id)
    try:
        marked = removing.approve(ports.database(), row.id, signing.signed(body.reason))
    except NotWaiting as error:
        raise _not_now(error) from error
    return {"id": row.id, "state": RemovalState.APPROVED, "marked": marked}


@api.post(
    "/removals/<int:removal_id>/refuse",
    tags=_REMOVALS,
    responses={200: Decided, **errors(403, 404, 409)},
    operation_id="refuse_removal",
)
def refuse_removal(path: RemovalPath, body: Decision) -> Answer:
    """The records are not gone; nothing of them changes."""
    row = _the_one(path.removal_id)
    try:
        removing.refuse(ports.database(), row.id, signing.signed(body.reason))
    except NotWaiting as error:
        raise _not_now(error) from error
    return {"id": row.id, "state": RemovalState.REFUSED, "marked": 0}


def _the_one(removal_id: int) -> RemovalRow:
    row = removals.get(ports.database(), removal_id) if removal_id <= cursor.LARGEST_ID else None
    if row is None:
        raise ApiProblem(404, "removal_not_found", f"There is no removal {removal_id}; /api/v1/removals lists them.")
    return row


def _not_now(error: NotWaiting) -> ApiProblem:
    return ApiProblem(409, "not_now", detail_of(error))


def _told(row: RemovalRow) -> Answer:
    return {name: getattr(row, name) for name in _SHOWN}
