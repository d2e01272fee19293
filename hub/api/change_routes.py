"""The change feed: everything that becomes of the dossiers that a client may see, in order, and none of it twice."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from time import monotonic
from typing import Any, cast

from flask import current_app
from flask_openapi3.models.tag import Tag

from hub.api.answers import Answer
from hub.api.change_models import LATEST, ChangeList, ChangePage
from hub.api.ports import Waiters
from hub.api.problems import ApiProblem
from hub.api.reads import Action, note_read
from hub.api.routes import api, errors
from hub.api.viewer import open_to_query, scope, viewer
from hub.record.grant import Grant
from hub.store import changes, clients, feed
from hub.store.changes import AheadOfFeed, Changed, Changes
from hub.store.database import Database
from hub.store.dossiers import Filter
from hub.store.scope import Scope
from hub.view.change import change
from hub.view.fields import Fields, parse_fields
from hub.view.gathering import items

_CHANGES = [Tag(name="changes", description="Following the record: see docs/following.md.")]
_VARY = {"Vary": "Authorization, X-API-Key"}
_FILTER = ("agency", "procedure", "field", "status", "channel", "received_from", "received_to")


@api.get("/changes", tags=_CHANGES, responses={200: ChangePage, **errors(403, 409)}, operation_id="list_changes")
@open_to_query
def list_changes(query: ChangeList) -> tuple[Answer, int, dict[str, str]]:
    """What became of the dossiers that you may see after a position, in order; it can wait for the next change."""
    fields = _fields(query.fields, viewer().grant)
    wanted = Filter(**{name: getattr(query, name) for name in _FILTER})
    view = _view(query, changes.followed(_database(), scope(), wanted), viewer().grant)
    if query.after == LATEST:
        return _told([], feed.latest(_database()), more=False, waited=0.0, view=view), 200, _VARY
    began = monotonic()
    found, placed = _found(query, wanted)
    if query.wait and found.items and not _is_as_it_was():
        found = Changes((), int(query.after), found.latest)  # asked again, which it may do at once, it is let in anew
    waited = monotonic() - began if query.wait and placed else 0.0
    told = _shown(found.items, query, fields)
    answer = _told(told, found.upto, more=found.more, waited=waited, view=view)
    return answer, 200, _VARY if placed else _VARY | {"Retry-After": "1"}


def _found(query: ChangeList, wanted: Filter) -> tuple[Changes, bool]:
    """What there is, or what comes while it is waited for; False: there was no place to wait."""
    until = monotonic() + query.wait
    found = _after(int(query.after), query, wanted)
    while not found.items and not found.more and (left := until - monotonic()) > 0:
        # What changes outside of what the client sees wakes it, too: it waits on, from there.
        if not _waiters().wait(viewer().client.id, found.upto, left):
            return found, False
        found = _after(found.upto, query, wanted)
    return found, True


def _is_as_it_was() -> bool:
    """Whether the client still is who was let in before it waited."""
    was = viewer().client
    now = clients.numbered(_database(), was.id)
    return now is not None and (now.role, now.grant) == (was.role, was.grant)


def _after(position: int, query: ChangeList, wanted: Filter) -> Changes:
    content = query.content == "dossier"
    try:
        return changes.changes_after(_database(), position, query.limit, scope(), wanted, content=content)
    except AheadOfFeed as error:
        detail = f"{error}: the hub was restored, or the position is another hub's. Begin again after 0."
        detail = f"{detail[0].upper()}{detail[1:]}"
        raise ApiProblem(409, "unknown_position", detail) from error


def _shown(found: Sequence[Changed], query: ChangeList, fields: Fields | None) -> list[Answer]:
    rows = [one.row for one in found if one.row is not None]
    if rows:
        what: dict[str, Any] = {"filter": {name: getattr(query, name) for name in _FILTER if getattr(query, name)}}
        if fields is not None:
            what["fields"] = sorted(fields.names)
        note_read(Action.FEED, [row.id for row in rows], what)
    near_due = current_app.extensions["hub.near_due"]
    grant, now = viewer().grant, datetime.now(UTC)
    shown = {item["id"]: item for item in items(_database(), rows, grant, now, near_due, fields)} if rows else {}
    codes = changes.codes(_database(), [one.dossier_id for one in found if one.kind is changes.Kind.CHANGED])
    return [change(one, shown.get(str(one.dossier_id)), codes.get(one.dossier_id, ())) for one in found]


def _told(told: list[Answer], after: int, *, more: bool, waited: float, view: str) -> Answer:
    return {"items": told, "next": after, "more": more, "waited": round(waited, 3), "view": view}


def _fields(text: str | None, grant: Grant) -> Fields | None:
    try:
        return None if text is None else parse_fields(text, grant)
    except ValueError as error:
        told = [{"parameter": "fields", "message": str(error)}]
        raise ApiProblem(422, "invalid_parameters", str(error), errors=told) from error


def _view(query: ChangeList, seen: Scope, grant: Grant) -> str:
    asked = tuple(getattr(query, name) for name in ("fields", "content", *_FILTER))
    return _digest(seen, tuple(sorted(grant.sights.items())), asked)


@lru_cache(maxsize=512)
def _digest(seen: Scope, sights: tuple[tuple[str, str], ...], asked: tuple[object, ...]) -> str:
    """The same for the same, in every process and after every restart."""
    limits = [None if limit is None else sorted(limit) for limit in (seen.agencies, seen.procedures, seen.fields)]
    written = repr((limits, seen.rank, [(str(group), str(sight)) for group, sight in sights], list(map(str, asked))))
    return sha256(written.encode()).hexdigest()[:16]


def _waiters() -> Waiters:
    return cast("Waiters", current_app.extensions["hub.waiters"])


def _database() -> Database:
    return cast("Database", current_app.extensions["hub.database"])
