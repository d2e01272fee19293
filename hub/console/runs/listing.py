"""The list of runs, newest first, by whatever they are told apart by."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import render_template, request, url_for

from hub.console import words
from hub.console.database import database
from hub.console.page import Page
from hub.console.visitor import own, visitor
from hub.record.moments import ZONE
from hub.record.rights import Right
from hub.record.run_kind import RunKind
from hub.record.run_state import RunState
from hub.store import connectors, cursor, runs_found
from hub.store.connectors import ConnectorRow
from hub.store.runs_found import Wanted

_PER_PAGE = 50
_LIST = "runs"
TRIGGERS = ("schedule", "hand", "anyway", "count", "mapping", "push")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page's address asks for; what cannot be read asks for nothing."""

    connector: str
    state: str
    kind: str
    trigger: str
    first: date | None
    last: date | None

    def address(self) -> dict[str, Any]:
        """As it stands in addresses."""
        days = {"from": self.first.isoformat() if self.first else "", "to": self.last.isoformat() if self.last else ""}
        said = {"connector": self.connector, "state": self.state, "kind": self.kind, "trigger": self.trigger}
        return {name: value for name, value in (said | days).items() if value}

    def wanted(self, rows: list[ConnectorRow]) -> Wanted:
        """As the store is asked; `rows` are the connectors that the visitor may see."""
        mine = None if visitor().scope.agencies is None else [row.id for row in rows]
        if self.connector:
            mine = [row.id for row in rows if row.name == self.connector]
        until = None if self.last is None else _midnight(self.last + timedelta(days=1))
        since = None if self.first is None else _midnight(self.first)
        return Wanted(mine, self.state or None, self.kind or None, self.trigger or None, since, until)


def page() -> str:
    """Runs, newest first."""
    rows, asked = own(connectors.listed(database(), retired=True)), _asked()
    found = runs_found.found(database(), asked.wanted(rows), before=_before(), limit=_PER_PAGE)
    after = None if found.following is None else cursor.after_id(_LIST, found.following)
    return render_template(
        "console/runs/list.html",
        runs=found.runs,
        asked=asked,
        chosen=next((row for row in rows if row.name == asked.connector), None),
        following=after and url_for("console.runs", **asked.address() | {"after": after}),
        looked_to=found.looked_to,
        options={
            "connectors": [(row.name, row.title) for row in rows],
            "states": [(state, words.RUN_STATE[state]) for state in RunState],
            "kinds": [(kind, words.KIND[kind]) for kind in RunKind],
            "triggers": [(trigger, words.TRIGGER[trigger]) for trigger in TRIGGERS],
        },
        titles={row.name: row.title for row in rows},
        now=datetime.now(UTC),
    )


def _asked() -> Asked:
    said = request.args
    return Asked(
        said.get("connector", ""),
        _one_of(said.get("state", ""), RunState),
        _one_of(said.get("kind", ""), RunKind),
        _one_of(said.get("trigger", ""), TRIGGERS),
        day_of(said.get("from", "")),
        day_of(said.get("to", "")),
    )


def _one_of(text: str, known: object) -> str:
    return text if text in set(known) else ""  # type: ignore[call-overload]


def day_of(text: str) -> date | None:
    """A day as a form sends it; None where it is none that can be."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2200 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def _before() -> int | None:
    """Where the page goes on; an address that was cut or changed begins anew."""
    try:
        return cursor.id_position(_LIST, request.args.get("after", ""))
    except cursor.CursorError:
        return None


PAGES = (Page("GET", "/runs", "runs", page, Right.WATCH),)
