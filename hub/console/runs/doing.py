"""What a person does with runs: asks for one, of any kind, for a period or for one dossier; again; stops one."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from connectors.errors import ConnectorError
from hub.console.database import database
from hub.console.page import Page
from hub.console.register import register
from hub.console.runs.listing import day_of
from hub.console.runs.one import own_run
from hub.console.visitor import own_connector, visitor
from hub.inspection import by_hand
from hub.inspection.by_hand import Asked, NotAgain, NotNow
from hub.record.rights import Right
from hub.record.run_kind import RunKind
from hub.record.signature import Signature
from hub.store.connectors import ConnectorRow
from hub.sync import cancelling
from hub.sync.backfill import CannotBackfill, NoPeriod
from hub.sync.cancelling import CannotCancel
from hub.sync.one import CannotFetch
from mappings.engine.yaml_source import Invalid

_LONGEST = 500  # letters of a reason or a code, as in the API
_BY_HAND = (RunKind.INCREMENTAL, RunKind.FULL)


def run_now(name: str) -> ResponseReturnValue:
    """Queue a run, unless one that reads the same waits already: it would find nothing to do."""
    connector = own_connector(name)
    kind = RunKind.FULL if request.form.get("kind") == RunKind.FULL else RunKind.INCREMENTAL
    anyway = request.form.get("anyway") == "1"
    return _asked(connector, lambda: by_hand.ask(database(), connector, kind, _signed(), anyway=anyway))


def backfill(name: str) -> ResponseReturnValue:
    """Read a period once more."""
    connector = own_connector(name)
    first, last = day_of(request.form.get("from", "")), day_of(request.form.get("to", ""))
    if first is None or last is None:
        flash(_("Hãy chọn ngày đầu và ngày cuối của khoảng thời gian cần đọc bù."))
        return redirect(url_for("console.runs", connector=name), 303)
    return _asked(connector, lambda: by_hand.backfill(register(), connector, first, last, _signed()))


def fetch_again(name: str) -> ResponseReturnValue:
    """Fetch one dossier once more."""
    connector, text = own_connector(name), request.form.get("dossier", "").strip()[:_LONGEST]
    if not text:
        flash(_("Hãy nhập mã hồ sơ, hoặc số của bản ghi ở nguồn."))
        return redirect(url_for("console.runs", connector=name), 303)
    return _asked(connector, lambda: by_hand.fetch_again(register(), connector, text, _signed()))


def again(run_id: int) -> ResponseReturnValue:
    """Ask for the same once more."""
    run, connector = own_run(run_id)
    return _asked(connector, lambda: by_hand.again(database(), connector, run, _signed()))


def cancel(run_id: int) -> ResponseReturnValue:
    """Stop a run, with a reason."""
    run, _connector = own_run(run_id)
    reason = request.form.get("reason", "").strip()[:_LONGEST]
    if not reason:
        flash(_("Hãy ghi lý do; lý do được giữ cùng lượt chạy."))
        return redirect(url_for("console.run", run_id=run_id), 303)
    try:
        cancelling.cancel(database(), run_id, visitor().name, reason, datetime.now(UTC))
    except CannotCancel:
        flash(_("Lượt %(id)s đã kết thúc, nên không hủy được nữa.", id=run.id))
    return redirect(url_for("console.run", run_id=run_id), 303)


def _asked(connector: ConnectorRow, ask: Callable[[], Asked]) -> ResponseReturnValue:
    """Ask, and go to the run; or say why it cannot be."""
    title = connector.title
    try:
        asked = ask()
    except NotNow:
        flash(_("%(name)s đang tạm dừng hoặc chưa kích hoạt, nên không chạy.", name=title))
    except NotAgain:
        flash(_("Lượt này không chạy lại bằng tay được."))
    except NoPeriod:
        flash(_("Ngày cuối phải không trước ngày đầu, và ngày đầu không ở tương lai."))
    except CannotBackfill:
        flash(
            _(
                "%(name)s không đọc bù theo khoảng thời gian được: cấu hình chưa nói bản ghi đổi khi nào (changed_at).",
                name=title,
            )
        )
    except CannotFetch:
        flash(
            _(
                "%(name)s không lấy riêng một hồ sơ được: cấu hình chưa có phần fetch. Hãy dùng Đọc bù với những ngày "
                "hồ sơ thay đổi, hoặc Đọc lại từ đầu.",
                name=title,
            )
        )
    except (ConnectorError, Invalid):
        flash(_("Cấu hình của %(name)s chưa dùng được; hãy kiểm tra đầu nối này trước.", name=title))
    else:
        if not asked.is_new:
            flash(_("%(name)s đã có một lượt đang chờ, nên không thêm lượt nữa.", name=title))
        return redirect(url_for("console.run", run_id=asked.run_id), 303)
    return redirect(url_for("console.runs", connector=connector.name), 303)


def _signed() -> Signature:
    return Signature(visitor().name, request.form.get("reason", "").strip()[:_LONGEST], datetime.now(UTC))


PAGES = (
    Page("POST", "/connectors/<name>/runs", "run_now", run_now, Right.RUN),
    Page("POST", "/connectors/<name>/backfill", "backfill", backfill, Right.RUN),
    Page("POST", "/connectors/<name>/fetch", "fetch_again", fetch_again, Right.RUN),
    Page("POST", "/runs/<int:run_id>/again", "run_again", again, Right.RUN),
    Page("POST", "/runs/<int:run_id>/cancel", "cancel", cancel, Right.RUN),
)
