"""The change feed: everything that becomes of the dossiers that a client may see, in order, and none of it twice."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from time import monotonic
from typing import Any

import structlog
from flask import g
from flask_openapi3.models.tag import Tag

from hub.api import ports
from hub.api.answers import VARY, Answer
from hub.api.change_models import LATEST, ChangeList, ChangePage
from hub.api.problems import ApiProblem, detail_of, read_parameter
from hub.api.reads import note_read
from hub.api.routes import api, errors
from hub.api.viewer import open_to_query, scope, viewer
from hub.record.grant import Grant
from hub.store import changes, clients, keys
from hub.store.changes import Changed, Changes
from hub.store.feed import UnknownPosition
from hub.store.filters import Filter
from hub.store.looking_up import codes_of_dossiers
from hub.store.reads import Action
from hub.store.scope import Scope
from hub.view.change import change
from hub.view.fields import Fields, parse_fields
from hub.view.gathering import items

log = structlog.get_logger()

_CHANGES = [Tag(name="changes", description="Following the record: see docs/following.md.")]
_FILTER = ("agency", "procedure", "field", "status", "channel", "received_from", "received_to")


@api.get("/changes", tags=_CHANGES, responses={200: ChangePage, **errors(403, 409)}, operation_id="list_changes")
@open_to_query
def list_changes(query: ChangeList) -> tuple[Answer, int, dict[str, str]]:
    """What became of the dossiers that you may see after a position, in order; it can wait for the next change."""
    fields = _fields(query.fields, viewer().grant)
    wanted = Filter(**{name: getattr(query, name) for name in _FILTER})
    if query.after == LATEST:
        here = changes.none_yet(ports.database(), scope(), wanted)
        return _told([], here, 0.0, _view(query, here.seen)), 200, VARY
    began = monotonic()
    found, placed = _found(query, wanted)
    if query.wait and found.items and not _is_as_it_was():
        found = _nothing(query, found)  # asked again, which it may do at once, it is let in anew
    waited = monotonic() - began if query.wait and placed else 0.0
    told = _shown(found.items, query, fields)
    answer = _told(told, found, waited, _view(query, found.seen))
    return answer, 200, VARY if placed else VARY | {"Retry-After": "1"}


def _found(query: ChangeList, wanted: Filter) -> tuple[Changes, bool]:
    """What there is, or what comes while it is waited for; False: there was no place to wait."""
    until = monotonic() + query.wait
    first = found = _after(int(query.after), query, wanted)
    while not found.items and not found.more and (left := until - monotonic()) > 0:
        # What changes outside of what the client sees wakes it, too: it waits on, from there.
        if not ports.waiters().wait(viewer().client.id, found.upto, left):
            return found, False
        found = _after(found.upto, query, wanted)
        if found.seen != first.seen:
            return _nothing(query, found), True  # what was passed by one view is not told by the other
    return found, True


def _nothing(query: ChangeList, found: Changes) -> Changes:
    return Changes((), int(query.after), found.latest, found.seen)


def _is_as_it_was() -> bool:
    """Whether the client still is who was let in before it waited, and its key still works."""
    was = viewer().client
    now, key_id = clients.numbered(ports.database(), was.id), g.get("key_id")
    if key_id is not None and keys.numbered(ports.database(), key_id, datetime.now(UTC)) is None:
        return False
    return now is not None and (now.role, now.grant) == (was.role, was.grant)


def _after(position: int, query: ChangeList, wanted: Filter) -> Changes:
    content, client = query.content == "dossier", viewer().client
    try:
        return changes.changes_after(
            ports.database(), position, query.limit, scope(), wanted, content=content, sees_from=client.sees_from
        )
    except UnknownPosition as error:
        # A sign of a restore that nobody told the hub of: see `hub feed renew`.
        log.warning("position_unknown", client=client.name, position=position, reason=str(error))
        detail = f"{error}: the hub was restored, or the position is another hub's. Begin again after 0."
        raise ApiProblem(409, "unknown_position", detail_of(detail)) from error


def _shown(found: Sequence[Changed], query: ChangeList, fields: Fields | None) -> list[Answer]:
    rows = [one.row for one in found if one.row is not None]
    if rows:
        what: dict[str, Any] = {"filter": {name: getattr(query, name) for name in _FILTER if getattr(query, name)}}
        if fields is not None:
            what["fields"] = sorted(fields.names)
        note_read(Action.FEED, [row.id for row in rows], what)
    near_due = ports.near_due()
    grant, now = viewer().grant, datetime.now(UTC)
    shown = {item["id"]: item for item in items(ports.database(), rows, grant, now, near_due, fields)} if rows else {}
    codes = codes_of_dossiers(ports.database(), [one.dossier_id for one in found if one.kind is changes.Kind.CHANGED])
    return [change(one, shown.get(str(one.dossier_id)), codes.get(one.dossier_id, ())) for one in found]


def _told(told: list[Answer], found: Changes, waited: float, view: str) -> Answer:
    return {"items": told, "next": found.upto, "more": found.more, "waited": round(waited, 3), "view": view}


def _fields(text: str | None, grant: Grant) -> Fields | None:
    return None if text is None else read_parameter("fields", lambda: parse_fields(text, grant))


def _view(query: ChangeList, seen: Scope) -> str:
    client = viewer().client
    # With another `sees_from` not all is told that left: right for him alone who begins after it.
    asked = (client.sees_from, *(getattr(query, name) for name in ("fields", "content", *_FILTER)))
    return _digest(seen, tuple(sorted(client.grant.sights.items())), asked)


@lru_cache(maxsize=512)
def _digest(seen: Scope, sights: tuple[tuple[str, str], ...], asked: tuple[object, ...]) -> str:
    """The same for the same, in every process and after every restart."""
    limits = [None if limit is None else sorted(limit) for limit in (seen.agencies, seen.procedures, seen.fields)]
    written = repr((limits, seen.rank, [(str(group), str(sight)) for group, sight in sights], list(map(str, asked))))
    return sha256(written.encode()).hexdigest()[:16]
