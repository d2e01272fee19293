"""Files of many dossiers that clients asked for: how far each is, who it is for, and cancelling one."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from hub.console.admin import asked
from hub.console.admin.asked import PER_PAGE
from hub.console.admin.clients import signed
from hub.console.admin.sheet import sheet
from hub.console.database import database
from hub.console.page import Page
from hub.console.settings import settings
from hub.console.words import Word
from hub.outbox.exports import folders
from hub.record.rights import Right
from hub.store import clients, cursor, exports
from hub.store.exports import UNFINISHED, Export, ExportState

_LIST = "exports"
_AT_ONCE = 200
STATE: dict[str, Word] = {
    ExportState.QUEUED: lazy_gettext("Đang chờ"),
    ExportState.RUNNING: lazy_gettext("Đang ghi"),
    ExportState.DONE: lazy_gettext("Đã xong"),
    ExportState.FAILED: lazy_gettext("Thất bại"),
    ExportState.CANCELLED: lazy_gettext("Đã hủy"),
    ExportState.EXPIRED: lazy_gettext("Đã hết hạn"),
}
_MARK = {"done": "succeeded", "expired": "queued"}
_PLAIN = ("agency", "procedure", "field", "status", "received_from", "received_to", "due")  # that name no person


def page() -> str:
    """The files, newest first."""
    wanted = {"client": asked.word("client", 80), "state": asked.chosen("state", STATE)}
    found = _found(wanted, asked.position(_LIST), PER_PAGE + 1)
    shown, following = asked.a_page(_LIST, found, lambda one: one.id, "console.exports", **wanted)
    return render_template(
        "console/admin/exports.html",
        rows=shown,
        wanted=wanted,
        following=following,
        first=asked.is_first(),
        clients=[(one.name, one.title or one.name) for one in clients.listed(database())],
        states=STATE,
        marks=_MARK,
        unfinished=UNFINISHED,
        share=share,
        filtered=filtered,
        now=datetime.now(UTC),
    )


def csv() -> ResponseReturnValue:
    """The files that the filter leaves, as a file."""
    headings = (
        *(_("Số"), _("Ứng dụng"), _("Thay mặt"), _("Mục đích"), _("Trạng thái"), _("Dạng tệp"), _("Số hồ sơ")),
        *(_("Dung lượng (byte)"), _("Yêu cầu lúc"), _("Xong lúc"), _("Hết hạn"), _("Kết quả")),
    )
    return sheet("tep-xuat", headings, _rows())


def cancel(export_id: int) -> ResponseReturnValue:
    """Cancel one that is not finished; forget one that is, with its file."""
    export = exports.get(database(), export_id) if 0 < export_id <= cursor.LARGEST_ID else None
    if export is None:
        abort(404)
    by = signed()
    if exports.cancel(database(), export.id, f"Cancelled by {by.author}.", by.at, by):
        flash(_("Đã hủy tệp xuất %(id)s.", id=export.id))
    elif exports.remove(database(), export.id, by):
        folders.remove(settings().exports, export)
        flash(_("Đã xóa tệp xuất %(id)s cùng tệp của nó.", id=export.id))
    return redirect(url_for("console.exports"))


def share(export: Export) -> int | None:
    """How much is written, in per cent; None: nobody knows."""
    if not export.estimate:
        return None
    return min(99, round(export.records * 100 / export.estimate))


def filtered(export: Export) -> str:
    """What the file was filtered by; values that may name a person are left out."""
    return ", ".join(f"{name}: {value}" if name in _PLAIN else f"{name}: …" for name, value in export.filter.items())


def _found(wanted: dict[str, str | None], before: int | None, limit: int) -> list[Export]:
    client_id = None
    if wanted["client"] is not None:
        client = clients.named(database(), wanted["client"])
        if client is None:
            return []
        client_id = client.id
    return exports.listed(database(), client_id, before, limit, wanted["state"])


def _rows() -> Iterator[tuple[Any, ...]]:
    wanted = {"client": asked.word("client", 80), "state": asked.chosen("state", STATE)}
    before: int | None = None
    while some := _found(wanted, before, _AT_ONCE):
        for one in some:
            told = (one.id, one.client, one.person, one.purpose, STATE[one.state], one.format, one.records, one.size)
            yield *told, one.made_at, one.finished_at, one.expires_at, one.sentence
        before = some[-1].id


PAGES = (
    Page("GET", "/exports", "exports", page, Right.GRANT),
    Page("GET", "/exports.csv", "exports_csv", csv, Right.GRANT),
    Page("POST", "/exports/<int:export_id>/cancel", "cancel_export", cancel, Right.GRANT),
)
