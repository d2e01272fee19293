"""Every page of the console, and what the templates may call."""

from typing import Any

from flask import Blueprint, abort, g, request

from hub.console import (
    catalogue,
    completeness,
    faults,
    language,
    overview,
    problems,
    quarantine,
    runs,
    shown,
    words,
)
from hub.console.admin import pages as admin
from hub.console.alerts import inbox as alert_inbox
from hub.console.alerts import silences as alert_silences
from hub.console.charts import pages as chart_pages
from hub.console.charts.strip import run_strip
from hub.console.connectors import pages as connector_pages
from hub.console.mappings import editing as mapping_editing
from hub.console.mappings import pages as mapping_pages
from hub.console.menu import menu
from hub.console.people import account, accounts, second_factor
from hub.console.record import alike, dossier, due, listing, parting, received, removals, taken, trace
from hub.console.schedules import page as schedule_pages
from hub.console.visitor import may
from hub.record.rights import Right

blueprint = Blueprint(
    "console", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
)

_PARTS = (
    mapping_pages,
    mapping_editing,
    overview,
    runs,
    completeness,
    quarantine,
    catalogue,
    language,
    chart_pages,
    admin,
    account,
    accounts,
    second_factor,
    alert_inbox,
    alert_silences,
    trace,
    alike,
    taken,
    listing,
    parting,
    dossier,
    received,
    removals,
    connector_pages,
    schedule_pages,
)
PAGES = {f"console.{page.endpoint}": page for part in _PARTS for page in part.PAGES}
for _page in PAGES.values():
    blueprint.add_url_rule(_page.rule, _page.endpoint, _page.view, methods=[_page.method])
for _name, _filter in (shown.FILTERS | problems.FILTERS | admin.FILTERS | {"due_state": due.state}).items():
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
        "run_strip": run_strip,
        "here": request.full_path.rstrip("?"),
    }
