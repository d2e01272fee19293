"""Addresses at which the record is queried: a list, one dossier, many by their codes, and counts."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Response, current_app, request
from flask_openapi3.models.tag import Tag

from hub.api import ports
from hub.api.choosing import found_one
from hub.api.conditional import answered, answered_as
from hub.api.dossier_models import Dossier, DossierCounts, DossierPage, LookUpAnswer
from hub.api.dossier_parameters import MOST_LOOKED_UP, CountedBy, DossierList, FormOnly, LookUp, WhichDossier
from hub.api.parameters import DossierPath
from hub.api.problems import ApiProblem, read_parameter
from hub.api.reads import note_read
from hub.api.routes import api, errors
from hub.api.viewer import open_to_query, scope, viewer
from hub.record.grant import Grant
from hub.record.standing import Moment
from hub.store import cursor
from hub.store.candidates import Which
from hub.store.counting import count
from hub.store.dossier_rows import DossierRow
from hub.store.filters import Filter, told_apart
from hub.store.finding import outline, page, place_of
from hub.store.ranked import ranked_page
from hub.store.reads import Action
from hub.view import many, official, whole
from hub.view.counts import KeptCounts
from hub.view.fields import Fields, parse_fields
from hub.view.gathering import items

_DOSSIERS = [Tag(name="dossiers", description="The central record.")]


@api.get("/dossiers", tags=_DOSSIERS, responses={200: DossierPage, **errors(400, 403)}, operation_id="list_dossiers")
@open_to_query
def list_dossiers(query: DossierList) -> Response:
    """Dossiers by filter, newest reception first unless another order is asked for."""
    grant, now, database = viewer().grant, _now(), ports.database()
    fields = _fields(query.fields)
    wanted = query.filter(grant, Moment.at(now, ports.near_due()))
    if (page := _written(query, wanted, grant, now, fields)) is not None:
        return page
    rows, told = read_parameter("q", lambda: _page(query, wanted))
    if query.count is not None:
        told["count"] = _count(replace(wanted, alternatives=told.get("corrected", {})), exact=query.count == "exact")
    note_read(Action.LIST, [row.id for row in rows], _asked(fields, query.given()))
    if _is_national(query.format):
        return _national(rows, fields, told)
    shown = items(database, rows, grant, now, ports.near_due(), fields)
    return answered({"items": shown} | told, made_of=_made_of(shown, told))


@api.get(
    "/dossiers/<path:code>",
    tags=_DOSSIERS,
    responses={200: Dossier, **errors(403, 404, 409)},
    operation_id="get_dossier",
)
@open_to_query
def get_dossier(path: DossierPath, query: WhichDossier) -> Response:
    """One dossier with all that is known behind it; any of its codes finds it."""
    grant, now = viewer().grant, _now()
    fields = _fields(query.fields)
    include = _include(query.include or ("none" if fields else "all"), whole.PARTS)
    found = found_one(path.code, Which(query.agency, query.connector))
    note_read(Action.ONE, [found.row.id], _asked(fields) | {"include": sorted(include)})
    if _is_national(query.format):
        return _national([found.row], fields, {})
    return answered(whole.shown(ports.database(), found, grant, now, Moment.at(now, ports.near_due()), fields, include))


@api.post(
    "/dossiers/lookup",
    tags=_DOSSIERS,
    responses={200: LookUpAnswer, **errors(400, 403)},
    operation_id="look_up_dossiers",
)
@open_to_query
def look_up_dossiers(query: FormOnly, body: LookUp) -> Response:
    """Up to 500 dossiers by any of their codes or by their ids; what became of each is told."""
    if not 0 < len(body.codes) + len(body.ids) <= MOST_LOOKED_UP:
        said = f"`codes` and `ids` together name {len(body.codes) + len(body.ids)}; ask for 1 to {MOST_LOOKED_UP}."
        raise ApiProblem(422, "invalid_parameters", said, errors=[{"parameter": "codes", "message": said}])
    database, fields = ports.database(), _fields(body.fields)
    include = _include(body.include or "none", many.PARTS)
    entries = [
        *(("code", entry) for entry in many.by_codes(database, body.codes, scope())),
        *(("id", entry) for entry in many.by_ids(database, body.ids, scope())),
    ]
    rows = {row.id: row for _, entry in entries for row in entry.rows}
    note_read(Action.SEVERAL, list(rows), _asked(fields) | {"include": sorted(include)})
    if _is_national(query.format):
        return _national(list(rows.values()), fields, {})
    shown = many.shown(database, list(rows.values()), viewer().grant, _now(), ports.near_due(), fields, include)
    return _plain(
        {
            "items": [
                {name: entry.asked, "outcome": entry.outcome, "found": [shown[row.id] for row in entry.rows]}
                for name, entry in entries
            ]
        }
    )


@api.get(
    "/dossiers/counts", tags=_DOSSIERS, responses={200: DossierCounts, **errors(403)}, operation_id="count_dossiers"
)
@open_to_query
def count_dossiers(query: CountedBy) -> Response:
    """How many dossiers there are of each value of one or two columns; the filter is that of the list."""
    wanted = query.filter(viewer().grant, Moment.at(_now(), ports.near_due()))
    note_read(Action.LIST, (), {"filter": query.given()}, records=0)  # kept where a person was looked for
    counter: KeptCounts = current_app.extensions["hub.counter"]
    groups, at = read_parameter("by", lambda: counter.counts(query.by, wanted, scope()))
    return answered(
        {
            "counted_at": at,
            "groups": [dict(zip(query.by, keys, strict=True)) | {"records": many} for keys, many in groups],
        }
    )


def _written(query: DossierList, wanted: Filter, grant: Grant, now: datetime, fields: Fields | None) -> Response | None:
    """A page of what was written out before, as most are; None: it is made anew."""
    if query.q is not None or query.count is not None or _is_national(query.format):
        return None
    of, database = told_apart(wanted, viewer().client.name), ports.database()
    after = None if query.cursor is None else cursor.place(query.sort, query.cursor, of)
    found = outline(database, wanted, scope(), query.sort, after, query.limit + 1)
    if found is None:
        return None
    shown = found[: query.limit]
    made = ports.written().page(database, shown, grant, scope(), now, ports.near_due(), fields)
    if made is None:
        return None
    note_read(Action.LIST, [one.id for one in shown], _asked(fields, query.given()))
    following = cursor.after_place(place_of(shown[-1], query.sort), of) if shown != found else None
    told = orjson.dumps({"next_cursor": following})[1:]
    return answered_as(made.made_of + told, lambda: b'{"items":[' + b",".join(made.items) + b"]," + told)


def _page(query: DossierList, wanted: Filter) -> tuple[list[DossierRow], dict[str, Any]]:
    """The dossiers of a page, and what is told beside them; a search shows the best first unless it is sorted."""
    of = told_apart(wanted, viewer().client.name)
    if query.q is not None and "sort" not in query.model_fields_set:
        place = None if query.cursor is None else cursor.found_place(query.cursor, of)
        found = ranked_page(ports.database(), wanted, scope(), place, query.limit)
        following = None if found.next is None else cursor.after_found(found.next, of)
        return found.rows, {"next_cursor": following} | ({"corrected": found.corrected} if found.corrected else {})
    after = None if query.cursor is None else cursor.place(query.sort, query.cursor, of)
    rows = page(ports.database(), wanted, scope(), query.sort, after, query.limit + 1)
    shown = rows[: query.limit]
    return shown, {"next_cursor": cursor.after_place(place_of(shown[-1], query.sort), of) if shown != rows else None}


def _fields(text: str | None) -> Fields | None:
    return None if text is None else read_parameter("fields", lambda: parse_fields(text, viewer().grant))


def _include(text: str, known: tuple[str, ...]) -> frozenset[str]:
    return read_parameter("include", lambda: whole.parse_include(text, viewer().grant, known))


def _count(wanted: Filter, *, exact: bool) -> dict[str, Any]:
    found = count(ports.database(), wanted, scope(), exact=exact)
    return {"records": found.number, "exact": found.how == "exact"}


def _asked(fields: Fields | None, given: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the log of reads keeps of a request."""
    return ({"filter": given} if given else {}) | ({"fields": sorted(fields.names)} if fields else {})


def _made_of(shown: list[dict[str, Any]], told: dict[str, Any]) -> str:
    """What decides every byte of a page beside grant and parameters: an item is a function of these."""
    names = ("id", "position", "as_of", "source_seen_at", "stale")
    return f"{told}" + "\n".join(f"{[one[name] for name in names]}{one['due']['state']}" for one in shown)


def _is_national(form: str) -> bool:
    return form == "national" or official.MEDIA_TYPE in request.headers.get("Accept", "")


def _national(rows: list[DossierRow], fields: Fields | None, told: dict[str, Any]) -> Response:
    body = official.reply(official.payload(row, viewer().grant, fields) for row in rows)
    asked = official.MEDIA_TYPE in request.headers.get("Accept", "")
    return answered(body | told, official.MEDIA_TYPE if asked else "application/json")


def _plain(body: Any) -> Response:
    return Response(current_app.json.dumps(body), mimetype="application/json")


def _now() -> datetime:
    return datetime.now(UTC)
