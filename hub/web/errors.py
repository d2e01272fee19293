"""What a person or a program sees when something goes wrong: a page with a way back, or a problem document."""

import structlog
from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, HTTPException

from hub.api import problems
from hub.api.bodies import half_a_body
from hub.store.database import StoreError
from hub.sync.reading_log import NotLogged

log = structlog.get_logger()


def is_api(path: str) -> bool:
    """Whether programs read this address."""
    return path.startswith(("/api/", "/health/"))


def register(app: Flask) -> None:
    """Answer every error of `app`."""
    app.register_error_handler(problems.ApiProblem, problems.answer)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StoreError, _store)
    app.register_error_handler(NotLogged, _not_logged)
    app.register_error_handler(ParseException, _cut)


def _http(error: HTTPException) -> ResponseReturnValue:
    if is_api(request.path):
        return problems.of_http(error)
    return render_template("console/error.html", status=error.code or 500), error.code or 500


def _not_logged(error: NotLogged) -> ResponseReturnValue:
    """The reason may name a folder of the machine, so it stays in the log."""
    log.error("reads_not_logged", reason=str(error))
    if is_api(request.path):
        detail = "The hub cannot note who reads personal data just now, so it shows none; its log says why."
        return problems.answer(problems.ApiProblem(503, "reads_not_logged", detail))
    return render_template("console/error.html", status=503), 503


def _cut(error: ParseException) -> ResponseReturnValue:
    """Raised when a view reads a body whose chunks are wrong."""
    log.info("body_cut", reason=type(error).__name__)
    return problems.answer(half_a_body()) if is_api(request.path) else _http(BadRequest())


def _store(error: StoreError) -> ResponseReturnValue:
    log.warning("store_unreachable", reason=str(error))
    if is_api(request.path):
        return problems.store_unavailable()
    return render_template("console/error.html", status=503), 503
