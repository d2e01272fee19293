"""Pages that show what a portal on the API looks like: a search and a dossier, as the configured client sees them.

Each page asks the API's own views, as that client, so it shows nothing that the API would not; what it asked stands at
its foot. People sign in as for the console: these pages are for portal teams, not for citizens.
"""

from typing import Any, cast
from urllib.parse import urlencode

import orjson
from flask import Blueprint, Response, abort, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from pydantic import ValidationError

from hub.api.dossier_parameters import DossierList, WhichDossier
from hub.api.dossier_routes import get_dossier, list_dossiers
from hub.api.parameters import DossierPath
from hub.api.problems import ApiProblem
from hub.api.settings import Settings
from hub.api.viewer import Viewer
from hub.console.visitor import visitor
from hub.record.status import Status
from hub.store import clients
from hub.store.cursor import CursorError
from hub.store.database import Database
from hub.view.fields import NotSeen
from hub.view.mistakes import mistakes

pages = Blueprint("portal", __name__, url_prefix="/portal", template_folder="templates")

_SHOWN = ("agency", "status", "received_from", "received_to")
_PAGE = 20


@pages.before_request
def _as_the_client() -> None:
    """From here on the configured client asks, on behalf of who has signed in."""
    name = cast("Settings", current_app.extensions["hub.settings"]).portal_client
    client = clients.named(cast("Database", current_app.extensions["hub.database"]), name) if name else None
    if client is None:
        abort(404)
    if not visitor().sees_personal or visitor().scope.agencies is not None:  # the client may see more than they may
        abort(403)
    g.viewer = Viewer(client, visitor().name, client.purpose, request.remote_addr or "")
    for name in ("HTTP_IF_NONE_MATCH", "HTTP_ACCEPT"):  # said of the page, not of the API's answer behind it
        request.environ.pop(name, None)


@pages.errorhandler(ApiProblem)
def _as_the_api_says(problem: ApiProblem) -> ResponseReturnValue:
    return _page("portal/search.html", status=problem.status, wrong=problem.detail)


@pages.errorhandler(NotSeen)
def _not_seen(error: NotSeen) -> ResponseReturnValue:
    return _page("portal/search.html", status=403, wrong=str(error))


@pages.errorhandler(CursorError)
def _no_such_page(_error: CursorError) -> ResponseReturnValue:
    return _page("portal/search.html", status=400, wrong=_("Không có trang này; hãy tìm lại từ đầu."))


@pages.get("/")
def search() -> Response:
    """Dossiers by words or by a filter, a page at a time."""
    asked = {name: text for name, text in request.args.items() if text.strip() and name in (*_SHOWN, "q", "cursor")}
    try:
        query = DossierList.model_validate(asked | {"limit": _PAGE})
    except ValidationError as error:
        said = (sentence for _, sentence in mistakes(error, DossierList.model_fields))
        return _page("portal/search.html", 422, wrong=" ".join(said))
    found = _answer(list_dossiers(query))
    following = urlencode(asked | {"cursor": found["next_cursor"]}) if found.get("next_cursor") else None
    asking = f"GET /api/v1/dossiers?{urlencode(asked | {'limit': _PAGE})}"
    return _page("portal/search.html", found=found, following=following, asking=asking)


@pages.get("/dossiers/<path:code>")
def dossier(code: str) -> Response:
    """One dossier, in one call."""
    include = "timeline,due"
    found = _answer(get_dossier(DossierPath(code=code), WhichDossier(include=include)))
    return _page("portal/dossier.html", dossier=found, asking=f"GET /api/v1/dossiers/{code}?include={include}")


def _answer(response: Response) -> dict[str, Any]:
    return cast("dict[str, Any]", orjson.loads(response.get_data()))


def _page(template: str, status: int = 200, **shown: Any) -> Response:
    response = Response(render_template(template, statuses=list(Status), **shown), status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response
