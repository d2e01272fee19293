"""The API itself, and the addresses at which operators look at connectors and runs."""

from datetime import UTC, datetime
from typing import Any, cast

import orjson
from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.api import answers, ports
from hub.api.answers import Answer
from hub.api.bodies import whole_body
from hub.api.described import JSON, Described
from hub.api.models import Alive, ConnectorPage, Run, RunPage
from hub.api.parameters import ConnectorList, NoParameters, RunList, RunPath
from hub.api.problems import MEDIA_TYPE, ApiProblem, answer, detail_of
from hub.store import connectors, cursor, runs, schema
from hub.store.counting import TooManyToCount
from hub.sync import fleet
from hub.telemetry.parts import Parts
from hub.view.fields import NotSeen


def errors(*statuses: int) -> dict[str | int, Any]:
    """Statuses that an address may answer with, each as a problem document."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"content": content} for status in statuses}


api = APIBlueprint(
    "api",
    __name__,
    url_prefix="/api/v1",
    abp_security=[{"bearer": []}, {"header": []}],
    abp_responses=errors(401, 422, 429, 500, 503),
)
health = APIBlueprint(
    "health",
    __name__,
    url_prefix="/health",
    abp_tags=[Tag(name="health", description="For whoever watches over the hub; needs no key.")],
)
_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})
_OPERATIONS = [Tag(name="operations", description="Connectors and their runs.")]


@api.before_request
def _each_parameter_once() -> None:
    if not request.query_string:
        return
    for name, values in request.args.lists():
        if len(values) > 1:
            message = f"`{name}` is given {len(values)} times; give it once."
            errors = [{"parameter": name, "message": message}]
            raise ApiProblem(422, "invalid_parameters", message, errors=errors)


@api.before_request
def _json_is_json() -> None:
    """What cannot be read is refused as that: it is not taken for a body that was left out."""
    if request.method in _WITHOUT_BODY or cast("Described", current_app).wanted_types() != (JSON,):
        return
    if not (body := whole_body()):
        return
    if not request.is_json:
        sent = request.mimetype or "nothing"
        raise ApiProblem(415, "unknown_media_type", f"The body is {sent}; send {JSON} and say so in `Content-Type`.")
    try:
        read = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ApiProblem(400, "bad_request", f"The body is not JSON: {error}.") from error
    if not isinstance(read, dict):
        message = "The body is JSON, but no object; send {} where there is nothing to say."
        raise ApiProblem(422, "invalid_parameters", message, errors=[{"parameter": "", "message": message}])


@api.errorhandler(cursor.CursorError)
def _bad_cursor(_: cursor.CursorError) -> ResponseReturnValue:
    detail = "Use `next_cursor` exactly as it was answered, or leave `cursor` out to begin."
    return answer(ApiProblem(400, "bad_cursor", detail))


@api.errorhandler(NotSeen)
def _not_seen(error: NotSeen) -> ResponseReturnValue:
    return answer(ApiProblem(403, "not_seen", detail_of(error)))


@api.errorhandler(TooManyToCount)
def _too_much_to_count(error: TooManyToCount) -> ResponseReturnValue:
    return answer(ApiProblem(422, "too_much_to_count", detail_of(error)))


@api.get("/connectors", tags=_OPERATIONS, responses={200: ConnectorPage}, operation_id="list_connectors")
def list_connectors(query: ConnectorList) -> Answer:
    """Every department system that is registered, the ones in trouble first."""
    now = _now()
    rows = connectors.listed(ports.database(), retired=query.retired)
    found = fleet.states(ports.database(), rows, now)
    return {"items": [answers.connector(state, now) for state in found]}


@api.get("/runs", tags=_OPERATIONS, responses={200: RunPage, **errors(400)}, operation_id="list_runs")
def list_runs(query: RunList) -> Answer:
    """Runs, newest first."""
    before = None if query.cursor is None else cursor.id_position("runs", query.cursor)
    found = runs.listed(
        ports.database(), connector=query.connector, state=query.state, before=before, limit=query.limit + 1
    )
    shown, now = found[: query.limit], _now()
    following = cursor.after_id("runs", shown[-1].id) if shown != found else None
    return {"items": [answers.run(row, now) for row in shown], "next_cursor": following}


@api.get("/runs/<int:run_id>", tags=_OPERATIONS, responses={200: Run, **errors(404)}, operation_id="get_run")
def get_run(path: RunPath, query: NoParameters) -> Answer:  # noqa: ARG001  # refuses every parameter
    """One run, with every failed exchange."""
    row = runs.get(ports.database(), path.run_id) if path.run_id <= cursor.LARGEST_ID else None
    if row is None:
        raise ApiProblem(404, "run_not_found", f"There is no run {path.run_id}; /api/v1/runs lists them.")
    return answers.run(row, _now())


@health.get("/live", responses={200: Alive}, operation_id="live")
def live() -> Answer:
    """Whether the process answers."""
    return {"status": "ok"}


@health.get("/ready", responses={200: Alive, **errors(503)}, operation_id="ready")
def ready() -> Answer:
    """Whether the database answers and has the tables of this hub, and all works that this process is for.

    A part that does not is named. `hub serve` runs scheduler and worker beside the answers, `hub web` neither.
    """
    if not schema.is_current(ports.database()):
        raise ApiProblem(
            503, "not_ready", "The database is of another version; `hub db upgrade` brings it to this one."
        )
    parts: Parts = current_app.extensions["hub.parts"]
    if troubles := parts.troubles():
        raise ApiProblem(503, "not_ready", " ".join(f"{name}: {told}." for name, told in troubles.items()))
    return {"status": "ok"}


def _now() -> datetime:
    return datetime.now(UTC)
