"""One connector: how it stands, what can be done with it, its document, what will end, and where its things are."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.routing import BuildError

from hub.console.connectors import words
from hub.console.connectors.expiring import ending
from hub.console.connectors.writing import FILE
from hub.console.database import database
from hub.console.page import Page
from hub.console.register import has_register, register
from hub.console.secrets import names as secret_names
from hub.console.visitor import may, own_connector
from hub.inspection.skeleton_parts import ASK
from hub.record.connector_state import MOVES, Life, Move
from hub.record.moments import ZONE
from hub.record.rights import Right
from hub.store import registrations, runs, versions
from hub.store.connectors import ConnectorRow
from hub.store.runs import RunRow
from hub.store.versions import CONFIG, HUB, Kind, VersionRow
from hub.sync.watch import DRIFT
from mappings.engine.library import UnknownMapping
from mappings.engine.yaml_source import Invalid, parse
from schedules.windows import Timetable

_RIGHTS = {Move.PAUSE: Right.RUN, Move.RESUME: Right.RUN}  # else to connect
_RUNS = 5


def page(name: str) -> ResponseReturnValue:
    """The whole page."""
    row, now = own_connector(name, retired=True), datetime.now(UTC)
    version = _version(name)
    text = version.text if version else ""
    data = _data(text)
    recent = runs.listed(database(), connector=name, limit=_RUNS)
    return render_template(
        "console/connectors/one.html",
        row=row,
        version=version,
        data=data,
        blanks=[number for number, line in enumerate(text.splitlines(), 1) if ASK in line],
        mapped=_mapped(row),
        mapping_page=_address("console.mapping", name=row.mapping),
        moves=_moves(row),
        move_words=words.MOVES,
        move_means=words.MOVE_MEANS,
        type_words=words.TYPES,
        history=registrations.moves_of(database(), name)[:20],
        recent=recent,
        changed=changed(row, recent),
        secrets=secret_names.told(text),
        ends=[one for one in ending([row], now) if one.connectors],
        today=now.astimezone(ZONE).date(),
        timetable=timetable_of(row),
        by_config=row.managed_by == CONFIG,
        may_change=may(Right.CONNECT) and row.managed_by != CONFIG and version is not None,
        now=now,
    )


def changed(row: ConnectorRow, recent: Sequence[RunRow]) -> list[str]:
    """In what way its system is not as it was accepted: what its warnings say, or the run that stopped at it."""
    told = [one["sentence"] for one in row.warnings or [] if one["code"] == DRIFT]
    stopped = recent[0] if recent and recent[0].error_code == DRIFT and row.failures else None
    return told or ([stopped.sentence or ""] if stopped else [])


def timetable_of(row: ConnectorRow) -> Timetable | None:
    """When it runs by itself."""
    return _timetable(row.cadence) if row.cadence else None


@lru_cache(maxsize=4096)
def _timetable(cadence: str) -> Timetable:
    """Reading a cron line takes the timer a millisecond, and a calendar has hundreds."""
    return Timetable.model_validate_json(cadence)


def _moves(row: ConnectorRow) -> list[Move]:
    """What can be done with it now, by who asks; config.yaml decides whether its own are there."""
    possible = [move for move in Move if Life(row.state) in MOVES[move] and may(_RIGHTS.get(move, Right.CONNECT))]
    if row.state == Life.ACTIVE and row.open_until and may(Right.RUN):
        possible.append(Move.RESUME)  # asks again at once
    return [move for move in possible if row.managed_by != CONFIG or move in _RIGHTS]


def _version(name: str) -> VersionRow | None:
    with database().read() as connection:
        return versions.in_use(connection, Kind.CONNECTOR, name, HUB)


def _data(text: str) -> dict[str, Any]:
    try:
        data = parse(text, FILE).data
    except Invalid:
        return {}
    return data if isinstance(data, dict) else {}


def _mapped(row: ConnectorRow) -> bool:
    """Whether there is a mapping to read with."""
    if not has_register():
        return True
    try:
        register().mapping_in_use(row.mapping)
    except (UnknownMapping, Invalid):
        return False
    return True


def _address(endpoint: str, **values: Any) -> str | None:
    """The address of another part's page, where there is one."""
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return None


PAGES = (Page("GET", "/connectors/<name>", "connector", page, Right.WATCH),)
