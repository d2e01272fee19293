"""Records that could not be read: why, and what came."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from flask import render_template, request, url_for

from hub.console.database import database
from hub.store import connectors, cursor, quarantine
from hub.store.quarantine import QuarantineRow

_PER_PAGE = 25
_LONGEST_RAW = 20_000  # letters; what is longer is cut, a page must stay a page


@dataclass(frozen=True, slots=True)
class Held:
    """A record in quarantine as the page shows it."""

    row: QuarantineRow
    raw: str
    cut: bool


def page() -> str:
    """Records in quarantine, newest first."""
    connector = request.args.get("connector") or None
    found = quarantine.listed(database(), connector, _before(), _PER_PAGE + 1)
    shown = found[:_PER_PAGE]
    following = (
        url_for("console.quarantine", connector=connector, after=cursor.after_id("quarantine", shown[-1].id))
        if shown != found
        else None
    )
    return render_template(
        "console/quarantine.html",
        held=_held(shown),
        connector=connector,
        connectors=connectors.listed(database()),
        following=following,
        longest=_LONGEST_RAW,
    )


def _before() -> int | None:
    """Where the page goes on; an address that was cut or changed begins anew."""
    try:
        return cursor.id_position("quarantine", request.args.get("after", ""))
    except cursor.CursorError:
        return None


def _held(rows: Sequence[QuarantineRow]) -> list[Held]:
    texts = [_readable(row.raw) for row in rows]
    return [Held(row, text[:_LONGEST_RAW], len(text) > _LONGEST_RAW) for row, text in zip(rows, texts, strict=True)]


def _readable(raw: bytes) -> str:
    """JSON on several lines; anything else as it came. Jinja escapes it, so that nothing in it acts."""
    try:
        return orjson.dumps(orjson.loads(raw), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        return raw.decode("utf-8", "replace")
