"""Where a connector's trouble is mended: the one page to open next, as far as the visitor may open it."""

from typing import NamedTuple

from flask import current_app, url_for
from flask_babel import gettext as _

from hub.console.visitor import may
from hub.record.rights import Right
from hub.store.connectors import ConnectorRow
from hub.sync import threshold, watch
from hub.sync.health import ConnectorState, Health

# Errors that the department's answer or our settings cause: they do not go away by waiting.
_SETTINGS = frozenset(
    {
        *("refused", "client_certificate", "certificate", "redirected", "not_found", "bad_request", "too_large"),
        *("local_settings", "not_http", "not_json", "not_xml", "not_csv", "charset", "unknown_host", "not_usable"),
    }
)
_WAITING = frozenset({"queued", "used", "scheduler", "abandoned"})
_SCHEDULE = frozenset({"schedule", "slow", "blackout", "no_schedule", "unreadable", "never_run"})


class Step(NamedTuple):
    """A page, and what it is good for."""

    address: str
    label: str


def next_steps(state: ConnectorState) -> list[Step]:
    """What to open about a connector in trouble, the likeliest first."""
    connector, run = state.connector, state.last_run
    late = (state.stale_because or {}).get("code", "")
    error = (run.error_code if run is not None and state.health in (Health.OPEN, Health.FAILING) else None) or late
    found: list[Step | None] = []
    if error == threshold.CODE:
        found.append(_step("quarantine", _("Xem bản ghi không đọc được"), connector=connector.name))
    if error == watch.DRIFT or any(one["code"] == watch.DRIFT for one in connector.warnings or []):
        found.append(_step("connector", _("Xem nguồn đã đổi gì"), name=connector.name))
    if error in _SETTINGS:
        found.append(_step("connector", _("Kiểm tra cấu hình và bí mật"), name=connector.name))
    if state.incomplete_days:
        found.append(_step("completeness", _("Xem các ngày còn thiếu"), name=connector.name))
    if late in _WAITING:
        found.append(_step("runs", _("Xem các lượt đang chờ"), state="queued"))
    if late in _SCHEDULE:
        found.append(_step("connector", _("Xem lịch chạy và cam kết"), name=connector.name))
    if late == "not_active":
        found.append(_step("connector", _("Cho chạy tiếp"), name=connector.name))
    if connector.warnings:
        found.append(_step("connector", _("Xem điều cần gia hạn"), name=connector.name))
    if run is not None and state.health in (Health.OPEN, Health.FAILING):
        found.append(_step("run", _("Xem lượt %(id)s", id=run.id), run_id=run.id))
    told = {step.address: step for step in reversed(found) if step is not None}
    return list(reversed(told.values()))


def may_run(connector: ConnectorRow) -> bool:
    """Whether a run of it can be asked for here."""
    return may(Right.RUN) and connector.state == "active" and connector.type != "push"


def _step(page: str, label: str, **values: str | int) -> Step | None:
    endpoint = f"console.{page}"
    if endpoint not in current_app.view_functions:
        return None
    return Step(url_for(endpoint, **values), label)  # type: ignore[arg-type]  # names and numbers alone
