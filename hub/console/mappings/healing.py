"""What follows on a new version of a mapping: what stood in quarantine is read again by it, at once."""

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.database import database
from hub.console.mappings import rights
from hub.console.quarantine.reading import mapping_of
from hub.record.connector_state import Life
from hub.record.run_kind import RunKind
from hub.store import replays
from hub.store import runs as all_runs
from hub.store.registrations import Put
from hub.store.versions import HUB
from hub.sync.work import name_of


def after_put(name: str, put: Put) -> ResponseReturnValue:
    """Queue what is to be read again, say what was done, and go where it can be watched."""
    if put.version is None:
        flash(_("Không có gì thay đổi: phiên bản đang dùng nói đúng như vậy."))
        return redirect(url_for("console.mapping", name=name))
    runs = dict(_queued(name, put.version.created_at))
    number = put.version.version
    if not runs:
        flash(_("Phiên bản %(num)s đang được dùng, từ lượt chạy tới của mỗi đầu nối.", num=number))
        return redirect(url_for("console.mapping", name=name))
    flash(_("Phiên bản %(num)s đang được dùng. Hub đang đọc lại các bản ghi bị cách ly.", num=number))
    asked = request.form.get("connector", "")
    run_id = runs.get(asked) or next(iter(runs.values()))
    return redirect(url_for("console.run", run_id=run_id))


def _queued(name: str, since: datetime) -> Iterator[tuple[str, int]]:
    """By connector the run that reads its quarantine again; a scheduler that was faster may have asked for it."""
    for row in rights.users(name):
        mapping = mapping_of(row) if row.state == Life.ACTIVE and row.managed_by == HUB else None
        if mapping is None:
            continue
        run_id = replays.queue_untried(database(), row.id, name_of(mapping), datetime.now(UTC))
        run_id = run_id or replays.queued_for_mapping(database(), row.id) or _asked_for(row.name, since)
        if run_id is not None:
            yield row.name, run_id


def _asked_for(connector: str, since: datetime) -> int | None:
    """The replay that was queued since then: it may have begun, or be over."""
    newest = all_runs.listed(database(), connector=connector, kinds=[RunKind.REPLAY], limit=1)
    return newest[0].id if newest and newest[0].queued_at >= since else None
