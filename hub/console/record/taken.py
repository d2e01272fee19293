"""A list of dossiers as a file, taken along: as it is shown, in its order, masked as it is on the page."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
from flask import Response, abort, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.database import database
from hub.console.page import Page
from hub.console.record import asked, sight
from hub.console.record.asked import Asked
from hub.console.record.listing import found
from hub.outbox.exports.columns import columns_of
from hub.outbox.exports.options import Format, Options, is_installed
from hub.outbox.exports.writers import write
from hub.record.grant import Grant
from hub.record.moments import ZONE
from hub.record.rights import Right
from hub.store.finding import place_of
from hub.view.gathering import items
from hub.view.item import EVERY

MOST = 10_000  # dossiers: what is more is an export of its own, which another process writes
_AT_ONCE = 1000
_FORMATS = (Format.CSV, Format.XLSX)
_PIECE = 1 << 16


def take(form: str) -> ResponseReturnValue:
    """The first `MOST` of the list, as CSV for spreadsheets or as a workbook."""
    if form not in _FORMATS:
        abort(404)
    options, what = Options(Format(form)), asked.asked()
    if not is_installed(options.format):
        flash(_("Máy chủ này chưa cài phần ghi tệp %(form)s; hãy dùng CSV.", form=form))
        return redirect(url_for("console.dossiers", **what.in_address))
    grant = sight.grant()
    with tempfile.TemporaryDirectory(prefix="hub-list-") as folder:
        place = Path(folder) / f"list.{options.suffix}"
        write(_lines(what, grant), columns_of(grant, None), place, options)
        answer = Response(_pieces(place.read_bytes()), mimetype=options.media_type)
    name = f"ho-so-{datetime.now(ZONE):%Y%m%d-%H%M}.{options.suffix}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _lines(what: Asked, grant: Grant) -> Iterator[bytes]:
    """The dossiers, each a line; every page of them is noted before anything of it is in the file."""
    near, left, after = current_app.extensions["hub.near_due"], MOST, None
    while left > 0 and (rows := found(what, after, min(_AT_ONCE, left))):
        sight.note([row.id for row in rows], {"filter": what.document, "export": "console"})
        for each in items(database(), rows, grant, datetime.now(UTC), near, EVERY):
            yield orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE)
        left -= len(rows)
        if what.code or len(rows) < _AT_ONCE:
            return
        after = place_of(rows[-1], what.sort)


def _pieces(body: bytes) -> Iterator[bytes]:
    return (body[at : at + _PIECE] for at in range(0, len(body), _PIECE))


PAGES = (Page("GET", "/dossiers/list.<form>", "take_dossiers", take, Right.DOSSIERS),)
