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

blueprint = Blueprint(
    "console", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
)

_PAGES = (
    ("GET", "/", "overview", overview.page),
    ("GET", "/overview/connectors", "overview_connectors", overview.connectors_part),
    ("GET", "/overview/totals", "overview_totals", overview.totals_part),
    ("POST", "/connectors/<name>/runs", "run_now", runs.run_now),
    ("GET", "/connectors/<name>/completeness", "completeness", completeness.page),
    ("POST", "/connectors/<name>/completeness", "count_days", completeness.count),
    ("GET", "/runs", "runs", runs.page),
    ("GET", "/runs/<int:run_id>", "run", runs.one),
    ("GET", "/runs/<int:run_id>/progress", "run_progress", runs.progress_part),
    ("POST", "/runs/<int:run_id>/cancel", "cancel", runs.cancel),
    ("GET", "/dossiers", "dossiers", dossiers.page),
    ("GET", "/dossiers/<path:code>", "dossier", dossiers.one),
    ("POST", "/dossiers/<path:code>/part", "part", parting.part),
    ("POST", "/dossiers/<path:code>/rejoin", "rejoin", parting.rejoin),
    ("GET", "/connectors/<name>/received", "received", received.page),
    ("GET", "/connectors/<name>/received/file", "received_file", received.file),
    ("GET", "/quarantine", "quarantine", quarantine.page),
    ("POST", "/quarantine/<name>/replay", "replay", quarantine.replay),
    ("GET", "/removals", "removals", removals.page),
    ("POST", "/removals/<int:removal_id>/approve", "approve_removal", removals.approve),
    ("POST", "/removals/<int:removal_id>/refuse", "refuse_removal", removals.refuse),
    ("GET", "/catalogue", "agencies", catalogue.agencies),
    ("GET", "/catalogue/procedures", "procedures", catalogue.procedures),
    ("GET", "/catalogue/unknown", "unknown_codes", catalogue.unknown),
    ("GET", "/catalogue/duplicates", "duplicate_services", catalogue.duplicates),
    ("POST", "/language", "language", language.choose),
)
for _method, _rule, _endpoint, _view in _PAGES:
    blueprint.add_url_rule(_rule, _endpoint, _view, methods=[_method])
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
        "holder": g.get("holder"),
        "may_change": g.get("may_change", False),
        "here": request.full_path.rstrip("?"),
    }
