"""The first page: how every connector fares, the ones in trouble first, and how much the record holds."""

from datetime import UTC, datetime

from flask import render_template

from hub.console.database import database
from hub.console.page import Page
from hub.record.rights import Right
from hub.store import dossiers, removals
from hub.sync.health import Health, states


def page() -> str:
    """The whole page."""
    now = datetime.now(UTC)
    return render_template(
        "console/overview.html",
        states=states(database(), now),
        Health=Health,
        totals=dossiers.totals(database()),
        waiting=removals.listed(database()),
        now=now,
    )


def connectors_part() -> str:
    """What refreshes every few seconds."""
    now = datetime.now(UTC)
    return render_template("console/_connectors.html", states=states(database(), now), Health=Health, now=now)


def totals_part() -> str:
    """What refreshes seldom: it counts everything."""
    return render_template("console/_totals.html", totals=dossiers.totals(database()))


PAGES = (
    Page("GET", "/", "overview", page, Right.WATCH),
    Page("GET", "/overview/connectors", "overview_connectors", connectors_part, Right.WATCH),
    Page("GET", "/overview/totals", "overview_totals", totals_part, Right.WATCH),
)
