"""One record as it was received, as text that acts on nothing, and to be saved as a file."""

from typing import cast

import orjson
from flask import Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from hub.console.database import database
from hub.console.page import Page
from hub.console.reads import note_source
from hub.console.record import sight
from hub.console.visitor import own_connector, visitor
from hub.inspection.received import Received, Rereads, received
from hub.record.rights import Right

LONGEST_RAW = 20_000  # letters; what is longer is cut, a page must stay a page


def page(name: str) -> ResponseReturnValue:
    """The record's own bytes, or with `whole` the answer that it came in; only of one's own connectors."""
    own_connector(name, retired=True)
    if not visitor().sees_personal:
        return sight.hidden()
    found, whole = _found(name), _is_whole()
    text = _readable(found.text(whole=whole).encode())
    return render_template(
        "console/record/received.html",
        found=found,
        whole=whole,
        text=text[:LONGEST_RAW],
        cut=len(text) > LONGEST_RAW,
        longest=LONGEST_RAW,
    )


def file(name: str) -> ResponseReturnValue:
    """The same as a file to be saved: never as what it is, or a browser would run what it holds."""
    own_connector(name, retired=True)
    if not visitor().sees_personal:
        return sight.hidden()
    found, whole = _found(name), _is_whole()
    answer = Response(found.payload.body if whole else found.raw, mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.file_name(whole=whole)}"'
    return answer


def _found(name: str) -> Received:
    rereads = cast("Rereads", current_app.extensions["hub.rereads"])
    found = received(database(), name, request.args.get("key", ""), rereads) or abort(404)
    note_source(name, 1, {"key": found.key, "whole": _is_whole()})
    return found


def _readable(raw: bytes) -> str:
    """JSON on several lines; anything else as it came. Jinja escapes it, so that nothing in it acts."""
    try:
        return orjson.dumps(orjson.loads(raw), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        return raw.decode("utf-8", "replace")


def _is_whole() -> bool:
    return request.args.get("whole") == "1"


PAGES = (
    Page("GET", "/connectors/<name>/received", "received", page, Right.WATCH),
    Page("GET", "/connectors/<name>/received/file", "received_file", file, Right.WATCH),
)
