"""Addresses of quarantine: why records could not be read, which, and reading them again."""

from datetime import UTC, datetime

from flask import url_for
from flask_openapi3.models.tag import Tag

from hub.api import answers, ports, signing
from hub.api.answers import Answer
from hub.api.models import Run
from hub.api.problems import ApiProblem
from hub.api.quarantine_models import (
    QuarantineGroupPage,
    QuarantineGroups,
    QuarantineList,
    QuarantinePage,
    Replayed,
)
from hub.api.reads import note_read
from hub.api.routes import api, errors
from hub.record.connector_state import Life
from hub.store import connectors, cursor, quarantine, replays, runs
from hub.store.quarantine import GroupRow, QuarantineRow
from hub.store.reads import Action
from hub.store.registrations import Unregistered
from hub.store.replays import Wanted

_QUARANTINE = [Tag(name="quarantine", description="Records that could not be read, and reading them again.")]


@api.get(
    "/quarantine", tags=_QUARANTINE, responses={200: QuarantinePage, **errors(400)}, operation_id="list_quarantine"
)
def list_quarantine(query: QuarantineList) -> Answer:
    """Records in quarantine, newest first."""
    before = None if query.cursor is None else cursor.id_position("quarantine", query.cursor)
    found = quarantine.listed(ports.database(), query.connector, before, query.limit + 1, query.group)
    shown, now = found[: query.limit], datetime.now(UTC)
    following = cursor.after_id("quarantine", shown[-1].id) if shown != found else None
    what = {"connector": query.connector, "page": "quarantine", "group": query.group}
    note_read(Action.SOURCE, (), what, records=len(shown))
    return {"items": [_item(row, now) for row in shown], "next_cursor": following}


@api.get(
    "/quarantine/groups",
    tags=_QUARANTINE,
    responses={200: QuarantineGroupPage},
    operation_id="list_quarantine_groups",
)
def list_quarantine_groups(query: QuarantineGroups) -> Answer:
    """The reasons, those of most records first."""
    return {"items": [_group(row) for row in quarantine.groups(ports.database(), query.connector)]}


@api.post(
    "/quarantine/replay",
    tags=_QUARANTINE,
    responses={202: Run, **errors(403, 404, 409)},
    operation_id="replay_quarantine",
)
def replay_quarantine(body: Replayed) -> signing.Told:
    """Read records again from what was kept of them, without asking the department. `/runs/{id}` tells of it."""
    database, now = ports.database(), datetime.now(UTC)
    row = connectors.found(database, body.connector)
    if row is None:
        raise Unregistered(body.connector, [each.name for each in connectors.listed(database)])
    if row.state != Life.ACTIVE:
        raise ApiProblem(409, "not_now", f"{row.name} is {row.state}; only an active connector is run.")
    wanted = Wanted(key=body.key, group=body.group, everything=body.everything)
    if not replays.count(database, row.id, wanted):
        raise ApiProblem(404, "record_not_found", f"{row.name} has nothing like that; /api/v1/quarantine lists it.")
    run = runs.get(database, replays.ask_once(database, row.id, wanted, now))
    if run is None:
        raise LookupError("the run is gone")
    return answers.run(run, now), 202, {"Location": url_for("api.get_run", run_id=run.id)}


def _item(row: QuarantineRow, now: datetime) -> Answer:
    names = (name for name in QuarantineRow.__slots__ if name != "raw")
    return {name: getattr(row, name) for name in names} | {"unseen": row.unseen(now)}


def _group(row: GroupRow) -> Answer:
    group = row.group
    named = {"group": row.code, "connector": row.connector, "records": row.records, "since": row.since}
    told = {"field": group.field, "source": group.source, "expected": group.expected, "hint": group.hint}
    return named | told | {"example": row.example}
