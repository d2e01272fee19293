"""The address of the log of who read personal data. Key: manage; it tells what clients and their people do."""

from typing import Any

from flask_openapi3.models.tag import Tag

from hub.api import ports
from hub.api.answers import Answer
from hub.api.parameters import Text
from hub.api.problems import ApiProblem, detail_of
from hub.api.read_models import ReadList, ReadPage
from hub.api.reads import log
from hub.api.routes import api, errors
from hub.api.viewer import viewer
from hub.store import cursor, dossiers, reads_found
from hub.store.clients import Role
from hub.store.reads_found import ReadRow, Sought
from hub.store.secrets import SecretsLocked

_READS = [Tag(name="reads", description="Who read data of persons, when and why. Key: manage.")]
_BY_ID = "id:"


@api.get("/reads", tags=_READS, responses={200: ReadPage, **errors(400, 403, 404, 409)}, operation_id="list_reads")
def list_reads(query: ReadList) -> Answer:
    """Who read data of persons, newest first: of one dossier, of one client, of one number that was looked for."""
    if viewer().client.role is not Role.MANAGE:
        raise ApiProblem(
            403, "not_allowed", "The log of reads is for keys of the role manage; `hub key new` makes one."
        )
    before = None if query.cursor is None else cursor.id_position("reads", query.cursor)
    sought = Sought(
        dossiers=None if query.dossier is None else _ids(query.dossier),
        client=query.client,
        person=query.person,
        action=query.action,
        since=query.since,
        until=query.until,
        traces=None if query.looked_for is None else _traces(query.looked_for),
    )
    found = reads_found.page(ports.database(), sought, before, query.limit + 1)
    shown = found[: query.limit]
    following = cursor.after_id("reads", shown[-1].id) if shown != found else None
    return {"items": [as_document(row) for row in shown], "next_cursor": following}


def as_document(row: ReadRow) -> dict[str, Any]:
    """A read as the API writes it."""
    told = {name: getattr(row, name) for name in ReadRow.__slots__}
    return told | {"id": str(row.id), "dossiers": list(map(str, row.dossiers)), "seal": row.seal.hex()}


def _ids(code: Text) -> tuple[int, ...]:
    if code.startswith(_BY_ID):
        number = code.removeprefix(_BY_ID)
        ids = [int(number)] if number.isascii() and number.isdigit() and int(number) <= cursor.LARGEST_ID else []
    else:
        ids = [row.id for row in dossiers.with_code(ports.database(), code)]
    if not ids:
        detail = f"No dossier is known under {code}. Of one that is no more, `id:` with its id finds the reads."
        raise ApiProblem(404, "dossier_not_found", detail)
    return reads_found.with_merged(ports.database(), ids)


def _traces(value: Text) -> tuple[str, ...]:
    try:
        return log().keys.traces_of(value)
    except SecretsLocked as locked:
        raise ApiProblem(409, "secrets_locked", detail_of(locked)) from locked
