"""Every error of the API as `application/problem+json` (RFC 9457) with a stable `code`."""

from collections.abc import Callable
from typing import Any, TypeVar

import orjson
from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.exceptions import HTTPException

from connectors.wording import sentence
from hub.api.parameters import known_parameters
from hub.store.cursor import CursorError
from hub.view.mistakes import mistakes

MEDIA_TYPE = "application/problem+json"

Read = TypeVar("Read")

# code → what it is, in a few words that never change
TITLES = {
    "bad_request": "The request cannot be read",
    "bad_cursor": "The cursor is not one of this list",
    "no_key": "An API key is needed",
    "unknown_key": "The API key is not valid",
    "not_allowed": "The key does not open this",
    "invalid_token": "The token is not valid",
    "token_expired": "The token has expired",
    "token_not_yet_valid": "The token is not valid yet",
    "unknown_issuer": "The token's issuer is not known",
    "unknown_signing_key": "The token's signature cannot be checked",
    "wrong_audience": "The token is for somebody else",
    "unknown_token_client": "The token's client is not registered",
    "insufficient_scope": "The token lacks a scope",
    "issuer_unavailable": "The token's issuer does not answer",
    "client_not_found": "No client has this name",
    "key_not_found": "The client has no such key",
    "last_manager": "Nobody would be left who may change the hub",
    "subject_taken": "Another client comes with these tokens",
    "unknown_position": "The change feed cannot be followed from this position",
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
    "not_now": "This cannot be done as things stand",
    "managed_elsewhere": "This is changed where it is kept",
    "changed_meanwhile": "Somebody else was faster",
    "secret_in_use": "Connectors refer to this secret",
    "secrets_locked": "The hub's secrets cannot be opened",
    "not_pushed_to": "Nothing is pushed to this connector",
    "not_active": "The connector takes nothing",
    "paused": "The connector is paused",
    "nothing_found": "Nothing was found for this code and second fact",
    "too_many_tries": "It was tried too often",
    "busy": "The connector is busy",
    "no_mapping": "The connector cannot read records just now",
    "half_a_body": "Only a part of the body arrived",
    "too_slow": "The body took too long",
    "body_too_large": "The body is too large",
    "too_many_records": "There are too many records in the body",
    "unknown_encoding": "The body is compressed in an unknown way",
    "unreadable_body": "The body cannot be read",
    "unknown_media_type": "The body is of another media type",
    "address_too_long": "The address is too long",
    "headers_too_long": "The headers are too long",
    "wrong_signature": "The signature is not that of the body",
    "bad_request_id": "The request number cannot be used",
    "request_id_reused": "The request number was used for something else",
    "nothing_taken": "Every record was quarantined",
    "run_not_found": "There is no run of this number",
    "cannot_cancel": "The run cannot be cancelled",
    "method_not_allowed": "This address does not take this method",
    "removal_not_found": "No such removal",
    "too_much_to_count": "Counting would take too long",
    "ambiguous_code": "Several dossiers have this code",
    "invalid_parameters": "A parameter is not right",
    "too_many_requests": "The client has asked too much",
    "reads_not_logged": "What is read cannot be noted",
    "export_not_found": "There is no export of this number",
    "export_not_ready": "The file is being written",
    "export_not_written": "The file was not written",
    "export_expired": "The file is not kept any more",
    "export_outdated": "The file holds more than the client may see now",
    "too_many_exports": "The client waits for too many exports",
    "too_many_downloads": "Too many files are being sent",
    "no_such_range": "The file has no such piece",
    "format_not_installed": "The hub cannot write this format",
    "not_seen": "The client is not shown this",
    "webhook_not_found": "There is no such webhook",
    "delivery_not_found": "There is no such delivery",
    "too_many_webhooks": "The client has as many webhooks as it may have",
    "busy_testing": "Another webhook is being tested",
    "hub_fault": "The hub met a fault of its own",
    "store_unavailable": "The database does not answer",
    "not_ready": "The hub is not ready",
}
_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    414: "address_too_long",
    500: "hub_fault",
    503: "store_unavailable",
}


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
    retry_after_seconds: int | None = Field(None, description="when it may be tried again, as in `Retry-After`")
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


def detail_of(error: object) -> str:
    """What an error says, as a sentence of its own."""
    said = sentence(error)
    return f"{said[:1].upper()}{said[1:]}"


def read_parameter(name: str, read: Callable[[], Read]) -> Read:
    """What is read of a parameter, or the answer that it is not right.

    Raises:
        ApiProblem: 422, with the sentence of the ValueError.
    """
    try:
        return read()
    except CursorError:
        raise  # which is told as what it is
    except ValueError as error:
        message = detail_of(error)
        told = [{"parameter": name, "message": message}]
        raise ApiProblem(422, "invalid_parameters", message, errors=told) from error


def problem_bytes(status: int, code: str, detail: str, **more: Any) -> bytes:
    """The problem's document."""
    kind = f"urn:mot-cua-hub:problem:{code}"
    told = {"type": kind, "title": TITLES[code], "status": status, "code": code, "detail": detail}
    return orjson.dumps(told | more)


def answer(problem: ApiProblem) -> Response:
    """The problem as a response."""
    body = problem_bytes(problem.status, problem.code, problem.detail, **problem.more)
    response = Response(body, problem.status, mimetype=MEDIA_TYPE)
    if problem.status == 401 or problem.code == "insufficient_scope":
        response.headers["WWW-Authenticate"] = _challenge(problem.code)
    if "retry_after_seconds" in problem.more:
        response.headers["Retry-After"] = str(problem.more["retry_after_seconds"])
    if problem.code == "issuer_unavailable":
        response.headers["Retry-After"] = "10"
    return response


def _challenge(code: str) -> str:
    """What RFC 6750 says of a key or token that opens nothing; of none at all, nothing but the way to send one."""
    realm = 'Bearer realm="mot-cua-hub"'
    if code == "no_key":
        return realm
    error = code if code == "insufficient_scope" else "invalid_token"
    return f'{realm}, error="{error}", error_description="{TITLES[code]}"'


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
    found = mistakes(error, known_parameters(error.title))
    errors = [{"parameter": name, "message": sentence} for name, sentence in found]
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
