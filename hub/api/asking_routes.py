"""The address at which a run of any kind is asked for, a backfill too."""

from datetime import UTC, datetime

from flask import url_for
from flask_openapi3.models.tag import Tag

from connectors.contract import Spans
from connectors.wording import sentence
from hub.api import answers, signing
from hub.api.models import Run
from hub.api.ports import register
from hub.api.problems import ApiProblem
from hub.api.removal_models import WantedRun
from hub.api.routes import api, errors
from hub.inspection.line import line_to
from hub.record.connector_state import Life
from hub.record.moments import today
from hub.record.run_state import RunState
from hub.store import connectors, runs
from hub.store.connectors import ConnectorRow
from hub.store.registrations import Unregistered
from hub.sync.backfill import CannotBackfill, NoPeriod, period

_OPERATIONS = [Tag(name="operations", description="Connectors and their runs.")]


@api.post("/runs", tags=_OPERATIONS, responses={202: Run, **errors(403, 404, 409)}, operation_id="ask_for_run")
def ask_for_run(body: WantedRun) -> signing.Told:
    """Queue a run. One that waits already and asks the same is answered instead; `/runs/{id}` tells of it."""
    row, wanted = _active(body.connector), _period(body)
    if wanted is not None:
        _prove_able(row.name)
    database, now = register().database, datetime.now(UTC)
    waiting = runs.listed(database, connector=row.name, state=RunState.QUEUED)
    run_id = next((run.id for run in waiting if (run.kind, run.wanted) == (body.kind, wanted)), None)
    if run_id is None:
        with database.write() as transaction:
            run_id = runs.enqueue(transaction, row.id, body.kind, "hand", now, wanted=wanted)
    run = runs.get(database, run_id)
    if run is None:
        raise LookupError(f"run {run_id} is gone")
    return answers.run(run, now), 202, {"Location": url_for("api.get_run", run_id=run_id)}


def _active(name: str) -> ConnectorRow:
    database = register().database
    row = connectors.found(database, name)
    if row is None:
        raise Unregistered(name, [each.name for each in connectors.listed(database)])
    if row.state != Life.ACTIVE:
        raise ApiProblem(409, "not_now", f"{name} is {row.state}; only an active connector is run.")
    return row


def _period(body: WantedRun) -> dict[str, str] | None:
    if body.from_ is None or body.to is None:
        return None
    try:
        return period(body.from_, body.to, today())
    except NoPeriod as error:
        message = sentence(error)
        errors = [{"parameter": "from", "message": message}]
        raise ApiProblem(422, "invalid_parameters", message, errors=errors) from error


def _prove_able(name: str) -> None:
    """Told at once, not by a run that fails: opening a line asks nothing."""
    found = register().connector(name)
    with line_to(found.section, found.connection).opened() as line:
        if not isinstance(line, Spans):
            error = CannotBackfill()
            raise ApiProblem(409, "not_able", f"{name}: {sentence(error)} {error.hint}")
