"""Noting who read personal data, before the answer leaves."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from flask import Response, current_app, g

from hub.api.viewer import viewer
from hub.record.personal import shown_groups
from hub.store.reads import Action, Read
from hub.sync.reading_log import ReadLog

_HEADER = "X-Request-Id"


def note_read(action: Action, ids: Sequence[int], what: dict[str, Any], records: int | None = None) -> None:
    """Note that these dossiers are about to be shown to who asks with this request.

    `what`: `filter` (name → value as it was asked; values that may name a person are not kept), `fields` (dotted names,
    where the request chose some), `include` (parts that were added to those fields). `records`: how many were shown,
    where that is not the number of `ids`. Nothing is noted where the client is shown no data of persons in full, or
    where nothing was found and nobody was looked for.

    Raises:
        NotLogged: it cannot be written, so the answer must not be given (503).
    """
    who = viewer()
    fields = what.get("fields")
    groups = shown_groups(who.grant, None if fields is None else [*fields, *what.get("include", ())])
    if not groups:
        return
    log().note(
        Read(
            datetime.now(UTC),
            who.client.name,
            action,
            tuple(ids),
            len(ids) if records is None else records,
            what | {"groups": groups},
            who.person,
            who.address,
            who.purpose,
            g.request_number,
        )
    )


def log() -> ReadLog:
    """Where this process notes reads."""
    return cast("ReadLog", current_app.extensions["hub.reads"])


def numbered() -> None:
    """Give every request a number of its own, before anything else is done with it."""
    g.request_number = secrets.token_hex(10)


def answered(response: Response) -> Response:
    """Tell it with the answer, so that whoever complains of one can be helped."""
    response.headers[_HEADER] = g.get("request_number", "")
    return response
