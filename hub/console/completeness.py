"""How a connector keeps its promise to be fresh, and what its source and the hub have of each day."""

from datetime import UTC, date, datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.database import database
from hub.console.page import Page
from hub.console.visitor import own_connector
from hub.record.connector_state import Life
from hub.record.rights import Right
from hub.store import lapses, tallies
from hub.sync import completeness, freshness

_DAYS = 31  # that are shown


def page(name: str) -> str:
    """One connector's days, the newest first, and when it was read later than promised."""
    row, now = own_connector(name), datetime.now(UTC)
    since, because = freshness.missed(database(), row, now)
    days = tallies.of(database(), row.id)[:_DAYS]
    return render_template(
        "console/completeness.html",
        connector=row,
        days=[(date.fromisoformat(one.day), one) for one in days],
        since=since,
        because=because,
        kept_week=freshness.kept_week(database(), row, now),
        lapses=lapses.listed(database(), row.id),
        now=now,
    )


def count(name: str) -> ResponseReturnValue:
    """Count the last days now, and fetch what is missing."""
    row = own_connector(name)
    if row.state != Life.ACTIVE:
        flash(_("%(name)s đang tạm dừng hoặc chưa kích hoạt, nên không chạy.", name=row.title))
        return redirect(url_for("console.completeness", name=name))
    wanted = {"last": completeness.Rule().days, "keys": True, "anew": True}
    run_id = completeness.ask(database(), row.id, wanted, datetime.now(UTC))
    return redirect(url_for("console.run", run_id=run_id))


PAGES = (
    Page("GET", "/connectors/<name>/completeness", "completeness", page, Right.WATCH),
    Page("POST", "/connectors/<name>/completeness", "count_days", count, Right.RUN),
)
