"""Where departments push over REST: records come in, and each is answered for."""

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models import RawModel
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

from connectors.push.receipt import Receipt
from connectors.push.refusal import NotTaken
from hub.api.problems import MEDIA_TYPE, ApiProblem, answer
from hub.api.pushing import admit, desk, shown_key, told_charset

_ERRORS = (400, 401, 403, 404, 408, 409, 413, 415, 422, 500, 503)
_NUMBERS = ("Idempotency-Key", "X-Request-Id")
_PROBLEM = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


class PushPath(BaseModel):
    """Where to push to."""

    connector: str = Field(description="the connector that the hub's keeper registered for the department")


class PushedRecord(BaseModel):
    """What became of one record."""

    position: int = Field(description="in the push, from 1")
    key: str | None = Field(None, description="what identifies it; absent where it has nothing there")
    outcome: str = Field(description="created, updated, unchanged or quarantined")
    reasons: list[str] | None = Field(None, description="why it is quarantined, or what else is worth knowing")
    problems: list[str] | None = Field(None, description="fields that could not be read, though the record was taken")


class PushReceipt(BaseModel):
    """What became of a push. All of it is stored already."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "request_id": "2026-05-20/17",
                "received": 2,
                "created": 1,
                "updated": 0,
                "unchanged": 0,
                "quarantined": 1,
                "records": [
                    {"position": 1, "key": "HS-1", "outcome": "created"},
                    {
                        "position": 2,
                        "key": "HS-2",
                        "outcome": "quarantined",
                        "reasons": ['received_at: ngayNhan says "32/13/2026", expected a date as dd/MM/yyyy'],
                    },
                ],
            }
        }
    )

    request_id: str | None = Field(description="the department's own number of this push, if it gave one")
    received: int
    created: int
    updated: int
    unchanged: int
    quarantined: int
    records: list[PushedRecord] = Field(description="in the order they were sent")


class PushedBody(RawModel):
    """As the connector's settings say: JSON, XML, CSV or NDJSON."""

    mimetypes = ("application/json", "application/xml", "text/csv", "application/x-ndjson")  # type: ignore[assignment]


push = APIBlueprint(
    "push",
    __name__,
    url_prefix="/api/v1/push",
    abp_tags=[Tag(name="push", description="For departments that send by themselves.")],
    abp_security=[{"bearer": []}, {"header": []}, {"basic": []}],
    abp_responses=dict.fromkeys(_ERRORS, _PROBLEM),
)


@push.post("/<connector>", responses={200: PushReceipt}, operation_id="push_records")
def push_records(path: PushPath, raw: PushedBody) -> Response:  # noqa: ARG001  # read as a stream
    """Bring one record or many. The same `Idempotency-Key` (or `X-Request-Id`) is answered the same; without one the
    hub goes by content."""
    admit(path.connector, shown_key())
    open_desk = desk(path.connector)
    with open_desk.noting():
        body = open_desk.body()
        pushed = open_desk.connector.read(body, told_charset(), _request_id())
        receipt = open_desk.take(pushed)
    return _said(receipt)


@push.errorhandler(NotTaken)
def _not_taken(refused: NotTaken) -> ResponseReturnValue:
    response = answer(ApiProblem(refused.status, refused.code, refused.sentence))
    if refused.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="mot-cua-hub", Basic realm="mot-cua-hub"'
    if refused.retry_after is not None:
        response.headers["Retry-After"] = str(refused.retry_after)
    return response


def _said(receipt: Receipt) -> Response:
    if receipt.nothing_taken:
        return answer(ApiProblem(422, "nothing_taken", receipt.message, **receipt.as_json()))
    return jsonify(receipt.as_json())


def _request_id() -> str | None:
    return next((number for name in _NUMBERS if (number := request.headers.get(name, "").strip())), None)
