"""The connectors of who asks, found by name, state, type and agency. Nothing is counted for it: it stays fast."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import render_template, request, url_for

from hub.console.connectors import words
from hub.console.database import database
from hub.console.page import Page
from hub.console.visitor import own
from hub.console.words import LIFE
from hub.record.connector_state import Life
from hub.record.rights import Right
from hub.record.text import fold
from hub.store import connectors
from hub.store.connectors import ConnectorRow

_PER_PAGE = 100


def page() -> str:
    """The list, by name."""
    wanted = {key: request.args.get(key, "").strip()[:200] for key in ("q", "state", "type", "agency")}
    every = own(connectors.listed(database(), retired=True))
    found = [row for row in every if _fits(row, wanted)]
    after = request.args.get("after", "")
    rest = [row for row in found if row.name > after]
    shown = rest[:_PER_PAGE]
    following = _further(wanted, shown[-1].name) if len(rest) > len(shown) else None
    return render_template(
        "console/connectors/list.html",
        rows=shown,
        total=len(found),
        any=bool(every),
        wanted=wanted,
        following=following,
        states=[(state, LIFE[state]) for state in Life],
        types=[(name, words.TYPES.get(name, name)) for name in sorted({row.type for row in every})],
        agencies=[(code, code) for code in sorted({row.agency for row in every})],
        now=datetime.now(UTC),
    )


def _further(wanted: dict[str, str], name: str) -> str:
    values: dict[str, Any] = {**wanted, "after": name}
    return url_for("console.connectors", **values)


def _fits(row: ConnectorRow, wanted: dict[str, str]) -> bool:
    if wanted["state"] in set(Life):
        if row.state != wanted["state"]:
            return False
    elif row.state == Life.RETIRED:  # shown where they are asked for
        return False
    same: Sequence[tuple[str, str]] = ((wanted["type"], row.type), (wanted["agency"], row.agency))
    if any(said and said != is_so for said, is_so in same):
        return False
    texts = (row.name, row.title, row.agency, row.owner, row.contact, row.mapping)
    return not wanted["q"] or fold(wanted["q"]) in " ".join(map(fold, texts))


PAGES = (Page("GET", "/connectors", "connectors", page, Right.WATCH),)
