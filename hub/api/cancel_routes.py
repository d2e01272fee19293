"""Addresses at which a person stops a run."""

from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field, field_validator

from hub.api import answers, ports, signing
from hub.api.answers import Answer
from hub.api.models import Run
from hub.api.parameters import RunPath, Text
from hub.api.problems import ApiProblem
from hub.api.routes import api, errors
from hub.store import cursor
from hub.sync import cancelling
from hub.sync.cancelling import CannotCancel

_OPERATIONS = [Tag(name="operations", description="Connectors and their runs.")]


class Cancellation(BaseModel):
    """Why a run is to stop."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"example": {"reason": "the department asked us to wait"}}
    )

    reason: Text = Field(
        description="why; kept with the run, with the name of the key", json_schema_extra={"pattern": "[^\\s]"}
    )

    @field_validator("reason")
    @classmethod
    def _says_something(cls, text: str) -> str:
        if not text.strip() or "\0" in text:
            raise ValueError("must say something, without NUL characters")
        return text


@api.post(
    "/runs/<int:run_id>/cancel",
    tags=_OPERATIONS,
    responses={200: Run, **errors(403, 404, 409)},
    operation_id="cancel_run",
)
def cancel_run(path: RunPath, body: Cancellation) -> Answer:
    """Stop a run: at once where it waits, else within a second or two. What it stored stays."""
    signature = signing.signed(body.reason)
    if path.run_id > cursor.LARGEST_ID:
        raise _no_run(path.run_id)
    database = ports.database()
    try:
        row = cancelling.cancel(database, path.run_id, signature.author, signature.reason, signature.at)
    except LookupError:
        raise _no_run(path.run_id) from None
    except CannotCancel as error:
        raise ApiProblem(409, "cannot_cancel", str(error)) from error
    return answers.run(row, signature.at)


def _no_run(run_id: int) -> ApiProblem:
    return ApiProblem(404, "run_not_found", f"There is no run {run_id}; /api/v1/runs lists them.")
