"""One run: how far it is, how it ended, what it did step by step, and samples of what it asked."""

from datetime import UTC, datetime

from flask import abort, render_template

from hub.console.database import database
from hub.console.page import Page
from hub.console.runs.log_words import sentence
from hub.console.visitor import own_connector
from hub.inspection import by_hand
from hub.record.connector_state import Life
from hub.record.rights import Right
from hub.record.run_kind import RunKind
from hub.record.run_state import RunState
from hub.store import cursor, exchanges, replays, run_lines, runs
from hub.store.connectors import ConnectorRow
from hub.store.runs import RunRow

_MOST_KEYS = 20  # of the records that a run was asked for


def page(run_id: int) -> str:
    """One run."""
    return _shown("console/runs/one.html", run_id)


def progress_part(run_id: int) -> str:
    """What changes while a run goes on."""
    return _shown("console/runs/_run.html", run_id)


def own_run(run_id: int) -> tuple[RunRow, ConnectorRow]:
    """A run of one of the visitor's connectors; to them no other one exists (404)."""
    found = runs.get(database(), run_id) if run_id <= cursor.LARGEST_ID else None
    if found is None:
        abort(404)
    return found, own_connector(found.connector, retired=True)


def _shown(template: str, run_id: int) -> str:
    run, connector = own_run(run_id)
    let_out = replays.let_out(database(), run_id) if run.kind == replays.REPLAY else (0, [])
    lines = [(line, *sentence(line)) for _number, line in run_lines.listed(database(), run_id)]
    return render_template(
        template,
        run=run,
        connector=connector,
        let_out=let_out,
        lines=lines,
        exchanges=exchanges.listed(database(), run_id),
        keys=_keys(run),
        may_again=_ended(run) and run.kind in by_hand.AGAIN and connector.state == Life.ACTIVE,
        may_cancel=not _ended(run) and run.kind != RunKind.PUSH,
        now=datetime.now(UTC),
    )


def _ended(run: RunRow) -> bool:
    return run.state not in (RunState.QUEUED, RunState.RUNNING)


def _keys(run: RunRow) -> list[str]:
    """The records that it was asked for, where it was asked for some."""
    wanted = run.wanted or {}
    keys = wanted.get("keys") or ([wanted["key"]] if isinstance(wanted.get("key"), str) else [])
    return [str(key) for key in keys][:_MOST_KEYS]


PAGES = (
    Page("GET", "/runs/<int:run_id>", "run", page, Right.WATCH),
    Page("GET", "/runs/<int:run_id>/progress", "run_progress", progress_part, Right.WATCH),
)
