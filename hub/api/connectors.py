"""Addresses that register, change and lead connectors through their life, at run time."""

from datetime import UTC, datetime
from typing import Any

from flask import Response, url_for
from flask_openapi3.models.tag import Tag

from hub.api import answers, signing
from hub.api.answers import Answer
from hub.api.connector_models import (
    ConnectorDetail,
    ConnectorMoved,
    ConnectorPath,
    ConnectorPut,
    HowToRun,
    NeededReason,
    Reason,
    Rollback,
    VersionPage,
    VersionPath,
    VersionText,
    Why,
)
from hub.api.documents import NAME, Body, sent, told
from hub.api.models import Run
from hub.api.parameters import NoParameters
from hub.api.ports import register
from hub.api.problems import ApiProblem
from hub.api.routes import api, errors
from hub.record.connector_state import Life, Move
from hub.record.run_state import RunState
from hub.store import connectors
from hub.store import runs as store_runs
from hub.store.registrations import Unregistered
from hub.store.versions import Kind
from hub.sync import fleet

_CONNECTORS = [Tag(name="connectors", description="Department systems: register, change, pause, retire. Key: manage.")]
_YAML: dict[str | int, Any] = {200: {"content": {"application/yaml": {"schema": {"type": "object"}}}}}


@api.post(
    "/connectors",
    tags=_CONNECTORS,
    responses={201: ConnectorPut, **errors(400, 403, 409)},
    operation_id="new_connector",
)
def new_connector(query: Why, raw: Body) -> signing.Told:  # noqa: ARG001  # read as text
    """Register a connector as a draft. Asks nothing of the department."""
    document = sent()
    with told(document):
        data = document.data
        name = str(data.get("name", "")) if isinstance(data, dict) else ""
        if connectors.found(register().database, name):
            raise ApiProblem(409, "exists", f"There is a connector {name} already; PUT /api/v1/connectors/{name}.")
        put = register().put_text(name, document.text, NAME, signing.signed(query.reason), expected=0)
    answer, _, headers = signing.put(Kind.CONNECTOR, put)
    return answer, 201, headers | {"Location": url_for("api.get_connector", name=put.name)}


@api.get(
    "/connectors/<name>",
    tags=_CONNECTORS,
    responses={200: ConnectorDetail, **errors(404)},
    operation_id="get_connector",
)
def get_connector(path: ConnectorPath, query: NoParameters) -> signing.Told:  # noqa: ARG001
    """One connector: its document, how it stands and fares. The ETag is its version."""
    now, standing = datetime.now(UTC), register().standing(path.name)
    (state,) = fleet.states(register().database, [standing.row], now)
    answer = (
        answers.connector(state, now) | answers.standing(standing) | answers.freshness(register().database, state, now)
    )
    return answer, 200, {"ETag": f'"{standing.version.version}"'}


@api.put(
    "/connectors/<name>",
    tags=_CONNECTORS,
    responses={200: ConnectorPut, **errors(400, 403, 409, 412)},
    operation_id="put_connector",
)
def put_connector(path: ConnectorPath, query: Why, raw: Body) -> signing.Told:  # noqa: ARG001
    """Put a document into use: a new connector becomes a draft. With If-Match only if that version is in use."""
    document = sent()
    with told(document):
        signature = signing.signed(query.reason)
        put = register().put_text(path.name, document.text, NAME, signature, expected=signing.expected())
    return signing.put(Kind.CONNECTOR, put)


@api.post(
    "/connectors/<name>/activate",
    tags=_CONNECTORS,
    responses={200: ConnectorMoved, **errors(403, 404, 409)},
    operation_id="activate_connector",
)
def activate_connector(path: ConnectorPath, body: Reason) -> Answer:
    """Let a draft or a retired connector run."""
    return signing.move(path.name, Move.ACTIVATE, body.reason)


@api.post(
    "/connectors/<name>/pause",
    tags=_CONNECTORS,
    responses={200: ConnectorMoved, **errors(403, 404, 409)},
    operation_id="pause_connector",
)
def pause_connector(path: ConnectorPath, body: NeededReason) -> Answer:
    """Stop asking a department for now; a run under way ends at its next page, the bookmark stays."""
    return signing.move(path.name, Move.PAUSE, body.reason)


@api.post(
    "/connectors/<name>/resume",
    tags=_CONNECTORS,
    responses={200: ConnectorMoved, **errors(403, 404, 409)},
    operation_id="resume_connector",
)
def resume_connector(path: ConnectorPath, body: Reason) -> Answer:
    """Go on where a paused connector stopped; one that is left alone after failures is asked again."""
    return signing.move(path.name, Move.RESUME, body.reason)


@api.post(
    "/connectors/<name>/run",
    tags=_CONNECTORS,
    responses={202: Run, **errors(403, 404, 409)},
    operation_id="run_connector",
)
def run_connector(path: ConnectorPath, body: HowToRun) -> signing.Told:
    """Queue a run now. One that waits already, and reads as much, is answered instead; `/runs/{id}` tells of it."""
    database, now = register().database, datetime.now(UTC)
    row = connectors.found(database, path.name)
    if row is None:
        raise Unregistered(path.name, [each.name for each in connectors.listed(database)])
    if row.state != Life.ACTIVE:
        raise ApiProblem(409, "not_now", f"{path.name} is {row.state}; only an active connector is run.")
    kind = "full" if body.full else "incremental"
    waiting = store_runs.listed(database, connector=path.name, state=RunState.QUEUED)
    run_id = next((run.id for run in waiting if run.kind in ("full", kind)), None)
    if run_id is None:
        with database.write() as transaction:
            run_id = store_runs.enqueue(transaction, row.id, kind, "hand", now)
    run = store_runs.get(database, run_id)
    if run is None:
        raise LookupError(f"run {run_id} is gone")
    return answers.run(run, now), 202, {"Location": url_for("api.get_run", run_id=run_id)}


@api.post(
    "/connectors/<name>/retire",
    tags=_CONNECTORS,
    responses={200: ConnectorMoved, **errors(403, 404, 409)},
    operation_id="retire_connector",
)
def retire_connector(path: ConnectorPath, body: NeededReason) -> Answer:
    """Take a connector out of use; what it brought stays."""
    return signing.move(path.name, Move.RETIRE, body.reason)


@api.get(
    "/connectors/<name>/versions",
    tags=_CONNECTORS,
    responses={200: VersionPage, **errors(404)},
    operation_id="list_connector_versions",
)
def list_connector_versions(path: ConnectorPath, query: NoParameters) -> Answer:  # noqa: ARG001
    """Every version of a connector's document, newest first."""
    register().standing(path.name)
    return signing.versions_of(Kind.CONNECTOR, path.name)


@api.get(
    "/connectors/<name>/versions/<int:version>",
    tags=_CONNECTORS,
    responses={200: VersionText, **errors(404)},
    operation_id="get_connector_version",
)
def get_connector_version(path: VersionPath, query: NoParameters) -> Answer:  # noqa: ARG001
    """One version with its document."""
    return signing.version_text(register().numbered(Kind.CONNECTOR, path.name, path.version))


@api.post(
    "/connectors/<name>/rollback",
    tags=_CONNECTORS,
    responses={200: ConnectorPut, **errors(403, 404, 409)},
    operation_id="roll_back_connector",
)
def roll_back_connector(path: ConnectorPath, body: Rollback) -> signing.Told:
    """Put an old version into use again, as a new version."""
    return signing.put(Kind.CONNECTOR, signing.rolled_back(Kind.CONNECTOR, path.name, body))


@api.get(
    "/connectors/<name>/export",
    tags=_CONNECTORS,
    responses={**_YAML, **errors(404)},
    operation_id="export_connector",
)
def export_connector(path: ConnectorPath, query: NoParameters) -> Response:  # noqa: ARG001
    """The document as a file for `hub apply`; its mapping is `/mappings/{name}`."""
    return Response(register().standing(path.name).version.text, mimetype="application/yaml")
