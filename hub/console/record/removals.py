"""Records that a full listing did not hold: a person says whether they are gone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.database import database
from hub.console.page import Page
from hub.console.visitor import own_names, visitor
from hub.record.rights import Right
from hub.record.signature import Signature
from hub.store import cursor, removals
from hub.store.database import Database
from hub.store.removals import RemovalRow
from hub.sync import removing
from hub.sync.removing import NotWaiting

MOST_KEYS = 100  # that the page shows; `hub gone show` shows all
_LONGEST = 500  # letters of a reason, as in the API
_Decide: TypeAlias = Callable[[Database, int, Signature], int | None]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A removal with the first of its records."""

    row: RemovalRow
    keys: Sequence[str]


def page() -> str:
    """Those that wait with their records, then those that were decided."""
    every = _own()
    waiting = [row for row in every if row.state == removals.RemovalState.WAITING]
    return render_template(
        "console/record/removals.html",
        waiting=[Waiting(row, removals.keys_of(database(), row.id)[:MOST_KEYS]) for row in waiting],
        decided=[row for row in every if row.author],
        most=MOST_KEYS,
    )


def approve(removal_id: int) -> ResponseReturnValue:
    """They are gone, but for those that were seen again since."""
    return _decided(removing.approve, removal_id)


def refuse(removal_id: int) -> ResponseReturnValue:
    """They are not gone."""
    return _decided(removing.refuse, removal_id)


def _decided(decide: _Decide, removal_id: int) -> ResponseReturnValue:
    found = removals.get(database(), removal_id) if removal_id <= cursor.LARGEST_ID else None
    if found is None or not _is_own(found):
        abort(404)
    reason = request.form.get("reason", "").strip()[:_LONGEST]
    if not reason:
        flash(_("Hãy ghi lý do; lý do được giữ trong lịch sử."))
        return redirect(url_for("console.removals"))
    try:
        marked = decide(database(), removal_id, Signature(visitor().name, reason, datetime.now(UTC)))
    except NotWaiting:
        flash(_("Việc này đã có người quyết định, hoặc một lượt đọc toàn bộ mới hơn đã thay thế."))
    else:
        _tell(marked)
    return redirect(url_for("console.removals"))


def _own() -> list[RemovalRow]:
    """The newest of all, or of each of one's own connectors."""
    names = own_names()
    if names is None:
        return removals.listed(database(), state=None)
    every = [row for name in names for row in removals.listed(database(), connector=name, state=None)]
    return sorted(every, key=lambda row: row.id, reverse=True)


def _is_own(row: RemovalRow) -> bool:
    names = own_names()
    return names is None or row.connector in names


def _tell(marked: int | None) -> None:
    if marked is None:
        flash(_("Đã giữ nguyên các bản ghi."))
    else:
        flash(_("%(num)s bản ghi được đánh dấu là không còn ở nguồn. Không có gì bị xóa.", num=marked))


PAGES = (
    Page("GET", "/removals", "removals", page, Right.WATCH),
    Page("POST", "/removals/<int:removal_id>/approve", "approve_removal", approve, Right.MEND, dangerous=True),
    Page("POST", "/removals/<int:removal_id>/refuse", "refuse_removal", refuse, Right.MEND),
)
