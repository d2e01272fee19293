"""Every error of the API as `application/problem+json` (RFC 9457) with a stable `code`."""

from typing import Any

import orjson
from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.exceptions import HTTPException

from connectors.wording import did_you_mean
from hub.api.parameters import known_parameters

MEDIA_TYPE = "application/problem+json"

# code → what it is, in a few words that never change
TITLES = {
    "bad_request": "The request cannot be read",
    "bad_cursor": "The cursor is not one of this list",
    "no_key": "An API key is needed",
    "unknown_key": "The API key is not valid",
    "not_allowed": "The key does not open this",
    "not_found": "There is nothing at this address",
    "dossier_not_found": "No dossier has this code",
    "agency_not_found": "No agency has this code on that day",
    "procedure_not_found": "No procedure has this code on that day",
    "claimed_twice": "Several entries of the catalogue claim this code",
    "connector_not_found": "No connector has this name",
    "operation_not_found": "The system has no operation of this name",
    "not_able": "This connector cannot do that",
    "department_failed": "The department's system did not answer as it should",
    "not_that_code": "The record does not give this code, or there is no such record",
    "record_not_found": "The hub has no record of this key",
    "not_read_again": "The record cannot be told from the others that it came with",
    "version_not_found": "There is no version of this number",
    "secret_not_found": "There is no secret of this name",
    "invalid_document": "The document is not right",
    "exists": "There is one of this name already",
    "not_now": "The connector is not in a state for this",
    "managed_elsewhere": "This is changed where it is kept",
    "changed_meanwhile": "Somebody else was faster",
    "secret_in_use": "Connectors refer to this secret",
    "secrets_locked": "The hub's secrets cannot be opened",
    "not_pushed_to": "Nothing is pushed to this connector",
    "not_active": "The connector takes nothing",
    "paused": "The connector is paused",
    "busy": "The connector is busy",
    "no_mapping": "The connector cannot read records just now",
    "half_a_body": "Only a part of the body arrived",
    "too_slow": "The body took too long",
    "body_too_large": "The body is too large",
    "too_many_records": "There are too many records in the body",
    "unknown_encoding": "The body is compressed in an unknown way",
    "unreadable_body": "The body cannot be read",
    "wrong_signature": "The signature is not that of the body",
    "bad_request_id": "The request number cannot be used",
    "request_id_reused": "The request number was used for something else",
    "nothing_taken": "Every record was quarantined",
    "run_not_found": "There is no run of this number",
    "cannot_cancel": "The run cannot be cancelled",
    "method_not_allowed": "This address does not take this method",
    "removal_not_found": "No such removal",
    "ambiguous_code": "Several dossiers have this code",
    "invalid_parameters": "A parameter is not right",
    "hub_fault": "The hub met a fault of its own",
    "store_unavailable": "The database does not answer",
    "not_ready": "The hub is not ready",
}
_CODES = {404: "not_found", 405: "method_not_allowed", 500: "hub_fault", 503: "store_unavailable"}


class ParameterProblem(BaseModel):
    """What is wrong with one parameter."""

    parameter: str
    message: str


class RecordName(BaseModel):
    """One source record."""

    connector: str
    key: str = Field(description="at its source")


class Candidate(BaseModel):
    """One of several dossiers that have the same code."""

    agency: str
    code: str
    codes: list[str] = Field(description="every code it has; another one may be its alone")
    records: list[RecordName] = Field(description="those that give the code")


class Problem(BaseModel):
    """An error, as RFC 9457 has it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "urn:mot-cua-hub:problem:dossier_not_found",
                "title": TITLES["dossier_not_found"],
                "status": 404,
                "code": "dossier_not_found",
                "detail": "No dossier is known under 000.00.15.H29-260520-0001. Codes are compared whole.",
            }
        }
    )

    type: str = Field(description="a name for the kind of problem")
    title: str
    status: int
    code: str = Field(description="stable; one of: " + ", ".join(TITLES))
    detail: str = Field(description="one sentence on this very case, and what to do")
    errors: list[ParameterProblem] | None = Field(None, description="with `invalid_parameters`: each one")
    candidates: list[Candidate] | None = Field(
        None, description="with `ambiguous_code`: choose with ?agency= or ?connector="
    )


class ApiProblem(Exception):
    """Raised anywhere in the API; becomes the answer."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.more = more


def answer(problem: ApiProblem) -> Response:
    """The problem as a response."""
    body = {
        "type": f"urn:mot-cua-hub:problem:{problem.code}",
        "title": TITLES[problem.code],
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        **problem.more,
    }
    response = Response(orjson.dumps(body), problem.status, mimetype=MEDIA_TYPE)
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="mot-cua-hub"'
    return response


def of_http(error: HTTPException) -> Response:
    """Flask's own errors (no such address, wrong method, a fault in a view)."""
    status = error.code or 500
    problem = ApiProblem(status, _CODES.get(status, "bad_request"), _detail(status, error))
    response = answer(problem)
    if allowed := getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def store_unavailable() -> Response:
    """The database is away: the reason may name its address, so it stays in the log."""
    detail = "The hub cannot reach its database just now; nothing is lost. Try again in a moment."
    response = answer(ApiProblem(503, "store_unavailable", detail))
    response.headers["Retry-After"] = "5"
    return response


def of_parameters(error: ValidationError) -> Response:
    """Every parameter that is not right, in one answer."""
    known = known_parameters(error.title)
    errors = [
        {"parameter": str(each["loc"][0] if each["loc"] else ""), "message": _message(each, known)}
        for each in error.errors()
    ]
    detail = " ".join(each["message"] for each in errors)
    return answer(ApiProblem(422, "invalid_parameters", detail, errors=errors))


def _detail(status: int, error: HTTPException) -> str:
    match status:
        case 404:
            return f"There is no {request.path} here; /api/v1/docs lists every address."
        case 405:
            return f"{request.path} does not take {request.method}."
        case 500:
            return "The hub could not answer; nothing was changed. Its log has the details; tell the hub's keeper."
    return error.description or error.name


def _message(error: Any, known: list[str]) -> str:
    name = error["loc"][0] if error["loc"] else ""
    match error["type"]:
        case "extra_forbidden":
            return f"`{name}` is not a parameter here. {did_you_mean(str(name), known)}"
        case "value_error":
            return f"{error['ctx']['error']}."
        case "enum":
            choices = [choice.strip("' ") for choice in error["ctx"]["expected"].replace(" or ", ", ").split(",")]
            return f"`{name}` cannot be “{error['input']}”. {did_you_mean(str(error['input']), choices)}"
    return f"`{name}`: {error['msg'][0].lower()}{error['msg'][1:]}."
