"""Moving a connector through its life, changing its document, and going back to an older one."""

import difflib

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.admin.difference import is_comparable
from hub.console.connectors import words
from hub.console.connectors.editor import Editing, sent
from hub.console.connectors.writing import Wrong, looked_over, signed, write
from hub.console.database import database
from hub.console.page import Page
from hub.console.register import register
from hub.console.visitor import own_connector
from hub.console.words import LIFE
from hub.record.connector_state import Move, NotThatMove
from hub.record.rights import Right
from hub.store import cursor, versions
from hub.store.registrations import ManagedElsewhere, Unregistered
from hub.store.versions import CONFIG, Kind, NoSuchVersion, VersionRow
from hub.sync import watch
from mappings.engine.yaml_source import Invalid

_NEEDS_REASON = frozenset({Move.PAUSE, Move.RETIRE})
_MOST_VERSIONS = 100


def activate(name: str) -> ResponseReturnValue:
    """Let it run."""
    return _moved(name, Move.ACTIVATE)


def pause(name: str) -> ResponseReturnValue:
    """Ask its department nothing for now."""
    return _moved(name, Move.PAUSE)


def resume(name: str) -> ResponseReturnValue:
    """Go on where it stopped."""
    return _moved(name, Move.RESUME)


def retire(name: str) -> ResponseReturnValue:
    """Take it out of use."""
    return _moved(name, Move.RETIRE)


def accept(name: str) -> ResponseReturnValue:
    """Take its system as the next run finds it, though it is not as it was."""
    row = own_connector(name)
    with database().write() as transaction:
        watch.accept(transaction, name, signed(request.form.get("reason", "")))
    flash(_("%(name)s: đã chấp nhận. Lượt chạy tới đọc nguồn như nguồn đang có.", name=row.title))
    return redirect(url_for("console.connector", name=name), 303)


def _moved(name: str, move: Move) -> ResponseReturnValue:
    row = own_connector(name, retired=True)
    back = redirect(url_for("console.connector", name=name), 303)
    reason = request.form.get("reason", "").strip()
    if move in _NEEDS_REASON and not reason:
        flash(_("Hãy ghi lý do; lý do được giữ trong lịch sử."))
        return back
    if move is Move.ACTIVATE and (wrong := _not_theirs(name)):
        flash(" ".join([*wrong.above, *(said for found in wrong.errors.values() for said in found)]))
        return back
    try:
        register().move(name, move, signed(reason))
    except NotThatMove:
        flash(
            _(
                "%(name)s đang ở trạng thái “%(state)s”, nên không làm được việc này.",
                name=row.title,
                state=_life(row.state),
            )
        )
    except ManagedElsewhere:
        flash(_("Đầu nối này khai báo trong config.yaml và chỉ sửa được ở đó."))
    except Invalid as invalid:
        said = "; ".join(str(each) for each in invalid.findings[:5])
        flash(_("Chưa chạy được: tài liệu hoặc ánh xạ còn lỗi. %(said)s", said=said))
    else:
        flash(_("%(name)s: đã thực hiện “%(move)s”.", name=row.title, move=words.MOVES[move]))
        if move is Move.ACTIVATE and row.type != "push":
            flash(_("Bấm Chạy ngay để đọc lần đầu; nếu không, hub đọc khi đến giờ trong lịch."))
    return back


def _not_theirs(name: str) -> Wrong:
    """What a department may not run: names of hosts may lead elsewhere than when the document was written."""
    try:
        return looked_over(name, register().standing(name).version.text)
    except Unregistered:
        abort(404)


def edit(name: str) -> ResponseReturnValue:
    """The document, to be changed."""
    version = _changeable(name)
    return _editing(version).page(request.args.get("view", "form"), Wrong(), version=version)


def save(name: str) -> ResponseReturnValue:
    """Put the changed document into use, unless somebody else was faster."""
    version = _changeable(name)
    expected = request.form.get("expected", "")
    number = int(expected) if expected.isdecimal() and len(expected) < 10 else version.version
    came, wanted = sent(Editing(name, version.text, number)), request.form.get("do", "save")
    editing = Editing(name, came.text, number)
    if came.wrong:
        return editing.page("form", came.wrong, 422, version=version)
    if wanted in ("form", "yaml"):
        return editing.page(wanted, Wrong(), version=version)
    done = write(name, came.text, request.form.get("reason", ""), number)
    if done.put is None:
        return editing.page(request.form.get("view", "form"), done.wrong, 422, version=version)
    if done.put.version is None:
        flash(_("Không có gì thay đổi."))
    else:
        flash(_("Đã lưu phiên bản %(version)s; có hiệu lực từ lượt chạy tới.", version=done.put.version.version))
    return redirect(url_for("console.connector", name=name), 303)


def history(name: str) -> str:
    """Every version, and what the chosen one changed."""
    row = own_connector(name, retired=True)
    found = versions.listed(database(), Kind.CONNECTOR, name)[:_MOST_VERSIONS]
    chosen = _chosen(found, request.args.get("version", ""))
    older = next((one for one in found if chosen and one.version < chosen.version), None)
    return render_template(
        "console/connectors/versions.html",
        row=row,
        versions=found,
        chosen=chosen,
        older=older,
        lines=_difference(older, chosen) if chosen else [],
        may_roll_back=row.managed_by != CONFIG,
    )


def roll_back(name: str, version: int) -> ResponseReturnValue:
    """Put an old version into use again, as a new one."""
    own_connector(name, retired=True)
    try:
        old = register().numbered(Kind.CONNECTOR, name, version) if version <= cursor.LARGEST_ID else None
    except NoSuchVersion:
        old = None
    if old is None:
        abort(404)
    reason = request.form.get("reason", "").strip() or _("dùng lại phiên bản %(version)s", version=version)
    done = write(name, old.text, reason, None)
    if done.put is None:
        said = [*done.wrong.above, *(each for found in done.wrong.errors.values() for each in found)]
        flash(_("Không dùng lại được phiên bản %(version)s: %(said)s", version=version, said="; ".join(said[:5])))
    else:
        flash(_("Đã dùng lại phiên bản %(version)s.", version=version))
    return redirect(url_for("console.connector_versions", name=name), 303)


def _editing(version: VersionRow) -> Editing:
    return Editing(version.name, version.text, version.version)


def _changeable(name: str) -> VersionRow:
    row = own_connector(name, retired=True)
    if row.managed_by == CONFIG:
        abort(404)
    try:
        return register().standing(name).version
    except Unregistered:
        abort(404)


def _chosen(found: list[VersionRow], text: str) -> VersionRow | None:
    return next((one for one in found if str(one.version) == text), found[0] if found else None)


def _difference(older: VersionRow | None, newer: VersionRow) -> list[str]:
    before, after = older.text.splitlines() if older else [], newer.text.splitlines()
    if not is_comparable(before, after):
        return [_("Tài liệu quá dài nên không so sánh được từng dòng.")]
    return list(difflib.unified_diff(before, after, n=3, lineterm=""))[2:]


def _life(state: str) -> str:
    return str(LIFE[state])


PAGES = (
    Page("POST", "/connectors/<name>/activate", "connector_activate", activate, Right.CONNECT),
    Page("POST", "/connectors/<name>/pause", "connector_pause", pause, Right.RUN),
    Page("POST", "/connectors/<name>/resume", "connector_resume", resume, Right.RUN),
    Page("POST", "/connectors/<name>/retire", "connector_retire", retire, Right.CONNECT, dangerous=True),
    Page("POST", "/connectors/<name>/accept", "connector_accept", accept, Right.CONNECT),
    Page("GET", "/connectors/<name>/edit", "connector_edit", edit, Right.CONNECT),
    Page("POST", "/connectors/<name>/edit", "connector_save", save, Right.CONNECT, largest=1024 * 1024),
    Page("GET", "/connectors/<name>/versions", "connector_versions", history, Right.WATCH),
    Page("POST", "/connectors/<name>/versions/<int:version>", "connector_roll_back", roll_back, Right.CONNECT),
)
