"""Every page of the console, and what the templates may call."""

from typing import Any

from flask import Blueprint, abort, g, request

from hub.console import (
    catalogue,
    completeness,
    dossiers,
    due,
    faults,
    language,
    overview,
    parting,
    problems,
    quarantine,
    received,
    removals,
    runs,
    shown,
    words,
)
from hub.console.menu import menu
from hub.console.visitor import may
from hub.record.rights import Right

blueprint = Blueprint(
    "console", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
)

_PARTS = (
    overview,
    runs,
    dossiers,
    parting,
    received,
    completeness,
    quarantine,
    removals,
    catalogue,
    language,
)
PAGES = {f"console.{page.endpoint}": page for part in _PARTS for page in part.PAGES}
for _page in PAGES.values():
    blueprint.add_url_rule(_page.rule, _page.endpoint, _page.view, methods=[_page.method])
for _name, _filter in (shown.FILTERS | problems.FILTERS | {"due_state": due.state}).items():
    blueprint.add_app_template_filter(_filter, _name)


@blueprint.before_request
def _refuse_nul() -> None:
    """PostgreSQL cannot hold a NUL; no browser sends one by itself."""
    if any("\0" in text for text in request.form.values()):
        abort(400)


@blueprint.app_context_processor
def _for_every_template() -> dict[str, Any]:
    return {
        "words": words,
        "due": due,
        "meaning": faults.meaning,
        "languages": language.LANGUAGES,
        "language": language.chosen_language(),
        "visitor": g.get("visitor"),
        "may": may,
        "menu": menu,
        "Right": Right,
        "here": request.full_path.rstrip("?"),
    }
