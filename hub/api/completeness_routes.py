"""Addresses that tell what a source and the hub have of each day, and have it counted."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import url_for
from flask_openapi3.models.tag import Tag

from hub.api import answers as api_answers
from hub.api import signing
from hub.api.answers import Answer
from hub.api.completeness_models import CompletenessAnswer, Count, DaysShown
from hub.api.connector_models import ConnectorPath
from hub.api.models import Run
from hub.api.ports import register
from hub.api.problems import ApiProblem
from hub.api.routes import api, errors
from hub.inspection import answers
from hub.inspection.line import line_to
from hub.record.connector_state import Life
from hub.record.moments import today
from hub.store import connectors, runs, tallies
from hub.store.registrations import Unregistered
from hub.sync import completeness
from hub.sync.counting import can_list, cannot_list

_COMPLETENESS = [Tag(name="completeness", description="What a source and the hub have of each day.")]


@api.get(
    "/connectors/<name>/completeness",
    tags=_COMPLETENESS,
    responses={200: CompletenessAnswer, **errors(404)},
    operation_id="get_completeness",
)
def get_completeness(path: ConnectorPath, query: DaysShown) -> Answer:
    """What was counted last of the days before today, the newest first. Asks nobody."""
    database = register().database
    row = connectors.found(database, path.name)
    if row is None:
        raise Unregistered(path.name, [each.name for each in connectors.listed(database)])
    first = today() - timedelta(days=query.days - 1)
    return answers.completeness(tallies.of(database, row.id, first.isoformat()))


@api.post(
    "/connectors/<name>/completeness",
    tags=_COMPLETENESS,
    responses={202: Run, **errors(403, 404, 409)},
    operation_id="count_completeness",
)
def count_completeness(path: ConnectorPath, body: Count) -> signing.Told:
    """Count days against the source, key by key where it tells keys. Queues a run; `/runs/{id}` tells of it."""
    found, database, now = register().connector(path.name), register().database, datetime.now(UTC)
    if found.row is None or found.row.state != Life.ACTIVE:
        state = found.row.state if found.row else Life.DRAFT
        raise ApiProblem(409, "not_now", f"{path.name} is {state}; only an active connector is counted.")
    if not can_list(line_to(found.section, found.connection).open):
        error = cannot_list(path.name)
        raise ApiProblem(409, "not_able", f"{error}. {error.hint}")
    run_id = completeness.ask(database, found.row.id, _wanted(body), now)
    run = runs.get(database, run_id)
    if run is None:
        raise LookupError(f"run {run_id} is gone")
    return api_answers.run(run, now), 202, {"Location": url_for("api.get_run", run_id=run_id)}


def _wanted(body: Count) -> dict[str, Any]:
    how = {"keys": True, "repair": body.repair, "anew": body.repair}
    if body.first is None:
        return {"last": body.days} | how
    days = ((body.last or body.first) - body.first).days + 1
    return {"days": [(body.first + timedelta(days=at)).isoformat() for at in range(days)]} | how
