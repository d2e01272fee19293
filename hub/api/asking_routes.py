"""The address at which a run of any kind is asked for, a backfill too."""

from flask import url_for
from flask_openapi3.models.tag import Tag

from connectors.wording import sentence
from hub.api import answers, signing
from hub.api.models import Run
from hub.api.ports import register
from hub.api.problems import ApiProblem
from hub.api.removal_models import WantedRun
from hub.api.routes import api, errors
from hub.inspection import by_hand
from hub.inspection.by_hand import Asked, NotNow
from hub.record.run_kind import RunKind
from hub.record.signature import Signature
from hub.store import connectors, runs
from hub.store.connectors import ConnectorRow
from hub.store.registrations import Unregistered
from hub.sync.backfill import CannotBackfill, NoPeriod

_OPERATIONS = [Tag(name="operations", description="Connectors and their runs.")]


@api.post("/runs", tags=_OPERATIONS, responses={202: Run, **errors(403, 404, 409)}, operation_id="ask_for_run")
def ask_for_run(body: WantedRun) -> signing.Told:
    """Queue a run. One that waits already and asks the same is answered instead; `/runs/{id}` tells of it."""
    row, by = _known(body.connector), signing.signed("")
    try:
        asked = _asked(row, body, by)
    except NotNow as error:
        raise ApiProblem(409, "not_now", sentence(error)) from error
    except NoPeriod as error:
        message = sentence(error)
        errors = [{"parameter": "from", "message": message}]
        raise ApiProblem(422, "invalid_parameters", message, errors=errors) from error
    except CannotBackfill as error:
        raise ApiProblem(409, "not_able", f"{row.name}: {sentence(error)} {error.hint}") from error
    run = runs.get(register().database, asked.run_id)
    if run is None:
        raise LookupError(f"run {asked.run_id} is gone")
    return answers.run(run, by.at), 202, {"Location": url_for("api.get_run", run_id=run.id)}


def _known(name: str) -> ConnectorRow:
    database = register().database
    row = connectors.found(database, name)
    if row is None:
        raise Unregistered(name, [each.name for each in connectors.listed(database)])
    return row


def _asked(row: ConnectorRow, body: WantedRun, by: Signature) -> Asked:
    if body.from_ is None or body.to is None:
        return by_hand.ask(register().database, row, RunKind(body.kind), by)
    return by_hand.backfill(register(), row, body.from_, body.to, by)
