"""The page of charts, and the numbers of each as a file. Both read hours and lapses, never the runs themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from hub.console.admin.sheet import sheet
from hub.console.charts import drawn
from hub.console.charts.drawn import Chart
from hub.console.charts.kept import Kept
from hub.console.charts.period import PERIODS, Period, gathered
from hub.console.database import database
from hub.console.page import Page
from hub.console.visitor import own, own_connector, visitor
from hub.record.connector_state import Life
from hub.record.rights import Right
from hub.store import connectors, figures, lapses, quarantine
from hub.store.connectors import ConnectorRow
from hub.store.run_hours import Past, total


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be shown: a period, and one connector of the visitor's or all of them."""

    period: Period
    connector: ConnectorRow | None
    now: datetime
    own: list[ConnectorRow]  # the visitor's, retired ones too

    @property
    def ids(self) -> list[int] | None:
        """Whose runs; None: everybody's."""
        if self.connector is not None:
            return [self.connector.id]
        if visitor().scope.agencies is None:
            return None
        return [row.id for row in self.own]

    @property
    def rows(self) -> list[ConnectorRow]:
        """The connectors that somebody watches over."""
        if self.connector is not None:
            return [self.connector]
        return [row for row in self.own if row.state in (Life.ACTIVE, Life.PAUSED)]


def page() -> str:
    """All charts."""
    asked = _asked()
    return render_template(
        "console/charts/charts.html",
        charts=[chart for draw in _CHARTS for chart in draw(asked)],
        asked=asked,
        periods=PERIODS.values(),
        connectors=[row for row in asked.own if row.state != Life.RETIRED],
    )


def file(name: str) -> ResponseReturnValue:
    """The numbers behind one chart."""
    asked = _asked()
    draw = _BY_NAME.get(name)
    if draw is None:
        abort(404)
    table = next(chart.table for chart in draw(asked) if chart.name == name)
    return sheet(_FILES[name], table.headings, table.exact())


def past() -> Past:
    """What hours that are over said, kept for the pages of this process."""
    kept: Past = current_app.extensions.setdefault("hub.past", Past(database()))
    return kept


def _asked() -> Asked:
    """From the address; a period that nobody knows is today's, another's connector is not there."""
    period = PERIODS.get(request.args.get("period", ""), PERIODS["24h"])
    name = request.args.get("connector", "")
    chosen, mine = own_connector(name) if name else None, own(connectors.listed(database(), retired=True))
    return Asked(period, chosen, datetime.now(UTC), mine)


def _over_time(asked: Asked) -> list[Chart]:
    parts = asked.period.parts(asked.now)
    found = past().between(parts[0].start, parts[-1].end, asked.ids, asked.now)
    ended = [total(each) for each in gathered(parts, found)]
    return [drawn.runs(parts, ended), drawn.records(parts, ended), drawn.stages(parts, ended)]


def _freshness(asked: Asked) -> list[Chart]:
    parts, rows = asked.period.parts(asked.now), asked.rows
    start, end, ids = parts[0].start, parts[-1].end, tuple(row.id for row in rows)
    if not parts[0].whole_days:
        return [drawn.freshness(parts, rows, lapses.of_all(database(), start, end, ids), asked.now)]
    missed = _kept_lapses().of((start, end, ids), lambda: lapses.of_all(database(), start, end, ids))
    return [drawn.freshness(parts, rows, missed, asked.now)]


def _kept_lapses() -> Kept[list[drawn.Lapse]]:
    found: Kept[list[drawn.Lapse]] = current_app.extensions.setdefault("hub.kept_lapses", Kept())
    return found


def _standing(asked: Asked) -> list[Chart]:
    rows = asked.rows
    waiting = figures.queued_by_connector(database())
    return [
        drawn.backlog(rows, waiting, asked.now),
        drawn.quarantine(rows, quarantine.counts(database())),
    ]


_CHARTS: tuple[Callable[[Asked], list[Chart]], ...] = (_over_time, _freshness, _standing)
_BY_NAME = {
    "runs": _over_time,
    "records": _over_time,
    "stages": _over_time,
    "freshness": _freshness,
    "backlog": _standing,
    "quarantine": _standing,
}
_FILES = {
    "runs": "luot-chay",
    "records": "ban-ghi",
    "stages": "cong-doan",
    "freshness": "do-tuoi",
    "backlog": "luot-cho",
    "quarantine": "cach-ly",
}
PAGES = (
    Page("GET", "/charts", "charts", page, Right.WATCH),
    Page("GET", "/charts/<name>.csv", "chart_file", file, Right.WATCH),
)
