"""The look-up for anybody, and the QR code that leads to it. No key is needed for the look-up alone."""

from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import quote

import segno
from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.api import ports
from hub.api.answers import Answer
from hub.api.choosing import the_one
from hub.api.parameters import DossierPath, NoParameters
from hub.api.problems import ApiProblem
from hub.api.public_models import PublicDossier, SecondFact
from hub.api.routes import api, errors
from hub.api.settings import Public
from hub.api.viewer import open_to_query
from hub.record.second_fact import read_fact
from hub.store.candidates import Which
from hub.view import public as view
from hub.view.public import Asked, Limits, NothingFound, TooMany

_PUBLIC = [Tag(name="public", description="For anybody who has a dossier's code; needs no key.")]
_PAGE = "tra-cuu"  # the page that a QR code leads to

public = APIBlueprint("public", __name__, url_prefix="/api/v1/public", abp_responses=errors(404, 422, 429, 500, 503))


@public.get("/dossiers/<path:code>", tags=_PUBLIC, responses={200: PublicDossier}, operation_id="look_up_publicly")
def look_up_publicly(path: DossierPath, query: SecondFact) -> Answer:
    """A dossier by its code and a second fact: where it stands, with names masked."""
    try:
        return looked_up(path.code, query.fact)
    except NothingFound:
        detail = (
            "Either no dossier has this code, or its owner's number or telephone does not end so. "
            "Both are on the receipt that the agency gave."
        )
        raise ApiProblem(404, "nothing_found", detail) from None
    except TooMany as error:
        raise too_many(error) from None
    except ValueError as error:
        errors_ = [{"parameter": "fact", "message": str(error)}]
        raise ApiProblem(422, "invalid_parameters", f"`fact`: {error}.", errors=errors_) from None


@api.get(
    "/dossiers/<path:code>/qr",
    tags=_PUBLIC,
    responses={200: {"content": {"image/svg+xml": {"schema": {"type": "string"}}}}, **errors(404, 409)},
    operation_id="get_dossier_qr",
)
@open_to_query
def get_dossier_qr(path: DossierPath, query: NoParameters) -> Response:  # noqa: ARG001  # refuses every parameter
    """A QR code that leads a citizen to this dossier on the public page; it holds the code and nothing else."""
    row = the_one(path.code, Which())
    drawn = BytesIO()
    segno.make(page_address(row.code), error="m").save(drawn, kind="svg", scale=4, xmldecl=False, svgns=True)
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


def looked_up(code: str, fact: str) -> Answer:
    """What anybody may know of a dossier.

    Raises:
        ValueError: the fact cannot be one.
        NothingFound, TooMany: see `hub.view.public`.
    """
    if not settings().look_up:
        raise ApiProblem(404, "not_found", "The public look-up is not open at this hub (`public.look_up`).")
    asked = Asked(code, read_fact(fact), request.remote_addr or "")
    limits = Limits(settings().per_minute, settings().wrong_per_hour)
    database = ports.database()
    near_due = ports.near_due()
    return view.look_up(database, asked, limits, near_due, datetime.now(UTC))


def too_many(error: TooMany) -> ApiProblem:
    """The answer to who tries too often."""
    detail = f"It was tried too often. Try again in {_in_words(error.seconds)}, or ask the agency."
    return ApiProblem(429, "too_many_tries", detail, retry_after_seconds=error.seconds)


def _in_words(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return f"{minutes} minutes" if minutes > 1 else "a minute"


def page_address(code: str) -> str:
    """The public page of a dossier, as a citizen's telephone reaches it."""
    base = settings().address or f"{request.url_root}{_PAGE}"
    return f"{base}?code={quote(code, safe='')}"


def settings() -> Public:
    """How the look-up is open."""
    return ports.settings().public
