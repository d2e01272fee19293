"""What is done about records in quarantine: reading them again, and accepting that they will not be read."""

from datetime import UTC, datetime

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.database import database
from hub.console.page import Page
from hub.console.shown import number
from hub.console.visitor import own_connector, visitor
from hub.record.connector_state import Life
from hub.record.rights import Right
from hub.record.signature import Signature
from hub.store import quarantine, replays
from hub.store.replays import Wanted

_LONGEST_REASON = 500  # letters, as in the API


def replay(name: str) -> ResponseReturnValue:
    """Queue a replay of one record, of those with one reason, or of all of a connector."""
    connector, wanted = own_connector(name), _wanted()
    if connector.state != Life.ACTIVE:
        flash(_("%(name)s đang tạm dừng hoặc chưa kích hoạt, nên không chạy.", name=connector.title))
    elif not replays.any_wanted(database(), connector.id, wanted):
        flash(_("Không còn bản ghi nào như vậy trong cách ly."))
    else:
        run_id = replays.ask_once(database(), connector.id, wanted, datetime.now(UTC))
        return redirect(url_for("console.run", run_id=run_id))
    return redirect(url_for("console.quarantine", connector=name))


def drop(name: str) -> ResponseReturnValue:
    """Take one record, or those with one reason, out of quarantine unread: somebody accepts that, and says why."""
    connector, wanted = own_connector(name, retired=True), _wanted()
    reason = request.form.get("reason", "").strip()[:_LONGEST_REASON]
    if wanted == Wanted():
        flash(_("Hãy chọn một bản ghi hoặc một lý do."))
    elif not reason:
        flash(_("Hãy ghi lý do; lý do được giữ trong lịch sử."))
    else:
        signature = Signature(visitor().name, reason, datetime.now(UTC))
        count = quarantine.drop(database(), connector.id, wanted, signature)
        if count:
            flash(_("Đã bỏ %(num)s bản ghi ra khỏi cách ly mà không đọc.", num=number(count)))
        else:
            flash(_("Không còn bản ghi nào như vậy trong cách ly."))
    return redirect(url_for("console.quarantine", connector=name))


def _wanted() -> Wanted:
    return Wanted(key=request.form.get("key") or None, group=request.form.get("group") or None)


PAGES = (
    Page("POST", "/quarantine/<name>/replay", "replay", replay, Right.RUN),
    Page("POST", "/quarantine/<name>/drop", "drop", drop, Right.RUN),
)
