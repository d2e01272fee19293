"""Who is told of changes: every subscription with how it fares, and one with what was sent and what was answered."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.admin import asked
from hub.console.admin.asked import PER_PAGE
from hub.console.admin.hook_words import CHANGE, CONTENT, NOTICE, NOTICE_MARK, STATE, STATE_MARK
from hub.console.admin.sheet import sheet
from hub.console.database import database
from hub.console.page import Page
from hub.console.settings import settings
from hub.outbox.webhooks.state import NoticeState
from hub.record.rights import Right
from hub.store import cursor, feed, notices, subscriptions
from hub.store.notices import NoticeRow, Tally
from hub.store.subscriptions import SubscriptionRow

_AT_ONCE = 500
_MOST = 200  # subscriptions on the page; the filter finds the others


def page() -> str:
    """The subscriptions, those in trouble first."""
    wanted = {"q": asked.word("q"), "state": asked.chosen("state", STATE)}
    every = _found(wanted)
    shown = every[:_MOST]
    return render_template(
        "console/admin/webhooks.html",
        rows=shown,
        more=len(every) - len(shown),
        tallies=notices.tallies(database(), [row.id for row in shown]),
        nothing=Tally(),
        delivered={row.id: _last_delivered(row) for row in shown},
        latest=feed.latest(database()),
        wanted=wanted,
        hosts=settings().webhook_hosts,
        states=STATE,
        marks=STATE_MARK,
    )


def csv() -> ResponseReturnValue:
    """The subscriptions that the filter leaves, as a file."""
    headings = (
        *(_("Số"), _("Ứng dụng"), _("Tên gọi"), _("Địa chỉ"), _("Trạng thái"), _("Lý do"), _("Chờ gửi")),
        *(_("Không nhận"), _("Nhận lần cuối"), _("Lỗi liên tiếp"), _("Tạo lúc")),
    )
    return sheet("webhook", headings, _rows())


def one(number: int) -> str:
    """One subscription, with what was sent to it, newest first."""
    row = the_webhook(number)
    wanted = {"state": asked.chosen("state", NOTICE)}
    found = notices.page(database(), row.id, wanted["state"], asked.position(_of(row)), PER_PAGE + 1)
    shown, following = asked.a_page(_of(row), found, lambda one: one.id, "console.webhook", number=row.id, **wanted)
    return render_template(
        "console/admin/webhook.html",
        row=row,
        tally=notices.tallies(database(), [row.id]).get(row.id, Tally()),
        behind=max(0, feed.latest(database()) - row.position),
        delivered=_last_delivered(row),
        deliveries=shown,
        wanted=wanted,
        following=following,
        first=asked.is_first(),
        states=STATE,
        marks=STATE_MARK,
        notice_states=NOTICE,
        notice_marks=NOTICE_MARK,
        changes=CHANGE,
        contents=CONTENT,
        now=datetime.now(UTC),
    )


def deliveries_csv(number: int) -> ResponseReturnValue:
    """What was sent to a subscription, as a file."""
    row = the_webhook(number)
    headings = (
        *(_("Số"), _("Hồ sơ số"), _("Thay đổi"), _("Trạng thái"), _("Số lần bị từ chối"), _("Tạo lúc")),
        *(_("Đã nhận"), _("Trả lời"), _("Lỗi")),
    )
    return sheet(f"webhook-{row.id}", headings, map(_cells, _walk(row, asked.chosen("state", NOTICE))))


def the_webhook(number: int) -> SubscriptionRow:
    """The subscription of an address."""
    found = subscriptions.get(database(), number) if 0 < number <= cursor.LARGEST_ID else None
    if found is None:
        abort(404)
    return found


def _of(row: SubscriptionRow) -> str:
    return f"notices {row.id}"


def _last_delivered(row: SubscriptionRow) -> datetime | None:
    newest = notices.page(database(), row.id, NoticeState.DELIVERED, None, 1)
    return newest[0].delivered_at if newest else None


def _found(wanted: dict[str, Any]) -> list[SubscriptionRow]:
    typed = (wanted["q"] or "").casefold()
    found = [
        row
        for row in subscriptions.listed(database())
        if wanted["state"] in (None, row.state)
        and (not typed or any(typed in text.casefold() for text in (row.client, row.title, row.url)))
    ]
    return sorted(found, key=lambda row: (row.state != "stopped", not row.failures, row.id))


def _rows() -> Iterator[tuple[Any, ...]]:
    wanted = {"q": asked.word("q"), "state": asked.chosen("state", STATE)}
    found = _found(wanted)
    tallies = notices.tallies(database(), [row.id for row in found])
    for row in found:
        tally = tallies.get(row.id, Tally())
        said = (row.id, row.client, row.title, address(row), STATE[row.state], row.because)
        yield *said, tally.waiting, tally.failed, _last_delivered(row), row.failures, row.created_at


def address(row: SubscriptionRow) -> str:
    """Where it is sent to, without a query, which may hold a token."""
    return row.url.partition("?")[0]


def _walk(row: SubscriptionRow, state: str | None) -> Iterator[NoticeRow]:
    before: int | None = None
    for _turn in count():
        some = notices.page(database(), row.id, state, before, _AT_ONCE)
        yield from some
        if len(some) < _AT_ONCE:
            return
        before = some[-1].id


def _cells(one: NoticeRow) -> tuple[Any, ...]:
    last = (one.attempts or [{}])[-1]
    told = (one.id, one.dossier_id, CHANGE.get(one.kind, one.kind), NOTICE.get(one.state, one.state), one.tries)
    return *told, one.made_at, one.delivered_at, last.get("status"), last.get("error")


PAGES = (
    Page("GET", "/webhooks", "webhooks", page, Right.GRANT),
    Page("GET", "/webhooks.csv", "webhooks_csv", csv, Right.GRANT),
    Page("GET", "/webhooks/<int:number>", "webhook", one, Right.GRANT),
    Page("GET", "/webhooks/<int:number>/deliveries.csv", "deliveries_csv", deliveries_csv, Right.GRANT),
)
