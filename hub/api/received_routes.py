"""A record as it was received. Any key that reads dossiers may ask: it holds what they are made of."""

from typing import cast

from flask import Response, current_app
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from hub.api.parameters import Parameters
from hub.api.problems import ApiProblem
from hub.api.reads import note_read
from hub.api.routes import api, errors
from hub.inspection.received import Rereads, received
from hub.store.database import Database
from hub.store.reads import Action

_RECORDS = [Tag(name="records", description="What departments sent, as they sent it.")]
_BYTES = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}


class RecordPath(BaseModel):
    """A record by its connector and its key there."""

    name: str = Field(description="name of the connector", json_schema_extra={"example": "so-tu-phap"})
    key: str = Field(description="key of the record at its source", json_schema_extra={"example": "24-019651"})


class WhatReceived(Parameters):
    """How much of it."""

    whole: bool = Field(default=False, description="the whole answer, or the part of a huge one, that it came in")


@api.get(
    "/connectors/<name>/records/<path:key>/received",
    tags=_RECORDS,
    responses={200: _BYTES, **errors(404, 409)},
    operation_id="get_received",
)
def get_received(path: RecordPath, query: WhatReceived) -> Response:
    """The newest state of a record byte for byte as it was received; `X-Media-Type` says what it is."""
    extensions = current_app.extensions
    database, rereads = cast("Database", extensions["hub.database"]), cast("Rereads", extensions["hub.rereads"])
    found = received(database, path.name, path.key, rereads)
    if found is None:
        raise ApiProblem(404, "record_not_found", f"The hub has no record {path.key} of a connector {path.name}.")
    if not query.whole and not found.raw:
        raise ApiProblem(409, "not_read_again", f"{found.trouble}. `?whole=true` gives the answer that it came in.")
    note_read(Action.SOURCE, (), {"connector": path.name, "key": path.key, "whole": query.whole}, records=1)
    # Never as what it is: a browser would show a department's HTML as if it were the hub's.
    answer = Response(found.payload.body if query.whole else found.raw, mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.file_name(whole=query.whole)}"'
    answer.headers["X-Media-Type"] = found.payload.media_type.encode("ascii", "replace").decode()
    answer.headers["X-Received-At"] = found.payload.received_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return answer
