"""Maintenance: what is silent, from when to when, and why; making a silence and ending it."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.alerts import silencing
from hub.alerts.silencing import LONGEST, NotSilenced, Wanted
from hub.console.alerts.shown import rules
from hub.console.alerts.waiting import forget
from hub.console.database import database
from hub.console.page import Page
from hub.console.visitor import own, own_names, visitor
from hub.record.moments import ZONE
from hub.record.rights import Right
from hub.record.signature import Signature
from hub.store import connectors, cursor, silences
from hub.store.silences import Silence

_USUAL = timedelta(hours=2)
_FORM = "%Y-%m-%dT%H:%M"  # as a browser's field for a local time has it
_FIELDS = ("rule", "connector", "since", "until", "reason")


def page() -> str:
    """What holds or will, then what is over; and the form for another one."""
    now = datetime.now(UTC)
    rows = silences.newest(database(), own_names())
    local = now.astimezone(ZONE)
    blank = {"since": local.strftime(_FORM), "until": (local + _USUAL).strftime(_FORM)}
    given = {name: request.args.get(name, blank.get(name, "")) for name in _FIELDS}
    every = own(connectors.listed(database()))
    return render_template(
        "console/alerts/silences.html",
        holding=sorted((row for row in rows if _holds(row, now)), key=lambda row: row.since),
        ended=[row for row in rows if not _holds(row, now)],
        given=given,
        rules=rules(),
        names=dict(rules()),
        connectors=every,
        titles={row.name: row.title for row in every},
        now=now,
    )


def make() -> ResponseReturnValue:
    """Let nobody be told for a while."""
    said = {name: request.form.get(name, "").strip() for name in _FIELDS}
    now = datetime.now(UTC)
    names = own_names()
    if names is not None and said["connector"] not in names:
        abort(404)
    try:
        wanted = Wanted(said["rule"] or None, said["connector"] or None, _moment(said["since"]), _moment(said["until"]))
        silencing.silence(database(), wanted, Signature(visitor().name, said["reason"], now))
    except NotSilenced as error:
        flash(_why_not(error.code))
        return redirect(url_for("console.silences", **cast("dict[str, Any]", said)))
    forget()
    flash(_("Đã tạm tắt báo. Những gì phát hiện trong thời gian này vẫn được ghi lại."))
    return redirect(url_for("console.silences"))


def end(silence_id: int) -> ResponseReturnValue:
    """Tell people again, before its time is over."""
    found = silences.get(database(), silence_id) if silence_id <= cursor.LARGEST_ID else None
    names = own_names()
    if found is None or (names is not None and found.connector not in names):
        abort(404)
    if silencing.end(database(), found, Signature(visitor().name, "", datetime.now(UTC))):
        forget()
        flash(_("Đã bật báo trở lại."))
    else:
        flash(_("Lần tạm tắt này đã kết thúc từ trước."))
    return redirect(url_for("console.silences"))


def _holds(row: Silence, now: datetime) -> bool:
    return row.ended_by is None and row.until > now


def _moment(text: str) -> datetime:
    """A time as the browser's field gives it, in Vietnam's time."""
    try:
        return datetime.strptime(text[:16], _FORM).replace(tzinfo=ZONE)
    except ValueError:
        raise NotSilenced("no_time", "it must begin and end at a time") from None


def _why_not(code: str) -> str:
    said: dict[str, str] = {
        "no_reason": _("Hãy ghi lý do tạm tắt báo; lý do được giữ lại."),
        "no_rule": _("Không có quy tắc cảnh báo này. Hãy chọn trong danh sách."),
        "no_connector": _("Không có đầu nối này. Hãy chọn trong danh sách."),
        "no_time": _("Hãy nhập đủ thời điểm bắt đầu và kết thúc, ví dụ 28/11/2026 22:00."),
        "over": _("Thời điểm kết thúc phải sau lúc bắt đầu và sau bây giờ."),
        "too_long": _("Chỉ tạm tắt được tối đa %(days)s ngày mỗi lần.", days=LONGEST.days),
    }
    return said[code]


PAGES = (
    Page("GET", "/alerts/silences", "silences", page, Right.WATCH),
    Page("POST", "/alerts/silences", "make_silence", make, Right.SILENCE),
    Page("POST", "/alerts/silences/<int:silence_id>/end", "end_silence", end, Right.SILENCE),
)
