"""The API's own documentation: the OpenAPI document, and a page to read and try it that needs no network."""

from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Response, current_app, make_response, render_template

if TYPE_CHECKING:
    from flask_openapi3.openapi import OpenAPI

docs = Blueprint("docs", __name__, url_prefix="/api/v1", template_folder="templates", static_folder="static")
# Swagger UI comes with a package; `static` serves our own three lines that start it.
swagger = Blueprint(
    "swagger",
    __name__,
    url_prefix="/api/v1/docs",
    static_folder=str(files("flask_openapi3_swagger") / "templates" / "swagger"),
    static_url_path="/swagger",
)

# Swagger UI sets styles by script; nothing else on the page may.
_CSP = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"


@docs.get("/openapi.json")
def openapi() -> dict[str, Any]:
    """The document as it is generated from the routes."""
    return cast("OpenAPI", current_app).api_doc


@docs.get("/docs")
def page() -> Response:
    """Swagger UI."""
    response = make_response(render_template("api/docs.html"))
    response.headers["Content-Security-Policy"] = _CSP
    return response
