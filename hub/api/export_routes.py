"""Addresses of files of many dossiers: asked for here, written by an exporter, fetched here in pieces."""

from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, url_for
from flask_openapi3.models.tag import Tag

from hub.api import ports
from hub.api.answers import VARY, Answer
from hub.api.downloads import Downloads, Sent, sending
from hub.api.export_models import Export as ExportShown
from hub.api.export_models import ExportList, ExportPage, ExportPath, WantedExport
from hub.api.parameters import NoParameters
from hub.api.problems import ApiProblem, read_parameter
from hub.api.reads import note_read
from hub.api.routes import api, errors
from hub.api.signing import signed
from hub.api.viewer import Viewer, open_to_query, scope, viewer
from hub.outbox.exports import folders
from hub.outbox.exports.allowed import still
from hub.outbox.exports.options import Options, is_installed
from hub.outbox.exports.walking import Asked, asked
from hub.record.grant import Grant
from hub.record.moments import ZONE
from hub.store import clients, cursor, exports
from hub.store.clients import Role
from hub.store.counting import count
from hub.store.exports import Export, ExportState, TooManyUnfinished
from hub.store.reads import Action
from hub.view.fields import parse_fields

_EXPORTS = [Tag(name="exports", description="Files of many dossiers: NDJSON, CSV, XLSX, Parquet.")]
_MOST_UNFINISHED = 3  # of one client
_WALKED = 0.9  # share of the work that is reading the record; the rest is writing the file
_FILE: dict[str | int, Any] = {
    status: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
    for status in (200, 206)
}


@api.post(
    "/exports",
    tags=_EXPORTS,
    responses={202: ExportShown, **errors(403, 429, 501)},
    operation_id="ask_for_export",
)
@open_to_query
def ask_for_export(body: WantedExport) -> tuple[Answer, int, dict[str, str]]:
    """Ask for a file of the dossiers that there are now; `Location` says where it stands."""
    who, database, now = viewer(), ports.database(), datetime.now(UTC)
    if not is_installed(body.format):
        detail = (
            f"This hub cannot write {body.format}: ask for another format, or its keeper to add what writes it, as "
            "docs/exports.md says."
        )
        raise ApiProblem(501, "format_not_installed", detail)
    what = _read(body, who.grant, now)
    note_read(Action.EXPORT, (), {"filter": body.filter, "fields": body.fields}, records=0)  # `estimate` tells of it
    wanted = exports.Wanted(
        who.client.id,
        body.format,
        body.filter,
        body.fields,
        body.options.document(),
        who.grant,
        who.purpose,
        who.person,
        who.address,
        count(database, what.wanted, scope(), exact=False).number,
    )
    try:
        made = exports.ask(database, wanted, now, _MOST_UNFINISHED)
    except TooManyUnfinished:
        detail = f"{who.client.name} waits for {_MOST_UNFINISHED} exports already; wait, or cancel one of them."
        raise ApiProblem(429, "too_many_exports", detail, retry_after_seconds=30) from None
    told = _told(_the_one(made, who))
    return told, 202, {**VARY, "Location": url_for("api.get_export", export_id=made)}


@api.get("/exports", tags=_EXPORTS, responses={200: ExportPage, **errors(400)}, operation_id="list_exports")
@open_to_query
def list_exports(query: ExportList) -> tuple[Answer, int, dict[str, str]]:
    """The client's own exports, newest first; with the roles read and manage, those of all."""
    before = None if query.cursor is None else cursor.id_position("exports", query.cursor)
    found = exports.listed(ports.database(), _only_of(viewer()), before, query.limit + 1)
    shown = found[: query.limit]
    following = cursor.after_id("exports", shown[-1].id) if shown != found else None
    return {"items": [_told(one) for one in shown], "next_cursor": following}, 200, VARY


@api.get(
    "/exports/<int:export_id>",
    tags=_EXPORTS,
    responses={200: ExportShown, **errors(404)},
    operation_id="get_export",
)
@open_to_query
def get_export(path: ExportPath, query: NoParameters) -> tuple[Answer, int, dict[str, str]]:  # noqa: ARG001  # refuses every parameter
    """Where an export stands."""
    return _told(_the_one(path.export_id, viewer())), 200, VARY


@api.delete(
    "/exports/<int:export_id>",
    tags=_EXPORTS,
    responses={204: None, **errors(403, 404)},
    operation_id="remove_export",
)
@open_to_query
def remove_export(path: ExportPath, query: NoParameters) -> tuple[str, int, dict[str, str]]:  # noqa: ARG001  # likewise
    """Cancel an export that is not finished; forget one that is, with its file."""
    who, database = viewer(), ports.database()
    export, now = _the_one(path.export_id, who), datetime.now(UTC)
    if who.client.role is Role.READ and export.client_id != who.client.id:
        detail = f"Export {export.id} is {export.client}'s; the key of {who.client.name} only looks at others'."
        raise ApiProblem(403, "not_allowed", detail)
    if exports.cancel(database, export.id, f"Cancelled by {who.client.name}.", now, signed("")):
        return "", 204, VARY  # whoever writes it clears away what there is
    exports.remove(database, export.id, signed(""))
    folders.remove(ports.settings().exports, export)
    return "", 204, VARY


@api.get(
    "/exports/<int:export_id>/file",
    tags=_EXPORTS,
    responses={**_FILE, **errors(404, 409, 410, 416)},
    operation_id="get_export_file",
)
@open_to_query
def get_export_file(path: ExportPath, query: NoParameters) -> Response:  # noqa: ARG001  # likewise
    """The file, or the piece of it that `Range` asks for; a download that was cut goes on where it stopped."""
    who = viewer()
    export = _the_one(path.export_id, who)
    _check_fetchable(export, who)
    options = Options.read(export.format, export.options)
    downloads = current_app.extensions.setdefault("hub.downloads", Downloads())
    place = folders.file_of(ports.settings().exports, export)
    sent = Sent(place, _name(export, options), options.media_type, export.digest or b"")
    try:
        answer = sending(downloads, who.client.id, sent)
    except FileNotFoundError:
        detail = "The file is not where the hub's exporter wrote it, though it should be; tell the hub's keeper."
        raise ApiProblem(410, "export_expired", detail) from None
    if answer.status_code in (200, 206):
        try:
            what = {"export": str(export.id), "filter": export.filter, "fields": export.fields}
            note_read(Action.EXPORT, (), what, records=export.records)
        except BaseException:
            answer.close()
            raise
    return answer


def _read(body: WantedExport, grant: Grant, now: datetime) -> Asked:
    if (names := body.fields) is not None:
        read_parameter("fields", lambda: parse_fields(",".join(names), grant))
    return read_parameter("filter", lambda: asked(body.filter, names, grant, now, ports.settings().near_due))


def _only_of(who: Viewer) -> int | None:
    """A client of the role query knows of its own exports alone."""
    return who.client.id if who.client.role is Role.QUERY else None


def _the_one(export_id: int, who: Viewer) -> Export:
    found = exports.get(ports.database(), export_id) if export_id <= cursor.LARGEST_ID else None
    if found is None or _only_of(who) not in (None, found.client_id):
        raise ApiProblem(404, "export_not_found", f"There is no export {export_id}; /api/v1/exports lists them.")
    return found


def _check_fetchable(export: Export, who: Viewer) -> None:
    match export.state:
        case ExportState.DONE:
            pass
        case ExportState.EXPIRED:
            raise ApiProblem(410, "export_expired", "The file was kept long enough; ask for a new one.")
        case ExportState.QUEUED | ExportState.RUNNING:
            detail = "The file is being written; `state` at the address above says when it is done."
            raise ApiProblem(409, "export_not_ready", detail, retry_after_seconds=5)
        case _:
            raise ApiProblem(410, "export_not_written", export.sentence or "The file was never written.")
    database = ports.database()  # asked anew: a grant that shrank a second ago counts
    if not still(database, clients.numbered(database, who.client.id), export):
        detail = "The file holds more than the client may see now; ask for a new one."
        raise ApiProblem(410, "export_outdated", detail)


def _told(export: Export) -> Answer:
    names = ("client", "state", "format", "filter", "fields", "records", "estimate", "position", "sentence")
    done = export.state is ExportState.DONE
    return {name: getattr(export, name) for name in names} | {
        "id": str(export.id),
        "compress": bool(export.options.get("compress")),
        "dialect": export.options.get("dialect"),
        "share": _share(export),
        "bytes": export.size,
        "digest": None if export.digest is None else export.digest.hex(),
        "asked_at": export.made_at,
        "started_at": export.started_at,
        "finished_at": export.finished_at,
        "expires_at": export.expires_at,
        "file": url_for("api.get_export_file", export_id=export.id) if done else None,
    }


def _share(export: Export) -> float | None:
    """By ids, which are handed out in their order: what a filter leaves out is as good as read."""
    match export.state:
        case ExportState.DONE:
            return 1.0
        case ExportState.QUEUED | ExportState.RUNNING:
            return round(_WALKED * min(1.0, export.last_id / max(1, export.upto_id)), 4)
    return None


def _name(export: Export, options: Options) -> str:
    return f"ho-so-{export.made_at.astimezone(ZONE):%Y%m%d-%H%M}-{export.id}.{options.suffix}"
