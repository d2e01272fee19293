"""The reasons why records stand in quarantine, those of most records first, and the records of one of them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from hub.console.charts import svg
from hub.console.database import database
from hub.console.mappings import rights
from hub.console.page import Page
from hub.console.problems import counted
from hub.console.visitor import own, own_connector
from hub.record.connector_state import Life
from hub.record.reasons import example
from hub.record.rights import Right
from hub.store import connectors, cursor, quarantine
from hub.store.connectors import ConnectorRow
from hub.store.quarantine import GroupRow, QuarantineRow

_PER_PAGE = 25
_LIST = "quarantine"
_HEIGHT, _BAR, _GAP = 20, 8, 2


@dataclass(frozen=True, slots=True)
class Held:
    """A record in quarantine as a list shows it: nothing in it tells who somebody is."""

    row: QuarantineRow
    reasons: list[tuple[dict[str, str], str]]  # each with an example that may be shown to strangers


@dataclass(frozen=True, slots=True)
class GroupShown:
    """A reason as the page shows it."""

    row: GroupRow
    connector: ConnectorRow | None
    trend: Markup

    @property
    def today(self) -> int:
        """How many records came in the last 24 hours."""
        return self.row.days[-1]

    @property
    def is_active(self) -> bool:
        """Whether its connector runs, so that records can be read again."""
        return self.connector is not None and self.connector.state == Life.ACTIVE


def page() -> str:
    """Reasons, those of most records first; of one connector or one reason its records, newest first."""
    name, group = request.args.get("connector") or None, request.args.get("group") or None
    chosen = own_connector(name, retired=True) if name else None
    every = connectors.listed(database(), retired=True)
    mine = own(every)
    among = None if len(mine) == len(every) else [row.id for row in mine]
    now = datetime.now(UTC)
    found = quarantine.groups(database(), name, among=among, now=now, exact=False)
    held, following = _records(name, group) if chosen else ([], None)
    by_name = {row.name: row for row in mine}
    return render_template(
        "console/quarantine/groups.html",
        groups=[GroupShown(row, by_name.get(row.connector), trend(row, at)) for at, row in enumerate(found)],
        one=next((row for row in found if chosen and row.connector == name and row.code == group), None),
        held=held,
        chosen=chosen,
        group=group,
        choices=[(row.name, row.title) for row in mine if row.state != Life.RETIRED or row.name == name],
        following=following,
        first="after" not in request.args,
        now=now,
        unseen_days=quarantine.UNSEEN_DAYS,
        may_change=rights.may_change,
        drops=quarantine.dropped(database(), name, 10) if chosen else [],
    )


def trend(row: GroupRow, at: int) -> Markup:
    """How many of them came on each of the last days, as bars; the numbers are what a screen reader tells."""
    most = max(row.days) or 1
    bars = [
        svg.bar(day * (_BAR + _GAP), _HEIGHT - (height := max(1.0, _HEIGHT * count / most)), _BAR, height, "bar")
        for day, count in enumerate(row.days)
    ]
    told = _("Mới trong 7 ngày qua: %(days)s", days=", ".join(counted(count) for count in row.days))
    width = len(row.days) * (_BAR + _GAP)
    return svg.picture(width, _HEIGHT, told, bars, name=f"trend-{at}", class_="trend")


def _records(name: str | None, group: str | None) -> tuple[list[Held], str | None]:
    found = quarantine.listed(database(), name, _before(), _PER_PAGE + 1, group)
    shown = found[:_PER_PAGE]
    following = None
    if shown != found:
        kept: dict[str, Any] = {"connector": name, "group": group}
        following = url_for("console.quarantine", **kept, after=cursor.after_id(_LIST, shown[-1].id))
    return [Held(row, [(reason, example(reason)) for reason in row.reasons]) for row in shown], following


def _before() -> int | None:
    """Where the page goes on; an address that was cut or changed begins anew."""
    try:
        return cursor.id_position(_LIST, request.args.get("after", ""))
    except cursor.CursorError:
        return None


PAGES = (Page("GET", "/quarantine", "quarantine", page, Right.WATCH),)
