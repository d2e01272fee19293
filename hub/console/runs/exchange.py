"""One exchange with a department: its form for everybody, its content for whoever may see personal data."""

from flask import abort, render_template

from connectors.scrub import plain_address
from hub.console.database import database
from hub.console.page import Page
from hub.console.reads import note_source
from hub.console.runs.one import own_run
from hub.console.visitor import visitor
from hub.record.rights import Right
from hub.store import cursor, exchanges, payloads

_LONGEST = 64 * 1024  # of an answer, in bytes
_MOST_KEYS = 50


def page(run_id: int, exchange_id: int) -> str:
    """What was asked, and what came back."""
    run, connector = own_run(run_id)
    found = exchanges.get(database(), run_id, exchange_id) if exchange_id <= cursor.LARGEST_ID else None
    if found is None:
        abort(404)
    payload_id = exchanges.answer_of(database(), found)
    answer, keys = None, []
    if visitor().sees_personal:
        answer = None if payload_id is None else payloads.read(database(), payload_id)
        keys = [] if payload_id is None else payloads.keys_in(database(), payload_id)
        note_source(run.connector, max(1, len(keys)), {"run": run_id, "exchange": exchange_id})
    return render_template(
        "console/runs/exchange.html",
        run=run,
        connector=connector,
        exchange=found,
        address=found.address if visitor().sees_personal else plain_address(found.address),
        answer=None if answer is None else answer.body[:_LONGEST].decode("utf-8", "replace"),
        cut=answer is not None and len(answer.body) > _LONGEST,
        kept=payload_id is not None,
        keys=keys[:_MOST_KEYS],
        number_of_keys=len(keys),
    )


PAGES = (Page("GET", "/runs/<int:run_id>/exchanges/<int:exchange_id>", "exchange", page, Right.WATCH),)
