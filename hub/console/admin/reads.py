"""The log of who read personal data: looking through it, verifying that nothing in it was changed, taking it along."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.admin import asked
from hub.console.admin.asked import PER_PAGE
from hub.console.admin.clients import signed
from hub.console.admin.read_words import ACTION
from hub.console.admin.seal_check import SealCheck, last_check
from hub.console.admin.sheet import sheet
from hub.console.database import database
from hub.console.page import Page
from hub.record.moments import today
from hub.record.rights import Right
from hub.store import clients, cursor, dossiers, reads, reads_found
from hub.store.reads import Action
from hub.store.reads_found import ReadRow, Sought
from hub.sync.reading_log import ReadLog

_LIST = "reads"
_BY_ID = "id:"
_DAYS = 30  # looked through where a filter has no index, and nobody says since when
_AT_ONCE = 500


def page() -> str:
    """Reads, newest first."""
    wanted = _wanted()
    sought = _sought(wanted)
    found = [] if sought is None else reads_found.page(database(), sought, asked.position(_LIST), PER_PAGE + 1)
    shown, following = asked.a_page(_LIST, found, lambda one: one.id, "console.reads", **wanted)
    return render_template(
        "console/admin/reads.html",
        rows=shown,
        wanted=wanted,
        unknown=sought is None,
        days=_DAYS if _is_narrowed(wanted) else None,
        following=following,
        first=asked.is_first(),
        clients=[(one.name, one.title or one.name) for one in clients.listed(database())],
        actions=ACTION,
        head=reads.head_of(database()),
        checking=_check().running,
        last=last_check(database()),
    )


def csv() -> ResponseReturnValue:
    """The reads that the filter leaves, as a file."""
    headings = (
        *(_("Số"), _("Thời điểm"), _("Ứng dụng"), _("Thay mặt"), _("Địa chỉ mạng"), _("Cách xem"), _("Mục đích")),
        *(_("Số bản ghi"), _("Hồ sơ số"), _("Đã hỏi gì"), _("Con dấu")),
    )
    sought = _sought(_wanted())
    return sheet("nhat-ky-doc", headings, iter(()) if sought is None else _rows(sought))


def verify() -> ResponseReturnValue:
    """Begin to verify the log, beside this request."""
    since = timedelta(days=_DAYS) if request.form.get("span") == "recent" else None
    first = None if since is None else asked.since(today() - since)
    if _check().begin(signed(), first):
        flash(_("Đang kiểm tra con dấu. Tải lại trang này để xem kết quả."))
    else:
        flash(_("Một lần kiểm tra đang chạy; hãy đợi nó xong."))
    return redirect(url_for("console.reads"))


def _check() -> SealCheck:
    log: ReadLog = current_app.extensions["hub.reads"]
    made: SealCheck = current_app.extensions.setdefault("hub.seal_check", SealCheck(database(), lambda: log.keys))
    return made


def _wanted() -> dict[str, Any]:
    first, last = asked.day("from"), asked.day("to")
    return {
        "client": asked.word("client", 80),
        "person": asked.word("person"),
        "dossier": asked.word("dossier", 100),
        "action": asked.chosen("action", ACTION),
        "from": first.isoformat() if first else None,
        "to": last.isoformat() if last else None,
    }


def _is_narrowed(wanted: dict[str, Any]) -> bool:
    """Whether all of the log would have to be looked through, so that it is cut to a period."""
    named = wanted["person"] or wanted["dossier"] or wanted["action"]
    return bool(named) and not wanted["from"]


def _sought(wanted: dict[str, Any]) -> Sought | None:
    """What is asked for; None: of a dossier that nobody knows."""
    ids = None
    if wanted["dossier"] is not None:
        ids = _ids(wanted["dossier"])
        if not ids:
            return None
    first, last = asked.day("from"), asked.day("to")
    if _is_narrowed(wanted):
        first = (last or today()) - timedelta(days=_DAYS)
    action = wanted["action"]
    return Sought(
        ids,
        wanted["client"],
        wanted["person"],
        None if action is None else Action(action),
        asked.since(first),
        asked.until(last),
    )


def _ids(code: str) -> tuple[int, ...]:
    number = code.removeprefix(_BY_ID)
    if number != code:
        ids = [int(number)] if number.isascii() and number.isdigit() and int(number) <= cursor.LARGEST_ID else []
    else:
        ids = [row.id for row in dossiers.with_code(database(), code)]
    return reads_found.with_merged(database(), ids) if ids else ()


def _rows(sought: Sought) -> Iterator[tuple[Any, ...]]:
    before: int | None = None
    while some := reads_found.page(database(), sought, before, _AT_ONCE):
        yield from map(_cells, some)
        before = some[-1].id


def _cells(row: ReadRow) -> tuple[Any, ...]:
    who = (row.id, row.at, row.client, row.person, row.address, ACTION.get(row.action, row.action), row.purpose)
    return *who, row.records, " ".join(map(str, row.dossiers)), row.what, row.seal.hex()


PAGES = (
    Page("GET", "/reads", "reads", page, Right.AUDIT),
    Page("GET", "/reads.csv", "reads_csv", csv, Right.AUDIT),
    Page("POST", "/reads/verify", "verify_reads", verify, Right.AUDIT),
)
