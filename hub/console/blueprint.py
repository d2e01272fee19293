"""Every page of the console, and what the templates may call."""

from typing import Any

from flask import Blueprint, g, request

from hub.console import dossiers, faults, language, overview, quarantine, runs, shown, words

blueprint = Blueprint(
    "console", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
)

_PAGES = (
    ("GET", "/", "overview", overview.page),
    ("GET", "/overview/connectors", "overview_connectors", overview.connectors_part),
    ("GET", "/overview/totals", "overview_totals", overview.totals_part),
    ("POST", "/connectors/<name>/runs", "run_now", runs.run_now),
    ("GET", "/runs", "runs", runs.page),
    ("GET", "/runs/<int:run_id>", "run", runs.one),
    ("GET", "/runs/<int:run_id>/progress", "run_progress", runs.progress_part),
    ("GET", "/dossiers", "dossiers", dossiers.page),
    ("GET", "/dossiers/<path:code>", "dossier", dossiers.one),
    ("GET", "/quarantine", "quarantine", quarantine.page),
    ("POST", "/language", "language", language.choose),
)
for _method, _rule, _endpoint, _view in _PAGES:
    blueprint.add_url_rule(_rule, _endpoint, _view, methods=[_method])
for _name, _filter in shown.FILTERS.items():
    blueprint.add_app_template_filter(_filter, _name)


@blueprint.app_context_processor
def _for_every_template() -> dict[str, Any]:
    return {
        "words": words,
        "meaning": faults.meaning,
        "languages": language.LANGUAGES,
        "language": language.chosen_language(),
        "holder": g.get("holder"),
        "here": request.full_path.rstrip("?"),
    }
