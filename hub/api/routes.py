"""Every address of the API on one page."""

from datetime import UTC, datetime
from typing import Any, cast

from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.api import answers, catalogue_answers, due_answers
from hub.api.answers import Answer
from hub.api.models import Alive, ConnectorPage, Dossier, DossierPage, Run, RunPage
from hub.api.parameters import (
    ConnectorList,
    DossierList,
    DossierPath,
    NoParameters,
    RunList,
    RunPath,
    WhichDossier,
)
from hub.api.problems import MEDIA_TYPE, ApiProblem, answer
from hub.store import connectors, cursor, dossiers, runs, schema
from hub.store.candidates import Which, matching
from hub.store.database import Database
from hub.store.dossiers import DossierRow, Filter, Position
from hub.store.due import due_told
from hub.store.ratings import ratings_of
from hub.store.whole import whole
from hub.sync import health as sync_health


def errors(*statuses: int) -> dict[str | int, Any]:
    """Statuses that an address may answer with, each as a problem document."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"content": content} for status in statuses}


api = APIBlueprint(
    "api",
    __name__,
    url_prefix="/api/v1",
    abp_security=[{"bearer": []}, {"header": []}],
    abp_responses=errors(401, 422, 500, 503),
)
health = APIBlueprint(
    "health",
    __name__,
    url_prefix="/health",
    abp_tags=[Tag(name="health", description="For whoever watches over the hub; needs no key.")],
)
_DOSSIERS = [Tag(name="dossiers", description="The central record.")]
_OPERATIONS = [Tag(name="operations", description="Connectors and their runs.")]


@api.before_request
def _each_parameter_once() -> None:
    for name, values in request.args.lists():
        if len(values) > 1:
            message = f"`{name}` is given {len(values)} times; give it once."
            errors = [{"parameter": name, "message": message}]
            raise ApiProblem(422, "invalid_parameters", message, errors=errors)


@api.errorhandler(cursor.CursorError)
def _bad_cursor(_: cursor.CursorError) -> ResponseReturnValue:
    detail = "Use `next_cursor` exactly as it was answered, or leave `cursor` out to begin."
    return answer(ApiProblem(400, "bad_cursor", detail))


@api.get("/dossiers", tags=_DOSSIERS, responses={200: DossierPage, **errors(400)}, operation_id="list_dossiers")
def list_dossiers(query: DossierList) -> Answer:
    """Dossiers by filter, newest reception first."""
    names = ("agency", "status", "procedure", "received_from", "received_to", "conflicts", "gone")
    due = due_answers.wanted(query.due, _now())
    wanted = Filter(**{name: getattr(query, name) for name in names}, words=query.q, due=due)
    after = None if query.cursor is None else cursor.dossier_position(query.cursor)
    found = dossiers.page(_database(), wanted, after, query.limit + 1)
    shown = found[: query.limit]
    following = cursor.after_dossier(Position(shown[-1].received_on, shown[-1].id)) if shown != found else None
    return {"items": _items(shown), "next_cursor": following}


@api.get(
    "/dossiers/<path:code>", tags=_DOSSIERS, responses={200: Dossier, **errors(404, 409)}, operation_id="get_dossier"
)
def get_dossier(path: DossierPath, query: WhichDossier) -> Answer:
    """One dossier with all that is known behind it; any of its codes finds it."""
    now, database = _now(), _database()
    row = the_one(path.code, Which(query.agency, query.connector))
    found = whole(database, row)
    rows = {connector.name: connector for connector in connectors.listed(database)}
    fresh = sync_health.freshness(rows, dossiers.connectors_of(database, [row.id]).get(row.id, ()), now)
    due = due_answers.state(row.values, now) | due_answers.behind(due_told(database, found, now))
    rated = [catalogue_answers.rating(one) for one in ratings_of(database, row.id)]
    return answers.dossier(found, fresh, rows, now) | due | {"ratings": rated}


@api.get("/connectors", tags=_OPERATIONS, responses={200: ConnectorPage}, operation_id="list_connectors")
def list_connectors(query: ConnectorList) -> Answer:
    """Every department system that is registered, the ones in trouble first."""
    now = _now()
    found = sync_health.states(_database(), now, retired=query.retired)
    return {"items": [answers.connector(state, now) for state in found]}


@api.get("/runs", tags=_OPERATIONS, responses={200: RunPage, **errors(400)}, operation_id="list_runs")
def list_runs(query: RunList) -> Answer:
    """Runs, newest first."""
    before = None if query.cursor is None else cursor.id_position("runs", query.cursor)
    found = runs.listed(_database(), connector=query.connector, state=query.state, before=before, limit=query.limit + 1)
    shown, now = found[: query.limit], _now()
    following = cursor.after_id("runs", shown[-1].id) if shown != found else None
    return {"items": [answers.run(row, now) for row in shown], "next_cursor": following}


@api.get("/runs/<int:run_id>", tags=_OPERATIONS, responses={200: Run, **errors(404)}, operation_id="get_run")
def get_run(path: RunPath, query: NoParameters) -> Answer:  # noqa: ARG001  # refuses every parameter
    """One run, with every failed exchange."""
    row = runs.get(_database(), path.run_id) if path.run_id <= cursor.LARGEST_ID else None
    if row is None:
        raise ApiProblem(404, "run_not_found", f"There is no run {path.run_id}; /api/v1/runs lists them.")
    return answers.run(row, _now())


@health.get("/live", responses={200: Alive}, operation_id="live")
def live() -> Answer:
    """Whether the process answers."""
    return {"status": "ok"}


@health.get("/ready", responses={200: Alive, **errors(503)}, operation_id="ready")
def ready() -> Answer:
    """Whether the database answers and has the tables of this hub."""
    if not schema.is_current(_database()):
        raise ApiProblem(
            503, "not_ready", "The database is of another version; `hub db upgrade` brings it to this one."
        )
    return {"status": "ok"}


def _items(rows: list[DossierRow]) -> list[Answer]:
    database, now = _database(), _now()
    registered = {connector.name: connector for connector in connectors.listed(database)}
    speakers = dossiers.connectors_of(database, [row.id for row in rows])
    return [
        answers.dossier_item(row, sync_health.freshness(registered, speakers.get(row.id, ()), now))
        | due_answers.state(row.values, now)
        for row in rows
    ]


def the_one(code: str, which: Which) -> DossierRow:
    """The dossier that a code means.

    Raises:
        ApiProblem: there is none, or there are several.
    """
    chosen = matching(_database(), code, which)
    if len(chosen) == 1:
        return chosen[0].row
    if not chosen:
        where = "".join(
            f" {words} {value}"
            for words, value in (("at the agency", which.agency), ("from the connector", which.connector))
            if value is not None
        )
        detail = f"No dossier is known under {code}{where}. Codes are compared whole; /api/v1/dossiers?q= finds parts."
        raise ApiProblem(404, "dossier_not_found", detail)
    candidates = [answers.candidate(one, dossiers.codes(_database(), one.row.id)) for one in chosen]
    detail = (
        f"{len(chosen)} dossiers are known under {code}. Choose one with ?agency= or ?connector=, "
        "or by another of its codes."
    )
    raise ApiProblem(409, "ambiguous_code", detail, candidates=candidates)


def _database() -> Database:
    return cast("Database", current_app.extensions["hub.database"])


def _now() -> datetime:
    return datetime.now(UTC)
