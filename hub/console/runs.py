"""Runs: the list, one run with its progress while it goes on, and asking for one by hand."""

from datetime import UTC, datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.database import database
from hub.console.page import Page
from hub.console.visitor import visitor
from hub.record.connector_state import Life
from hub.record.rights import Right
from hub.record.run_state import RunState
from hub.store import connectors, cursor, replays, runs
from hub.store.runs import RunRow
from hub.sync import cancelling
from hub.sync.cancelling import CannotCancel

_PER_PAGE = 50
_LONGEST_REASON = 500  # letters, as in the API


def page() -> str:
    """Runs, newest first."""
    state = request.args.get("state") or None
    wanted: dict[str, Any] = {
        "connector": request.args.get("connector") or None,
        "state": state if state in set(RunState) else None,
    }
    found = runs.listed(database(), **wanted, before=_before(), limit=_PER_PAGE + 1)
    shown = found[:_PER_PAGE]
    following = (
        url_for("console.runs", **wanted, after=cursor.after_id("runs", shown[-1].id)) if shown != found else None
    )
    return render_template(
        "console/runs.html",
        runs=shown,
        wanted=wanted,
        following=following,
        connectors=connectors.listed(database()),
        states=list(RunState),
        now=datetime.now(UTC),
    )


def one(run_id: int) -> str:
    """One run."""
    return _shown("console/run.html", run_id)


def progress_part(run_id: int) -> str:
    """What changes while a run goes on."""
    return _shown("console/_run.html", run_id)


def run_now(name: str) -> ResponseReturnValue:
    """Queue a run, unless one waits already: it would find nothing to do."""
    connector = connectors.named(database(), name)
    if connector is None:
        abort(404)
    if connector.state != Life.ACTIVE:
        flash(_("%(name)s đang tạm dừng hoặc chưa kích hoạt, nên không chạy.", name=connector.title))
        return redirect(url_for("console.overview"))
    queued = runs.listed(database(), connector=name, state=RunState.QUEUED)
    waiting = [run for run in queued if run.kind != replays.REPLAY]  # which asks the department nothing
    if waiting:
        flash(_("%(name)s đã có một lượt đang chờ, nên không thêm lượt nữa.", name=connector.title))
        return redirect(url_for("console.run", run_id=waiting[0].id))
    with database().write() as transaction:
        run_id = runs.enqueue(transaction, connector.id, "incremental", "hand", datetime.now(UTC))
    return redirect(url_for("console.run", run_id=run_id))


def cancel(run_id: int) -> ResponseReturnValue:
    """Stop a run, with a reason."""
    run = _run(run_id)
    reason = request.form.get("reason", "").strip()[:_LONGEST_REASON]
    if not reason:
        flash(_("Hãy ghi lý do; lý do được giữ cùng lượt chạy."))
        return redirect(url_for("console.run", run_id=run_id))
    try:
        cancelling.cancel(database(), run_id, visitor().name, reason, datetime.now(UTC))
    except CannotCancel:
        flash(_("Lượt %(id)s đã kết thúc, nên không hủy được nữa.", id=run.id))
    return redirect(url_for("console.run", run_id=run_id))


def _before() -> int | None:
    """Where the page goes on; an address that was cut or changed begins anew."""
    try:
        return cursor.id_position("runs", request.args.get("after", ""))
    except cursor.CursorError:
        return None


def _shown(template: str, run_id: int) -> str:
    run = _run(run_id)
    let_out = replays.let_out(database(), run_id) if run.kind == replays.REPLAY else (0, [])
    return render_template(template, run=run, let_out=let_out, now=datetime.now(UTC))


def _run(run_id: int) -> RunRow:
    found = runs.get(database(), run_id) if run_id <= cursor.LARGEST_ID else None
    if found is None:
        abort(404)
    return found


PAGES = (
    Page("POST", "/connectors/<name>/runs", "run_now", run_now, Right.RUN),
    Page("GET", "/runs", "runs", page, Right.WATCH),
    Page("GET", "/runs/<int:run_id>", "run", one, Right.WATCH),
    Page("GET", "/runs/<int:run_id>/progress", "run_progress", progress_part, Right.WATCH),
    Page("POST", "/runs/<int:run_id>/cancel", "cancel", cancel, Right.RUN),
)
