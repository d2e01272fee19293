"""Records that could not be read: why, what came, and reading them again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.database import database
from hub.console.page import Page
from hub.console.reads import note_source
from hub.record.connector_state import Life
from hub.record.rights import Right
from hub.store import connectors, cursor, quarantine, replays
from hub.store.quarantine import QuarantineRow
from hub.store.replays import Wanted

_PER_PAGE = 25
LONGEST_RAW = 20_000  # letters; what is longer is cut, a page must stay a page


@dataclass(frozen=True, slots=True)
class Held:
    """A record in quarantine as the page shows it."""

    row: QuarantineRow
    raw: str
    cut: bool


def page() -> str:
    """Reasons, those of most records first; then records, newest first."""
    connector, group = request.args.get("connector") or None, request.args.get("group") or None
    found = quarantine.listed(database(), connector, _before(), _PER_PAGE + 1, group)
    shown = found[:_PER_PAGE]
    note_source(connector, len(shown), {"page": "quarantine", "group": group})
    following = (
        url_for(
            "console.quarantine",
            connector=connector,
            group=group,
            after=cursor.after_id("quarantine", shown[-1].id),
        )
        if shown != found
        else None
    )
    every = connectors.listed(database())
    return render_template(
        "console/quarantine.html",
        groups=quarantine.groups(database(), connector),
        held=_held(shown),
        connector=connector,
        group=group,
        connectors=every,
        active={each.name for each in every if each.state == Life.ACTIVE},
        following=following,
        longest=LONGEST_RAW,
        now=datetime.now(UTC),
        unseen_days=quarantine.UNSEEN_DAYS,
    )


def replay(name: str) -> ResponseReturnValue:
    """Queue a replay of one record, of those with one reason, or of all of a connector."""
    connector = connectors.named(database(), name)
    if connector is None:
        abort(404)
    wanted = Wanted(key=request.form.get("key") or None, group=request.form.get("group") or None)
    if connector.state != Life.ACTIVE:
        flash(_("%(name)s đang tạm dừng hoặc chưa kích hoạt, nên không chạy.", name=connector.title))
    elif not replays.count(database(), connector.id, wanted):
        flash(_("Không còn bản ghi nào như vậy trong cách ly."))
    else:
        run_id = replays.ask_once(database(), connector.id, wanted, datetime.now(UTC))
        return redirect(url_for("console.run", run_id=run_id))
    return redirect(url_for("console.quarantine", connector=name))


def _before() -> int | None:
    """Where the page goes on; an address that was cut or changed begins anew."""
    try:
        return cursor.id_position("quarantine", request.args.get("after", ""))
    except cursor.CursorError:
        return None


def _held(rows: Sequence[QuarantineRow]) -> list[Held]:
    texts = [readable(row.raw) for row in rows]
    return [Held(row, text[:LONGEST_RAW], len(text) > LONGEST_RAW) for row, text in zip(rows, texts, strict=True)]


def readable(raw: bytes) -> str:
    """JSON on several lines; anything else as it came. Jinja escapes it, so that nothing in it acts."""
    try:
        return orjson.dumps(orjson.loads(raw), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        return raw.decode("utf-8", "replace")


PAGES = (
    Page("GET", "/quarantine", "quarantine", page, Right.WATCH),
    Page("POST", "/quarantine/<name>/replay", "replay", replay, Right.RUN),
)
