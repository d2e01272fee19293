"""The first page: how every connector fares, those in trouble first with what mends them; for 5 of them and for 500."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import render_template, request, url_for

from hub.console.database import database
from hub.console.next_steps import may_run, next_steps
from hub.console.page import Page
from hub.console.visitor import may, own, own_names, visitor
from hub.record.rights import Right, Role
from hub.record.text import fold
from hub.store import connectors, counting, removals
from hub.store.connectors import ConnectorRow
from hub.store.filters import Filter
from hub.store.quarantine_reasons import MOST_COUNTED
from hub.sync import fleet
from hub.sync.health import Health

_PER_PAGE = 50  # each with its last 50 runs drawn: of a hundred the page would take too long
_MOST_CARDS = 20  # connectors in trouble that are told in full; where everything is late, nobody reads a hundred
_FEW = 20  # connectors: pages with more of them refresh more seldom


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page's address asks for."""

    text: str  # in a connector's title, name or agency
    health: str
    page: int

    def address(self, page: int | None = None) -> dict[str, Any]:
        """As it stands in addresses."""
        said = {"q": self.text, "health": self.health, "page": page or self.page}
        return {name: value for name, value in said.items() if value and (name, value) != ("page", 1)}


def page() -> str:
    """The whole page."""
    mine = own_names() if visitor().scope.agencies is not None else None
    waiting = [one for one in removals.listed(database()) if mine is None or one.connector in mine]
    return render_template("console/overview.html", **_shown(), waiting=waiting)


def connectors_part() -> str:
    """What refreshes every few seconds."""
    return render_template("console/_connectors.html", **_shown())


def totals_part() -> str:
    """What refreshes seldom."""
    count = counting.count(database(), Filter(), visitor().scope, exact=False) if may(Right.DOSSIERS) else None
    return render_template("console/_totals.html", dossiers=count)


def _shown() -> dict[str, Any]:
    now, asked = datetime.now(UTC), _asked()
    rows = [row for row in own(connectors.listed(database())) if _speaks_of(row, asked.text)]
    found = fleet.fares(database(), rows, now, exact=False)
    counted = Counter(one.health for one in found)
    kept = [one for one in found if not asked.health or one.health == asked.health]
    start = (asked.page - 1) * _PER_PAGE
    shown = fleet.told(database(), kept[start : start + _PER_PAGE], now)
    troubles = [one.connector.id for one in kept[start : start + _PER_PAGE] if one.is_trouble]
    told_fully = set(troubles[:_MOST_CARDS])
    more = start + _PER_PAGE < len(kept)
    return {
        "asked": asked,
        "counted": [(health, counted[health]) for health in Health if counted[health]],
        "number": len(kept),
        "quarantined": sum(min(one.quarantined, MOST_COUNTED) for one in found),
        "more_quarantined": any(one.quarantined > MOST_COUNTED for one in found),
        "troubles": sum(one.is_trouble for one in kept),
        "troubled": [one for one in shown if one.state.connector.id in told_fully],
        "others": [one for one in shown if one.state.connector.id not in told_fully],
        "Health": Health,
        "steps": next_steps,
        "may_run": may_run,
        "plain": visitor().role is Role.LEADER,  # without technical words
        "every": "5s" if len(shown) <= _FEW else "15s",
        "following": url_for("console.overview", **asked.address(asked.page + 1)) if more else None,
        "now": now,
    }


def _asked() -> Asked:
    said = request.args
    health, number = said.get("health", ""), said.get("page", "")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 1
    return Asked(said.get("q", "").strip()[:200], health if health in set(Health) else "", max(1, page))


def _speaks_of(row: ConnectorRow, text: str) -> bool:
    said = fold(f"{row.title} {row.name} {row.agency}")
    return all(word in said for word in fold(text).split())


PAGES = (
    Page("GET", "/", "overview", page, Right.WATCH),
    Page("GET", "/overview/connectors", "overview_connectors", connectors_part, Right.WATCH),
    Page("GET", "/overview/totals", "overview_totals", totals_part, Right.WATCH),
)
