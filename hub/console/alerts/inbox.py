"""What is wrong now, by connector, the worst first; answering; and what was wrong before."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.alerts import silencing
from hub.alerts.heartbeat import heartbeat
from hub.alerts.kinds import Severity
from hub.console.alerts.shown import grouped, shown, state_of, waits
from hub.console.alerts.waiting import forget
from hub.console.database import database
from hub.console.page import Page
from hub.console.visitor import own, own_names, visitor
from hub.record.rights import Right
from hub.record.signature import Signature
from hub.store import alert_notices, alerts, connectors, cursor, silences
from hub.store.alerts import AlertRow
from hub.store.silences import Silence

_MOST = 50  # alerts of the page; more than that nobody reads, and one cause is behind them
_LOOKED_AT = 500  # that it is chosen from
_PER_PAGE = 25
_NOTICES = 20
_LONGEST = 500  # letters of an answer


def page() -> str:
    """What goes on."""
    now = datetime.now(UTC)
    rows, quiet = alerts.going_on(database(), own_names(), _LOOKED_AT), silences.holding(database(), now)
    found = shown(_first(rows, quiet, now), quiet, now, {row.id: row for row in rows})
    titles = {row.name: row.title for row in own(connectors.listed(database(), retired=True))}
    everything = visitor().scope.agencies is None
    return render_template(
        "console/alerts/inbox.html",
        groups=grouped(found, titles),
        more=len(rows) - len(found),
        waiting=sum(waits(row, quiet, now) for row in rows),
        state=state_of(rows),
        changed=False,
        beat=heartbeat(database(), now),
        notices=alert_notices.newest(database(), _NOTICES) if everything else [],
        everything=everything,
        now=now,
    )


def news_part() -> str:
    """What refreshes every few seconds: whether somebody looks, and whether something has changed since."""
    now = datetime.now(UTC)
    said = request.args.get("state", "")
    state = state_of(alerts.going_on(database(), own_names(), _LOOKED_AT))
    beat = heartbeat(database(), now)
    return render_template("console/alerts/_news.html", state=said, changed=said != state, beat=beat, now=now)


def history() -> str:
    """What is over, newest first."""
    now = datetime.now(UTC)
    found = alerts.history(database(), own_names(), _before(), _PER_PAGE + 1)
    rows = found[:_PER_PAGE]
    following = (
        url_for("console.alert_history", after=cursor.after_id("alerts", rows[-1].id)) if rows != found else None
    )
    return render_template("console/alerts/history.html", alerts=shown(rows, (), now), following=following, now=now)


def answer(alert_id: int) -> ResponseReturnValue:
    """Say that one looks after it."""
    row = _own_alert(alert_id)
    note = request.form.get("reason", "").strip()[:_LONGEST]
    if silencing.answer(database(), row, Signature(visitor().name, note, datetime.now(UTC))):
        forget()
        flash(_("Đã ghi nhận bạn đang xử lý cảnh báo số %(number)s.", number=row.id))
    else:
        flash(_("Cảnh báo này đã hết, hoặc đã có người nhận xử lý."))
    return redirect(url_for("console.alerts"))


def _first(rows: Sequence[AlertRow], quiet: Sequence[Silence], now: datetime) -> list[AlertRow]:
    """As many as a page shows: what waits for somebody before what does not, the worst first."""
    order = sorted(rows, key=lambda row: (not waits(row, quiet, now), row.severity != Severity.CRITICAL, row.id))
    return sorted(order[:_MOST], key=lambda row: row.id)


def _own_alert(alert_id: int) -> AlertRow:
    """One that they may see; to them no other one exists (404)."""
    row = alerts.get(database(), alert_id) if alert_id <= cursor.LARGEST_ID else None
    names = own_names()
    if row is None or (names is not None and row.connector not in names):
        abort(404)
    return row


def _before() -> int | None:
    """Where the page goes on; an address that was cut or changed begins anew."""
    try:
        return cursor.id_position("alerts", request.args.get("after", ""))
    except cursor.CursorError:
        return None


PAGES = (
    Page("GET", "/alerts", "alerts", page, Right.WATCH),
    Page("GET", "/alerts/news", "alert_news", news_part, Right.WATCH),
    Page("GET", "/alerts/history", "alert_history", history, Right.WATCH),
    Page("POST", "/alerts/<int:alert_id>/answer", "answer_alert", answer, Right.RUN),
)
